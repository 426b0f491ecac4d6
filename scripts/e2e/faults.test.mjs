// What befalls a server: killed at any moment, its disk full, its database damaged, its vendors gone. Nothing
// that was configured is lost, nothing reads as empty, and each fault is told.
//
// SWITCHYARD_FAULTS says how many times each random fault is tried; `scripts/faults` tries many.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readSync, statSync, statfsSync, writeSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { atEnd } from './world/ending.mjs';
import { run, serve, temporaryFolder } from './world/processes.mjs';
import { builtPrograms } from './world/programs.mjs';

const programs = builtPrograms();
const rounds = Number(process.env.SWITCHYARD_FAULTS ?? 3);
const timeout = 120_000 + rounds * 30_000;
const root = process.getuid?.() === 0;

/** A vendor that answers at once and streams for a while. */
async function startVendor(t) {
  const home = await temporaryFolder(t, 'simulator');
  const script = join(home, 'script.toml');
  await writeFile(script, '[vendor.v]\npace = "5ms"\n');
  const vendor = await serve(t, programs.simulator, ['--port', '0', '--script', script], { home }, (out) =>
    /^default\s+(http:\/\/[^\/\s]+)/m.exec(out),
  );
  return { ...vendor, address: vendor.found[1] };
}

/** A data folder on which servers are started and killed. */
async function house(t, data) {
  const home = await temporaryFolder(t, 'faults');
  const folder = data ?? join(home, 'data');
  const env = { SWITCHYARD_KEYCHAIN: 'off' };
  const start = async () => {
    const args = ['serve', '--data-dir', folder, '--port', '0'];
    const server = await serve(t, programs.switchyard, args, { home, env }, (out) => /listens on http:/.test(out));
    const { address, token } = JSON.parse(await readFile(join(folder, 'server.json'), 'utf8'));
    const ask = async (method, path, body) => {
      const response = await fetch(`http://${address}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body && JSON.stringify(body),
      });
      return { status: response.status, body: JSON.parse(await response.text()) };
    };
    const call = async (...asked) => {
      const { status, body } = await ask(...asked);
      if (status >= 400) throw new Error(`${asked.slice(0, 2).join(' ')}: ${status} ${JSON.stringify(body)}`);
      return body;
    };
    return { ...server, address: `http://${address}`, ask, call };
  };
  const command = (...words) =>
    run(programs.switchyard, [...words, '--data-dir', folder], { home, env, within: 60_000 });
  return { folder, start, command, database: join(folder, 'switchyard.db') };
}

/** Connects the vendor and returns a client key. */
async function configure(server, vendor) {
  const base_url = `${vendor.address}/v/v1`;
  const made = await server.call('POST', '/api/vendors', {
    name: 'The v', prefix: 'v', dialect: 'chat', base_url, allow_private: true, models: ['m'], tier: 'cheap',
  });
  const key = 'sk-simulated-v-0123456789abcdef';
  await server.call('POST', '/api/accounts', { vendor: made.id, name: 'Mine', key, check: false });
  await server.call('PUT', '/api/combos/work', { candidates: ['v/m'] });
  return (await server.call('POST', '/api/keys', { name: 'agent' })).text;
}

const asks = (server, key, stream = false) =>
  fetch(`${server.address}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'v/m', stream, messages: [{ role: 'user', content: `Hello ${Math.random()}` }] }),
  });

/** What was configured, as the server tells it. */
async function told(server) {
  const lists = ['/api/accounts', '/api/combos', '/api/keys', '/api/vendors'];
  const [accounts, combos, keys, vendors] = await Promise.all(lists.map((path) => server.call('GET', path)));
  const names = (list, name) => list.map((one) => one[name]).sort();
  return {
    accounts: names(accounts, 'name'),
    combos: names(combos, 'name'),
    keys: names(keys, 'name'),
    custom: names(vendors.filter((vendor) => vendor.custom), 'name'),
  };
}

test(`a server killed ${rounds} times under load keeps its configuration and all but its last second`, { timeout }, async (t) => {
  const vendor = await startVendor(t);
  const { start } = await house(t);
  let server = await start();
  const key = await configure(server, vendor);
  const added = ['agent'];
  let answered = [];
  let lost = 0;
  for (let round = 0; round < rounds; round += 1) {
    const killed = new AbortController();
    const load = Array.from({ length: 6 }, async (_, nth) => {
      while (!killed.signal.aborted) {
        const asked = await asks(server, key, nth % 2 === 0).catch(() => null);
        const id = asked?.headers.get('x-switchyard-request');
        if (await asked?.text().catch(() => null)) answered.push({ id, at: Date.now() });
      }
    });
    const changes = (async () => {
      for (let nth = 0; !killed.signal.aborted; nth += 1) {
        const name = `key ${round} ${nth}`;
        const made = await server.ask('POST', '/api/keys', { name }).catch(() => null);
        if (made?.status === 200) added.push(name);
        await sleep(10);
      }
    })();
    await sleep(randomInt(20, 900));
    const at = Date.now();
    await server.kill();
    killed.abort();
    await Promise.all([...load, changes]);
    server = await start();
    const { safe_mode } = await server.call('GET', '/api/status');
    assert.equal(safe_mode, undefined, `round ${round}`);
    const now = await told(server);
    for (const name of added) assert.ok(now.keys.includes(name), `round ${round}: ${name} was confirmed and is gone`);
    assert.deepEqual([now.accounts, now.combos, now.custom], [['Mine'], ['work'], ['The v']], `round ${round}`);
    for (const one of answered.filter((one) => one.at < at - 1000)) {
      const { status } = await server.ask('GET', `/api/requests/${one.id}`);
      assert.equal(status, 200, `round ${round}: a request that ended ${at - one.at} ms before has no row`);
    }
    for (const one of answered.filter((one) => one.at >= at - 1000)) {
      if ((await server.ask('GET', `/api/requests/${one.id}`)).status === 404) lost += 1;
    }
    answered = [];
  }
  t.diagnostic(`${rounds} kills, ${added.length} keys confirmed, ${lost} rows of last seconds lost`);
  assert.equal((await asks(server, key)).status, 200);
});

/** Overwrites a few bytes at a random place, or cuts the file off there. */
function damage(path) {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  const at = randomInt(0, size);
  let what;
  if (randomInt(2) === 0) {
    ftruncateSync(file, at);
    what = `cut off at ${at} of ${size}`;
  } else {
    const bytes = Buffer.alloc(Math.min(randomInt(1, 4096), size - at));
    readSync(file, bytes, 0, bytes.length, at);
    for (let nth = 0; nth < bytes.length; nth += 1) bytes[nth] ^= randomInt(1, 256);
    writeSync(file, bytes, 0, bytes.length, at);
    what = `${bytes.length} bytes flipped at ${at} of ${size}`;
  }
  closeSync(file);
  return what;
}

test(`a database damaged at ${rounds} random places is told, stood in for, and brought back`, { timeout }, async (t) => {
  const vendor = await startVendor(t);
  let noticed = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { start, database, command } = await house(t);
    let server = await start();
    const key = await configure(server, vendor);
    for (let nth = 0; nth < 20; nth += 1) await (await asks(server, key)).text();
    const before = await told(server);
    await server.stop();
    const what = damage(database);
    server = await start();
    const { safe_mode } = await server.call('GET', '/api/status');
    assert.deepEqual(await told(server), before, `${what}: nothing reads as empty (${safe_mode?.code})`);
    assert.equal((await asks(server, key)).status, 200, `${what}: requests are served`);
    if (!safe_mode) {
      await server.stop();
      continue;
    }
    noticed += 1;
    assert.ok(safe_mode.message && safe_mode.hint, what);
    assert.match((await command('status')).out, /SAFE MODE/, what);
    const running = await command('doctor', '--repair', '--yes');
    assert.equal(running.code, 1, `${what}: ${running.out}`);
    assert.match(running.out, /found: .*(damaged|SAFE MODE|lost)/s, what);
    assert.doesNotMatch(running.out, /All is well|repaired:/, what);
    const refused = await server.ask('POST', '/api/keys', { name: 'late' });
    assert.equal(refused.body.code, 'safe_mode', `${what}: a change is refused, not lost`);
    await server.stop();
    const looked = await command('doctor');
    assert.equal(looked.code, 1, `${what}: ${looked.out}`);
    const restored = await command('doctor', '--repair', '--yes');
    assert.equal(restored.code, 0, `${what}: ${restored.out} ${restored.err}`);
    assert.match(restored.out, /repaired:/, what);
    assert.match((await command('doctor')).out, /All is well/, what);
    server = await start();
    assert.equal((await server.call('GET', '/api/status')).safe_mode, undefined, what);
    assert.deepEqual(await told(server), before, what);
    assert.equal((await asks(server, key)).status, 200, what);
    await server.stop();
  }
  t.diagnostic(`${noticed} of ${rounds} damages were seen; the others hit nothing that is used`);
});

/** A small disk of its own; where that is not allowed, the test says so and is skipped. */
async function smallDisk(t) {
  if (!root) return t.skip('NOT TESTED: a full disk, which needs root to mount one');
  const folder = join(await temporaryFolder(t, 'disk'), 'disk');
  await mkdir(folder);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m,mode=0700', 'tmpfs', folder]);
  if (mounted.status !== 0) return t.skip('NOT TESTED: a full disk, which may not be mounted here');
  atEnd(t, () => spawnSync('umount', ['-l', folder]));
  return folder;
}

test('a full disk is told, requests are served on, and nothing is lost', { timeout }, async (t) => {
  const disk = await smallDisk(t);
  if (!disk) return;
  const vendor = await startVendor(t);
  const { start, command } = await house(t, join(disk, 'data'));
  let server = await start();
  const key = await configure(server, vendor);
  const before = await told(server);
  const ballast = join(disk, 'ballast');
  const { bavail, bsize } = statfsSync(disk);
  // To the last byte, but for what the file system keeps for itself.
  const file = openSync(ballast, 'w');
  for (let left = bavail * bsize; left > 0; ) {
    try {
      left -= writeSync(file, Buffer.alloc(Math.min(left, 4096)));
    } catch (error) {
      assert.equal(error.code, 'ENOSPC');
      break;
    }
  }
  closeSync(file);
  let refused = null;
  for (let nth = 0; nth < 500 && !refused; nth += 1) {
    const answer = await server.ask('POST', '/api/keys', { name: `more ${nth}` });
    if (answer.status >= 400) refused = answer;
    else before.keys.push(`more ${nth}`);
  }
  assert.equal(refused?.body.code, 'disk_full', JSON.stringify(refused?.body));
  assert.equal((await asks(server, key)).status, 200, 'requests are served on a full disk');
  before.keys.sort();
  assert.deepEqual(await told(server), before);

  const full = await command('doctor');
  assert.equal(full.code, 1, full.out);
  assert.match(full.out, /make room on the disk/);
  await server.kill();
  server = await start();
  assert.deepEqual(await told(server), before, 'a start on a full disk reads everything');
  assert.equal((await asks(server, key)).status, 200);
  await server.kill();
  await rm(ballast);
  server = await start();
  assert.deepEqual(await told(server), before);
  assert.equal((await server.ask('POST', '/api/keys', { name: 'after' })).status, 200);
});

test('without the key file nothing is taken for empty, and nothing is made anew over it', { timeout }, async (t) => {
  const vendor = await startVendor(t);
  const { start, folder, command } = await house(t);
  let server = await start();
  const key = await configure(server, vendor);
  const before = await told(server);
  await server.stop();
  const kept = await readFile(join(folder, 'data.key'));
  await rm(join(folder, 'data.key'));
  await assert.rejects(start(), /key/, 'it does not start as if it were new');
  const looked = await command('doctor', '--json');
  assert.equal(looked.code, 1);
  assert.deepEqual(JSON.parse(looked.out).map(({ kind }) => kind), ['data_key']);
  await writeFile(join(folder, 'data.key'), kept, { mode: 0o600 });
  server = await start();
  assert.deepEqual(await told(server), before);
  assert.equal((await asks(server, key)).status, 200);
});

test('a network that is cut off is told, and used again once it is back', { timeout }, async (t) => {
  const space = `sy${process.pid}`;
  const ip = (...words) => spawnSync('ip', words).status === 0;
  const made = root && ip('netns', 'add', space);
  if (!made) return t.skip('NOT TESTED: a cut network, which needs the right to make a namespace');
  atEnd(t, () => ip('netns', 'del', space));
  const [near, far] = [`${space}a`, `${space}b`];
  const ready =
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', space) &&
    ip('addr', 'add', '10.213.77.1/30', 'dev', near) && ip('link', 'set', near, 'up') &&
    ip('-n', space, 'addr', 'add', '10.213.77.2/30', 'dev', far) && ip('-n', space, 'link', 'set', far, 'up');
  if (!ready) return t.skip('NOT TESTED: a cut network, since no veth pair can be made here');
  atEnd(t, () => ip('link', 'del', near));
  // The vendor listens on its own loopback only; a relay beside it listens on the cable.
  const home = await temporaryFolder(t, 'relay');
  const script = join(home, 'script.toml');
  await writeFile(script, '[vendor.v]\n');
  const relay = join(home, 'relay.cjs');
  await writeFile(
    relay,
    `const net = require('net');
    net.createServer((near) => {
      const far = net.connect(9001, '127.0.0.1');
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    }).listen(9000, '10.213.77.2', () => console.log('ready'));`,
  );
  const inside = `ip link set lo up; "${programs.simulator}" --port 9001 --script "${script}" & exec "${process.execPath}" "${relay}"`;
  await serve(t, 'ip', ['netns', 'exec', space, 'sh', '-c', inside], { home }, (out) => /ready/.test(out));
  const { start } = await house(t);
  const server = await start();
  const key = await configure(server, { address: 'http://10.213.77.2:9000' });
  assert.equal((await asks(server, key)).status, 200);
  ip('-n', space, 'link', 'set', far, 'down');
  const cut = await asks(server, key);
  assert.ok(cut.status >= 500, `${cut.status}`);
  const rows = await server.call('GET', '/api/requests?limit=1');
  assert.ok(rows.requests.length > 0);
  ip('-n', space, 'link', 'set', far, 'up');
  const [{ id }] = await server.call('GET', '/api/accounts');
  const deadline = Date.now() + 60_000;
  for (;;) {
    await server.call('POST', `/api/accounts/${id}/unlock`, {});
    const again = await asks(server, key);
    if (again.status === 200) break;
    assert.ok(Date.now() < deadline, `the network is back and still: ${again.status} ${await again.text()}`);
    await sleep(500);
  }
});

test('the doctor tells of a server that has the folder and says nothing', { timeout }, async (t) => {
  const { start, command, folder } = await house(t);
  const server = await start();
  await rm(join(folder, 'server.json'));
  const silent = await command('doctor', '--json');
  assert.equal(silent.code, 1, silent.out);
  const [found] = JSON.parse(silent.out);
  assert.equal(found.kind, 'silent');
  assert.match(found.message, new RegExp(`process ${server.pid}`));
});
