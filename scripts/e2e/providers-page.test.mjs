// What the providers' page tells and changes of an account, in a real browser over the demo.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { ask, becomes, go, signedIn, texts } from './world/dashboard.mjs';

const options = { skip: withoutBrowser, timeout: 180_000 };

test('an account shows its quota windows, and its proxy is set, refused in place and removed', options, async (t) => {
  const { demo, page } = await signedIn(t, /^400 \/api\/accounts\/acc_\w+\/proxy$/);
  const hour = 3_600_000;
  await page.route('**/api/quotas', async (route) => {
    const response = await route.fetch();
    const quotas = await response.json();
    const window = (name, used, models) => ({
      name, models, amount: { kind: 'share', used }, closes: true, resets_at: Date.now() + 3 * hour, source: 'reader', observed_at: Date.now(),
    });
    for (const quota of quotas) {
      if (quota.vendor !== 'plan') continue;
      quota.windows = [window('5h', 4_200, null), window('weekly_limit_of_the_largest_models_that_there_are', 10_000, 'opus-*')];
    }
    await route.fulfill({ response, json: quotas });
  });
  assert.equal((await ask(demo)).status, 200);
  await page.reload();
  await go(page, 'Providers');
  const plan = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Demo subscription' }) });
  const windows = plan.getByRole('list', { name: /^Quota of / });
  assert.equal(await windows.getByRole('meter', { name: '5 hours: 42% used' }).getAttribute('aria-valuenow'), '42');
  assert.match(await windows.innerText(), /42%[^]*resets in \d:\d\d:\d\d[^]*100%/);
  await pictures(page, 'providers-quota');

  await plan.getByRole('button', { name: /^Proxy of / }).click();
  await plan.getByRole('button', { name: 'Save the proxy' }).click();
  await plan.getByText('Give the proxy’s address').waitFor();
  await plan.getByLabel('Proxy address').fill('ftp://user:secret-of-mine@proxy.example:1');
  await plan.getByRole('button', { name: 'Save the proxy' }).click();
  await plan.getByRole('alert').waitFor();
  assert.match(await plan.getByLabel('Proxy address').inputValue(), /^ftp:/, 'what was typed stays');
  await pictures(page, 'providers-proxy');
  await plan.getByLabel('Proxy address').fill('http://user:secret-of-mine@proxy.example:8080');
  await plan.getByRole('button', { name: 'Save the proxy' }).click();
  await plan.getByText(/^Goes by http:\/\/proxy\.example:8080/).waitFor();
  assert.ok(!(await page.content()).includes('secret-of-mine'));
  await plan.getByRole('button', { name: /^Proxy of / }).click();
  await plan.getByRole('button', { name: 'Remove the proxy' }).click();
  await plan.getByText(/^Goes by /).waitFor({ state: 'detached' });
});

test('an account is changed with what its provider asks for, and whom it serves', options, async (t) => {
  const { page } = await signedIn(t);
  const fields = [
    { name: 'region', label: 'Region', hint: 'Where it stands.', kind: 'label', default: 'eu', example: 'us' },
    { name: 'address', label: 'Endpoint', hint: null, kind: 'address', default: null, example: 'https://example.com' },
  ];
  const login = { state: 'ok', reason: null, identity: 'me@example.com', plan: null, expires_at: null };
  const told = { login, fields: { address: 'https://old.example.com', gone: 'x' } };
  await page.route('**/api/vendors', async (route) => {
    const response = await route.fetch();
    const vendors = await response.json();
    Object.assign(vendors.find(({ id }) => id === 'plan'), { fields, status: 'restricted' });
    await route.fulfill({ response, json: vendors });
  });
  let first;
  await page.route('**/api/accounts', async (route) => {
    const response = await route.fetch();
    const accounts = await response.json();
    first = Object.assign(accounts.find(({ vendor }) => vendor === 'plan'), told);
    await route.fulfill({ response, json: accounts });
  });
  const asked = [];
  await page.route('**/api/accounts/acc_*', async (route) => {
    asked.push(route.request().postDataJSON());
    // Kept: the page may ask for all accounts again at any time.
    Object.assign(told, { name: 'Work' });
    await route.fulfill({ json: { ...first, ...told } });
  });
  await page.reload();
  await go(page, 'Providers');
  const plan = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Demo subscription' }) });
  await plan.getByRole('button', { name: /^Change / }).last().click();
  assert.equal(await plan.getByLabel('Endpoint').inputValue(), 'https://old.example.com');
  await pictures(page, 'providers-change');
  await plan.getByLabel('Name').fill(' Work ');
  await plan.getByLabel('Endpoint').fill('https://new.example.com');
  await plan.getByLabel('It serves every client').check({ force: true });
  await plan.getByRole('button', { name: 'Save' }).click();
  await plan.getByRole('button', { name: 'Change Work' }).waitFor();
  await plan.getByLabel('Endpoint').waitFor({ state: 'detached' });
  assert.equal(asked.length, 1);
  assert.equal(asked[0].name, 'Work');
  assert.equal(asked[0].any_client, true);
  assert.deepEqual(asked[0].fields, { address: 'https://new.example.com' });
});

test('a login that ended says why, and is signed in again as the same account', options, async (t) => {
  const { page } = await signedIn(t);
  await page.route('**/api/accounts', async (route) => {
    const response = await route.fetch();
    const accounts = await response.json();
    const first = accounts.find(({ vendor }) => vendor === 'plan');
    first.login = { state: 'sign_in_again', reason: 'the refresh token was revoked', identity: 'me@example.com', plan: null, expires_at: null };
    await route.fulfill({ response, json: accounts });
  });
  await page.route('**/api/vendors', async (route) => {
    const response = await route.fetch();
    const vendors = await response.json();
    vendors.find(({ id }) => id === 'plan').ways = [{ id: 'page', name: 'In the browser', kind: 'browser' }];
    await route.fulfill({ response, json: vendors });
  });
  const asked = [];
  await page.route('**/api/logins', async (route) => {
    asked.push(route.request().postDataJSON());
    const step = { type: 'open', url: 'https://example.com/sign-in', returns: true, note: null };
    await route.fulfill({ json: { id: 'log_1', vendor: 'plan', step, expires_at: Date.now() + 600_000 } });
  });
  await page.route('**/api/logins/log_1', (route) => route.fulfill({ json: {} }));
  await page.reload();
  await go(page, 'Providers');
  await page.getByText('the refresh token was revoked').waitFor();
  await pictures(page, 'providers-ended');
  await page.getByRole('button', { name: /^Sign in again: / }).click();
  const panel = page.getByRole('dialog', { name: 'Sign in at Demo subscription' });
  await panel.getByRole('button', { name: 'Begin' }).click();
  await becomes(async () => asked.length, 1);
  assert.match(asked[0].account, /^acc_/);
  await panel.getByRole('button', { name: 'Give up' }).click();
});

test('a provider that asks for more than a key gets it, and says in place what is missing', options, async (t) => {
  const { page } = await signedIn(t, /^500 \/api\/accounts$/);
  const sent = [];
  await page.route('**/api/accounts', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    sent.push(route.request().postDataJSON());
    await route.fulfill({ status: 500, json: { code: 'internal', message: 'enough for this test' } });
  });
  await go(page, 'Providers');
  await page.getByRole('button', { name: 'Add a key for Azure OpenAI' }).click();
  const panel = page.getByRole('dialog', { name: 'Add a key for Azure OpenAI' });
  await panel.getByLabel('Key', { exact: true }).fill('an-azure-key');
  await panel.getByRole('button', { name: 'Save the key' }).click();
  await panel.getByText('This must be filled in').waitFor();
  assert.equal(await panel.getByText('This must be filled in').count(), 1, 'what has a default may be left');
  await pictures(page, 'add-key-fields');
  await panel.getByLabel('Endpoint').fill('https://mine.openai.azure.com');
  await panel.getByLabel('Deployments').fill('gpt-5');
  await panel.getByRole('button', { name: 'Save the key' }).click();
  await panel.getByRole('alert').getByText('Enough for this test').waitFor();
  assert.deepEqual(sent[0].fields, { address: 'https://mine.openai.azure.com', deployments: 'gpt-5' });
  assert.equal(await panel.getByLabel('Endpoint').inputValue(), 'https://mine.openai.azure.com', 'nothing typed is lost');
});

/** A vendor's block of the page. */
const block = (page, name) => page.getByRole('article').filter({ has: page.getByRole('heading', { name, exact: true }) });

test('the order in which a provider’s accounts are tried is set by buttons and keys, and put back where it is refused', options, async (t) => {
  const { demo, page } = await signedIn(t, /^503 \/api\/accounts\/acc_/);
  await go(page, 'Providers');
  const plan = block(page, 'Demo subscription');
  assert.equal(await plan.getByRole('button', { name: /^Try / }).count(), 0, 'one account has no order');
  for (const name of ['Second', 'Third']) {
    await plan.getByRole('button', { name: 'Add a key for Demo subscription' }).click();
    const panel = page.getByRole('dialog', { name: 'Add a key for Demo subscription' });
    await panel.getByLabel('Key', { exact: true }).fill('simulated-key-of-plan');
    await panel.getByLabel('Name').fill(name);
    await panel.getByLabel('Check with the provider before saving').uncheck({ force: true });
    await panel.getByRole('button', { name: 'Save the key' }).click();
    await panel.waitFor({ state: 'detached' });
  }
  const names = () => texts(plan.locator('.account-name'));
  const places = () => texts(plan.locator('.account-place'));
  await becomes(names, ['Demo subscription', 'Second', 'Third']);
  await pictures(page, 'providers-order');
  assert.ok(await plan.getByRole('button', { name: 'Try Demo subscription earlier' }).isDisabled());
  assert.ok(await plan.getByRole('button', { name: 'Try Third later' }).isDisabled());

  await plan.getByRole('button', { name: 'Try Third earlier' }).click();
  await becomes(names, ['Demo subscription', 'Third', 'Second']);
  await page.keyboard.press('Home');
  await becomes(names, ['Third', 'Demo subscription', 'Second']);
  await becomes(places, ['1', '2', '3']);
  const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  await becomes(focused, 'Try Third later');
  const held = async () => {
    const accounts = await page.evaluate(async () => (await fetch('/api/accounts')).json());
    const ours = accounts.filter(({ name }) => ['Demo subscription', 'Second', 'Third'].includes(name));
    return ours.sort((a, b) => a.priority - b.priority).map(({ name }) => name);
  };
  await becomes(held, ['Third', 'Demo subscription', 'Second']);
  await page.reload();
  await becomes(names, ['Third', 'Demo subscription', 'Second']);
  const answer = await ask(demo, { model: 'plan/opus-demo' });
  assert.equal(answer.status, 200);
  const served = () => page.evaluate(async () => (await (await fetch('/api/requests?limit=1')).json()).requests[0]?.served_by.account_name);
  await becomes(served, 'Third');

  await page.route('**/api/accounts/acc_*', (route) => route.fulfill({ status: 503, json: { code: 'internal', message: 'the disk is full', hint: null } }));
  await plan.getByRole('button', { name: 'Try Second earlier' }).click();
  await page.getByText('The disk is full').waitFor();
  await becomes(names, ['Third', 'Demo subscription', 'Second']);
});

test('of several locks one is opened by itself', options, async (t) => {
  const { page } = await signedIn(t);
  const lock = (model) => ({
    account: 'acc', model, class: 'quota', message: 'the limit is reached', since: Date.now(), until: Date.now() + 3_600_000, from_vendor: true,
  });
  let locks = [lock(null), lock('big/model of ours'), lock('small')];
  let first;
  await page.route('**/api/accounts', async (route) => {
    const response = await route.fetch();
    const accounts = await response.json();
    first = Object.assign(accounts.find(({ name }) => name === 'Demo subscription'), { locks });
    await route.fulfill({ response, json: accounts });
  });
  const asked = [];
  await page.route(/\/api\/accounts\/[^/]+\/unlock/, async (route) => {
    asked.push(new URL(route.request().url()).pathname);
    locks = locks.filter(({ model }) => model !== 'big/model of ours');
    await route.fulfill({ json: { ...first, locks } });
  });
  await page.reload();
  await go(page, 'Providers');
  const plan = block(page, 'Demo subscription');
  await plan.getByRole('button', { name: 'Unlock all' }).waitFor();
  await pictures(page, 'providers-locks');
  assert.equal(await plan.getByRole('button', { name: /^Unlock / }).count(), 3, 'the one of the whole account goes with all');
  await plan.getByRole('button', { name: 'Unlock big/model of ours' }).click();
  await plan.getByText('big/model of ours').waitFor({ state: 'detached' });
  assert.match(asked[0], /\/unlock\/big%2Fmodel%20of%20ours$/);
  assert.equal(await plan.locator('.lock').count(), 2);
});

test('an account is given a new key where it stands, and no page shows it', options, async (t) => {
  const { page } = await signedIn(t);
  await go(page, 'Providers');
  const plan = block(page, 'Demo subscription');
  await plan.getByRole('button', { name: 'Change Demo subscription' }).last().click();
  assert.equal(await plan.getByLabel('New key').inputValue(), '');
  await plan.getByLabel('New key').fill(' a-fresh-key-0123456789-wxyz ');
  await pictures(page, 'providers-new-key');
  await plan.getByRole('button', { name: 'Save' }).click();
  await plan.getByText('…wxyz').waitFor();
  await plan.getByLabel('New key').waitFor({ state: 'detached' });
  assert.ok(!(await page.content()).includes('a-fresh-key'));
});

test('accounts that could not be read are not said to be missing', options, async (t) => {
  const { page } = await signedIn(t, /^503 \/api\/accounts$/);
  let full = true;
  await page.route('**/api/accounts', (route) =>
    full ? route.fulfill({ status: 503, json: { code: 'internal', message: 'the disk is full', hint: null } }) : route.fallback(),
  );
  await page.goto(new URL('/providers', page.url()).href);
  await page.getByRole('alert').getByText(/The disk is full/).waitFor();
  assert.equal(await page.getByText('not connected').count(), 0);
  full = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await block(page, 'Demo subscription').getByText('1 account').waitFor();
});
