// Signing in at a provider from its page, in a real browser; what providers answer is told by the test.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { becomes, go, signedIn } from './world/dashboard.mjs';

const options = { skip: withoutBrowser, timeout: 120_000 };

/** The demo's list of providers, with one more that signs in. */
async function withVendor(page, more = {}) {
  const vendor = {
    id: 'clouds', prefix: 'cl', name: 'Clouds', tier: 'subscription', hue: 20, login: 'account', status: 'active', note: null,
    ways: [
      { id: 'page', name: 'In the browser', kind: 'browser' },
      { id: 'code', name: 'By a code', kind: 'device' },
    ],
    key_url: null, dialects: ['messages'], host: 'clouds.example', models: [], custom: false, ...more,
  };
  await page.route('**/api/vendors', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: [...(await response.json()), vendor] });
  });
  await page.reload();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor({ state: 'attached' });
}
const progress = (step) => ({ id: 'log_1', vendor: 'clouds', step, expires_at: Date.now() + 600_000 });

test('a sign-in opens the page of the provider and takes the address that it ended on', options, async (t) => {
  const { page } = await signedIn(t);
  await withVendor(page, { status: 'restricted', note: 'Its terms allow its own client alone.' });
  const asked = [];
  await page.route('**/api/logins', async (route) => {
    asked.push(route.request().postDataJSON());
    await route.fulfill({ json: progress({ type: 'open', url: 'https://clouds.example/sign-in', returns: false, note: null }) });
  });
  await page.route('**/api/logins/log_1/paste', async (route) => {
    asked.push(route.request().postDataJSON());
    await route.fulfill({ json: progress({ type: 'done', account: 'acc_9', name: 'me@clouds.example' }) });
  });
  await go(page, 'Providers');
  await page.getByRole('button', { name: 'Sign in at Clouds' }).click();
  const panel = page.getByRole('dialog', { name: 'Sign in at Clouds' });
  assert.ok(await panel.getByRole('button', { name: 'Begin' }).isDisabled(), 'it must be understood first');
  await pictures(page, 'sign-in-begin');
  await panel.getByLabel('I have read this and want to sign in').check({ force: true });
  await panel.getByRole('button', { name: 'Begin' }).click();
  const link = panel.getByRole('link', { name: 'Open the sign-in page' });
  assert.equal(await link.getAttribute('href'), 'https://clouds.example/sign-in');
  await pictures(page, 'sign-in-open');
  await panel.getByLabel('Address or code').fill('https://localhost/callback?code=1');
  await panel.getByRole('button', { name: 'Finish signing in' }).click();
  await panel.waitFor({ state: 'detached' });
  await page.getByText('me@clouds.example is signed in').waitFor();
  assert.equal(asked[0].vendor, 'clouds');
  assert.equal(asked[0].way, 'page');
  assert.equal(asked[0].understood, true);
  assert.deepEqual(asked[1], { text: 'https://localhost/callback?code=1' });
});

test('a code is shown to be typed elsewhere, a failure can be begun again, and leaving gives it up', options, async (t) => {
  const { page } = await signedIn(t);
  await withVendor(page);
  const steps = [
    { type: 'failed', error: { code: 'vendor_unreachable', message: 'the provider did not answer', hint: 'try again later' } },
    { type: 'code', url: 'https://clouds.example/device', code: 'WXYZ-1234' },
  ];
  const given = [];
  await page.route('**/api/logins', (route) => route.fulfill({ json: progress(steps.shift()) }));
  await page.route('**/api/logins/log_1', async (route) => {
    given.push(route.request().method());
    await route.fulfill({ json: {} });
  });
  await go(page, 'Providers');
  await page.getByRole('button', { name: 'Sign in at Clouds' }).click();
  const panel = page.getByRole('dialog', { name: 'Sign in at Clouds' });
  await panel.getByLabel('By a code').check();
  await panel.getByRole('button', { name: 'Begin' }).click();
  await panel.getByText('The provider did not answer').waitFor();
  await panel.getByRole('button', { name: 'Begin again' }).click();
  await panel.getByRole('button', { name: 'Begin', exact: true }).click();
  await panel.getByText('WXYZ-1234').waitFor();
  await pictures(page, 'sign-in-code');
  await panel.getByRole('button', { name: 'Give up' }).click();
  await panel.waitFor({ state: 'detached' });
  await becomes(async () => given, ['DELETE']);
});

test('logins of other programs are found and taken over, and broken vendor files are told', options, async (t) => {
  const { page } = await signedIn(t);
  await page.route('**/api/vendors/problems', (route) =>
    route.fulfill({ json: [{ file: 'mine.toml', line: 7, reason: 'a prefix is missing' }] }),
  );
  await page.route('**/api/logins/found', (route) =>
    route.fulfill({
      json: [
        { id: 'a', vendor: 'plan', program: 'Claude Code', path: '/home/me/.claude/.credentials.json', identity: 'me@example.com', problem: null },
        { id: 'b', vendor: 'plan', program: 'Codex', path: '/home/me/.codex/auth.json', identity: null, problem: 'it is signed in with a key' },
      ],
    }),
  );
  const taken = [];
  await page.route('**/api/logins/import', async (route) => {
    taken.push(route.request().postDataJSON());
    await route.fulfill({
      json: {
        id: 'acc_9', vendor: 'plan', name: 'me@example.com', key_hint: null, enabled: true, priority: 0, locks: [], created_at: 1,
        last_used_at: null,
      },
    });
  });
  await go(page, 'Providers');
  await page.getByText('mine.toml, line 7: a prefix is missing').waitFor();
  await page.getByRole('button', { name: 'Find existing logins' }).click();
  const panel = page.getByRole('dialog', { name: 'Logins on this computer' });
  await panel.getByText('it is signed in with a key').waitFor();
  await pictures(page, 'found-logins');
  await panel.getByRole('button', { name: 'Take over' }).click();
  await panel.waitFor({ state: 'detached' });
  await becomes(async () => taken, [{ id: 'a', name: '', understood: false }]);
});
