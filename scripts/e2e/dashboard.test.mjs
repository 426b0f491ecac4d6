// The dashboard in a real browser, over the demo's simulated vendors.

import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { openPage, picture, pictures, withoutBrowser } from './world/browser.mjs';
import { ask, becomes, go, signedIn, texts } from './world/dashboard.mjs';
import { startDemo } from './world/switchyard.mjs';

const options = { skip: withoutBrowser, timeout: 120_000 };

/** Signed in, with short words for what these tests do most. */
async function entered(t, expected) {
  const { demo, page } = await signedIn(t, expected);
  return { demo, page, go: (place) => go(page, place), dialog: (name) => page.getByRole('dialog', { name }) };
}

test('the overview shows the combo, and each request as it is answered, with its reason', options, async (t) => {
  const { demo, page } = await entered(t);
  const tracks = page.getByRole('list', { name: 'Candidates in the order they are tried' }).getByRole('listitem');
  await becomes(async () => (await texts(tracks)).map((text) => /\S+\/\S+/.exec(text)?.[0]), [
    'plan/opus-demo',
    'thrift/coder-demo',
    'gratis/open-demo',
  ]);
  await page.getByText('3 of 3 tracks clear').waitFor();
  await page.getByText('No requests yet').waitFor();
  await picture(page, '1-overview-empty');

  for (let nth = 0; nth < 7; nth += 1) assert.equal((await ask(demo)).status, 200);

  const rows = page.getByRole('region', { name: 'Requests' }).locator('tbody').getByRole('row');
  const answers = async () => (await texts(rows)).map((text) => /\b(\w+-demo)\b/.exec(text)?.[1]);
  await becomes(answers, [
    'open-demo',
    'coder-demo',
    'coder-demo',
    'coder-demo',
    'opus-demo',
    'opus-demo',
    'opus-demo',
  ]);
  assert.match((await texts(rows))[3], /after opus-demo: quota spent/);
  await page.getByText('1 of 3 tracks clear').waitFor();
  await picture(page, '2-overview');

  const fallen = page.getByRole('region', { name: 'Fell over lately' });
  await becomes(async () => (await texts(fallen.getByRole('listitem'))).map((text) => /\b\w+-demo\b.*$/.exec(text)?.[0]).slice(-1), [
    'coder-demo after opus-demo: quota spent',
  ]);
  assert.match((await texts(page.getByRole('region', { name: 'Today' })))[0], /Saved by caches/);
  await pictures(page, '2-overview-fallen');

  await rows.nth(3).getByRole('link').click();
  const trace = page.getByRole('complementary', { name: 'Request' });
  const steps = trace.getByRole('listitem');
  await becomes(async () => (await texts(steps)).map((text) => /\b(\w+-demo)\b/.exec(text)?.[1]), [
    'opus-demo',
    'coder-demo',
    'open-demo',
  ]);
  const [refused, answered, spared] = await texts(steps);
  assert.match(refused, /Quota spent/);
  assert.match(refused, /limit/i, 'the words of the vendor');
  assert.match(refused, /Locked until/);
  assert.match(answered, /Answered/);
  assert.match(spared, /Not needed/);
  await picture(page, '3-trace');

  await page.reload();
  await trace.getByText('Quota spent').waitFor();
  await page.keyboard.press('Escape');
  await trace.waitFor({ state: 'detached' });
  await becomes(async () => (await answers()).length, 7);
});

test('a fall-over leads to its trace, all of them to the list, and those of before are there after a reload', options, async (t) => {
  const { demo, page } = await entered(t);
  const fallen = page.getByRole('region', { name: 'Fell over lately' });
  assert.equal(await fallen.count(), 0, 'nothing is said of nothing');
  for (let nth = 0; nth < 4; nth += 1) assert.equal((await ask(demo)).status, 200);
  await fallen.getByRole('listitem').waitFor();
  await page.reload();
  await fallen.getByRole('listitem').getByRole('link').click();
  await page.getByRole('complementary', { name: 'Request' }).getByText('Quota spent').waitFor();
  await page.keyboard.press('Escape');
  await fallen.getByRole('link', { name: 'See all of them' }).click();
  await page.getByRole('heading', { name: 'Requests', level: 1 }).waitFor();
  assert.match(page.url(), /ended=fell-over$/);
});

test('an agent’s key is made on the overview, shown once, and works', options, async (t) => {
  const { demo, page, dialog } = await entered(t);
  await page.getByRole('button', { name: 'Make a key' }).click();
  const made = dialog('A key for Agent');
  const key = await made.getByText(/^sy-/).innerText();
  await pictures(page, 'overview-key');
  await made.getByRole('button', { name: 'I have copied it' }).click();
  await made.waitFor({ state: 'detached' });
  assert.ok(!(await page.content()).includes(key), 'it is shown once');
  assert.equal((await ask(demo, { key })).status, 200);

  // The palette makes one as well, from any page and under another name.
  await page.keyboard.press('Control+k');
  await dialog('Find').getByRole('combobox').fill('make a key');
  await page.keyboard.press('Enter');
  await dialog('A key for Agent 2').getByRole('button', { name: 'I have copied it' }).click();
});

test('the palette offers each provider the way that it has, and what a phone has no button for', options, async (t) => {
  const { page, dialog } = await entered(t);
  await page.setViewportSize({ width: 380, height: 800 });
  const find = async (text) => {
    await page.keyboard.press('Control+k');
    await dialog('Find').getByRole('combobox').fill(text);
    return texts(dialog('Find').getByRole('option'));
  };
  const vendors = await page.evaluate(async () => (await fetch('/api/vendors')).json());
  const signs = vendors.find(({ login, ways, status }) => login === 'account' && ways.length > 0 && status !== 'retired');
  const offered = await find(signs.name);
  assert.ok(offered.some((text) => text.includes(`Sign in at ${signs.name} Provider`)), offered.join());
  assert.ok(!offered.some((text) => text.includes(`Add a key for ${signs.name} Provider`)), offered.join());
  await page.keyboard.press('Escape');
  for (const { name } of vendors.filter(({ status }) => status === 'retired')) {
    const found = await find(name);
    assert.ok(!found.some((text) => text.includes(`Add a key for ${name} Provider`) || text.includes(`Sign in at ${name} Provider`)), found.join());
    await page.keyboard.press('Escape');
  }
  await find(`sign in at ${signs.name}`);
  await page.keyboard.press('Enter');
  await dialog(`Sign in at ${signs.name}`).waitFor();
  await page.keyboard.press('Escape');
  await find('keyboard shortcuts');
  await page.keyboard.press('Enter');
  await dialog('Keyboard shortcuts').waitFor();
  await page.keyboard.press('Escape');
  await find('sign out');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /sign in/i }).first().waitFor();
});

test('pages that are shown as icons say their names on hover', options, async (t) => {
  const { page } = await entered(t);
  await page.setViewportSize({ width: 900, height: 800 });
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
  const titles = await links.evaluateAll((all) => all.map((link) => [link.title, link.textContent.trim()]));
  assert.equal(titles.length, 10);
  for (const [title, text] of titles) assert.equal(title, text);
  assert.equal(await page.getByRole('button', { name: /Find/ }).getAttribute('title'), 'Find');
});

test('sums that could not be read say so, and are asked for again', options, async (t) => {
  const { page } = await entered(t, /^503 \/api\/status$/);
  let full = true;
  await page.route('**/api/status', (route) =>
    full ? route.fulfill({ status: 503, json: { code: 'internal', message: 'the disk is full', hint: null } }) : route.fallback(),
  );
  await page.reload();
  const today = page.getByRole('region', { name: 'Today' });
  await today.getByText(/The disk is full/).waitFor();
  await pictures(page, 'overview-no-sums');
  full = false;
  await today.getByRole('button', { name: 'Try again' }).click();
  await today.getByText('Saved by caches').waitFor();
});

test('a custom endpoint gets a key, is tested, and is removed again', options, async (t) => {
  const { demo, page, go, dialog } = await entered(t);
  await go('Providers');
  await page.getByRole('heading', { name: 'Demo subscription' }).waitFor();
  await picture(page, '4-providers');

  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  const endpoint = dialog('Add an endpoint');
  await endpoint.getByLabel('Name').fill('House gateway');
  await endpoint.getByLabel('Base address').fill(`${demo.address}/v1`);
  await endpoint.getByLabel('OpenAI Chat').check({ force: true });
  await endpoint.getByLabel('Prefix').fill('house');
  await endpoint.getByLabel('Models').fill('demo');
  await endpoint.getByLabel('It is on this computer or in my network').check({ force: true });
  await picture(page, '5-add-endpoint');
  await endpoint.getByRole('button', { name: 'Add the endpoint' }).click();

  const key = dialog('Add a key for House gateway');
  await key.getByLabel('Key', { exact: true }).fill(demo.key);
  await key.getByLabel('Name').fill('Mine');
  await picture(page, '6-add-key');
  await key.getByRole('button', { name: 'Save the key' }).click();
  await key.waitFor({ state: 'detached' });

  const vendor = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'House gateway' }) });
  await vendor.getByText('1 account').waitFor();
  assert.ok(!(await page.content()).includes(demo.key), 'the page keeps no key that was saved');
  await vendor.getByRole('button', { name: 'Test Mine' }).click();
  await vendor.getByRole('status').waitFor();
  assert.match(await vendor.getByRole('status').innerText(), /House gateway accepts this key/);
  await picture(page, '7-tested');

  await vendor.getByRole('button', { name: 'Remove Mine' }).click();
  await dialog('Remove Mine?').getByRole('button', { name: 'Remove', exact: true }).click();
  await vendor.getByText('not connected').waitFor();
  await vendor.getByRole('button', { name: 'Remove House gateway' }).click();
  await dialog('Remove House gateway?').getByRole('button', { name: 'Remove', exact: true }).click();
  await vendor.waitFor({ state: 'detached' });
});

test('a key that the vendor refuses is not saved unless the user insists', options, async (t) => {
  const { demo, page, go, dialog } = await entered(t, /^400 \/api\/accounts$/);
  await go('Providers');
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  const endpoint = dialog('Add an endpoint');
  await endpoint.getByLabel('Name').fill('House gateway');
  await endpoint.getByLabel('Base address').fill(`${demo.address}/v1`);
  await endpoint.getByLabel('Prefix').fill('house');
  await endpoint.getByLabel('It is on this computer or in my network').check({ force: true });
  await endpoint.getByRole('button', { name: 'Add the endpoint' }).click();

  const key = dialog('Add a key for House gateway');
  await key.getByLabel('Key', { exact: true }).fill('sy-mistyped');
  await key.getByRole('button', { name: 'Save the key' }).click();
  await key.getByRole('alert').waitFor();
  assert.match(await key.getByRole('alert').innerText(), /did not accept the key/);
  await picture(page, '8-key-refused');
  await key.getByRole('button', { name: 'Save without checking' }).click();
  await key.waitFor({ state: 'detached' });
  await page.getByText('1 account').last().waitFor();
});

test('an endpoint and its account are changed where they stand, and removed together', options, async (t) => {
  const { demo, page, go, dialog } = await entered(t, /^400 \/api\/vendors\/house$/);
  await go('Providers');
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  const endpoint = dialog('Add an endpoint');
  await endpoint.getByLabel('Name').fill('House gateway');
  await endpoint.getByLabel('Base address').fill(`${demo.address}/wrong`);
  await endpoint.getByLabel('Prefix').fill('house');
  await endpoint.getByLabel('Models').fill('demo');
  await endpoint.getByLabel('It is on this computer or in my network').check({ force: true });
  await endpoint.getByRole('button', { name: 'Add the endpoint' }).click();
  const key = dialog('Add a key for House gateway');
  await key.getByLabel('Key', { exact: true }).fill(demo.key);
  await key.getByLabel('Name').fill('Mine');
  await key.getByLabel('Check with the provider before saving').uncheck({ force: true });
  await key.getByRole('button', { name: 'Save the key' }).click();
  await key.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Change House gateway' }).click();
  const changing = dialog('Change House gateway');
  assert.equal(await changing.getByLabel('Models').inputValue(), 'demo');
  assert.equal(await changing.getByLabel('Prefix').count(), 0, 'combos name its models by it');
  await changing.getByLabel('Base address').fill('nowhere');
  await changing.getByRole('button', { name: 'Save' }).click();
  await changing.getByRole('alert').waitFor();
  await changing.getByLabel('Base address').fill(`${demo.address}/v1`);
  await changing.getByLabel('Name').fill('Garden gateway');
  await changing.getByRole('button', { name: 'Save' }).click();
  await changing.waitFor({ state: 'detached' });

  const vendor = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Garden gateway' }) });
  await vendor.getByRole('button', { name: 'Change Mine' }).click();
  await vendor.getByLabel('Name').fill(' ');
  await vendor.getByRole('button', { name: 'Save' }).click();
  await vendor.getByText('This must be filled in.').waitFor();
  await vendor.getByLabel('Name').fill('Ours');
  await vendor.getByRole('button', { name: 'Save' }).click();
  await vendor.getByLabel('Name').waitFor({ state: 'detached' });
  await vendor.getByRole('button', { name: 'Test Ours' }).click();
  await vendor.getByRole('status').waitFor();
  assert.match(await vendor.getByRole('status').innerText(), /Garden gateway accepts this key/);

  await vendor.getByRole('button', { name: 'Remove Garden gateway' }).click();
  await dialog('Remove Garden gateway?').getByRole('button', { name: 'Remove', exact: true }).click();
  await vendor.waitFor({ state: 'detached' });
});

test('a combo is made, reordered, made active and deleted, and requests follow at once', options, async (t) => {
  const { demo, page, go, dialog } = await entered(t);
  await go('Combos');
  await picture(page, '9-combos');
  await page.getByRole('button', { name: 'New combo' }).click();
  const making = dialog('New combo');
  await making.getByLabel('Name').fill('mine');
  for (const model of ['thrift/coder-demo', 'gratis/open-demo']) {
    await making.getByRole('combobox').fill(model);
    await making.getByRole('option', { name: model }).first().click();
  }
  await picture(page, '10-new-combo');
  await making.getByRole('button', { name: 'Make combo' }).click();

  const editor = page.getByRole('region', { name: 'mine' });
  const order = async () => (await texts(editor.getByRole('listitem'))).map((text) => /\S+\/\S+/.exec(text)?.[0]);
  await becomes(order, ['thrift/coder-demo', 'gratis/open-demo']);
  const speaker = async (model) => {
    const answer = await ask(demo, { model });
    return /This is (\w+) speaking/.exec(await answer.text())?.[1];
  };
  assert.equal(await speaker('mine'), 'thrift');

  await editor.getByRole('button', { name: 'Move up' }).last().click();
  await becomes(order, ['gratis/open-demo', 'thrift/coder-demo']);
  await becomes(() => speaker('mine'), 'gratis');
  await page.reload();
  await becomes(order, ['gratis/open-demo', 'thrift/coder-demo']);

  assert.equal(await speaker('auto'), 'plan');
  await editor.getByRole('button', { name: 'Make active' }).click();
  await editor.getByText('Active', { exact: true }).waitFor();
  assert.equal(await speaker('auto'), 'gratis');
  await picture(page, '11-combo-active');

  await editor.getByRole('button', { name: 'Remove combo' }).click();
  const question = dialog('Remove the combo mine?');
  assert.match(await question.innerText(), /active one/);
  await question.getByRole('button', { name: 'Remove combo' }).click();
  await editor.waitFor({ state: 'detached' });
  assert.equal((await ask(demo, { model: 'mine' })).ok, false);
});

test('a key is shown once, works at once, and stops working the moment it is revoked', options, async (t) => {
  const { demo, page, go, dialog } = await entered(t);
  await go('Keys');
  await page.getByLabel('What is it for').fill('claude-code');
  await page.getByRole('button', { name: 'Make a key' }).click();
  const made = dialog('A key for claude-code');
  const key = await made.getByText(/^sy-/).innerText();
  await picture(page, '12-key-made');
  assert.equal((await ask(demo, { key })).status, 200);
  await made.getByRole('button', { name: 'I have copied it' }).click();
  await made.waitFor({ state: 'detached' });
  assert.ok(!(await page.content()).includes(key));
  await page.reload();
  await page.getByRole('button', { name: 'Revoke the key for claude-code' }).waitFor();
  assert.ok(!(await page.content()).includes(key));
  await picture(page, '13-keys');

  await page.getByRole('button', { name: 'Revoke the key for claude-code' }).click();
  const question = dialog('Revoke the key for claude-code?');
  await question.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('The key for claude-code is revoked').waitFor();
  const refused = await ask(demo, { key });
  assert.equal(refused.status, 401);
  assert.match(await refused.text(), /does not know this key/);
  assert.equal((await ask(demo)).status, 200, 'the other key is untouched');
});

test('without a session the dashboard shows how to sign in, and nothing else', options, async (t) => {
  const demo = await startDemo(t);
  const { page, open } = await openPage(t, /^401 \/api\//);
  await open(`${demo.address}/keys`, page.getByText('switchyard link'));
  assert.equal(await page.getByText('demo', { exact: true }).count(), 0);
  await picture(page, '14-sign-in');
});

test('what a browser downloads packed is what others get plain', options, async (t) => {
  const { address } = await startDemo(t);
  const get = (path, encoding) =>
    new Promise((resolve, reject) => {
      http
        .get(`${address}${path}`, { headers: { 'accept-encoding': encoding } }, async (answer) => {
          resolve({ packed: answer.headers['content-encoding'] === 'gzip', body: Buffer.concat(await answer.toArray()), answer });
        })
        .on('error', reject);
    });
  for (const path of ['/', '/app.js', '/app_bg.wasm', '/style/all.css', '/icon.svg']) {
    const plain = await get(path, 'identity');
    const packed = await get(path, 'gzip, deflate, br');
    assert.equal(plain.packed, false, path);
    assert.equal(packed.answer.headers['content-type'], plain.answer.headers['content-type']);
    // Only a release build packs.
    if (packed.packed) assert.ok(packed.body.length < plain.body.length, path);
    assert.deepEqual(packed.packed ? gunzipSync(packed.body) : packed.body, plain.body, path);
    assert.notEqual(packed.packed && packed.answer.headers.etag, plain.answer.headers.etag, path);
  }
});
