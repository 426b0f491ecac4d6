// Backups, exports, the data key and the password by the command line, beside a running server and without one.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { run, temporaryFolder } from './world/processes.mjs';
import { builtPrograms } from './world/programs.mjs';
import { startWorld } from './world/switchyard.mjs';
import { vendor } from './world/task.mjs';

const { switchyard } = builtPrograms();
const options = { timeout: 120_000 };
const passphrase = 'a long passphrase of mine';
const env = { SWITCHYARD_KEYCHAIN: 'off' };

const start = (t) =>
  startWorld(t, { vendors: [vendor('thrift', 'chat', 'coder', 'cheap')], combo: ['thrift/coder'], env });

const well = (end) => {
  assert.equal(end.code, 0, end.err);
  return end.out;
};

test('a backup is made and checked while the server runs, and the key is exchanged', options, async (t) => {
  const world = await start(t);
  const name = /^(\S+) /.exec(well(await world.command('backup', 'make')))[1];
  assert.match(well(await world.command('backup', 'list')), new RegExp(`^${name} `));
  assert.match(well(await world.command('backup', 'check', name)), /whole/);
  assert.match(well(await world.command('secrets', 'rotate')), /1 secret\(s\) and 1 backup\(s\)/);
  assert.match(well(await world.command('backup', 'check', name)), /whole/);
  well(await world.command('doctor'));
});

test('a key is made for some models alone, listed and revoked', options, async (t) => {
  const world = await start(t);
  const text = well(await world.command('keys', 'add', 'narrow', '--model', 'thrift/*', '--per-minute', '9')).trim();
  const ask = async (model) => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
    const headers = { authorization: `Bearer ${text}`, 'content-type': 'application/json' };
    return (await fetch(`${world.server}/v1/chat/completions`, { method: 'POST', headers, body })).status;
  };
  assert.equal(await ask('thrift/coder'), 200);
  assert.equal(await ask('work'), 403);
  const listed = well(await world.command('keys'));
  assert.match(listed, /narrow, (never used|used .* ago), only thrift\/\*, 9 a minute/);
  assert.ok(!listed.includes(text));
  well(await world.command('keys', 'remove', 'narrow'));
  assert.equal(await ask('thrift/coder'), 401);
});

test('what is said is kept on wish, shown and deleted', options, async (t) => {
  const world = await start(t);
  const ask = async () => {
    const body = JSON.stringify({ model: 'work', messages: [{ role: 'user', content: 'sk-simulated-thrift-0123456789abcdef \u001b[31m' }] });
    const headers = { authorization: `Bearer ${world.key}`, 'content-type': 'application/json' };
    const answer = await fetch(`${world.server}/v1/chat/completions`, { method: 'POST', headers, body });
    await answer.text();
    return answer.headers.get('x-switchyard-request');
  };
  const unkept = await world.command('requests', 'show', await ask(), '--bodies');
  assert.match(unkept.err, /is not kept \(`switchyard requests bodies on`/);
  assert.match(well(await world.command('requests', 'bodies')), /not kept/);
  assert.match(well(await world.command('requests', 'bodies', 'on', '--days', '2')), /is kept: .* for 2 day/);
  assert.match(well(await world.command('status')), /What agents and models say is kept/);
  const shown = well(await world.command('requests', 'show', await ask(), '--bodies'));
  assert.match(shown, /The client sent[^]*\[a secret\][^]*The vendor was sent[^]*"coder"[^]*The vendor answered[^]*The client got/);
  assert.ok(!shown.includes('sk-simulated'));
  assert.match(well(await world.command('requests', 'bodies', 'delete')), /in 1 request/);
  assert.match(well(await world.command('requests', 'bodies', 'off')), /not kept/);
  assert.match(well(await world.command('requests', 'show')), /asked for work/);
});

test('an export is read by another installation, and by nobody without its passphrase', options, async (t) => {
  const world = await start(t);
  const home = await temporaryFolder(t, 'export');
  const file = join(home, 'all.json');
  well(await world.commandWith({ SWITCHYARD_PASSPHRASE: passphrase }, 'export', file));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.ok(!(await readFile(file, 'utf8')).includes('sk-simulated'));

  const there = (words, more) =>
    run(switchyard, [...words, '--data-dir', join(home, 'data')], { home, env: { ...env, ...more }, within: 60_000 });
  const wrong = await there(['import', file], { SWITCHYARD_PASSPHRASE: 'not this passphrase' });
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.err, /passphrase/);
  const look = well(await there(['import', file], { SWITCHYARD_PASSPHRASE: passphrase }));
  assert.match(look, /\+ accounts: My thrift/);
  assert.match(look, /Nothing is changed yet/);
  assert.match(well(await there(['import', '--apply', file], { SWITCHYARD_PASSPHRASE: passphrase })), /Imported/);
});

test('a passphrase and a password that are typed are not shown', options, async (t) => {
  if (spawnSync('script', ['--version']).status !== 0) return t.skip('NOT TESTED: there is no `script` to make a terminal');
  const home = await temporaryFolder(t, 'typed');
  for (const words of [`export ${join(home, 'x.json')}`, 'password']) {
    const command = `${switchyard} ${words} --data-dir ${join(home, 'data')}`;
    const shown = spawnSync('script', ['-qec', command, '/dev/null'], {
      input: `${passphrase}\n${passphrase}\n`,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: home, ...env },
      timeout: 60_000,
    });
    assert.equal(shown.status, 0, `${words}: ${shown.stdout}${shown.stderr}`);
    assert.match(shown.stdout, /not shown/);
    // What is typed before the program asks is shown by the terminal, as in any program.
    const after = shown.stdout.slice(shown.stdout.indexOf('not shown'));
    assert.ok(!after.includes(passphrase), `${words}: ${shown.stdout}`);
  }
});

test('a password signs in, and the command line sets another without knowing it', options, async (t) => {
  const world = await start(t);
  const signIn = (password) =>
    fetch(`${world.server}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    });
  assert.equal((await signIn('four words of mine')).status, 404);
  well(await world.commandWith({ SWITCHYARD_NEW_PASSWORD: 'four words of mine' }, 'password'));
  assert.equal((await signIn('four words of mine')).status, 200);
  well(await world.commandWith({ SWITCHYARD_NEW_PASSWORD: 'four other words' }, 'password'));
  assert.equal((await signIn('four words of mine')).status, 403);
  well(await world.command('password', '--remove'));
  assert.equal((await signIn('four other words')).status, 404);
});

test('published secrets and an open dashboard are refused before anything is served', options, async (t) => {
  const home = await temporaryFolder(t, 'refused');
  const serve = (more, ...words) =>
    run(switchyard, ['serve', '--port', '0', '--data-dir', join(home, 'data'), ...words], {
      home, env: { ...env, ...more }, within: 20_000,
    });
  for (const [name, value] of [['JWT_SECRET', '9router-default-secret-change-me'], ['INITIAL_PASSWORD', '123456']]) {
    const refused = await serve({ [name]: value });
    assert.equal(refused.code, 1, refused.out);
    assert.ok(refused.err.includes(name) && !refused.err.includes(value), refused.err);
  }
  const open = await serve({}, '--host', '0.0.0.0');
  assert.equal(open.code, 1, open.out);
  assert.match(open.err, /no password/);
});
