// The log's files, as the real program writes them: rotated, bounded, for its user alone, and without secrets.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { startWorld, vendorKey } from './world/switchyard.mjs';

const LARGEST = 1024 * 1024;
const names = ['', '.1', '.2', '.3', '.4'].map((end) => `switchyard.log${end}`);
const options = { timeout: 180_000 };
const vendors = [{ id: 'v', dialect: 'chat', model: 'm', tier: 'cheap', script: '[VENDOR]\n' }];

/** Full files, as five runs left them: the newest has no number behind its name. */
const fill = (data) => {
  mkdirSync(join(data, 'logs'), { recursive: true, mode: 0o700 });
  for (const [run, name] of names.entries()) {
    writeFileSync(join(data, 'logs', name), `run ${run}\n`.padStart(LARGEST), { mode: 0o600 });
  }
};

const ask = (world, key) =>
  fetch(`${world.server}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'v/m', messages: [{ role: 'user', content: 'Hello' }] }),
  });

test('the log is rotated, takes no more than it may, and nobody else can read it', options, async (t) => {
  const world = await startWorld(t, { vendors, combo: ['v/m'], env: { SWITCHYARD_LOG: 'trace' }, before: fill });
  const folder = join(world.data, 'logs');
  const files = () => readdirSync(folder).sort();
  assert.equal((await ask(world, world.key)).status, 200);
  const refused = await ask(world, 'sy-0123456789abcdef0123456789');
  assert.equal(refused.status, 401);
  const [now, ...older] = names.map((name) => readFileSync(join(folder, name), 'utf8'));
  assert.match(now, /TRACE/);
  assert.deepEqual(older.map((text) => text.trim()), ['run 0', 'run 1', 'run 2', 'run 3']);
  const sizes = files().map((name) => statSync(join(folder, name)).size);
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= names.length * LARGEST, `${sizes}`);
  assert.deepEqual(files(), names);
  if (process.platform !== 'win32') {
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of files()) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  }
  const { token } = JSON.parse(readFileSync(join(world.data, 'server.json'), 'utf8'));
  for (const name of files()) {
    const text = readFileSync(join(folder, name), 'utf8');
    for (const secret of [world.key, token, vendorKey('v')]) assert.ok(!text.includes(secret), name);
    assert.ok(!text.includes('\u001b'), 'no colours');
  }
});

test('the log is kept nowhere where that is switched off', options, async (t) => {
  const env = { SWITCHYARD_LOG: 'trace', SWITCHYARD_LOG_FILES: 'off' };
  const world = await startWorld(t, { vendors, combo: ['v/m'], env });
  assert.equal((await ask(world, world.key)).status, 200);
  assert.ok(!existsSync(join(world.data, 'logs')));
});
