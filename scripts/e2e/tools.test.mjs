// The real tools, pointed here by `switchyard apply` alone, and put back by `switchyard revert`.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { withoutAgents } from './world/agents.mjs';
import { temporaryFolder } from './world/processes.mjs';
import { rows, startWorld } from './world/switchyard.mjs';
import { assertDone, vendor } from './world/task.mjs';
import { furnish, leftovers, searched, settings, tools, work } from './world/tools.mjs';

for (const tool of tools) {
  const skip = withoutAgents || (process.env.NO_MORE_AGENTS && !['claude', 'codex', 'gemini'].includes(tool.command)
    ? `NOT TESTED: ${process.env.NO_MORE_AGENTS}`
    : false);
  test(`${tool.name} is pointed here, does its task, and is put back byte for byte`, { skip, timeout: 400_000 }, async (t) => {
    const home = await temporaryFolder(t, tool.id);
    const cwd = await furnish(home, tool);
    const thrift = vendor('thrift', 'chat', 'coder', 'cheap');
    const env = { PATH: searched(tool) };
    const world = await startWorld(t, { vendors: [thrift], combo: ['thrift/coder'], home, env });

    const applied = await world.command('apply', tool.id, '--model', 'work');
    assert.equal(applied.code, 0, applied.err);
    assert.doesNotMatch(applied.err, /is not content|was not asked|already changed/, applied.err);
    assert.doesNotMatch(applied.out, /sy-[A-Za-z0-9]{20}/, 'no key is shown');
    assert.notDeepEqual(await settings(home, tool), tool.files);

    await assertDone(await work(tool, home, cwd), 'thrift');

    const served = await rows(world);
    assert.notEqual(served.length, 0);
    for (const row of served) {
      assert.equal(row.outcome, 'answered', row.error);
      assert.equal(row.key, tool.name);
      assert.equal(row.combo, 'work');
    }
    const here = JSON.parse((await world.command('tools', '--json')).out).find(({ id }) => id === tool.id);
    assert.equal(here.status.state.is, 'ours', JSON.stringify(here.status));
    assert.ok(here.status.binary && here.status.version, 'program and version are found');

    const reverted = await world.command('revert', tool.id);
    assert.equal(reverted.code, 0, reverted.err);
    assert.match(reverted.out, /is as it was before\./);
    assert.deepEqual(await settings(home, tool), tool.files);
    assert.deepEqual(await leftovers(home, tool), []);
    const names = (await world.call('GET', '/api/keys')).map(({ name }) => name);
    assert.deepEqual(names, ['agent']);
    assert.equal((await world.command('doctor')).code, 0);
  });
}
