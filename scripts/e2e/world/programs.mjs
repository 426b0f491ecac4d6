// The programs under test: given by the environment, else built.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** The paths of `switchyard` and `switchyard-simulator`. */
export function builtPrograms() {
  const { SWITCHYARD_BIN, SIMULATOR_BIN } = process.env;
  if (SWITCHYARD_BIN && SIMULATOR_BIN) {
    return { switchyard: resolve(SWITCHYARD_BIN), simulator: resolve(SIMULATOR_BIN) };
  }
  const packages = ['--package', 'switchyard-cli', '--package', 'switchyard-simulator'];
  const { status, stdout } = spawnSync('cargo', ['build', '--message-format=json-render-diagnostics', ...packages], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error('cargo could not build the programs; its words above say why');
  const made = new Map();
  for (const line of stdout.split('\n').filter(Boolean)) {
    const { reason, executable, target } = JSON.parse(line);
    if (reason === 'compiler-artifact' && executable) made.set(target.name, executable);
  }
  return {
    switchyard: SWITCHYARD_BIN ? resolve(SWITCHYARD_BIN) : made.get('switchyard'),
    simulator: SIMULATOR_BIN ? resolve(SIMULATOR_BIN) : made.get('switchyard-simulator'),
  };
}

/** Where the commands of npm packages are: most agents, and more that are installed apart. */
export const commandFolders = ['../node_modules/.bin', '../more/node_modules/.bin'].map((folder) =>
  resolve(import.meta.dirname, folder),
);

/** The command of an installed npm package; `null` where it is not installed. */
export function installedCommand(name) {
  return commandFolders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Playwright's browser drivers; `null` where it is not installed. */
export function installedPlaywright() {
  try {
    return createRequire(import.meta.url)('playwright-core');
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** A Chromium of the system; `null` where there is none. */
export function chromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  for (const name of names) {
    const path = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (path) return path;
  }
  return null;
}
