// The coding agents through vendors that speak a dialect with an accent.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accents, endpointsOf } from './world/accents.mjs';
import { claudeCode, codex, geminiCli, withoutAgents } from './world/agents.mjs';
import { rows, startWorld } from './world/switchyard.mjs';
import { assertClean, assertDone, vendor } from './world/task.mjs';

const options = { skip: withoutAgents, timeout: 180_000 };
const agents = { 'Claude Code': claudeCode, Codex: codex, 'Gemini CLI': geminiCli };

for (const [name, agent] of Object.entries(agents)) {
  for (const [accent, { dialect, called }] of Object.entries(accents)) {
    test(`${name} does a task with a tool through a vendor with the accent of ${accent}`, options, async (t) => {
      const endpoints = endpointsOf(accent);
      const other = { ...vendor('other', dialect, 'gemini-3-coder', 'subscription'), endpoints };
      const world = await startWorld(t, { vendors: [other], combo: ['other/gemini-3-coder'] });

      await assertDone(await agent(t, world, 'work'), 'other');

      assertClean(world);
      const asked = world.back.filter(({ method }) => method === 'POST');
      assert.ok(asked.every(({ path }) => called.test(path.split('?')[0])), asked.map(({ path }) => path).join(' '));
      for (const row of await rows(world)) {
        assert.equal(row.outcome, 'answered');
        assert.equal(row.served_by.vendor, 'other');
        assert.ok(row.usage.input > 0 && row.usage.output > 0, JSON.stringify(row.usage));
      }
    });
  }
}
