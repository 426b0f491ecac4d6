// The first steps in a real browser: from an empty data folder to the first request of a tool.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { openPage, pictures, withoutBrowser } from './world/browser.mjs';
import { go, signedIn } from './world/dashboard.mjs';
import { temporaryFolder } from './world/processes.mjs';
import { startBare, vendorKey } from './world/switchyard.mjs';

const options = { skip: withoutBrowser, timeout: 240_000 };

const CLAUDE = '.claude/settings.json';
const MODEL = 'm-1';

const script = `
[VENDOR]
models = ["${MODEL}"]
keys = ["${vendorKey('fast')}"]
[[VENDOR.turn]]
model = "${MODEL}"
text = "Good morning."
`;
const endpoints = `
[[models]]
id = "${MODEL}"

[[endpoints]]
dialect = "messages"
url = "{base}/v1/messages"
auth = "bearer"
`;

/** Starts a server on an empty data folder, and opens what it shows by itself. */
async function firstVisit(t, expected) {
  const home = await temporaryFolder(t, 'home');
  const files = {
    [CLAUDE]: '{ "permissions": { "allow": ["Bash(ls:*)"] } }\n',
    '.codex/auth.json': JSON.stringify({ tokens: { access_token: 'a-token', refresh_token: 'r-token' } }),
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, file)), { recursive: true });
    await writeFile(join(home, file), text);
  }
  const vendor = { id: 'fast', dialect: 'messages', model: MODEL, tier: 'cheap', script, endpoints };
  const world = await startBare(t, { vendors: [vendor], home });
  const { page, open } = await openPage(t, expected);
  const { url } = await world.call('POST', '/api/links');
  await open(url, page.getByRole('heading', { name: 'First steps', level: 1 }));
  const step = (name) => page.getByRole('region', { name, exact: true });
  const taken = (name) => step(name).locator('.first-head').getByText('Done', { exact: true });
  return { world, page, step, taken, home };
}

const CONNECT = 'Connect a provider';
const ROUTE = 'Choose the order';
const TOOL = 'Point a tool here';
const REQUEST = 'See a request arrive';

test('from an empty folder to the first request of a tool, and a reload on the way loses nothing', options, async (t) => {
  const { world, page, step, taken, home } = await firstVisit(t, /^400 \/api\/accounts$/);
  assert.ok(page.url().endsWith('/welcome'));
  const found = step('What is on this computer');
  await found.getByRole('listitem').filter({ hasText: 'Claude Code' }).getByText('Untouched').waitFor();
  await found.getByRole('listitem').filter({ hasText: 'Codex' }).getByRole('button', { name: /take over$/i }).waitFor();
  await step(ROUTE).getByText('Connect a provider first').waitFor();
  await step(REQUEST).getByText('Waiting. Ask your tool something').waitFor();
  assert.equal(await page.getByText('Done', { exact: true }).count(), 0);
  await pictures(page, 'welcome-empty');

  await step(CONNECT).getByLabel('Provider').selectOption({ label: 'The fast' });
  await step(CONNECT).getByRole('button', { name: 'Paste a key' }).click();
  const panel = page.getByRole('dialog', { name: 'Add a key for The fast' });
  await panel.getByLabel('Key', { exact: true }).fill('sk-wrong-0123456789');
  await panel.getByRole('button', { name: 'Save the key' }).click();
  await panel.getByRole('alert').waitFor();
  await panel.getByLabel('Key', { exact: true }).fill(vendorKey('fast'));
  await panel.getByRole('button', { name: 'Save the key' }).click();
  await panel.waitFor({ state: 'detached' });
  await taken(CONNECT).waitFor();

  await step(ROUTE).getByRole('button', { name: 'Use this: Always on' }).click();
  await taken(ROUTE).waitFor();
  await step(ROUTE).getByText('Active', { exact: true }).waitFor();
  await page.reload();
  await taken(ROUTE).waitFor();
  await taken(CONNECT).waitFor();

  await step(TOOL).getByLabel('Tool', { exact: true }).selectOption({ label: 'Claude Code' });
  await step(TOOL).getByRole('button', { name: 'Show the changes' }).click();
  await step(TOOL).getByRole('region', { name: 'What will be written' }).waitFor();
  await pictures(page, 'welcome-plan');
  await step(TOOL).getByRole('button', { name: 'Write it' }).click();
  await taken(TOOL).waitFor();
  const { env } = JSON.parse(await readFile(join(home, CLAUDE), 'utf8'));
  assert.deepEqual([env.ANTHROPIC_BASE_URL, env.ANTHROPIC_MODEL], [world.server, 'auto']);

  // What the tool would send, with what stands in its file.
  const answer = await fetch(`${env.ANTHROPIC_BASE_URL}/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${env.ANTHROPIC_AUTH_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: env.ANTHROPIC_MODEL, max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  assert.match(await answer.text(), /Good morning/);
  await taken(REQUEST).waitFor();
  await step(REQUEST).getByText('Answered').waitFor();
  await pictures(page, 'welcome-done');
  await step(REQUEST).getByRole('link', { name: 'See how it was decided' }).click();
  await page.getByRole('complementary', { name: 'Request' }).getByText(MODEL).first().waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Overview', level: 1 }).count(), 1);
});

test('the steps are left for good, found again, and any other program gets an address and a key', options, async (t) => {
  const { world, page, step, taken } = await firstVisit(t);
  await page.getByRole('button', { name: 'Skip to the overview' }).click();
  await page.getByText('Connect your first provider').waitFor();
  await page.reload();
  await page.getByText('Connect your first provider').waitFor();
  assert.ok(!page.url().endsWith('/welcome'), 'who left them is not led there again');

  await page.getByRole('link', { name: 'Take the first steps' }).click();
  await page.getByRole('heading', { name: 'First steps', level: 1 }).waitFor();
  await step(TOOL).getByRole('button', { name: 'Make a key' }).click();
  const made = page.getByRole('dialog', { name: 'A key for First agent' });
  const key = await made.getByText(/^sy-/).innerText();
  await made.getByRole('button', { name: 'I have copied it' }).click();
  await taken(TOOL).waitFor();
  assert.ok(!(await page.content()).includes(key), 'it is shown once');
  const listed = await fetch(`${world.server}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(listed.status, 200);

  await go(page, 'Overview');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('combobox').fill('First steps');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'First steps', level: 1 }).waitFor();
});

test('where something is connected nobody is led to the first steps, and the demo says what it leaves alone', options, async (t) => {
  const { page } = await signedIn(t, /^400 \/api\/tools$/);
  await go(page, 'Overview');
  await page.goto(new URL('/welcome', page.url()).href);
  await page.getByText('The demo leaves the tools of this computer alone').waitFor();
  await page.getByRole('region', { name: CONNECT }).locator('.first-head').getByText('Done').waitFor();
});
