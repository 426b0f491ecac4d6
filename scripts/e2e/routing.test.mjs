// Routing by the command line: whom a request would ask, why one went as it did, another active combo, and an
// account that is tried again; at last all that was decided is decided again.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { temporaryFolder, until } from './world/processes.mjs';
import { startWorld } from './world/switchyard.mjs';
import { vendor } from './world/task.mjs';

const SPENT_AFTER_ONE = `
[[VENDOR.quota]]
requests = 1
window = "3h"
`;

const well = (end) => {
  assert.equal(end.code, 0, `${end.out}\n${end.err}`);
  return end.out;
};
const json = (end) => JSON.parse(well(end));
const names = (list) => list.map(({ to }) => `${to.vendor}/${to.model}`);

/** Asks as a client of OpenAI Chat does, in a conversation of its own; the id of the request. */
async function ask(world, model, words, path = '/v1/chat/completions') {
  const response = await fetch(world.address + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: words }] }),
  });
  await response.text();
  const id = response.headers.get('x-switchyard-request');
  const known = async () => (await world.call('GET', '/api/requests?limit=100')).requests.some((row) => row.id === id);
  await until(`the row of ${id}`, 10_000, known);
  return { status: response.status, id };
}

test('plan, use, explain, unlock and replay tell and change what is routed', { timeout: 120_000 }, async (t) => {
  const recording = join(await temporaryFolder(t, 'recording'), 'routing.ndjson');
  const world = await startWorld(t, {
    vendors: [vendor('plan', 'chat', 'big', 'subscription', SPENT_AFTER_ONE), vendor('thrift', 'messages', 'coder', 'cheap')],
    combo: ['plan/big', 'thrift/coder'],
    env: { SWITCHYARD_RECORD_ROUTING: recording },
  });
  await world.call('PUT', '/api/combos/thrifty', { candidates: ['thrift/coder'] });

  // What would be asked, before anybody is.
  const first = json(await world.command('plan', 'work', '--json'));
  assert.deepEqual(names(first.candidates), ['plan/big', 'thrift/coder']);
  assert.match(well(await world.command('plan', 'work')), /work means the combo work\.\n +1\. plan\/big \(My plan\)\n +2\. thrift\/coder/);
  for (const more of [[], ['--json']]) {
    const nowhere = await world.command('plan', 'nothing/there', ...more);
    assert.equal(nowhere.code, 1, 'a name that leads nowhere is a failure');
    assert.match(nowhere.err, /“nothing” .* names no vendor/);
    assert.equal(nowhere.out === '', more.length === 0);
  }
  assert.equal(world.back.length, 0, 'a plan asks nobody');
  const nobody = await world.command('explain');
  assert.notEqual(nobody.code, 0);
  assert.match(nobody.err, /no request yet/);

  // The quota runs out, and the next one answers.
  await ask(world, 'work', 'one');
  const { id } = await ask(world, 'work', 'two');
  const explained = json(await world.command('explain', id, '--json'));
  assert.deepEqual(explained.request.attempts.map(({ to, failure }) => [to.vendor, failure]), [['plan', 'quota'], ['thrift', null]]);
  assert.equal(explained.unaided.is, 'failed');
  const told = well(await world.command('explain'));
  assert.match(told, new RegExp(`${id} asked for work \\(combo work\\): answered`));
  assert.match(told, /Attempts:\n +\d+ ms: plan\/big \(My plan\): 429, .*closed for .*\n +\d+ ms: thrift\/coder .*200, answered/);
  assert.match(told, /Without fallback it would have failed at big/);
  const missing = await world.command('explain', 'req_nothing');
  assert.notEqual(missing.code, 0);
  assert.match(missing.err, /req_nothing/);

  // The plan knows, until the lock is taken away by hand.
  const second = json(await world.command('plan', 'work', '--json'));
  assert.deepEqual(names(second.candidates), ['thrift/coder']);
  assert.equal(second.skipped[0].model, 'plan/big');
  assert.match(well(await world.command('plan', 'work')), /Passed over:\n +plan\/big: .*, for \d/);
  const wrong = await world.command('unlock', 'nobody');
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.err, /no one account is "nobody".*My plan/);
  assert.match(well(await world.command('unlock', 'My plan', '--model', 'big')), /My plan is tried again/);
  assert.deepEqual(names(json(await world.command('plan', 'work', '--json')).candidates), ['plan/big', 'thrift/coder']);
  await ask(world, 'work', 'three');
  const unlocked = json(await world.command('unlock', 'My plan', '--json'));
  assert.deepEqual(unlocked.locks, []);

  // Another active combo holds from the next request on.
  assert.equal(json(await world.command('plan', 'auto', '--json')).combo, 'work');
  assert.match(well(await world.command('use', 'thrifty')), /auto means thrifty from the next request on/);
  const auto = await ask(world, 'auto', 'four');
  const row = json(await world.command('explain', auto.id, '--json')).request;
  assert.deepEqual([row.combo, row.served_by.vendor, row.attempts.length], ['thrifty', 'thrift', 1]);
  assert.equal(json(await world.command('use', 'work', '--json')).active, true);
  const unknown = await world.command('use', 'nothing');
  assert.notEqual(unknown.code, 0);
  assert.match(unknown.err, /nothing/);
  assert.match(well(await world.command('status')), /Today \(UTC\): 4 requests, 2 fell over/);

  // All of it comes out the same, and a changed decision does not.
  const replayed = await until('the whole recording on disk', 10_000, async () => {
    const end = json(await world.command('replay', recording, '--json'));
    return end.plans >= 4 && end;
  });
  assert.deepEqual(replayed.differences, []);
  assert.match(well(await world.command('replay', recording)), /All \d+ decisions, \d+ plans among them, come out the same/);
  const foreign = await world.command('replay', import.meta.filename);
  assert.notEqual(foreign.code, 0);
  assert.match(foreign.err, /line 1 is none of a recording/);
});
