// Quota windows and notices, in a real browser over the demo's simulated vendors.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { ask, becomes, go, signedIn, texts } from './world/dashboard.mjs';

const options = { skip: withoutBrowser, timeout: 120_000 };

const quota = (number, windows, more = {}) => ({
  account: `acc_${number}`, name: `Account ${number}`, vendor: 'plan', plan: 'Max', windows, readable: true, problem: null, ...more,
});
const window = (name, amount, more = {}) => ({
  name, models: null, amount, closes: true, resets_at: Date.now() + 7_300_000, length: 18_000_000, source: 'reader',
  observed_at: Date.now() - 90_000, ...more,
});

test('windows are shown by account, the tightest first, and providers are asked again on request', options, async (t) => {
  const { page } = await signedIn(t);
  const first = [
    quota(1, [window('5h', { kind: 'share', used: 1_250 }), window('weekly', { kind: 'share', used: 8_300 }, { forecast: { is: 'runs_out', at: Date.now() + 3_655_000, earliest: Date.now() + 1_855_000, latest: null } })]),
    quota(2, [window('month', { kind: 'count', used: 500, limit: 500, unit: 'credits' }, { source: 'counted' })]),
    quota(3, [window('balance', { kind: 'balance', left_micros: 12_345_670_000, currency: 'USD' }, { resets_at: null, closes: false })], {
      name: 'An account with a name of more than sixty characters, as nobody would think',
    }),
    quota(4, [], { readable: false, plan: null }),
    quota(5, [], { problem: 'the provider answered 503' }),
  ];
  const second = [quota(1, [window('5h', { kind: 'share', used: 0 })])];
  await page.route('**/api/quotas', (route) => route.fulfill({ json: first }));
  await page.route('**/api/quotas/read', (route) => route.fulfill({ json: second }));
  await page.reload();
  await go(page, 'Quota');
  const accounts = page.getByRole('article');
  await becomes(async () => (await texts(accounts.getByRole('heading'))).map((name) => name.slice(0, 10)), [
    'Account 2', 'Account 1', 'An account', 'Account 5', 'Account 4',
  ]);
  const [spent, low, money, failed, silent] = await texts(accounts);
  assert.match(spent, /Spent.*500 of 500 credits.*Starts over in \d:\d\d:\d\d.*counted here/);
  assert.match(low, /5 hours.*Clear.*13% used.*Weekly.*Low.*83% used.*runs out in 1 h 00 min, 30 min at the earliest; it may also last.*told by the provider, \d+ min ago/);
  assert.match(money, /\$12,345\.67 left.*no reset is told.*Closes nothing/);
  assert.match(failed, /The last reading failed: the provider answered 503/);
  assert.match(silent, /tells nothing of quotas/);
  await page.getByRole('meter', { name: 'Weekly: 83% used' }).waitFor();
  await pictures(page, 'quota');
  await page.getByRole('button', { name: 'Ask providers now' }).click();
  await becomes(async () => (await accounts.count()), 1);
});

test('how a window went is drawn where it is opened, and its values are reached by keys', options, async (t) => {
  const { page } = await signedIn(t);
  const hour = 3_600_000;
  const now = Date.now();
  const list = () => [quota(1, [window('5h', { kind: 'share', used: 6_200 }, { observed_at: now }), window('weekly', { kind: 'share', used: 900 })])];
  let quotas = list();
  let asked = 0;
  const readings = Array.from({ length: 160 }, (_, nth) => {
    const at = now - (160 - nth) * (hour / 4);
    const resets_at = Math.ceil(at / (5 * hour)) * 5 * hour;
    return { at, value: Math.round(9_000 * (1 - (resets_at - at) / (5 * hour))), resets_at };
  });
  await page.route('**/api/quotas', (route) => route.fulfill({ json: quotas }));
  await page.route('**/api/quotas/read', (route) => route.fulfill({ json: quotas }));
  await page.route('**/api/quotas/acc_1/history?*', (route) => {
    asked += 1;
    return route.fulfill({ json: [{ name: '5h', models: null, measure: 'share', readings }] });
  });
  await page.reload();
  await go(page, 'Quota');
  const account = page.getByRole('article', { name: 'Account 1' });
  const open = account.getByRole('button', { name: 'History' });
  assert.equal(await open.getAttribute('aria-expanded'), 'false');
  await open.click();
  await account.getByText('Readings are kept from now on').waitFor();
  const course = account.getByRole('slider', { name: /^5 hours over time/ });
  await course.focus();
  const said = () => course.getAttribute('aria-valuetext');
  const last = await said();
  assert.match(last, /\d\d:\d\d.*: \d+% used$/);
  assert.equal(await course.getAttribute('aria-valuenow'), '96');
  await page.keyboard.press('Home');
  await becomes(() => course.getAttribute('aria-valuenow'), '1');
  assert.notEqual(await said(), last);
  await page.keyboard.press('ArrowRight');
  await becomes(() => course.getAttribute('aria-valuenow'), '2');
  await pictures(page, 'quota-history');

  // A new reading moves what is shown; what is open stays open, and where the keys stand.
  quotas = list();
  quotas[0].windows[0].observed_at = now + 60_000;
  quotas[0].windows[0].amount.used = 7_700;
  await course.focus();
  await page.keyboard.press('Home');
  await page.evaluate(() => document.querySelector('.quota-page .page-tools button').dispatchEvent(new MouseEvent('click', { bubbles: true })));
  await account.getByRole('meter', { name: '5 hours: 77% used' }).waitFor();
  await becomes(async () => asked >= 2, true);
  assert.equal(await course.evaluate((node) => node === document.activeElement), true);
  assert.equal(await course.getAttribute('aria-valuenow'), '1');
  await open.click();
  await course.waitFor({ state: 'detached' });
});

test('two hundred accounts are found by name, shown in part, and keep their elements from reading to reading', options, async (t) => {
  const { page } = await signedIn(t);
  const all = (used) => Array.from({ length: 200 }, (_, nth) => quota(nth + 1, [window('5h', { kind: 'share', used: used + nth })]));
  let quotas = all(10);
  await page.route('**/api/quotas', (route) => route.fulfill({ json: quotas }));
  await page.route('**/api/quotas/read', (route) => route.fulfill({ json: quotas }));
  await page.reload();
  await go(page, 'Quota');
  const accounts = page.getByRole('article');
  await becomes(() => accounts.count(), 24);
  await pictures(page, 'quota-many');
  await page.getByRole('button', { name: 'Show all 200' }).click();
  await becomes(() => accounts.count(), 200);
  const find = page.getByRole('searchbox', { name: 'Find an account' });
  await find.fill('account 17');
  await becomes(() => accounts.count(), 11);
  await find.fill('nowhere');
  await page.getByText('Nothing matches').waitFor();
  await find.fill('account 177');
  await becomes(() => accounts.count(), 1);
  await accounts.first().evaluate((node) => { node.seen = true; });
  quotas = all(5_000);
  await page.getByRole('button', { name: 'Ask providers now' }).click();
  await accounts.first().getByText('52% used').waitFor();
  assert.equal(await accounts.first().evaluate((node) => node.seen), true);
});

test('a fault of the list is said with its remedy, and without accounts the page says what to do', options, async (t) => {
  const { page } = await signedIn(t, /^503 \/api\/quotas$/);
  let ready = false;
  await page.route('**/api/quotas', (route) =>
    ready ? route.fulfill({ json: [] }) : route.fulfill({ status: 503, json: { code: 'internal', message: 'the disk is full', hint: null } }),
  );
  await page.reload();
  await page.getByRole('region', { name: 'Spent or low' }).getByText(/disk is full/).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('q');
  await page.getByRole('heading', { name: 'Quota', level: 1 }).waitFor();
  await page.getByRole('alert').getByText(/disk is full/).waitFor();
  ready = true;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('No account has a quota yet').waitFor();
  await page.getByRole('link', { name: 'Go to providers' }).click();
  await page.getByRole('heading', { name: 'Providers', level: 1 }).waitFor();
});

test('what is told arrives in the inbox, is counted until it is seen, and stays after a reload', options, async (t) => {
  const { demo, page } = await signedIn(t);
  const bell = page.getByRole('button', { name: /^Notices/ });
  await bell.click();
  const inbox = page.getByRole('dialog', { name: 'Notices' });
  await inbox.getByText('Nothing was told yet').waitFor();
  await pictures(page, 'notices-empty');
  await page.keyboard.press('Escape');
  for (let nth = 0; nth < 4; nth += 1) assert.equal((await ask(demo)).status, 200);
  await page.getByRole('button', { name: /^Notices, \d+ new$/ }).click();
  await inbox.getByText('Fell over to coder-demo').waitFor();
  await pictures(page, 'notices');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Notices', exact: true }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Notices', exact: true }).click();
  await inbox.getByText('Fell over to coder-demo').waitFor();
});

test('a notice leads to what it tells of, and the hour of quiet is told and ended', options, async (t) => {
  const { page } = await signedIn(t);
  const place = (account, model) => ({ account, model });
  const told = [
    { at: Date.now() - 1_000, type: 'fell_over', combo: 'demo', from: place('acc_1', 'opus-demo'), to: place('acc_2', 'coder-demo'), until: Date.now() + 60_000 },
    { at: Date.now() - 2_000, type: 'recovered', place: place('acc_1', 'opus-demo') },
    { at: Date.now() - 3_000, type: 'budget.spent', budget: 'month', limit: { money: 5_000_000_000 }, until: Date.now() + 60_000 },
  ];
  let quiet = Date.now() + 3_000_000;
  const ended = [];
  await page.route('**/api/notices**', (route) => route.fulfill({ json: told }));
  await page.route('**/api/status', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...(quiet ? { quiet_until: quiet } : {}) } });
  });
  await page.route('**/api/notifications/quiet', (route) => {
    ended.push(route.request().method());
    quiet = null;
    return route.fallback();
  });
  await page.reload();
  const inbox = page.getByRole('dialog', { name: 'Notices' });
  const open = async () => page.getByRole('button', { name: /^Notices/ }).click();
  await open();
  await inbox.getByText(/Notifications are quiet until \d/).waitFor();
  await pictures(page, 'notices-quiet');
  await inbox.getByRole('button', { name: 'Show them again' }).click();
  await inbox.getByText(/Notifications are quiet/).waitFor({ state: 'detached' });
  assert.deepEqual(ended, ['DELETE']);

  await inbox.getByRole('listitem').filter({ hasText: 'Fell over to' }).getByRole('button', { name: 'See the requests' }).click();
  await page.getByRole('heading', { name: 'Requests', level: 1 }).waitFor();
  const query = () => Object.fromEntries(new URL(page.url()).searchParams);
  assert.deepEqual(query(), { model: 'coder-demo', account: 'acc_2', ended: 'fell-over' });
  await open();
  await inbox.getByRole('listitem').filter({ hasText: 'is back' }).getByRole('button', { name: 'See the requests' }).click();
  await becomes(async () => query(), { model: 'opus-demo', account: 'acc_1' });
  await open();
  await inbox.getByRole('button', { name: 'See the budgets' }).click();
  await page.getByText('No budget yet').waitFor();
  assert.match(page.url(), /section=budgets$/);
});

test('the overview tells what is spent or low and when it returns, and nothing while all is well', options, async (t) => {
  const { page } = await signedIn(t);
  const low = page.getByRole('region', { name: 'Spent or low' });
  assert.equal(await low.count(), 0);
  const quotas = [
    quota(1, [window('5h', { kind: 'share', used: 7_999 }), window('weekly', { kind: 'share', used: 9_150 })]),
    quota(2, [window('month', { kind: 'count', used: 500, limit: 500, unit: 'credits' })]),
    quota(3, [window('balance', { kind: 'balance', left_micros: 0, currency: 'USD' }, { resets_at: null })], {
      name: 'An account with a name of more than sixty characters, as nobody would think',
    }),
  ];
  await page.route('**/api/quotas', (route) => route.fulfill({ json: quotas }));
  await page.reload();
  await becomes(async () => (await texts(low.getByRole('listitem'))).map((text) => text.replace(/\d:\d\d:\d\d/, 'T')), [
    'DS Account 2 Month Spent resets in T',
    'DS An account with a name of more than sixty characters, as nobody would think Balance Spent no reset is told',
    'DS Account 1 Weekly Low 92% resets in T',
  ]);
  await pictures(page, 'overview-low');
  await low.getByRole('link', { name: 'See the quota' }).click();
  await page.getByRole('heading', { name: 'Quota', level: 1 }).waitFor();
});
