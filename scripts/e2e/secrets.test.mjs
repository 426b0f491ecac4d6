// What other users of a machine can see of a process, and what the programs that it starts are told: no secret stands
// there but what the user's own environment gave to the server itself.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { temporaryFolder, until } from './world/processes.mjs';
import { startWorld, vendorKey } from './world/switchyard.mjs';

const linux = process.platform === 'linux' ? false : 'NOT TESTED: it reads /proc';

test('no secret stands in the arguments or the environment of the server and of its hooks', { timeout: 60_000, skip: linux }, async (t) => {
  const given = { SWITCHYARD_DATA_KEY: randomBytes(32).toString('base64'), INITIAL_PASSWORD: 'a-password-that-nobody-guesses' };
  const vendors = [
    { id: 'refusing', dialect: 'chat', model: 'm', tier: 'cheap', script: '[VENDOR]\n[[VENDOR.fault]]\nwhen = "always"\nfault = "quota"\n' },
    { id: 'good', dialect: 'chat', model: 'm', tier: 'cheap', script: '[VENDOR]\n' },
  ];
  const home = await temporaryFolder(t, 'home');
  const world = await startWorld(t, { vendors, combo: ['refusing/m', 'good/m'], home, env: given });
  const { pid } = world.serving;
  const seen = async (of, what) => (await readFile(`/proc/${of}/${what}`)).toString().split('\0');
  const [, , data] = (await seen(pid, 'cmdline')).slice(1);
  const { token } = JSON.parse(await readFile(join(data, 'server.json'), 'utf8'));
  const told = join(home, 'told');
  const hook = join(home, 'hook.mjs');
  await mkdir(dirname(hook), { recursive: true });
  // It tells of itself what others could see of it.
  await writeFile(hook, `import { readFileSync, renameSync, writeFileSync } from 'node:fs';
const of = (what) => readFileSync('/proc/self/' + what, 'utf8').split('\\0');
writeFileSync('${told}.new', JSON.stringify({ cmdline: of('cmdline'), environ: of('environ') }));
renameSync('${told}.new', '${told}');
`);
  await writeFile(join(data, 'events.toml'), `[[command]]\nrun = [${JSON.stringify(process.execPath)}, ${JSON.stringify(hook)}]\n`);
  const asked = await fetch(`${world.server}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'work', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  assert.equal(asked.status, 200, await asked.text());
  const child = await until('the hook', 30_000, async () => JSON.parse(await readFile(told, 'utf8').catch(() => 'null')));

  const everywhere = { 'a client key': world.key, 'a session': token, ...Object.fromEntries(vendors.map(({ id }) => [`the key of ${id}`, vendorKey(id)])) };
  const search = (place, words, secrets) => {
    assert.ok(words.length > 1, `${place} was read`);
    for (const [name, secret] of Object.entries(secrets)) {
      assert.ok(!words.some((word) => word.includes(secret)), `${name} stands in ${place}`);
    }
  };
  search('the arguments of the server', await seen(pid, 'cmdline'), { ...everywhere, ...given });
  search('the environment of the server', await seen(pid, 'environ'), everywhere);
  search('the arguments of a hook', child.cmdline, { ...everywhere, ...given });
  search('the environment of a hook', child.environ, { ...everywhere, ...given });
  assert.ok(child.environ.some((word) => word.startsWith('PATH=')), 'the rest of the environment is there');
});
