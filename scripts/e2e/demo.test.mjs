// `switchyard demo`, tried as its own words say.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run } from './world/processes.mjs';
import { startDemo } from './world/switchyard.mjs';

test("the demo's own curl walks from the subscription to the cheap vendor to the free one, and the traces say why", { timeout: 60_000 }, async (t) => {
  const demo = await startDemo(t);
  const walk = ['plan', 'plan', 'plan', 'thrift', 'thrift', 'thrift', 'gratis', 'gratis'];
  for (const [nth, vendor] of walk.entries()) {
    const end = await run('bash', ['-c', demo.curl], { home: demo.home, within: 20_000 });
    assert.equal(end.code, 0, end.err);
    assert.match(end.out, new RegExp(`This is ${vendor} speaking`), `answer ${nth + 1}`);
  }

  const traces = await demo.traces(walk.length);
  assert.deepEqual(traces.map(({ served_by }) => served_by.vendor), walk);
  const [fourth, fifth, , seventh, eighth] = traces.slice(3);
  const tried = ({ attempts }) => attempts.map(({ to, failure }) => [to.vendor, failure]);
  const passed = ({ skipped }) => skipped.map(({ model }) => model);

  // The subscription says no and until when; those who come after do not ask it again.
  assert.deepEqual(tried(fourth), [['plan', 'quota'], ['thrift', null]]);
  const [refused] = fourth.attempts;
  assert.ok(refused.locked_until > fourth.at && refused.locked_until <= fourth.at + 121_000);
  assert.match(refused.message, /limit/i);
  assert.deepEqual(tried(fifth), [['thrift', null]]);
  assert.deepEqual(passed(fifth), ['plan/opus-demo']);
  assert.equal(fifth.skipped[0].until, refused.locked_until);

  assert.deepEqual(tried(seventh).at(0)[0], 'thrift');
  assert.ok(['rate', 'quota'].includes(tried(seventh).at(0)[1]));
  assert.deepEqual(passed(eighth), ['plan/opus-demo', 'thrift/coder-demo']);
  for (const { reason } of eighth.skipped) assert.notEqual(reason, '');
});

test('the link that the demo prints signs in once', { timeout: 60_000 }, async (t) => {
  const demo = await startDemo(t);
  const enter = () => fetch(demo.link, { redirect: 'manual' });

  const first = await enter();
  assert.match(first.headers.get('set-cookie'), /HttpOnly; SameSite=Strict/);
  const second = await enter();
  assert.equal(second.headers.get('set-cookie'), null);
  assert.equal((await fetch(`${demo.address}/api/status`)).status, 401);
});
