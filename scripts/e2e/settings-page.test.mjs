// The settings, in a real browser over the demo.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { go, signedIn } from './world/dashboard.mjs';

const options = { skip: withoutBrowser, timeout: 120_000 };

test('a backup is made and checked, and a password is set and must be shown to be changed', options, async (t) => {
  const { page } = await signedIn(t, /^(400|403) \/api\/password$/);
  await go(page, 'Settings');
  const backups = page.getByRole('region', { name: 'Backups' });
  await backups.getByRole('button', { name: 'Back up now' }).click();
  await page.getByText('The backup is made').waitFor();
  await backups.getByRole('button', { name: /^Check / }).first().click();
  await page.getByText(/is whole and can be restored/).waitFor();
  await pictures(page, 'settings');

  const password = page.getByRole('region', { name: 'Password' });
  const set = async (now, next) => {
    await password.getByLabel('Password so far').fill(now);
    await password.getByLabel('New password').fill(next);
    await password.getByRole('button', { name: 'Change the password' }).click();
  };
  await set('', 'a rather long password of mine');
  await page.getByText('The password is changed').waitFor();
  await set('not that one', 'another rather long password');
  await password.getByRole('alert').getByText(/not the password/).waitFor();
  assert.match(await page.getByRole('region', { name: 'About' }).innerText(), /Data folder/);
});
