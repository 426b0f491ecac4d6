// Gemini CLI itself, before a Switchyard whose vendors are simulated.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { geminiCli, withoutAgents } from './world/agents.mjs';
import { rows, startWorld } from './world/switchyard.mjs';
import { assertClean, assertDone, vendor } from './world/task.mjs';

const options = { skip: withoutAgents, timeout: 180_000 };

test('Gemini CLI does a task with a tool through a vendor of its own dialect, byte for byte', options, async (t) => {
  const flash = vendor('flash', 'gemini', 'gemini-flash', 'free');
  const world = await startWorld(t, { vendors: [flash], combo: ['flash/gemini-flash'] });

  await assertDone(await geminiCli(t, world, 'work'), 'flash');

  assertClean(world);
  for (const [nth, { path, body }] of world.back.entries()) {
    const asked = new URL(world.front[nth].path, world.address).pathname.split(':').at(-1);
    assert.equal(path.split('?')[0], `/flash/v1/models/gemini-flash:${asked}`);
    assert.equal(body, world.front[nth].body);
  }
  for (const row of await rows(world)) {
    assert.equal(row.outcome, 'answered');
    assert.equal(row.served_by.vendor, 'flash');
    assert.equal(row.served_by.dialect, 'gemini');
    assert.ok(row.usage.input > 1000 && row.usage.output > 0, JSON.stringify(row.usage));
    assert.deepEqual(row.losses, []);
  }
});

for (const dialect of ['chat', 'messages', 'responses', 'ollama']) {
  test(`Gemini CLI does a task with a tool through a vendor that speaks ${dialect} only`, options, async (t) => {
    const thrift = vendor('thrift', dialect, 'coder', 'cheap');
    const world = await startWorld(t, { vendors: [thrift], combo: ['thrift/coder'] });

    await assertDone(await geminiCli(t, world, 'work'), 'thrift');

    assertClean(world);
    assert.ok(world.back.at(-1).body.includes('run_shell_command'));
    for (const row of await rows(world)) {
      assert.equal(row.outcome, 'answered');
      assert.equal(row.dialect, 'gemini');
      assert.equal(row.served_by.dialect, dialect);
    }
  });
}

test('when the quota runs out amid the task, Gemini CLI ends it on another vendor and dialect, unaware', options, async (t) => {
  const spent = `
[[VENDOR.fault]]
when = "after 1"
fault = "429-gemini-retry-info-2h"`;
  const vendors = [vendor('flash', 'gemini', 'gemini-flash', 'free', spent), vendor('thrift', 'chat', 'coder', 'cheap')];
  const world = await startWorld(t, { vendors, combo: ['flash/gemini-flash', 'thrift/coder'] });

  await assertDone(await geminiCli(t, world, 'work'), 'thrift');

  assertClean(world);
  const [first, ...later] = await rows(world);
  assert.equal(first.served_by.vendor, 'flash');
  const { id } = later.find(({ attempts }) => attempts.length === 2);
  const trace = await world.call('GET', `/api/requests/${id}`);
  assert.equal(trace.served_by.vendor, 'thrift');
  const [refused, answered] = trace.attempts;
  assert.equal(refused.status, 429);
  assert.ok(refused.locked_until > Date.now() + 7_000_000);
  assert.equal(answered.failure, null);
});
