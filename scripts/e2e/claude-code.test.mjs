// Claude Code itself, before a Switchyard whose vendors are simulated.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { claudeCode, withoutAgents } from './world/agents.mjs';
import { rows, startWorld } from './world/switchyard.mjs';
import { assertClean, assertDone, vendor } from './world/task.mjs';

const options = { skip: withoutAgents, timeout: 180_000 };

test('Claude Code does a task with a tool through a vendor of its own dialect, byte for byte', options, async (t) => {
  const plan = vendor('plan', 'messages', 'opus', 'subscription');
  const world = await startWorld(t, { vendors: [plan], combo: ['plan/opus'] });

  await assertDone(await claudeCode(t, world, 'work'), 'plan');

  assertClean(world);
  for (const [nth, { path, body }] of world.back.entries()) {
    assert.equal(path.split('?')[0], '/plan/v1/messages');
    assert.equal(body, world.front[nth].body.replace('"model":"work"', '"model":"opus"'));
  }
  for (const row of await rows(world)) {
    assert.equal(row.outcome, 'answered');
    assert.equal(row.combo, 'work');
    assert.equal(row.key, 'agent');
    assert.equal(row.served_by.vendor, 'plan');
    assert.equal(row.served_by.dialect, 'messages');
    assert.ok(row.usage.input > 1000 && row.usage.output > 0, JSON.stringify(row.usage));
    assert.deepEqual(row.losses, []);
  }
});

test('Claude Code does a task with a tool through a vendor that speaks Chat only', options, async (t) => {
  const thrift = vendor('thrift', 'chat', 'coder', 'cheap');
  const world = await startWorld(t, { vendors: [thrift], combo: ['thrift/coder'] });

  await assertDone(await claudeCode(t, world, 'work'), 'thrift');

  assertClean(world);
  assert.ok(world.back.every(({ path }) => path === '/thrift/v1/chat/completions'));
  const last = JSON.parse(world.back.at(-1).body).messages;
  const call = last.find(({ tool_calls }) => tool_calls)?.tool_calls[0];
  const result = last.find(({ role }) => role === 'tool');
  assert.equal(call.function.name, 'Bash');
  assert.equal(result.tool_call_id, call.id);
  for (const row of await rows(world)) {
    assert.equal(row.outcome, 'answered');
    assert.equal(row.dialect, 'messages');
    assert.equal(row.served_by.vendor, 'thrift');
    assert.equal(row.served_by.dialect, 'chat');
    assert.ok(row.losses.some((loss) => loss.startsWith('cache_control:')), 'the trace names what Chat cannot say');
  }
});

test('Claude Code does a task with a tool through a vendor that speaks Responses only', options, async (t) => {
  const router = vendor('router', 'responses', 'gpt', 'subscription');
  const world = await startWorld(t, { vendors: [router], combo: ['router/gpt'] });

  await assertDone(await claudeCode(t, world, 'work'), 'router');

  assertClean(world);
  assert.ok(world.back.every(({ path }) => path === '/router/v1/responses'));
  const last = JSON.parse(world.back.at(-1).body);
  assert.equal(last.store, false);
  const call = last.input.find(({ type }) => type === 'function_call');
  const result = last.input.find(({ type }) => type === 'function_call_output');
  assert.equal(call.name, 'Bash');
  assert.equal(result.call_id, call.call_id);
  for (const row of await rows(world)) {
    assert.equal(row.outcome, 'answered');
    assert.equal(row.dialect, 'messages');
    assert.equal(row.served_by.vendor, 'router');
    assert.equal(row.served_by.dialect, 'responses');
    assert.ok(row.losses.some((loss) => loss.startsWith('cache_control:')), 'the trace names what Responses cannot say');
  }
});

test('when the quota runs out amid the task, Claude Code ends it on another vendor and dialect, unaware', options, async (t) => {
  const spent = `
[[VENDOR.fault]]
when = "after 1"
fault = "429-anthropic-unified-5h"`;
  const vendors = [vendor('plan', 'messages', 'opus', 'subscription', spent), vendor('thrift', 'chat', 'coder', 'cheap')];
  const world = await startWorld(t, { vendors, combo: ['plan/opus', 'thrift/coder'] });

  const before = Date.now();
  await assertDone(await claudeCode(t, world, 'work'), 'thrift');
  const after = Date.now();

  assertClean(world);
  const [first, ...later] = await rows(world);
  assert.equal(first.served_by.vendor, 'plan');
  const { id } = later.find(({ attempts }) => attempts.length === 2);
  const trace = await world.call('GET', `/api/requests/${id}`);
  assert.equal(trace.outcome, 'answered');
  assert.equal(trace.served_by.vendor, 'thrift');
  const [refused, answered] = trace.attempts;
  assert.equal(refused.to.vendor, 'plan');
  assert.equal(refused.status, 429);
  assert.equal(refused.failure, 'quota');
  assert.match(refused.message, /rate limit|usage limit|exceed/i);
  // The vendor names whole seconds.
  const hours = (since) => since + 5 * 3_600_000;
  assert.ok(refused.locked_until >= hours(before) - 1000 && refused.locked_until <= hours(after) + 1000);
  assert.equal(answered.to.vendor, 'thrift');
  assert.equal(answered.failure, null);
});
