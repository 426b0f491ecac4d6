// What was said in a request, and asking it again of another model, in a real browser over the demo.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { ask, becomes, go, signedIn, texts } from './world/dashboard.mjs';

const options = { skip: withoutBrowser, timeout: 180_000 };

/** Opens the newest request. */
async function openNewest(page) {
  await go(page, 'Requests');
  await page.locator('tbody').getByRole('row').first().getByRole('link').click();
  const trace = page.getByRole('complementary', { name: 'Request' });
  await trace.getByRole('button', { name: 'Show what was said' }).waitFor();
  return trace;
}

/** Has what is said kept from now on, by the settings. */
async function keep(page) {
  await page.getByRole('link', { name: 'Settings, Data' }).click();
  const bodies = page.getByRole('region', { name: 'What agents and models say' });
  await bodies.getByLabel('Keep what is said from now on').check({ force: true });
  await bodies.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
}

test('a request that was not kept says how, and one that was is shown, asked again and deleted', options, async (t) => {
  const { demo, page } = await signedIn(t, /^404 \/api\/requests\/req_\w+\/(bodies|replay)$/);
  assert.equal((await ask(demo)).status, 200);
  const trace = await openNewest(page);
  await trace.getByRole('button', { name: 'Show what was said' }).click();
  await trace.getByText('What was said in this request is not kept').waitFor();
  await pictures(page, 'said-not-kept');
  await keep(page);

  assert.equal((await ask(demo)).status, 200);
  await openNewest(page);
  await trace.getByRole('button', { name: 'Show what was said' }).click();
  const panel = trace.getByRole('tabpanel');
  await panel.getByText('"content": "Hello"').waitFor();
  await trace.getByRole('tab', { name: 'Agent sent' }).press('ArrowRight');
  await panel.getByText('"model": "opus-demo"').waitFor();
  await page.keyboard.press('End');
  await panel.getByText(/This is plan speaking/).waitFor();
  assert.equal(await trace.getByRole('tab', { name: 'Agent got' }).getAttribute('aria-selected'), 'true');
  await pictures(page, 'said');

  await trace.getByRole('button', { name: 'Ask', exact: true }).click();
  await trace.getByText('Name a model or a combo').waitFor();
  await trace.getByLabel('Model or combo to ask').fill('thrift/coder-demo');
  await trace.getByRole('button', { name: 'Ask', exact: true }).click();
  const both = page.getByRole('dialog', { name: 'Both answers' });
  const [before, after] = [both.getByRole('region', { name: 'First answer' }), both.getByRole('region', { name: 'New answer' })];
  await after.getByText('coder-demo', { exact: true }).waitFor();
  assert.match(await before.innerText(), /opus-demo[^]*Answered[^]*Output/);
  assert.match((await texts(before.locator('del'))).join(' '), /plan/);
  assert.match((await texts(after.locator('ins'))).join(' '), /thrift/);
  await pictures(page, 'replay');
  await both.getByRole('link', { name: 'See its trace' }).click();
  await both.waitFor({ state: 'detached' });
  await trace.getByText('asked again', { exact: true }).waitFor();
  await trace.getByRole('link', { name: 'See the first request' }).click();
  await trace.getByText('asked again', { exact: true }).waitFor({ state: 'detached' });

  await trace.getByRole('button', { name: 'Show what was said' }).click();
  await trace.getByLabel('Model or combo to ask').fill('nobody/m');
  await trace.getByRole('button', { name: 'Ask', exact: true }).click();
  await after.getByText('It has no text').waitFor();
  await becomes(async () => /Refused|Nobody could answer/.test(await after.innerText()), true);
  await both.getByRole('button', { name: 'Done' }).click();

  await trace.getByRole('button', { name: 'Delete what was said' }).click();
  await page.getByRole('dialog', { name: 'Delete what was said in this request?' }).getByRole('button', { name: 'Delete' }).click();
  await trace.getByText('What was said in this request is not kept').waitFor();
});
