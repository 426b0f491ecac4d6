// The task that an agent is given: a shell command, and a closing word that quotes its output.
// The vendor's part in it is played by the simulator, by this script.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { vendorKey } from './switchyard.mjs';

const MARK = 'switchback-7431';

/** A simulated vendor that plays along; `more` is added to its table in the simulator's script. */
export function vendor(id, dialect, model, tier, more = '') {
  const script = `
[VENDOR]
models = ["${model}"]
keys = ["${vendorKey(id)}"]
[VENDOR.agent]
command = "echo ${MARK} | tee marker"
done = "${id} heard {result}"
${more}`;
  return { id, dialect, model, tier, script };
}

/** The agent ended well, its tool ran, and the closing word of `by` arrived. */
export async function assertDone(end, by) {
  assert.equal(end.code, 0, `${end.out}\n${end.err}`);
  assert.equal(await readFile(join(end.cwd, 'marker'), 'utf8'), `${MARK}\n`);
  assert.match(end.out, new RegExp(`${by} heard [^]*${MARK}`));
}

/** Every call of the agent was understood, and no vendor saw another key than its own. */
export function assertClean(world) {
  const bad = world.front.filter(({ status }) => status !== 200);
  assert.deepEqual(bad.map(({ method, path, status }) => [method, path, status]), []);
  assert.notEqual(world.back.length, 0);
  for (const { path, headers, text } of world.back) {
    const own = vendorKey(path.split('/')[1]);
    const shown = headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization?.replace('Bearer ', '');
    assert.equal(shown, own);
    const keys = text.match(/\b(sk-simulated|sy)-[\w-]{8,}/g);
    assert.deepEqual(keys, [own], `keys in ${path}`);
  }
}
