// Accounts by the command line: signing in, adding a key, lists, quotas and models, in words and as JSON.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';

import { atEnd } from './world/ending.mjs';
import { startWorld, vendorKey } from './world/switchyard.mjs';
import { vendor } from './world/task.mjs';

const rows = new URL('../../src-tauri/catalog/vendors/', import.meta.url);

const well = (end) => {
  assert.equal(end.code, 0, `${end.out}\n${end.err}`);
  return end.out;
};
const json = (end) => JSON.parse(well(end));

/** A vendor that gives a code, agrees at the second question, tells a balance and lists a model. */
async function startVendor(t) {
  let polls = 0;
  const answers = (path) => {
    if (path.endsWith('/device-auth/codes')) return [200, { code: 'AB-12', verificationUrl: 'https://example.com/device', expiresIn: 600 }];
    if (path.includes('/device-auth/codes/')) {
      polls += 1;
      return polls < 2 ? [202, { status: 'pending' }] : [200, { status: 'approved', token: 'token-of-ada', userEmail: 'ada@example.com' }];
    }
    if (path.endsWith('/user/balance')) return [200, { is_available: true, balance_infos: [{ currency: 'USD', total_balance: '12.34' }] }];
    if (path.endsWith('/models')) return [200, { data: [{ id: 'seen-live' }] }];
    return [404, { error: { message: `nothing at ${path}` } }];
  };
  const server = createServer((request, response) => {
    const [status, body] = answers(request.url.split('?')[0]);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(t, () => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${server.address().port}`;
}

/** Puts rows that ship into the data folder, their addresses led to that vendor. */
async function placeRows(world, ids, address) {
  const { data_dir } = await world.call('GET', '/api/status');
  await mkdir(join(data_dir, 'vendors'), { recursive: true });
  for (const id of ids) {
    const row = await readFile(new URL(`${id}.toml`, rows), 'utf8');
    const led = row.replace(/^key_url.*\n/m, '').replaceAll(/"https:\/\/[^/"]+/g, `"${address}`);
    await writeFile(join(data_dir, 'vendors', `${id}.toml`), `allow_private = true\n${led}`);
  }
  // Vendor files are read at a change of the configuration.
  await world.call('POST', '/api/keys', { name: 'a change' });
  return data_dir;
}

test('accounts are signed in, added, listed, asked for quotas and models', { timeout: 120_000 }, async (t) => {
  const world = await startWorld(t, { vendors: [vendor('thrift', 'chat', 'coder', 'cheap')], combo: ['thrift/coder'] });
  const folder = await placeRows(world, ['kilocode', 'deepseek'], await startVendor(t));

  const steps = well(await world.command('login', 'kilocode', '--understood', '--json')).trim().split('\n').map((line) => JSON.parse(line).step);
  assert.deepEqual(steps.map(({ type }) => type), ['code', 'done']);
  assert.equal(steps[0].code, 'AB-12');
  const nobody = await world.command('login', 'nobody', '--json');
  assert.notEqual(nobody.code, 0);
  assert.match(nobody.err, /there is no vendor/);

  const key = join(folder, 'key.txt');
  await writeFile(key, `${vendorKey('deepseek')}\n`);
  const added = json(await world.command('accounts', 'add', 'deepseek', '--name', 'Mine', '--key-file', key, '--json'));
  assert.equal(added.vendor, 'deepseek');
  const refused = await world.command('accounts', 'add', 'azure', '--key-file', key);
  assert.notEqual(refused.code, 0);
  assert.match(refused.err, /needs “Endpoint” \(address\)/);

  const accounts = json(await world.command('accounts', '--json'));
  assert.deepEqual(accounts.map(({ vendor }) => vendor).sort(), ['deepseek', 'kilocode', 'thrift']);
  const shown = well(await world.command('accounts'));
  assert.match(shown, /kilocode +ada@example\.com/);
  for (const secret of ['token-of-ada', vendorKey('deepseek')]) assert.ok(!(shown + JSON.stringify(accounts)).includes(secret));

  const quotas = json(await world.command('quota', '--json'));
  assert.equal(quotas.find(({ vendor }) => vendor === 'deepseek').windows[0].amount.kind, 'balance');
  assert.match(well(await world.command('quota')), /12\.34 USD left/);

  const read = json(await world.command('models', '--import', 'deepseek', '--json'));
  assert.deepEqual([read.models.map(({ id }) => id), read.new], [['seen-live'], 1]);
  const models = json(await world.command('models', '--json'));
  assert.ok(models.some(({ model, connected }) => model === 'ds/seen-live' && connected));
  assert.match(well(await world.command('models')), /ds\/seen-live +yes/);
});
