// What is left behind when the server goes away: found, repaired, or never left. No agent is needed.

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { temporaryFolder } from './world/processes.mjs';
import { startWorld } from './world/switchyard.mjs';
import { vendor } from './world/task.mjs';
import { furnish, settings, tools } from './world/tools.mjs';

const options = { timeout: 60_000 };
const claude = tools.find(({ id }) => id === 'claude-code');
const codex = tools.find(({ id }) => id === 'codex');
const both = { files: { ...claude.files, ...codex.files } };

/** A Switchyard with two tools pointed at it. */
async function applied(t) {
  const home = await temporaryFolder(t, 'tools');
  await furnish(home, both);
  const world = await startWorld(t, { vendors: [vendor('thrift', 'chat', 'coder', 'cheap')], combo: ['thrift/coder'], home });
  for (const tool of [claude, codex]) {
    const done = await world.command('apply', tool.id);
    assert.equal(done.code, 0, done.err);
  }
  for (const [file, text] of Object.entries(await settings(home, both))) {
    assert.notEqual(text, both.files[file], file);
  }
  return { home, world };
}

test('after a crash the doctor finds the tools that lead nowhere and puts them back, without a server', options, async (t) => {
  const { home, world } = await applied(t);
  assert.equal((await world.command('doctor')).code, 0);
  await world.serving.kill();

  const listed = await world.command('tools');
  assert.equal(listed.code, 0, listed.err);
  const refused = await world.command('apply', 'codex');
  assert.equal(refused.code, 1);
  assert.match(refused.err, /switchyard serve/);

  const found = await world.command('doctor');
  assert.equal(found.code, 1);
  assert.match(found.out, /Claude Code is pointed at http:\/\/127\.0\.0\.1:\d+, where nobody listens/);
  assert.match(found.out, /Codex is pointed at/);
  assert.match(found.out, /doctor --repair/);

  const repaired = await world.command('doctor', '--repair');
  assert.equal(repaired.code, 0, repaired.out + repaired.err);
  assert.deepEqual(await settings(home, both), both.files);
  assert.match((await world.command('doctor')).out, /All is well/);
});

test('a plan and a revert need no server', options, async (t) => {
  const { home, world } = await applied(t);
  await world.serving.stop();
  const written = await settings(home, both);

  const plan = await world.command('apply', 'codex', '--model', 'work', '--dry-run', '--json');
  assert.equal(plan.code, 0, plan.err);
  assert.equal(JSON.parse(plan.out).tool, 'codex');
  assert.deepEqual(await settings(home, both), written);

  const reverted = await world.command('revert', '--all');
  assert.equal(reverted.code, 0, reverted.err);
  assert.deepEqual(await settings(home, both), both.files);
  assert.equal((await world.command('revert', 'codex')).code, 1, 'there is nothing left to revert');
});

test('on wish the tools are put back when the server ends', options, async (t) => {
  const { home, world } = await applied(t);
  await world.call('PUT', '/api/tool-settings', { revert_on_quit: true });
  await world.serving.stop();
  assert.match(world.serving.told.out, /Claude Code is as it was before/);
  assert.deepEqual(await settings(home, both), both.files);
});

test('unless wished, they stay pointed here until the server is back', options, async (t) => {
  const { home, world } = await applied(t);
  const written = await settings(home, both);
  await world.serving.stop();
  assert.deepEqual(await settings(home, both), written);
  const names = await readdir(join(home, '.codex'));
  assert.deepEqual(names, ['config.toml'], 'nothing beside it');
});

test('what the command line is asked for wrongly is said with what to do', options, async (t) => {
  const { world } = await applied(t);
  for (const [words, told] of [
    [['apply', 'nothing'], /there is no tool "nothing"; there are: claude-code/],
    [['apply', 'c'], /may mean/],
    [['apply', 'cursor'], /switchyard guide cursor/],
    [['guide', 'codex'], /switchyard apply codex/],
    [['apply', 'codex', '--model', 'nothing'], /not known/],
    [['apply', 'codex', '--slot', 'opus=work'], /no model slot opus/],
  ]) {
    const end = await world.command(...words);
    assert.equal(end.code, 1, words.join(' '));
    assert.match(end.err, told);
  }
  const moved = await world.commandWith({ CODEX_HOME: '/elsewhere' }, 'apply', 'codex', '--model', 'auto');
  assert.equal(moved.code, 1);
  assert.match(moved.err, /reads \/elsewhere\/config\.toml, but the server would write/);
  const wins = await world.commandWith({ ANTHROPIC_API_KEY: 'x' }, 'apply', 'claude', '--dry-run');
  assert.match(wins.out, /In the way: ANTHROPIC_API_KEY is set in the environment/);
  const guide = await world.command('guide', 'zed', '--new-key');
  const [key] = /sy-[A-Za-z0-9]{40,}/.exec(guide.out);
  const listed = await fetch(`${world.server}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(listed.status, 200);
});
