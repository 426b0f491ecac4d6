// Child processes: started with a clean environment, watched, and ended with the test that started them.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { atEnd } from './ending.mjs';

const running = new Set();
const folders = new Set();
const gone = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };
process.on('exit', () => {
  for (const child of running) signal(child, 'SIGKILL');
  for (const folder of folders) rmSync(folder, gone);
});
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => process.exit(1));

/** Each child leads its own group, so that whatever it started ends with it. */
function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** A folder that is gone after the test. */
export async function temporaryFolder(t, name) {
  const folder = await mkdtemp(join(tmpdir(), `switchyard-e2e-${name}-`));
  folders.add(folder);
  atEnd(t, async () => {
    await rm(folder, gone);
    folders.delete(folder);
  });
  return folder;
}

/** Nothing of the caller's environment but where programs are: neither proxies, keys nor settings. */
export function cleanEnvironment(home, extra = {}) {
  const { PATH, LANG = 'C.UTF-8' } = process.env;
  return { PATH, LANG, HOME: home, TMPDIR: tmpdir(), ...extra };
}

function launch(program, args, { home, cwd, env }) {
  const child = spawn(program, args, {
    cwd,
    env: cleanEnvironment(home, env),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const told = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => (told.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (told.err += text));
  running.add(child);
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, by) => {
      running.delete(child);
      resolve({ code: code ?? by, ...told });
    });
  });
  ended.catch(() => running.delete(child));
  return { child, told, ended };
}

/** Runs a program to its end, and kills it when that takes longer than `within` milliseconds. */
export async function run(program, args, options) {
  const { child, ended } = launch(program, args, options);
  const overdue = setTimeout(() => signal(child, 'SIGKILL'), options.within);
  try {
    return await ended;
  } finally {
    clearTimeout(overdue);
    // What it left behind in its group.
    signal(child, 'SIGKILL');
  }
}

/** Starts a server and waits until `ready` finds on its standard output what it looks for. */
export async function serve(t, program, args, options, ready) {
  const { child, told, ended } = launch(program, args, options);
  let over = null;
  ended.then((end) => (over = end), (error) => (over = { code: error.message, ...told }));
  atEnd(t, () => stop(child, ended));
  const found = await until(`${program} to start`, 20_000, () => {
    if (over) throw new Error(`${program} ended (${over.code}):\n${over.out}${over.err}`);
    return ready(told.out);
  });
  const kill = async () => {
    signal(child, 'SIGKILL');
    await ended;
  };
  return { found, told, kill, pid: child.pid, over: () => over, stop: () => stop(child, ended) };
}

async function stop(child, ended) {
  if (running.has(child)) signal(child, 'SIGINT');
  const patience = new AbortController();
  await Promise.race([
    ended.catch(() => {}),
    sleep(15_000, null, { signal: patience.signal }).catch(() => {}),
  ]);
  patience.abort();
  signal(child, 'SIGKILL');
}

/** Asks again and again until the answer is truthy, and returns it. */
export async function until(what, within, ask) {
  const last = Date.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > last) throw new Error(`waited ${within} ms in vain for ${what}`);
    await sleep(25);
  }
}
