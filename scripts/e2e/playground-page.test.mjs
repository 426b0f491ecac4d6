// The playground in a real browser, over the real server and simulated vendors.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openPage, pictures, withoutBrowser } from './world/browser.mjs';
import { becomes, go } from './world/dashboard.mjs';
import { until } from './world/processes.mjs';
import { startWorld, vendorKey } from './world/switchyard.mjs';

const options = { skip: withoutBrowser, timeout: 240_000 };

const LONG = 'm-with-a-name-that-somebody-thought-would-never-be-shown-anywhere';

function vendor(id, model, more) {
  const script = `
[VENDOR]
models = ["${model}"]
keys = ["${vendorKey(id)}"]
${more}`;
  return { id, dialect: 'messages', model, tier: 'cheap', script };
}

const WORDS = 'So: 智谱 ü\\n```js\\nlet  x = 1;\\n```\\nand <b>that</b> is all.';

/** Starts a server with vendors that answer, answer slowly and refuse, and opens the playground. */
async function playground(t, expected) {
  const vendors = [
    vendor('fast', LONG, `[[VENDOR.turn]]\nmodel = "${LONG}"\ntext = "${WORDS}"`),
    vendor('slow', 'm', `pace = "1s"\nchunk_chars = 2\n[[VENDOR.turn]]\nmodel = "m"\ntext = "${'word '.repeat(200)}"`),
    vendor('full', 'm', '[[VENDOR.fault]]\nwhen = "always"\nfault = "quota"'),
  ];
  const world = await startWorld(t, { vendors, combo: [`fast/${LONG}`] });
  const { page, open } = await openPage(t, expected);
  const { url } = await world.call('POST', '/api/links');
  await open(url, page.getByRole('heading', { name: 'Overview', level: 1 }));
  await page.keyboard.press('g');
  await page.keyboard.press('y');
  await page.getByRole('heading', { name: 'Playground', level: 1 }).waitFor();
  const message = page.getByLabel('Message', { exact: true });
  const say = async (text) => {
    await message.fill(text);
    await message.press('Enter');
  };
  const choose = async (model) => {
    await page.getByRole('button', { name: /^Model/ }).click();
    const picker = page.getByRole('dialog', { name: /^Model/ });
    await picker.getByRole('combobox').fill(model);
    await picker.getByRole('option', { name: model }).first().click();
  };
  const turns = page.getByRole('log').locator('.turn');
  return { world, page, message, say, choose, turns };
}

const DIALECTS = [
  ['OpenAI Chat', '/v1/chat/completions', 'data: {"id"', 'chat'],
  ['OpenAI Responses', '/v1/responses', 'response.output_text.delta', 'responses'],
  ['Anthropic Messages', '/v1/messages', 'event: content_block_delta', 'messages'],
  ['Gemini', '/v1beta/models/auto:streamGenerateContent?alt=sse', '"candidates"', 'gemini'],
  ['Ollama', '/api/chat', '"done":true', 'ollama'],
];

test('every dialect is spoken, with the exchange to the byte, as one conversation', options, async (t) => {
  const { world, page, say, turns } = await playground(t);
  await page.getByText('Nothing was asked yet').waitFor();
  await pictures(page, 'playground-empty');
  await page.getByText('System prompt, temperature, length').click();
  await page.getByLabel('System prompt').fill('Be short.');
  for (const [nth, [name, path, sign, dialect]] of DIALECTS.entries()) {
    await page.getByLabel('Dialect').selectOption({ label: name });
    await say(`Question ${nth}`);
    const turn = turns.nth(nth);
    await turn.getByText('Answered').waitFor();
    assert.equal(await turn.locator('.turn-answer').innerText(), 'So: 智谱 ü\nlet  x = 1;\nand <b>that</b> is all.', name);
    assert.equal(await turn.locator('.turn-answer code').innerText(), 'let  x = 1;');
    assert.match(await turn.innerText(), /My fast · m-with[^]*tokens in, [^]*out · [^]*ms/);

    await turn.getByRole('button', { name: 'Raw exchange' }).click();
    const request = await turn.getByRole('region', { name: 'Request' }).locator('pre').innerText();
    assert.ok(request.startsWith(`POST ${world.server}/api/playground${path}\n`), request);
    const body = JSON.parse(request.slice(request.indexOf('\n\n')));
    const said = JSON.stringify(body);
    assert.ok(said.includes('Be short.') && said.includes(`Question ${nth}`), said);
    assert.equal((said.match(/智谱/g) ?? []).length, nth, 'what was answered before goes along');
    const reply = await turn.getByRole('region', { name: 'Reply' }).locator('pre').innerText();
    assert.match(reply, /^200\ncontent-type: [^\n]*\nx-switchyard-request: req_\w+\n/);
    assert.ok(reply.includes(sign), reply);
    const [row] = (await world.call('GET', '/api/requests?limit=1')).requests;
    assert.deepEqual([row.dialect, row.key, row.stream], [dialect, 'Playground', true]);
    assert.ok(reply.includes(row.id));
  }
  const html = await page.content();
  assert.ok(!html.includes(vendorKey('fast')) && !html.includes(world.key));
  assert.match(await turns.nth(0).getByText('Be short.').first().innerText(), /\(your session, not shown\)/);
  await pictures(page, 'playground');

  await page.getByLabel('Temperature', { exact: true }).fill('hot');
  await say('Not sent');
  await page.getByRole('alert').getByText('from 0 to 2').waitFor();
  assert.equal(await page.getByLabel('Message', { exact: true }).inputValue(), 'Not sent', 'what was typed stays');
  await page.getByLabel('Temperature', { exact: true }).fill('0.5');
  await page.getByLabel('Longest answer').fill('64');
  await page.getByLabel('Stream the answer').uncheck({ force: true });
  await say('In one piece');
  const whole = turns.nth(5);
  await whole.getByText('Answered').waitFor();
  assert.match(await whole.locator('.turn-answer').innerText(), /^So: 智谱 ü/);
  await whole.getByRole('button', { name: 'Raw exchange' }).click();
  const sent = await whole.getByRole('region', { name: 'Request' }).locator('pre').innerText();
  assert.match(sent, /"num_predict": 64[^]*"temperature": 0.5[^]*"stream": false/);

  // The conversation outlives a look at the trace, and not a reload.
  await whole.getByRole('link', { name: 'Trace' }).click();
  await page.getByRole('complementary', { name: 'Request' }).waitFor();
  await go(page, 'Playground');
  assert.equal(await turns.count(), 6);
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('Nothing was asked yet').waitFor();
});

test('an answer is stopped at once, and a refusal is told in its envelope and in a sentence', options, async (t) => {
  const { world, page, say, choose, turns } = await playground(t, /^(429|503) \/api\/playground\//);
  await choose('slow/m');
  await say('Tell me a long story');
  await becomes(async () => (await turns.nth(0).locator('.turn-answer').innerText()).startsWith('word'), true);
  await pictures(page, 'playground-running');
  await page.getByRole('button', { name: 'Stop' }).click();
  await turns.nth(0).getByText('Stopped').waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
  const cancelled = await until('the row of what was stopped', 20_000, async () => {
    const { requests } = await world.call('GET', '/api/requests');
    return requests.find(({ outcome }) => outcome === 'cancelled');
  });
  assert.equal(cancelled.served_by.vendor, 'slow');
  await turns.nth(0).getByText('Cancelled').waitFor();

  await choose('full/m');
  for (const [nth, [name, , , dialect]] of DIALECTS.entries()) {
    await page.getByLabel('Dialect').selectOption({ label: name });
    await say(`Refuse me ${dialect}`);
    const turn = turns.nth(nth + 1);
    const told = turn.getByRole('alert');
    await told.getByText(/^(No provider could answer|Quotas or rates are spent for now)\.?$/).waitFor();
    assert.match(await turn.locator('pre').innerText(), /^\{\s+("type": "error",\s+)?"error":/, name);
    await turn.getByRole('link', { name: 'Trace' }).waitFor();
  }
  await pictures(page, 'playground-refused');

  // What was refused is no part of the conversation that goes on.
  await choose(`fast/${LONG}`);
  await say('And now');
  const last = turns.nth(6);
  await last.getByText('Answered').waitFor();
  const request = world.back.findLast(({ path }) => path.startsWith('/fast/'));
  assert.doesNotMatch(request.text, /Refuse me/);
  assert.match(request.text, /Tell me a long story[^]*word[^]*And now/);
});
