// Codex itself, before a Switchyard whose vendors are simulated.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codex, withoutAgents } from './world/agents.mjs';
import { rows, startWorld } from './world/switchyard.mjs';
import { assertClean, assertDone, vendor } from './world/task.mjs';

const options = { skip: withoutAgents, timeout: 180_000 };

test('Codex does a task with a tool through a vendor of its own dialect, byte for byte', options, async (t) => {
  const router = vendor('router', 'responses', 'gpt', 'subscription');
  const world = await startWorld(t, { vendors: [router], combo: ['router/gpt'] });

  await assertDone(await codex(t, world, 'work'), 'router');

  assertClean(world);
  for (const [nth, { path, body }] of world.back.entries()) {
    assert.equal(path, '/router/v1/responses');
    assert.equal(body, world.front[nth].body.replace('"model":"work"', '"model":"gpt"'));
  }
  for (const row of await rows(world)) {
    assert.equal(row.outcome, 'answered');
    assert.equal(row.served_by.vendor, 'router');
    assert.equal(row.served_by.dialect, 'responses');
    assert.ok(row.usage.input > 1000 && row.usage.output > 0, JSON.stringify(row.usage));
  }
});

test('when the quota runs out amid the task, Codex ends it on another vendor, unaware', options, async (t) => {
  const spent = `
[[VENDOR.fault]]
when = "after 1"
fault = "429-codex-at-2h"`;
  const vendors = [
    vendor('router', 'responses', 'gpt', 'subscription', spent),
    vendor('spare', 'responses', 'gpt-spare', 'cheap'),
  ];
  const world = await startWorld(t, { vendors, combo: ['router/gpt', 'spare/gpt-spare'] });

  const before = Date.now();
  await assertDone(await codex(t, world, 'work'), 'spare');
  const after = Date.now();

  assertClean(world);
  const [first, ...later] = await rows(world);
  assert.equal(first.served_by.vendor, 'router');
  const { id } = later.find(({ attempts }) => attempts.length === 2);
  const trace = await world.call('GET', `/api/requests/${id}`);
  assert.equal(trace.outcome, 'answered');
  assert.equal(trace.served_by.vendor, 'spare');
  const [refused, answered] = trace.attempts;
  assert.equal(refused.to.vendor, 'router');
  assert.equal(refused.status, 429);
  assert.equal(refused.failure, 'quota');
  assert.match(refused.message, /limit/i);
  const hours = (since) => since + 2 * 3_600_000;
  assert.ok(refused.locked_until >= hours(before) - 1000 && refused.locked_until <= hours(after) + 1000);
  assert.equal(answered.to.vendor, 'spare');
  assert.equal(answered.failure, null);
});
