// Pausing routing by the dashboard, and what a pause from elsewhere shows there.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { ask, go, signedIn } from './world/dashboard.mjs';

const options = { skip: withoutBrowser, timeout: 120_000 };

test('routing is paused on the overview, said on every page, and resumed by the band', options, async (t) => {
  const { demo, page } = await signedIn(t);
  const band = page.getByRole('status').filter({ hasText: 'Routing is paused' });
  await page.getByRole('button', { name: 'Pause routing' }).click();
  await band.waitFor();
  assert.match(await band.innerText(), /since \d\d?:\d\d/);
  assert.equal((await ask(demo)).status, 503);
  await page.getByRole('region', { name: 'The yard' }).getByText('Paused').waitFor();
  await pictures(page, 'paused-overview');

  for (const place of ['Requests', 'Quota', 'Settings']) {
    await go(page, place);
    await band.waitFor();
  }
  await pictures(page, 'paused-settings');
  await page.reload();
  await band.getByRole('button', { name: 'Resume routing' }).click();
  await band.waitFor({ state: 'detached' });
  assert.equal((await ask(demo)).status, 200);
});

test('a pause from elsewhere is seen at once, and the palette ends it and begins another', options, async (t) => {
  const { page } = await signedIn(t);
  const band = page.getByRole('status').filter({ hasText: 'Routing is paused' });
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole('button', { name: 'Pause routing' }).click();
  await band.waitFor();

  const act = async (action) => {
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Find' });
    await palette.getByRole('combobox').fill(action);
    await palette.getByRole('option', { name: action }).click();
  };
  await act('Resume routing');
  await band.waitFor({ state: 'detached' });
  await other.getByText('Routing is paused').waitFor({ state: 'detached' });
  await act('Pause routing');
  await other.getByText('Routing is paused').waitFor();
});
