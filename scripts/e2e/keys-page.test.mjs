// What a key may do, set when it is made and changed afterwards, in a real browser over the demo.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { ask, becomes, go, signedIn } from './world/dashboard.mjs';

const options = { skip: withoutBrowser, timeout: 180_000 };

test('a key is made with limits that hold from its first request, and they are changed and lifted', options, async (t) => {
  const { demo, page } = await signedIn(t);
  await go(page, 'Keys');
  await page.getByLabel('What is it for').fill('codex on the old laptop in the attic, which is slow');
  await page.getByRole('button', { name: 'With limits' }).click();
  const panel = page.getByRole('dialog', { name: 'A key with limits' });
  assert.match(await panel.getByLabel('What is it for').inputValue(), /^codex on the old laptop/, 'what was typed goes along');
  await panel.getByLabel('What is it for').fill('codex');
  await panel.getByLabel('Models it may ask for').fill('thrift/*\ngratis/*');
  await panel.getByLabel('Requests in a minute').fill('50');
  await panel.getByLabel('Budget').selectOption({ label: 'Tokens' });
  await panel.getByRole('button', { name: 'Make a key' }).click();
  await panel.getByText('Give a number above nothing').waitFor();
  await panel.getByLabel('How many tokens').fill('1.5M');
  await pictures(page, 'key-with-limits');
  await panel.getByRole('button', { name: 'Make a key' }).click();
  const made = page.getByRole('dialog', { name: 'A key for codex' });
  const key = await made.getByText(/^sy-/).innerText();
  await made.getByRole('button', { name: 'I have copied it' }).click();
  assert.equal((await ask(demo, { key, model: 'thrift/coder-demo' })).status, 200);
  assert.equal((await ask(demo, { key, model: 'plan/opus-demo' })).status, 403);

  const limits = page.getByRole('button', { name: 'What codex may do' });
  await becomes(async () => /Only thrift\/\* and 1 more · 50 a minute · \S+ of 1.5M tokens a month/.test(await limits.innerText()), true);
  await pictures(page, 'keys-limited');
  await limits.click();
  const change = page.getByRole('dialog', { name: 'What codex may do' });
  assert.equal(await change.getByLabel('How many tokens').inputValue(), '1500000');
  await change.getByLabel('Answered by').selectOption({ label: 'demo' });
  await change.getByLabel('Models it may ask for').fill('');
  await change.getByLabel('How many tokens').fill('1');
  await change.getByRole('button', { name: 'Save' }).click();
  await change.waitFor({ state: 'detached' });
  await becomes(async () => /Answered by demo/.test(await limits.innerText()), true);
  assert.notEqual((await ask(demo, { key })).status, 200, 'its budget is spent');
  assert.equal((await ask(demo)).status, 200, 'that of others is not');

  await limits.click();
  await change.getByLabel('Answered by').selectOption({ label: 'The model that is asked for' });
  await change.getByLabel('Requests in a minute').fill('');
  await change.getByLabel('Budget').selectOption({ label: 'No budget' });
  await change.getByRole('button', { name: 'Save' }).click();
  await becomes(async () => (await limits.innerText()).split('\n').at(-1), 'Everything');
  assert.equal((await ask(demo, { key, model: 'plan/opus-demo' })).status, 200);
});

test('what keys may do is not told before it is known, nor can it be overwritten, and a key can be revoked all the same', options, async (t) => {
  const { page } = await signedIn(t, /^503 \/api\/rules$/);
  let full = true;
  await page.route('**/api/rules', (route) =>
    full ? route.fulfill({ status: 503, json: { code: 'internal', message: 'the disk is full', hint: null } }) : route.fallback(),
  );
  await go(page, 'Keys');
  const fault = page.getByRole('alert').filter({ hasText: 'What these keys may do could not be loaded' });
  await fault.getByText(/The disk is full/).waitFor();
  const may = page.getByRole('button', { name: /may do/ }).first();
  assert.match(await may.innerText(), /Not known/);
  assert.ok(await may.isDisabled());
  assert.ok(await page.getByRole('button', { name: 'With limits' }).isDisabled());
  assert.ok(await page.getByRole('button', { name: /^Revoke/ }).first().isEnabled());
  await pictures(page, 'keys-unknown');
  full = false;
  await fault.getByRole('button', { name: 'Try again' }).click();
  await fault.waitFor({ state: 'detached' });
  await becomes(async () => (await may.innerText()).split('\n').at(-1), 'Everything');
  assert.ok(await may.isEnabled());
});
