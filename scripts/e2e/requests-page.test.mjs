// The page of all requests, in a real browser over the demo's simulated vendors.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ask, becomes, go, signedIn, texts } from './world/dashboard.mjs';
import { openPage, picture, pictures, withoutBrowser } from './world/browser.mjs';
import { startDemo } from './world/switchyard.mjs';
import { tap } from './world/tap.mjs';

const options = { skip: withoutBrowser, timeout: 120_000 };

const list = (page) => page.getByRole('region', { name: 'Requests, newest first' });
const rows = (page) => list(page).locator('tbody:not(.spacer)').getByRole('row');
const answers = async (page) => (await texts(rows(page))).map((text) => /\b(\w+-demo)\b/.exec(text)?.[1]);
const walk = ['open-demo', 'coder-demo', 'coder-demo', 'coder-demo', 'opus-demo', 'opus-demo', 'opus-demo'];

test('requests appear as they end, are narrowed, and tell what would have been without fallback', options, async (t) => {
  const { demo, page } = await signedIn(t);
  await go(page, 'Requests');
  await page.getByText('No requests yet').waitFor();
  await pictures(page, 'requests-empty');

  for (let nth = 0; nth < walk.length; nth += 1) assert.equal((await ask(demo)).status, 200);
  await becomes(() => answers(page), walk);
  await page.getByText('This is where the history begins').waitFor();
  await pictures(page, 'requests');

  await page.getByRole('combobox', { name: 'Ending' }).selectOption('Fell over');
  await becomes(async () => (await answers(page)).length, 2);
  assert.match(page.url(), /ended=fell-over/);
  await page.reload();
  await becomes(async () => (await answers(page)).length, 2);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await becomes(() => answers(page), walk);

  await page.getByRole('combobox', { name: 'Provider' }).selectOption({ label: 'Demo subscription' });
  await becomes(() => answers(page), ['opus-demo', 'opus-demo', 'opus-demo']);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('searchbox', { name: /Find/ }).fill('OPEN-demo');
  await becomes(() => answers(page), ['open-demo']);
  await page.getByRole('searchbox', { name: /Find/ }).fill('nowhere');
  await page.getByText('No request matches').waitFor();
  await picture(page, 'requests-no-match');
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await becomes(() => answers(page), walk);

  await rows(page).nth(3).getByRole('link').click();
  const trace = page.getByRole('complementary', { name: 'Request' });
  const without = trace.locator('section').filter({ has: page.getByRole('heading', { name: 'Without fallback' }) });
  await without.getByText('It would have failed at').waitFor();
  assert.match(await without.innerText(), /opus-demo/);
  const steps = trace.getByRole('listitem');
  assert.match((await texts(steps))[0], /Quota spent/);
  assert.match((await texts(steps)).at(-1), /open-demo Not needed/);
  await pictures(page, 'requests-trace');

  await page.keyboard.press('ArrowDown');
  await becomes(async () => /Answered/.test(await trace.getByRole('heading').first().locator('..').innerText()), true);
  await page.keyboard.press('Escape');
  await trace.waitFor({ state: 'detached' });
  assert.match(page.url(), /\/requests$/);
});

test('the keyboard goes to the requests, and the list follows a new request while it is narrowed', options, async (t) => {
  const { demo, page } = await signedIn(t);
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.getByRole('heading', { name: 'Requests', level: 1 }).waitFor();
  await ask(demo);
  await becomes(() => answers(page), ['opus-demo']);
  await page.getByRole('combobox', { name: 'Ending' }).selectOption('Refused');
  await page.getByText('No request matches').waitFor();
  assert.equal((await ask(demo, { model: 'nobody/knows' })).ok, false);
  await becomes(async () => (await rows(page).count()), 1);
  await page.getByRole('combobox', { name: 'Ending' }).selectOption('Any ending');
  await becomes(async () => (await rows(page).count()), 2);
});

test('a request that runs is there after its events were cut as after a reload, and has ended where it ended unseen', options, async (t) => {
  const demo = await startDemo(t);
  const front = await tap(t, demo.address);
  // The server has no row of what runs: a page that begins with it asks in vain before it hears of it.
  const { page, open } = await openPage(t, /^404 \/api\/requests\/req_/);
  const link = new URL(demo.link);
  link.port = new URL(front.address).port;
  await open(link.href, page.getByRole('heading', { name: 'Overview', level: 1 }));
  await go(page, 'Requests');
  await page.getByText('No requests yet').waitFor();

  const client = new AbortController();
  const answer = await fetch(`${demo.address}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${demo.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gratis/open-demo+stall@4', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
    signal: client.signal,
  });
  assert.equal(answer.status, 200);
  // The time since it came moves on.
  const seen = async () => (await texts(list(page).locator('tr.is-running').locator('.col-agent, .col-answer'))).join(' | ');
  await becomes(seen, 'demo | DF open-demo+stall@4 gratis/open-demo+stall@4');
  const told = await seen();
  const streams = () => front.passed.filter(({ path, status }) => path === '/api/events' && status === 200);
  const count = streams().length;
  streams().at(-1).cut();
  await becomes(async () => streams().length, count + 1);
  await becomes(seen, told);
  await pictures(page, 'requests-running');
  await page.reload();
  await becomes(seen, told);

  await rows(page).first().getByRole('link').click();
  const trace = page.getByRole('complementary', { name: 'Request' });
  await trace.getByText('Running').waitFor();
  const running = (await texts(trace.locator('ol')))[0];
  await page.reload();
  await becomes(async () => (await texts(trace.locator('ol')))[0], running);

  // It ends while nothing is heard, and no list has it any more.
  await page.route('**/api/requests?*', (route) => route.fulfill({ json: { requests: [], next: null } }));
  await page.route('**/api/events', (route) => route.abort());
  streams().at(-1).cut();
  client.abort();
  await becomes(async () => (await demo.traces(1)).length, 1);
  await page.unroute('**/api/events');
  await trace.getByText('Cancelled').waitFor();
  await page.getByText('No requests yet').waitFor();
});

test('thousands of requests are scrolled through with few of them on the page', options, async (t) => {
  const { page } = await signedIn(t);
  const all = 2_500;
  await page.route('**/api/requests?*', async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const before = query.get('before');
    const first = before ? Number(before.slice(4)) - 1 : all;
    const limit = Number(query.get('limit'));
    const numbers = Array.from({ length: Math.min(limit, first) }, (_, nth) => first - nth);
    const requests = numbers.map((n) => row(n));
    const next = first > limit ? requests.at(-1).id : null;
    await route.fulfill({ json: { requests, next } });
  });
  await go(page, 'Requests');
  const scroll = list(page).locator('.history-scroll');
  const seen = async () => (await texts(rows(page))).map((text) => /model-(\d+)\b/.exec(text)?.[1]);
  await becomes(async () => (await seen())[0], String(all));
  await pictures(page, 'requests-many');
  // Each step brings the next page; the last one brings the beginning.
  await becomes(async () => {
    await scroll.evaluate((node) => node.scrollTo(0, node.scrollHeight));
    return (await seen()).at(-1);
  }, '1');
  assert.ok((await rows(page).count()) < 60, 'only rows in sight are on the page');
  const height = await scroll.locator('table').evaluate((node) => node.getBoundingClientRect().height);
  const head = await scroll.locator('thead').evaluate((node) => node.getBoundingClientRect().height);
  assert.equal(Math.round(height - head), all * 48, 'each row is as high as the places are counted');
  await scroll.evaluate((node) => node.scrollTo(0, 1_200 * 48));
  await becomes(async () => (await seen()).includes('1299'), true);
  await scroll.evaluate((node) => node.scrollTo(0, 0));
  await becomes(async () => (await seen())[0], String(all));

  function row(n) {
    const model = `a-model-with-a-name-that-goes-on-and-on-and-on-and-on-model-${n}`;
    const to = { vendor: 'plan', account: 'acc_1', account_name: 'Demo', model, dialect: 'chat' };
    const attempt = { to, started: 0, millis: 80, status: 200, failure: null, message: null, locked_until: null };
    const usage = { input: 1200, output: 310, cache_read: 20_000, cache_write: 0, reasoning: 12 };
    const name = 'An agent with a name that is longer than anybody would think wise';
    return {
      id: `req_${String(n).padStart(9, '0')}`, at: 1_700_000_000_000 + n * 1000, dialect: 'chat', model: 'auto', combo: 'demo',
      stream: true, key: name, outcome: n % 9 ? 'answered' : 'broken', status: 200, served_by: to, attempts: [attempt],
      skipped: [], losses: [], first_content: 80, millis: 900, usage, cost: 1_234_000, error: n % 9 ? null : 'it broke off',
    };
  }
});
