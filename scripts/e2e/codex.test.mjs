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

for (const dialect of ['chat', 'messages']) {
  test(`Codex does a task with a tool through a vendor that speaks ${dialect} only`, options, async (t) => {
    const thrift = vendor('thrift', dialect, 'coder', 'cheap');
    const world = await startWorld(t, { vendors: [thrift], combo: ['thrift/coder'] });

    await assertDone(await codex(t, world, 'work'), 'thrift');

    assertClean(world);
    const path = dialect === 'chat' ? '/thrift/v1/chat/completions' : '/thrift/v1/messages';
    assert.ok(world.back.every((passed) => passed.path.split('?')[0] === path));
    const last = JSON.parse(world.back.at(-1).body).messages;
    const [called, answered] = dialect === 'chat' ? chatPair(last) : messagesPair(last);
    assert.ok(called.id && answered === called.id, 'the result answers the call');
    assert.match(called.name, /exec_command|shell/);
    for (const row of await rows(world)) {
      assert.equal(row.outcome, 'answered');
      assert.equal(row.dialect, 'responses');
      assert.equal(row.served_by.vendor, 'thrift');
      assert.equal(row.served_by.dialect, dialect);
      assert.ok(row.losses.some((loss) => loss.includes('web_search')), 'the trace names the tool that nobody else has');
    }
  });
}

function chatPair(messages) {
  const call = messages.find(({ tool_calls }) => tool_calls)?.tool_calls[0];
  const result = messages.find(({ role }) => role === 'tool');
  return [{ id: call?.id, name: call?.function.name }, result?.tool_call_id];
}

function messagesPair(messages) {
  const blocks = messages.flatMap(({ content }) => content);
  const call = blocks.find(({ type }) => type === 'tool_use');
  return [{ id: call?.id, name: call?.name }, blocks.find(({ type }) => type === 'tool_result')?.tool_use_id];
}
