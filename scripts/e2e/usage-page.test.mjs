// The page of sums, in a real browser over the demo's simulated vendors.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { ask, becomes, go, signedIn, texts } from './world/dashboard.mjs';

const options = { skip: withoutBrowser, timeout: 120_000 };

const lines = (page) => page.getByRole('table').locator('tbody').getByRole('row');

test('usage is told apart, ranked, measured, followed to its requests and exported', options, async (t) => {
  const { demo, page } = await signedIn(t);
  await go(page, 'Usage');
  await page.getByText('Nothing was used in this time').waitFor();
  await pictures(page, 'usage-empty');

  for (let nth = 0; nth < 7; nth += 1) assert.equal((await ask(demo)).status, 200);
  const names = async () => (await texts(lines(page))).map((text) => /\b(\w+-demo)\b/.exec(text)?.[1]).toSorted();
  await becomes(names, ['coder-demo', 'open-demo', 'opus-demo']);
  const total = page.getByRole('region', { name: 'Sums' });
  await becomes(async () => /(\d+) Requests/.exec((await texts(total))[0])?.[1], '7');
  await pictures(page, 'usage');

  await page.getByRole('radio', { name: 'Provider' }).check({ force: true });
  await becomes(async () => (await texts(lines(page))).some((text) => text.includes('Demo subscription')), true);
  assert.match(page.url(), /by=vendor/);
  await page.getByRole('radio', { name: 'Agent' }).check({ force: true });
  await becomes(async () => (await lines(page).count()), 1);
  await page.getByRole('combobox', { name: 'Time' }).selectOption('Today');
  await becomes(async () => (await texts(lines(page)))[0]?.split(' ')[0], 'demo');
  await page.getByRole('combobox', { name: 'Time' }).selectOption('Chosen days');
  await page.getByLabel('From', { exact: true }).waitFor();
  assert.match(page.url(), /range=\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d/);
  await becomes(async () => (await lines(page).count()), 1);
  await page.getByRole('radio', { name: 'Requests' }).check({ force: true });
  await page.getByRole('slider', { name: /Requests over time, in 7 columns/ }).waitFor();

  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const download = await downloading;
  assert.match(download.suggestedFilename(), /^switchyard-usage-.*\.csv$/);
  const [head, ...rows] = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  assert.match(head, /^start,provider,account,model,combo,key,tool,requests,/);
  const sum = rows.map((row) => Number(row.split(',')[7])).reduce((a, b) => a + b, 0);
  assert.equal(sum, 7);

  const sought = page.getByRole('region', { name: 'Requests, newest first' }).locator('tbody:not(.spacer)').getByRole('row');
  await page.getByRole('radio', { name: 'Combo' }).check({ force: true });
  await page.getByRole('link', { name: 'demo', exact: true }).click();
  await page.getByRole('heading', { name: 'Requests', level: 1 }).waitFor();
  assert.match(page.url(), /combo=demo/);
  await becomes(async () => (await sought.count()), 7);
  assert.deepEqual(await sought.first().getAttribute('aria-rowindex'), '2');
  assert.deepEqual(await sought.last().getAttribute('aria-rowindex'), '8');
  await page.getByRole('combobox', { name: 'Tool', exact: true }).selectOption('Not set up as a tool');
  await becomes(async () => (await sought.count()), 7);
  await page.getByRole('combobox', { name: 'Combo', exact: true }).selectOption('Asked for by name');
  await page.getByText('No request matches').waitFor();
  await pictures(page, 'requests-by-combo');
  await page.goBack();
  await page.getByRole('heading', { name: 'Usage', level: 1 }).waitFor();

  await page.getByRole('radio', { name: 'Day' }).check({ force: true });
  await becomes(async () => (await texts(lines(page))).length, 1);
  assert.match((await texts(lines(page)))[0], /^\w{3} \d+ \w{3} 7 /);
  assert.match(page.url(), /by=time/);
  const chart = page.getByRole('slider', { name: /over time, in 7 columns/ });
  await chart.focus();
  await becomes(() => chart.getAttribute('aria-valuetext').then((text) => /: All requests \S+$/.test(text)), true);
  await pictures(page, 'usage-days');
  await page.keyboard.press('ArrowLeft');
  await becomes(() => chart.getAttribute('aria-valuetext').then((text) => /: 0$/.test(text)), true);
  await page.keyboard.press('Home');
  await becomes(() => chart.getAttribute('aria-valuenow'), '1');
  await lines(page).first().getByRole('link').click();
  await page.getByRole('heading', { name: 'Requests', level: 1 }).waitFor();
  await becomes(async () => (await sought.count()), 7);
  await page.goBack();

  await page.getByRole('radio', { name: 'Model' }).check({ force: true });
  await page.getByRole('link', { name: 'opus-demo' }).click();
  await page.getByRole('heading', { name: 'Requests', level: 1 }).waitFor();
  const found = page.getByRole('region', { name: 'Requests, newest first' }).locator('tbody:not(.spacer)').getByRole('row');
  await becomes(async () => (await found.count()), 3);
});

test('a long history is readable by day and by week, and a wrong range falls back', options, async (t) => {
  const { page } = await signedIn(t);
  const day = 86_400_000;
  await page.route('**/api/usage/sums?*', async (route) => {
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get('from'));
    const until = Math.min(Number(query.get('until')), Date.now());
    const rows = [];
    for (let nth = 0; until - nth * day > from && nth < 300; nth += 1) {
      for (let kind = 0; kind < 9; kind += 1) {
        const of = `a-model-with-a-name-that-is-sixty-characters-long-or-longer-${kind}`;
        const tokens = (nth * 7919 + kind * 104_729) % 900_000;
        const usage = { input: tokens, output: tokens >> 3, cache_read: tokens * 3, cache_write: tokens >> 2, reasoning: tokens >> 4 };
        rows.push({ start: until - nth * day, of, vendor: 'plan', requests: 12 + kind, fell_over: 1, failed: 0, millis: 5, usage, cost: tokens * 1_000 });
      }
    }
    await route.fulfill({ json: rows });
  });
  await go(page, 'Usage');
  await page.getByRole('slider', { name: /Tokens over time, in 7 columns/ }).waitFor();
  await page.getByRole('combobox', { name: 'Time' }).selectOption('30 days');
  await page.getByRole('slider', { name: /in 30 columns/ }).waitFor();
  await pictures(page, 'usage-month');
  await page.getByRole('combobox', { name: 'Time' }).selectOption('All time');
  await page.getByRole('slider', { name: /in 4\d columns/ }).waitFor();
  await pictures(page, 'usage-long');
  await page.goto(new URL('/usage?range=yesterday&by=weather', page.url()).href);
  await page.getByRole('slider', { name: /Tokens over time, in 7 columns/ }).waitFor();
});
