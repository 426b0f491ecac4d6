// The page of coding tools in a real browser, over the real server, in a home folder of its own.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

import { openPage, picture, withoutBrowser } from './world/browser.mjs';
import { temporaryFolder } from './world/processes.mjs';
import { startDemo, startWorld } from './world/switchyard.mjs';
import { vendor } from './world/task.mjs';

const options = { skip: withoutBrowser, timeout: 120_000 };

const CLAUDE = '.claude/settings.json';
const CODEX = '.codex/config.toml';
const CLAUDE_BEFORE =
  '{\r\n\t"permissions": { "allow": ["Bash(ls:*)"] },\r\n\t"env": {\r\n\t\t"DEBUG": "1"\r\n\t}\r\n}';
const CODEX_BEFORE = '# my own\nmodel = "gpt-5"   # the best\n\n[tui]\nnotifications = true\n';

/** Starts a server whose user has these files, and opens the page of tools. */
async function toolsPage(t, files, expected) {
  const home = await temporaryFolder(t, 'home');
  const at = (file) => join(home, file);
  const write = async (file, text) => {
    await mkdir(dirname(at(file)), { recursive: true });
    await writeFile(at(file), text);
  };
  for (const [file, text] of Object.entries(files)) await write(file, text);
  const vendors = [vendor('fast', 'chat', 'm-1', 'cheap')];
  const world = await startWorld(t, { vendors, combo: ['fast/m-1'], home });
  await world.call('PUT', '/api/combos/small', { candidates: ['fast/m-1'] });
  const { page, open } = await openPage(t, expected);
  const { url } = await world.call('POST', '/api/links');
  await open(url, page.getByRole('heading', { name: 'Overview', level: 1 }));
  const go = async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Tools' }).click();
    await page.getByRole('heading', { name: 'Tools', level: 1 }).waitFor();
  };
  await go();
  const list = page.getByRole('navigation', { name: 'Tools' });
  const row = (name) => list.getByRole('link', { name: new RegExp(`^${name}\\b`) });
  const stands = (name, word) => row(name).getByText(word, { exact: true }).waitFor();
  const tool = (name) => page.getByRole('region', { name, exact: true });
  const read = (file) => readFile(at(file), 'utf8');
  const choose = async (field, model) => {
    await page.getByRole('button', { name: new RegExp(`^${field}`) }).click();
    const picker = page.getByRole('dialog', { name: new RegExp(`^${field}`) });
    await picker.getByRole('combobox').fill(model);
    await picker.getByRole('option', { name: model }).first().click();
    await picker.waitFor({ state: 'detached' });
  };
  return { world, page, row, stands, tool, read, write, choose, at };
}

const files = { [CLAUDE]: CLAUDE_BEFORE, [CODEX]: CODEX_BEFORE };

test('a tool is pointed here after its diff was seen, and put back byte for byte', options, async (t) => {
  const { world, page, row, stands, tool, read, choose } = await toolsPage(t, files);
  await stands('Claude Code', 'Untouched');
  await picture(page, 't1-tools');

  await row('Claude Code').click();
  const claude = tool('Claude Code');
  await choose('Model', 'work');
  await choose('Haiku', 'small');
  await claude.getByRole('button', { name: 'Show the changes' }).click();
  const plan = page.getByRole('region', { name: 'What will be written' });
  const edits = plan.getByRole('list', { name: 'Setting by setting' });
  const edit = async (key) => (await edits.getByRole('listitem').filter({ hasText: key }).innerText()).replace(/\s+/g, ' ');
  assert.match(await edit('env.ANTHROPIC_MODEL'), /not set .*"work"/);
  assert.match(await edit('env.ANTHROPIC_DEFAULT_HAIKU_MODEL'), /not set .*"small"/);
  assert.match(await edit('env.ANTHROPIC_AUTH_TOKEN'), /••••/);
  const diff = plan.getByRole('region', { name: /line by line/ });
  const lines = await diff.getByRole('row').allInnerTexts();
  assert.ok(lines.some((line) => /\+\s+"ANTHROPIC_BASE_URL": "http:\/\/127\.0\.0\.1:/.test(line)), lines.join('\n'));
  assert.ok(lines.some((line) => line.includes('"permissions"')), 'what stays is shown around it');
  await picture(page, 't2-plan');
  assert.equal(await read(CLAUDE), CLAUDE_BEFORE, 'a plan writes nothing');

  await plan.getByRole('button', { name: 'Write it' }).click();
  await claude.getByRole('status').getByText('Claude Code is pointed here, for work').waitFor();
  await stands('Claude Code', 'Pointed here');
  const { env } = JSON.parse(await read(CLAUDE));
  assert.deepEqual(
    [env.DEBUG, env.ANTHROPIC_BASE_URL, env.ANTHROPIC_MODEL, env.ANTHROPIC_DEFAULT_HAIKU_MODEL],
    ['1', world.server, 'work', 'small'],
  );
  assert.ok(!(await page.content()).includes(env.ANTHROPIC_AUTH_TOKEN), 'the page never had the key');
  await picture(page, 't3-applied');

  await page.reload();
  await claude.getByRole('button', { name: /^Haiku.*small/ }).waitFor();
  await claude.getByRole('button', { name: 'Put it back' }).click();
  const back = page.getByRole('region', { name: 'What will be put back' });
  await back.getByText('taken out').first().waitFor();
  await picture(page, 't4-back');
  await back.getByRole('button', { name: 'Put it back now' }).click();
  await claude.getByRole('status').getByText('Claude Code is as it was').waitFor();
  await claude.getByText('The key Claude Code is refused from now on.').waitFor();
  await stands('Claude Code', 'Untouched');
  assert.equal(await read(CLAUDE), CLAUDE_BEFORE);
  assert.equal(await read(CODEX), CODEX_BEFORE, 'another tool is left alone');
});

test('what the user changed since stays and is told, and a copy of the file can be restored', options, async (t) => {
  const { page, row, stands, tool, read, write, choose } = await toolsPage(t, files);
  await row('Codex').click();
  const codex = tool('Codex');
  await choose('Model', 'work');
  await codex.getByRole('button', { name: 'Show the changes' }).click();
  await page.getByRole('button', { name: 'Write it' }).click();
  await stands('Codex', 'Pointed here');
  const written = await read(CODEX);
  assert.match(written, /^# my own\nmodel = "work"   # the best\n/);

  await write(CODEX, written.replace('model = "work"', 'model = "mine"'));
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await stands('Codex', 'Changed since');
  await codex.getByRole('button', { name: 'Put it back' }).click();
  const back = page.getByRole('region', { name: 'What will be put back' });
  await back.getByText('Stays as you changed it').waitFor();
  await picture(page, 't5-left');
  await back.getByRole('button', { name: 'Put it back now' }).click();
  await codex.getByRole('status').getByText('Codex is put back, but for what you changed').waitFor();
  assert.equal(await read(CODEX), CODEX_BEFORE.replace('"gpt-5"', '"mine"'));

  await codex.getByText('Backups').click();
  await codex.getByRole('listitem').filter({ hasText: 'as you had it' }).getByRole('button').last().click();
  await page.getByRole('dialog', { name: 'Put this copy back?' }).getByRole('button', { name: 'Restore' }).click();
  await page.getByText('config.toml is back').waitFor();
  assert.equal(await read(CODEX), CODEX_BEFORE);
  await picture(page, 't6-backups');
});

test('a broken file is refused with its line and column, and left as it is', options, async (t) => {
  const broken = '{\n  "env": { "DEBUG": }\n}\n';
  const refused = /^400 \/api\/tools\/claude-code\/plan$/;
  const { page, row, stands, tool, read, write, choose, at } = await toolsPage(t, files, refused);
  await row('Claude Code').click();
  const claude = tool('Claude Code');
  await choose('Model', 'work');
  await write(CLAUDE, broken);
  await claude.getByRole('button', { name: 'Show the changes' }).click();
  const alert = claude.getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.innerText(), /settings\.json, line 2, column \d+/);
  await picture(page, 't7-refused');

  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await stands('Claude Code', 'Broken file');
  await alert.getByText(at(CLAUDE)).waitFor();
  assert.match(await alert.innerText(), /line 2, column \d+/);
  assert.equal(await claude.getByRole('button', { name: 'Show the changes' }).count(), 0);
  await picture(page, 't8-broken');
  assert.equal(await read(CLAUDE), broken);

  await write(CLAUDE, CLAUDE_BEFORE);
  await alert.getByRole('button', { name: 'Look again' }).click();
  await stands('Claude Code', 'Untouched');
  await claude.getByRole('button', { name: 'Show the changes' }).waitFor();
});

test('a file that changes under a plan is not written, and the new changes are shown', options, async (t) => {
  const moved = /^409 \/api\/tools\/claude-code\/apply$/;
  const { page, row, stands, read, write, choose } = await toolsPage(t, files, moved);
  await row('Claude Code').click();
  await choose('Model', 'work');
  await page.getByRole('button', { name: 'Show the changes' }).click();
  const plan = page.getByRole('region', { name: 'What will be written' });
  await plan.waitFor();
  await write(CLAUDE, '{ "model": "opus" }\n');
  await plan.getByRole('button', { name: 'Write it' }).click();
  await plan.getByText('The files changed meanwhile').waitFor();
  assert.equal(await read(CLAUDE), '{ "model": "opus" }\n');
  await plan.getByText('"model": "opus"').first().waitFor();
  await picture(page, 't9-moved');
  await plan.getByRole('button', { name: 'Write it' }).click();
  await stands('Claude Code', 'Pointed here');
  assert.equal(JSON.parse(await read(CLAUDE)).env.ANTHROPIC_MODEL, 'work');
});

test('two windows agree, and everything is put back at once', options, async (t) => {
  const { world, page, stands, read } = await toolsPage(t, files);
  for (const id of ['claude-code', 'codex']) {
    const { fingerprint } = await world.call('POST', `/api/tools/${id}/plan`, { model: 'work' });
    await world.call('POST', `/api/tools/${id}/apply`, { model: 'work', fingerprint });
  }
  await stands('Claude Code', 'Pointed here');
  await stands('Codex', 'Pointed here');
  const other = await page.context().newPage();
  await other.goto(page.url());
  const quit = (page) => page.getByRole('switch', { name: 'Put every tool back when Switchyard quits' });
  await quit(page).check({ force: true });
  await other.waitForFunction(() => document.querySelector('.everything input')?.checked);
  assert.deepEqual(await world.call('GET', '/api/tool-settings'), { revert_on_quit: true });
  await picture(page, 't10-everything');

  await page.getByRole('button', { name: 'Put all tools back' }).click();
  const question = page.getByRole('dialog', { name: 'Put all tools back?' });
  assert.match(await question.innerText(), /Claude Code, Codex/);
  await question.getByRole('button', { name: 'Put all tools back' }).click();
  await page.getByText('2 tools are as before').waitFor();
  const there = other.getByRole('navigation', { name: 'Tools' });
  await there.getByRole('link', { name: /^Codex/ }).getByText('Untouched').waitFor();
  assert.deepEqual([await read(CLAUDE), await read(CODEX)], [CLAUDE_BEFORE, CODEX_BEFORE]);
});

test('a guide is filled with address, model and a key that is made for its tool', options, async (t) => {
  const { world, page, row, stands, tool, choose } = await toolsPage(t, files);
  await row('Cline').click();
  const cline = tool('Cline');
  await choose('Model', 'small');
  const command = cline.locator('pre').first();
  await command.getByText('--modelid small').waitFor();
  assert.equal(
    await command.innerText(),
    `cline auth --provider openai-compatible --baseurl ${world.server}/v1 --apikey YOUR-KEY --modelid small`,
  );
  await cline.getByRole('button', { name: 'Make its key' }).click();
  await command.getByText('--apikey sy-').waitFor();
  const key = /--apikey (\S+)/.exec(await command.innerText())[1];
  await picture(page, 't11-guide');
  const answer = await fetch(`${world.server}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(answer.status, 200);
  await stands('Cline', 'Has its key');
  await row('Zed').click();
  await tool('Zed').waitFor();
  assert.ok(!(await page.content()).includes(key), 'the key is gone with its page');
});

test('the demo leaves tools alone and says so', options, async (t) => {
  const demo = await startDemo(t);
  const { page, open } = await openPage(t, /^400 \/api\/tools$/);
  await open(demo.link, page.getByRole('heading', { name: 'Overview', level: 1 }));
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await page.getByText('coding tools are left alone here').waitFor();
  await page.getByText('switchyard serve').waitFor();
  await picture(page, 't12-demo');
});
