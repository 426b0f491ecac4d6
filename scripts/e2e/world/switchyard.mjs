// A Switchyard between simulated vendors and whoever calls it, with a tap on either side.

import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run, serve, temporaryFolder, until } from './processes.mjs';
import { builtPrograms } from './programs.mjs';
import { tap } from './tap.mjs';

const programs = builtPrograms();

/** Starts the simulator with a script and returns its address. */
async function startSimulator(t, script) {
  const home = await temporaryFolder(t, 'simulator');
  const file = join(home, 'script.toml');
  await writeFile(file, script);
  const args = ['--port', '0', '--script', file];
  const { found } = await serve(t, programs.simulator, args, { home }, (out) =>
    /^default\s+(http:\S+)$/m.exec(out),
  );
  return found[1];
}

/** The admin API of a running server, called as the command line calls it. */
function admin(address, token) {
  return async (method, path, body) => {
    const response = await fetch(address + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
}

/**
 * Starts a server on an empty data folder, or on what `before` lays into it, and simulated vendors that nobody has
 * connected yet: `vendors`, `home` and `env` as below.
 */
export async function startBare(t, { vendors, home, env = {}, before = () => {} }) {
  const script = vendors.map(({ id, script }) => script.replaceAll('VENDOR', `vendor.${id}`));
  const simulator = await startSimulator(t, script.join('\n'));
  const back = await tap(t, simulator);

  const folder = await temporaryFolder(t, 'switchyard');
  const data = join(folder, 'data');
  await before(data);
  const options = { home: home ?? folder, cwd: folder, env };
  const args = ['serve', '--data-dir', data, '--port', '0'];
  for (const vendor of vendors.filter(({ endpoints }) => endpoints)) await writeVendorFile(data, back.address, vendor);
  const serving = await serve(t, programs.switchyard, args, options, (out) => /listens on http:/.test(out));
  const { address, token } = JSON.parse(await readFile(join(data, 'server.json'), 'utf8'));
  const server = `http://${address}`;
  return { server, serving, call: admin(server, token), back, data, options };
}

/**
 * Starts everything. Each of `vendors` is `{ id, dialect, model or models, tier, script }`, its script being
 * the lines of its table in the simulator's file; one with `endpoints` is written as a vendor file that has them.
 * `combo` lists `id/model` in order. `home` is the home
 * folder of the server and of its command line, `env` more of their environment.
 */
export async function startWorld(t, { vendors, combo, home, env = {}, before }) {
  const { server, serving, call, back, data, options } = await startBare(t, { vendors, home, env, before });
  for (const { id, dialect, model, models = [model], tier, endpoints } of vendors) {
    if (endpoints) {
      await call('POST', '/api/accounts', { vendor: id, name: `My ${id}`, key: vendorKey(id), check: false });
      continue;
    }
    const base_url = `${back.address}/${id}/v1`;
    const vendor = { name: `The ${id}`, prefix: id, dialect, base_url, allow_private: true, models, tier };
    const made = await call('POST', '/api/vendors', vendor);
    await call('POST', '/api/accounts', { vendor: made.id, name: `My ${id}`, key: vendorKey(id), check: false });
  }
  await call('PUT', '/api/combos/work', { candidates: combo });
  const key = (await call('POST', '/api/keys', { name: 'agent' })).text;
  const front = await tap(t, server);
  const commandWith = (more, ...words) =>
    run(programs.switchyard, [...words, '--data-dir', data], { ...options, env: { ...env, ...more }, within: 60_000 });
  const command = (...words) => commandWith({}, ...words);
  return { server, serving, data, address: front.address, key, call, command, commandWith, front: front.passed, back: back.passed };
}

/** What the API of the dashboard cannot say of a vendor, its file does. */
async function writeVendorFile(data, address, { id, tier, model, endpoints }) {
  const file = `id = "${id}"
prefix = "${id}"
name = "The ${id}"
tier = "${tier}"
hue = 1
login = "key"
status = "active"
passthrough = true
allow_private = true
probe = { message = { model = "${model}" } }
${endpoints.replaceAll('{base}', `${address}/${id}`)}`;
  await mkdir(join(data, 'vendors'), { recursive: true });
  await writeFile(join(data, 'vendors', `${id}.toml`), file);
}

/** The key by which the simulated vendor of that name knows its customer. */
export const vendorKey = (id) => `sk-simulated-${id}-0123456789abcdef`;

/** The request rows, oldest first, once no request is under way any more. */
export async function rows(world) {
  const posts = world.front.filter(({ method, path }) => method === 'POST' && !path.includes('count_tokens'));
  return until('the rows of all requests', 10_000, async () => {
    const { requests } = await world.call('GET', '/api/requests?limit=100');
    return requests.length >= posts.length && requests.toReversed();
  });
}

/** Starts the demo and returns what it printed: the dashboard's link, the curl, address and key. */
export async function startDemo(t) {
  const home = await temporaryFolder(t, 'demo');
  const options = { home, env: { TMPDIR: home } };
  const { found } = await serve(t, programs.switchyard, ['demo', '--port', '0'], options, (out) =>
    /Ctrl-C ends/.test(out) && {
      link: /Dashboard\s+(http:\S+)/.exec(out)[1],
      curl: /^ *(curl [^]*?'\{[^]*?\}')$/m.exec(out)[1],
      address: /(http:\S+)\/v1\/chat\/completions/.exec(out)[1],
      key: /Bearer (sy-[^']+)/.exec(out)[1],
    },
  );
  return { ...found, home, traces: (count) => demoTraces(home, count) };
}

/** The traces of that many requests, oldest first, asked for as the command line asks. */
async function demoTraces(home, count) {
  const [folder] = (await readdir(home)).filter((name) => name.startsWith('switchyard-demo-'));
  const { address, token } = JSON.parse(await readFile(join(home, folder, 'server.json'), 'utf8'));
  const call = admin(`http://${address}`, token);
  const requests = await until(`${count} request rows`, 10_000, async () => {
    const page = await call('GET', '/api/requests');
    return page.requests.length >= count && page.requests.toReversed();
  });
  return Promise.all(requests.map(({ id }) => call('GET', `/api/requests/${id}`)));
}
