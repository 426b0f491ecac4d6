// Signals: the first lets answers end, the second ends the program at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from './world/processes.mjs';
import { startWorld } from './world/switchyard.mjs';

const options = { timeout: 120_000 };
const env = { SWITCHYARD_KEYCHAIN: 'off' };

/** A server amid an answer whose next word is minutes away; `heard` becomes all that the client got. */
async function amidAnAnswer(t) {
  const vendors = [{ id: 'v', dialect: 'messages', model: 'm', tier: 'cheap', script: '[VENDOR]\npace = "5m"\n' }];
  const world = await startWorld(t, { vendors, combo: ['v/m'], env });
  const body = JSON.stringify({ model: 'v/m', stream: true, max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] });
  const headers = { 'x-api-key': world.key, 'content-type': 'application/json' };
  const answer = await fetch(`${world.server}/v1/messages`, { method: 'POST', headers, body });
  assert.equal(answer.status, 200);
  const heard = answer.text().catch(() => 'it broke off');
  const signal = () => process.kill(world.serving.pid, 'SIGTERM');
  const ended = () => until('the server to end', 60_000, () => world.serving.over());
  return { ...world, heard, signal, ended };
}

test('at the first signal an answer that does not end in time gets a legal ending', options, async (t) => {
  const { heard, signal, ended } = await amidAnAnswer(t);
  signal();
  assert.match(await heard, /event: error[^]*Switchyard was stopped/);
  assert.equal((await ended()).code, 0);
});

test('at the second signal the program ends at once', options, async (t) => {
  const { heard, signal, ended, serving } = await amidAnAnswer(t);
  signal();
  await until('the first signal to be heard', 10_000, () => /Once more to stop at once/.test(serving.told.out));
  signal();
  assert.equal(await heard, 'it broke off', 'nobody waited for it');
  await ended();
});
