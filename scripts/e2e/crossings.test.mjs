// Claude Code and Codex through vendors that speak Gemini or Ollama only.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { claudeCode, codex, withoutAgents } from './world/agents.mjs';
import { rows, startWorld } from './world/switchyard.mjs';
import { assertClean, assertDone, vendor } from './world/task.mjs';

const options = { skip: withoutAgents, timeout: 180_000 };
const agents = { 'Claude Code': claudeCode, Codex: codex };

for (const [name, agent] of Object.entries(agents)) {
  for (const dialect of ['gemini', 'ollama']) {
    test(`${name} does a task with a tool through a vendor that speaks ${dialect} only`, options, async (t) => {
      const other = vendor('other', dialect, 'gemini-3-coder', 'free');
      const world = await startWorld(t, { vendors: [other], combo: ['other/gemini-3-coder'] });

      await assertDone(await agent(t, world, 'work'), 'other');

      assertClean(world);
      const last = JSON.parse(world.back.at(-1).body);
      const { called, answered } = dialect === 'gemini' ? geminiPair(last) : ollamaPair(last);
      assert.ok(called && called === answered, 'the result answers the call');
      for (const row of await rows(world)) {
        assert.equal(row.outcome, 'answered');
        assert.equal(row.served_by.dialect, dialect);
      }
    });
  }
}

function geminiPair({ contents }) {
  const parts = contents.flatMap(({ parts }) => parts);
  const { functionCall, thoughtSignature } = parts.find((part) => part.functionCall);
  // From the third generation on, Gemini refuses calls that nobody signed.
  assert.ok(thoughtSignature);
  const { functionResponse } = parts.find((part) => part.functionResponse);
  assert.equal(functionResponse.name, functionCall.name);
  return { called: functionCall.id, answered: functionResponse.id };
}

function ollamaPair({ messages }) {
  const [call] = messages.find(({ tool_calls }) => tool_calls).tool_calls;
  const result = messages.find(({ role }) => role === 'tool');
  assert.equal(typeof call.function.arguments, 'object');
  assert.equal(result.tool_name, call.function.name);
  return { called: call.id, answered: result.tool_call_id };
}
