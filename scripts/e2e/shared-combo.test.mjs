// A combo that is shared by a link, in a real browser over the demo.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { becomes, go, signedIn, texts } from './world/dashboard.mjs';
import { startWorld } from './world/switchyard.mjs';
import { vendor } from './world/task.mjs';

const options = { skip: withoutBrowser, timeout: 120_000 };

test('a shared combo is shown, and made when its reader agrees', options, async (t) => {
  const { demo, page } = await signedIn(t, /^400 \/api\/open$/);
  await go(page, 'Combos');
  const names = () => texts(page.getByRole('navigation', { name: 'Combos' }).locator('.combo-name'));
  const before = await names();
  const path = `/api/combos/${encodeURIComponent(before[0])}/link`;
  const { link } = await page.evaluate(async (path) => (await fetch(path)).json(), path);
  assert.match(link, /^switchyard:\/\/combo\?v=1&data=/);

  await page.goto(`${demo.address}/combos?link=${encodeURIComponent(link)}`);
  const offer = page.getByRole('dialog', { name: 'Add a shared combo?' });
  await offer.getByText(`It will be called ${before[0]}-2`).waitFor();
  assert.ok((await texts(offer.getByRole('listitem'))).length > 0);
  await pictures(page, 'shared-combo');
  await offer.getByRole('button', { name: 'Cancel' }).click();
  await offer.waitFor({ state: 'detached' });
  assert.deepEqual(await names(), before, 'nothing is made unasked');

  await page.goto(`${demo.address}/combos?link=${encodeURIComponent(link)}`);
  await offer.getByRole('button', { name: 'Add combo' }).click();
  await offer.waitFor({ state: 'detached' });
  await becomes(async () => (await names()).sort(), [...before, `${before[0]}-2`].sort());

  await page.goto(`${demo.address}/combos?link=${encodeURIComponent('switchyard://combo?v=1&data=e30')}`);
  await offer.getByText(/this link is damaged/i).waitFor();
});

test('without a screen the same link is followed by the command', { timeout: 60_000 }, async (t) => {
  const world = await startWorld(t, { vendors: [vendor('thrift', 'chat', 'coder', 'cheap')], combo: ['thrift/coder'] });
  const shared = await world.command('share', 'work');
  const link = shared.out.trim();
  const shown = await world.command('open', link);
  assert.match(shown.out, /a shared combo: work-2[^]*nothing was changed/);
  const made = await world.command('open', '--add', link);
  assert.match(made.out, /made: ask for the model work-2/);
  const refused = await world.command('open', 'switchyard://login?code=c&state=of-nobody');
  assert.notEqual(refused.code, 0);
  assert.match(refused.err, /no sign-in here waits for this answer/);
});
