// The page of combos in a real browser over the demo: how a combo chooses, the terms of its candidates, templates, what
// would happen now, and that nothing replaces what was made meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { ask, becomes, go, signedIn, texts } from './world/dashboard.mjs';

const options = { skip: withoutBrowser, timeout: 180_000 };
const PLAN = 'plan/opus-demo';
const THRIFT = 'thrift/coder-demo';
const FREE = 'gratis/open-demo';

const region = (page, name) => page.getByRole('region', { name, exact: true });
const dialog = (page, name) => page.getByRole('dialog', { name });

/** The page of combos, and short words for what these tests do most. */
async function entered(t, expected) {
  const { demo, page } = await signedIn(t, expected);
  await go(page, 'Combos');
  /** Asks the admin API as the page may, past what the page would see of it. */
  const call = async (method, path, data) => {
    const headers = { 'content-type': 'application/json' };
    const response = await page.context().request.fetch(demo.address + path, { method, data, headers });
    assert.ok(response.ok(), `${method} ${path}: ${await response.text()}`);
    return response.json();
  };
  const combo = async (name) => (await call('GET', '/api/combos')).find((combo) => combo.name === name);
  return { demo, page, call, combo };
}

/** Every row of an editor: its model and its line of terms. */
const rows = (editor) =>
  editor.locator('.candidate').evaluateAll((all) =>
    all.map((row) => [row.querySelector('.mono').textContent, row.querySelector('.candidate-terms')?.textContent ?? '']),
  );

test('how a combo chooses is set where it stands, says what it does, and stays, though lists come late', options, async (t) => {
  const { page, combo } = await entered(t);
  // What the page reads is older than what was set meanwhile, and shall not be what the next wish is built on.
  const late = async (route) => {
    const response = await route.fetch();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await route.fulfill({ response });
  };
  await page.route('**/api/combos', (route) => late(route).catch(() => {}));
  const editor = region(page, 'demo');
  await editor.getByText('The first that can serve answers').waitFor();
  await editor.getByText('Candidates, tried from the top').waitFor();

  await editor.getByLabel('Strategy').selectOption({ label: 'In turn' });
  await editor.getByText('Each is first for so many requests').waitFor();
  await editor.getByText('Candidates', { exact: true }).waitFor();
  const turns = editor.getByLabel('requests in a row for each', { exact: true });
  await turns.fill('3');
  await turns.press('Enter');
  await turns.fill('');
  await turns.press('Enter');
  await becomes(() => turns.inputValue(), '3', 5_000);
  await editor.getByLabel('Grouping').selectOption({ label: 'By tier' });
  await editor.getByLabel('Accounts of a provider').selectOption({ label: 'In turn' });
  const wish = { strategy: { by: 'round_robin', sticky: 3 }, grouping: 'by_tier', accounts: { by: 'round_robin', sticky: 1 } };
  await becomes(async () => (await combo('demo')).terms, wish);
  await pictures(page, 'combo-choosing');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.reload();
  await becomes(() => turns.inputValue(), '3');
  await becomes(() => editor.getByLabel('Grouping').locator('option:checked').innerText(), 'By tier');
  assert.deepEqual((await combo('demo')).candidates.map(({ model }) => model), [PLAN, THRIFT, FREE], 'the list is as it was');
});

test('a candidate gets terms, stands twice with others, and each keeps its own wherever it goes', options, async (t) => {
  const { page, combo } = await entered(t, /^(400|500) \/api\/combos\/demo$/);
  const editor = region(page, 'demo');
  await editor.getByLabel('Strategy').selectOption({ label: 'By weight' });
  await becomes(() => rows(editor), [[PLAN, 'Weight 1'], [THRIFT, 'Weight 1'], [FREE, 'Weight 1']]);

  await editor.getByRole('button', { name: `Terms of ${THRIFT}` }).click();
  const form = dialog(page, `Terms of ${THRIFT}`);
  await form.getByLabel('Weight').fill('most');
  await form.getByLabel('Prompts from').fill('200k');
  await form.getByLabel('Prompts up to').fill('1,000');
  await form.getByLabel('Only at some hours').check({ force: true });
  for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']) await form.getByLabel(day).uncheck();
  await form.getByLabel('Budget').selectOption({ label: 'Money' });
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Give a whole number from 0').waitFor();
  await form.getByText('Choose at least one day').waitFor();
  await form.getByText('Give an amount above nothing').waitFor();
  await pictures(page, 'combo-terms-wrong');
  await form.getByLabel('Weight').fill('5');
  for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await form.getByLabel(day).check();
  await form.getByLabel('How much, in dollars').fill('2.50');
  await form.getByLabel('Starts over').selectOption({ label: 'Every day' });
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('less than where prompts begin').waitFor();
  await form.getByLabel('Prompts up to').fill('');
  await form.getByLabel('Account', { exact: true }).selectOption({ index: 1 });

  // What the server refuses loses nothing of what was typed.
  const broken = (route) => route.fulfill({ status: 500, json: { code: 'storage', message: 'the disk is slow' } });
  await page.route('**/api/combos/demo', broken);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByRole('alert').getByText('The disk is slow').waitFor();
  assert.equal(await form.getByLabel('Prompts from').inputValue(), '200k');
  await page.unroute('**/api/combos/demo', broken);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  const account = (await combo('demo')).candidates[1].spec.account;
  assert.match(account, /^acc_/);
  const [, line] = (await rows(editor))[1];
  assert.match(line, /^Weight 5 · only the account .+ · prompts from 200,000 tokens · Mon–Fri 08:00–18:00 · up to \$2\.50 a day$/);

  // The same model once more, which needs other terms.
  await editor.getByRole('button', { name: 'Add candidates' }).click();
  const picker = dialog(page, 'Add candidates');
  await picker.getByRole('combobox').fill(FREE);
  await picker.getByRole('option', { name: FREE }).first().click();
  const more = dialog(page, `${FREE} once more`);
  await more.getByRole('button', { name: 'Save' }).click();
  await more.getByText('The combo has this model for the same account').waitFor();
  await more.getByLabel('Images').selectOption({ label: 'Only with' });
  await more.getByLabel('Weight').fill('0');
  await pictures(page, 'combo-terms-again');
  await more.getByRole('button', { name: 'Save' }).click();
  await more.waitFor({ state: 'detached' });
  await picker.getByRole('button', { name: 'Done' }).click();
  const [plan, thrift, plain, pictured] = [
    [PLAN, 'Weight 1'], [THRIFT, line], [FREE, 'Weight 1'], [FREE, 'Only when the others cannot · only with images'],
  ];
  await becomes(() => rows(editor), [plan, thrift, plain, pictured]);

  // Moved by keys and by the pointer, one over the other, each keeps its own.
  await editor.getByRole('button', { name: /4 of 4/ }).press('ArrowUp');
  await becomes(() => rows(editor), [plan, thrift, pictured, plain]);
  await editor.getByRole('button', { name: /3 of 4/ }).press('Home');
  await becomes(() => rows(editor), [pictured, plan, thrift, plain]);
  const handle = await editor.getByRole('button', { name: /1 of 4/ }).boundingBox();
  const row = await editor.locator('.candidate').first().boundingBox();
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2 + row.height * 2, { steps: 6 });
  await page.mouse.up();
  await becomes(() => rows(editor), [plan, thrift, pictured, plain]);
  await pictures(page, 'combo-terms');

  // Taken out and back, and by another name, each is as it was.
  await editor.getByRole('button', { name: 'Take out' }).nth(1).click();
  await becomes(() => rows(editor), [plan, pictured, plain]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await becomes(() => rows(editor), [plan, thrift, pictured, plain]);
  await editor.getByRole('button', { name: 'Rename' }).click();
  await editor.getByLabel('The combo’s name').fill('named');
  await editor.getByLabel('The combo’s name').press('Enter');
  const renamed = region(page, 'named');
  await becomes(() => rows(renamed), [plan, thrift, pictured, plain]);
  const kept = (await combo('named')).candidates.map(({ model, spec }) => [model, spec?.weight ?? 1, spec?.conditions.images ?? 'any']);
  assert.deepEqual(kept, [[PLAN, 1, 'any'], [THRIFT, 5, 'any'], [FREE, 0, 'with'], [FREE, 1, 'any']]);

  // Removed and wished back, all of it is there again.
  await renamed.getByRole('button', { name: 'Remove combo' }).click();
  await dialog(page, 'Remove the combo named?').getByRole('button', { name: 'Remove combo' }).click();
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await becomes(() => rows(renamed), [plan, thrift, pictured, plain]);
});

test('a ready-made combo is made by one click, by a name of its own or the one that is typed', options, async (t) => {
  const { page, call, combo } = await entered(t);
  const gratis = (await call('GET', '/api/accounts')).find(({ vendor }) => vendor === 'gratis');
  await call('PATCH', `/api/accounts/${gratis.id}`, { enabled: false });
  const open = async () => {
    await page.getByRole('button', { name: 'New combo' }).click();
    return region(dialog(page, 'New combo'), 'Ready-made');
  };
  let made = await open();
  const row = (name) => made.getByRole('listitem').filter({ hasText: name });
  assert.match((await texts(row('Zero cost')))[0], /not connected .*Tries @free · Fastest first/);
  assert.match((await texts(row('Always on')))[0], /^Always on connected .*Tries @subscription, @cheap, @free · In order/);
  await pictures(page, 'combo-templates');
  await made.getByRole('button', { name: 'Use this: Always on' }).click();
  await region(page, 'always-on').waitFor();
  assert.deepEqual((await combo('always-on')).candidates.map(({ model }) => model), ['@subscription', '@cheap', '@free']);
  made = await open();
  await made.getByRole('button', { name: 'Use this: Always on' }).click();
  await region(page, 'always-on-2').waitFor();
  made = await open();
  await dialog(page, 'New combo').getByLabel('Name').fill('night');
  await made.getByRole('button', { name: 'Use this: Maximize a subscription' }).click();
  await region(page, 'night').waitFor();
  assert.equal((await combo('night')).terms.strategy.by, 'most_quota_left');
});

test('what would happen now is shown, and follows the combo, the locks and what the request has', options, async (t) => {
  const { demo, page } = await entered(t);
  const editor = region(page, 'demo');
  const panel = region(page, 'What would happen now');
  const steps = async () =>
    (await texts(panel.getByRole('listitem'))).map((text) => /(\w+-demo) (Asked first|Next|Passed over)/.exec(text)?.slice(1).join(' '));
  await becomes(steps, ['opus-demo Asked first', 'coder-demo Next', 'open-demo Next']);
  await editor.getByRole('button', { name: 'Move down' }).first().click();
  await becomes(steps, ['coder-demo Asked first', 'opus-demo Next', 'open-demo Next']);

  await editor.getByRole('button', { name: `Terms of ${THRIFT}` }).click();
  const form = dialog(page, `Terms of ${THRIFT}`);
  await form.getByLabel('Images').selectOption({ label: 'Only with' });
  await form.getByRole('button', { name: 'Save' }).click();
  await becomes(async () => (await steps()).slice(0, 2), ['opus-demo Asked first', 'open-demo Next']);
  await panel.getByText('Passed over').waitFor();
  await panel.getByLabel('images').check();
  await becomes(steps, ['coder-demo Asked first', 'opus-demo Next', 'open-demo Next']);
  await panel.getByLabel('images').uncheck();

  // A quota that is spent closes the first one.
  for (let nth = 0; nth < 4; nth += 1) assert.equal((await ask(demo)).status, 200);
  await becomes(async () => (await steps()).at(0), 'open-demo Asked first');
  await panel.getByText(/until \d/).first().waitFor();
  await panel.getByRole('button', { name: 'Look again' }).click();
  await pictures(page, 'combo-foresight');
});

test('what was made meanwhile is not replaced: not by a new combo, an offer, or one wished back', options, async (t) => {
  const { demo, page, call, combo } = await entered(t, /^409 \/api\/combos\/(late|work|work-2)$/);
  const models = async (name) => (await combo(name)).candidates.map(({ model }) => model);

  await page.getByRole('button', { name: 'New combo' }).click();
  const making = dialog(page, 'New combo');
  await making.getByLabel('Name').fill('late');
  await making.getByRole('combobox').fill(THRIFT);
  await making.getByRole('option', { name: THRIFT }).first().click();
  const first = async (route) => {
    await call('PUT', '/api/combos/late', { candidates: [FREE] });
    await route.continue();
  };
  await page.route('**/api/combos/late', first, { times: 1 });
  await making.getByRole('button', { name: 'Make combo', exact: true }).last().click();
  await making.getByRole('alert').getByText(/combo "late" already/i).waitFor();
  assert.equal(await making.getByLabel('Name').inputValue(), 'late');
  assert.deepEqual(await models('late'), [FREE]);
  await making.getByRole('button', { name: 'Cancel' }).click();

  // The offer shows all of it in the words of the editor.
  await call('PUT', '/api/combos/work', {
    candidates: [{ model: PLAN, weight: 3, conditions: { tools: 'with' } }, { model: FREE, hours: { days: 96, from: 0, to: 1380 } }],
    terms: { strategy: { by: 'weighted' }, grouping: 'by_tier', accounts: { by: 'least_used' } },
  });
  const { link } = await call('GET', '/api/combos/work/link');
  await call('DELETE', '/api/combos/work');
  await page.goto(`${demo.address}/combos?link=${encodeURIComponent(link)}`);
  const offer = dialog(page, 'Add a shared combo?');
  await offer.getByText('Each is first as often as its weight says').waitFor();
  await offer.getByText('By tier').waitFor();
  await offer.getByText('The least used first').waitFor();
  assert.deepEqual(await texts(offer.getByRole('listitem')), [
    `${PLAN} Weight 3 · only with tools`,
    `${FREE} Weight 1 · Sat, Sun 00:00–23:00`,
  ]);
  await pictures(page, 'combo-offer');
  await call('PUT', '/api/combos/work', { candidates: [THRIFT] });
  await offer.getByRole('button', { name: 'Add combo' }).click();
  await offer.getByRole('alert').getByText(/combo "work" already/i).waitFor();
  await offer.getByText('It will be called work-2').waitFor();
  await offer.getByRole('button', { name: 'Add combo' }).click();
  await offer.waitFor({ state: 'detached' });
  assert.deepEqual([await models('work'), await models('work-2')], [[THRIFT], [PLAN, FREE]]);

  const editor = region(page, 'work-2');
  await editor.getByRole('button', { name: 'Remove combo' }).click();
  await dialog(page, 'Remove the combo work-2?').getByRole('button', { name: 'Remove combo' }).click();
  await page.getByText('The combo work-2 was removed').waitFor();
  await call('PUT', '/api/combos/work-2', { candidates: [FREE] });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText(/combo "work-2" already/i).waitFor();
  assert.deepEqual(await models('work-2'), [FREE]);
});
