// `npm test`: installs the agents, builds the programs, runs the tests one file after the other.
//
// Where npm's registry cannot be reached, what needs the agents is skipped, and said so at the end.
// Every other failure fails.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { builtPrograms, chromium, installedCommand, installedPlaywright } from './world/programs.mjs';

const here = import.meta.dirname;
const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|E50[0234])\b/;

const npmIn = (folder, ...args) => spawnSync('npm', [...args, '--prefix', folder], { encoding: 'utf8' });
const npm = (...args) => npmIn(here, ...args);

function complete() {
  const commands = ['claude', 'codex', 'gemini'];
  const there = commands.every(installedCommand) && installedPlaywright();
  // Also tells whether the versions are the locked ones.
  return Boolean(there) && npm('ls', '--depth=0').status === 0;
}

/** Why the other agents are not there: they are large, and what fails with them does not fail the rest. */
function installMore() {
  const more = join(here, 'more');
  const commands = ['opencode', 'qwen', 'openclaw', 'node'];
  const there = () => commands.every((name) => existsSync(join(more, 'node_modules/.bin', name)));
  if (there() && npmIn(more, 'ls', '--depth=0').status === 0) return null;
  console.error('Installing more coding agents (about 1.4 GB)');
  // Not `ci`: a registry need not have the packages of other systems, which the lock then lacks. And no
  // scripts: one of them wants another Node than this.
  const done = npmIn(more, 'install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error');
  const linked = done.status === 0 && npmIn(more, 'rebuild', 'opencode-ai');
  if (done.status === 0 && linked.status === 0 && there()) return null;
  console.error(done.stderr, linked?.stderr ?? '');
  return 'they could not be installed';
}

/** Why the npm packages are not there, when the network is the reason. */
function install() {
  if (complete()) return null;
  console.error('Installing the coding agents and client libraries (about 900 MB)');
  const done = npm('ci', '--no-audit', '--no-fund', '--loglevel=error');
  if (done.status === 0) return null;
  const reason = UNREACHABLE.exec(done.stderr)?.[1];
  if (reason) return `npm's registry could not be reached (${reason})`;
  console.error(done.stderr);
  process.exit(1);
}

const missing = {};
const offline = install();
if (offline) Object.assign(missing, { NO_AGENTS: offline, NO_BROWSER: offline });
const without = process.env.SWITCHYARD_E2E_FEWER ? 'SWITCHYARD_E2E_FEWER is set' : offline ?? installMore();
if (without) missing.NO_MORE_AGENTS = without;
if (!chromium()) missing.NO_BROWSER = 'there is no Chromium on this machine';

const { switchyard, simulator } = builtPrograms();
const env = { ...process.env, SWITCHYARD_BIN: switchyard, SIMULATOR_BIN: simulator, ...missing };
const named = process.argv.slice(2);
const tests = named.length > 0 ? named : readdirSync(here).filter((name) => name.endsWith('.test.mjs'));
const options = ['--test', '--test-concurrency=1', '--test-reporter=spec'];
const { status } = spawnSync(process.execPath, [...options, ...tests], { cwd: here, env, stdio: 'inherit' });

const loud = (words) => console.error(`\u001b[31m✗ NOT TESTED: ${words}\u001b[0m`);
if (missing.NO_AGENTS) loud(`the coding agents and the client libraries, because ${missing.NO_AGENTS}.`);
if (missing.NO_MORE_AGENTS) loud(`OpenCode, Qwen Code and OpenClaw, because ${missing.NO_MORE_AGENTS}.`);
if (missing.NO_BROWSER) loud(`the dashboard in a browser, because ${missing.NO_BROWSER}.`);
process.exit(status ?? 1);
