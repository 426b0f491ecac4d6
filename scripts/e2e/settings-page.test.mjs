// The settings, section by section, in a real browser over the demo.

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { pictures, withoutBrowser } from './world/browser.mjs';
import { ask, becomes, go, signedIn } from './world/dashboard.mjs';
import { temporaryFolder } from './world/processes.mjs';

const options = { skip: withoutBrowser, timeout: 180_000 };
const passphrase = 'a long passphrase of mine';

/** Goes to a section of the settings by the index. */
async function section(page, name) {
  if ((await page.getByRole('heading', { name: 'Settings', level: 1 }).count()) === 0) await go(page, 'Settings');
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name }).click();
}
const region = (page, name) => page.getByRole('region', { name, exact: true });
const dialog = (page, name) => page.getByRole('dialog', { name });

test('a backup is made and checked, and a password is set and must be shown to be changed', options, async (t) => {
  const { page } = await signedIn(t, /^(400|403) \/api\/password$/);
  await section(page, 'Data');
  const backups = region(page, 'Backups');
  await backups.getByRole('button', { name: 'Back up now' }).click();
  await page.getByText('The backup is made').waitFor();
  await backups.getByRole('button', { name: /^Check / }).first().click();
  await page.getByText(/is whole and can be restored/).waitFor();

  await section(page, 'Security');
  const password = region(page, 'Password');
  const set = async (now, next) => {
    await password.getByLabel('Password so far').fill(now);
    await password.getByLabel('New password').fill(next);
    await password.getByRole('button', { name: 'Change the password' }).click();
  };
  await set('', 'a rather long password of mine');
  await page.getByText('The password is changed').waitFor();
  await set('not that one', 'another rather long password');
  await password.getByRole('alert').getByText(/not the password/).waitFor();
  assert.equal(await password.getByLabel('New password').inputValue(), 'another rather long password', 'nothing typed is lost');
  await pictures(page, 'settings-security');

  await section(page, 'About');
  assert.match(await region(page, 'About').innerText(), /Data folder/);
  await pictures(page, 'settings-about');
});

test('the theme is chosen, the sections have addresses, and the palette finds them', options, async (t) => {
  const { demo, page } = await signedIn(t);
  await go(page, 'Settings');
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? 'system');
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await becomes(theme, 'dark');
  await page.reload();
  await becomes(theme, 'dark');
  await region(page, 'Theme').getByRole('radio', { name: 'As the system' }).check({ force: true });
  await becomes(theme, 'system');
  await pictures(page, 'settings-general');

  await section(page, 'Network');
  assert.match(await region(page, 'Addresses for agents').innerText(), new RegExp(`${demo.address}/v1`));
  await pictures(page, 'settings-network');
  await page.keyboard.press('Control+k');
  await dialog(page, 'Find').getByRole('combobox').fill('settings budgets');
  await page.keyboard.press('Enter');
  await page.getByText('No budget yet').waitFor();
  assert.match(page.url(), /section=budgets$/);
  await page.goBack();
  await region(page, 'Listener').waitFor();
});

test('budgets are held to, say by their field what is wrong, and are changed and removed', options, async (t) => {
  const { demo, page } = await signedIn(t, /^404 \/api\/budgets\//);
  await section(page, 'Budgets');
  await page.getByRole('button', { name: 'Add a budget' }).click();
  const panel = dialog(page, 'Add a budget');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('Give it a name.').waitFor();
  await panel.getByText('Give an amount above nothing').waitFor();
  await panel.getByLabel('Name').fill('everyone');
  await panel.getByLabel('Counted in').selectOption({ label: 'Tokens' });
  await panel.getByLabel('How many tokens').fill('1.5x');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('such as 200,000 or 1.5M').last().waitFor();
  await pictures(page, 'settings-budget-wrong');
  await panel.getByLabel('How many tokens').fill('1');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.waitFor({ state: 'detached' });

  const row = region(page, 'Budgets').getByRole('listitem').filter({ hasText: 'everyone' });
  await row.getByText('1 tokens a month').waitFor();
  assert.equal((await ask(demo)).status, 200);
  await row.getByText('Spent').waitFor();
  assert.notEqual((await ask(demo)).status, 200, 'what would spend more is refused');
  // One that is ugly in every respect, made by somebody else.
  const ugly = `a-name-of-sixty-letters-that-nobody-would-choose-but-may-${'x'.repeat(4)}`;
  const send = (method, body) =>
    page.evaluate(
      async ([path, method, body]) => {
        const headers = { 'content-type': 'application/json' };
        return (await fetch(path, { method, headers, body: JSON.stringify(body) })).status;
      },
      [`/api/budgets/${ugly}`, method, body],
    );
  assert.equal(await send('PUT', { of: { is: 'all' }, period: 'day', limit: { money: 12_345_670_000_001 }, strictness: 'soft' }), 200);
  await page.getByText('$12,345.67 a day').waitFor();
  await pictures(page, 'settings-budgets');
  assert.equal(await send('DELETE'), 200);

  await row.getByRole('button', { name: 'Change everyone' }).click();
  const change = dialog(page, 'Change everyone');
  await change.getByLabel('When it is spent').selectOption({ label: 'Only tell me' });
  await change.getByRole('button', { name: 'Save' }).click();
  await change.waitFor({ state: 'detached' });
  assert.equal((await ask(demo)).status, 200);
  await row.getByRole('button', { name: 'Remove everyone' }).click();
  await dialog(page, 'Remove the budget everyone?').getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('No budget yet').waitFor();
});

test('a path gets a rule, which answers what is asked there, and is removed', options, async (t) => {
  const { demo, page } = await signedIn(t, /^400 \/api\/rules\//);
  await section(page, 'Rules');
  await page.getByRole('button', { name: 'Add a path' }).click();
  const panel = dialog(page, 'Add a path');
  await panel.getByLabel('Path').fill('shop');
  await panel.getByLabel('Names that stand for others').fill('claude-opus-*');
  await panel.getByLabel('Requests in a minute').fill('none');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByText('“claude-opus-*” has no two sides').waitFor();
  await panel.getByText('Give a whole number from 1').waitFor();
  await panel.getByLabel('Names that stand for others').fill('claude-opus-* = gratis/open-demo');
  await panel.getByLabel('Requests in a minute').fill('30');
  await panel.getByLabel('Models it may ask for').fill('*a*b*');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.getByRole('alert').getByText(/at most one star/).waitFor();
  await pictures(page, 'settings-rule');
  await panel.getByLabel('Models it may ask for').fill('claude-*\ngratis/*');
  await panel.getByRole('button', { name: 'Save' }).click();
  await panel.waitFor({ state: 'detached' });

  const row = region(page, 'Rules of keys and paths').getByRole('listitem');
  await row.getByText('/k/shop', { exact: true }).waitFor();
  const asked = await ask({ ...demo, address: `${demo.address}/k/shop` }, { model: 'claude-opus-9' });
  assert.match(await asked.text(), /This is gratis speaking/);
  await pictures(page, 'settings-rules');
  await row.getByRole('button', { name: 'Remove /k/shop' }).click();
  await dialog(page, 'Remove the rule of /k/shop?').getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('No rules yet').waitFor();
});

test('routing and notifications are set, and a refused save loses nothing', options, async (t) => {
  const { page } = await signedIn(t, /^(409|500) \/api\/(notifications\/test|routing)$/);
  await section(page, 'Routing');
  const accounts = region(page, 'Accounts');
  const leave = accounts.getByLabel('Leave a quota window early');
  await leave.fill('140');
  await accounts.getByRole('button', { name: 'Save' }).click();
  await accounts.getByText('Give a percent from 0 to 100').waitFor();
  await leave.fill('92.5');
  const broken = (route) => route.fulfill({ status: 500, json: { code: 'storage', message: 'the disk is slow' } });
  await page.route('**/api/routing', broken);
  await accounts.getByRole('button', { name: 'Save' }).click();
  await accounts.getByRole('alert').getByText('The disk is slow').waitFor();
  assert.equal(await leave.inputValue(), '92.5');
  await page.unroute('**/api/routing', broken);
  await accounts.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
  await page.reload();
  await becomes(() => leave.inputValue(), '92.50');
  await pictures(page, 'settings-routing');

  await section(page, 'Notifications');
  const shown = region(page, 'Notifications');
  await shown.getByLabel('A quota runs low').uncheck({ force: true });
  await shown.getByLabel('Quiet hours').check({ force: true });
  await shown.getByLabel('From').fill('21:30');
  for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']) await shown.getByLabel(day).uncheck();
  await shown.getByRole('button', { name: 'Save' }).click();
  await shown.getByText('Choose at least one day').waitFor();
  await shown.getByLabel('Sat').check();
  await shown.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').last().waitFor();
  await page.reload();
  await shown.getByLabel('From').waitFor();
  assert.equal(await shown.getByLabel('From').inputValue(), '21:30');
  assert.equal(await shown.getByLabel('A quota runs low').isChecked(), false);
  assert.equal(await shown.getByLabel('Sat').isChecked(), true);
  assert.equal(await shown.getByLabel('Sun').isChecked(), false);
  await shown.getByRole('button', { name: 'Show one now' }).click();
  await shown.getByRole('alert').getByText(/No desktop shows notifications/).waitFor();
  await pictures(page, 'settings-notifications');
});

test('what is said is kept on wish and deleted, and everything goes out and comes in by a file', options, async (t) => {
  const { demo, page } = await signedIn(t, /^400 \/api\/import\/preview$/);
  await section(page, 'Data');
  const bodies = region(page, 'What agents and models say');
  await bodies.getByText('Nothing is kept').waitFor();
  await bodies.getByLabel('Keep what is said from now on').check({ force: true });
  await bodies.getByLabel('For so many days').fill('400');
  await bodies.getByRole('button', { name: 'Save' }).click();
  await bodies.getByText('Give a number from 1 to 90').waitFor();
  await bodies.getByLabel('For so many days').fill('3');
  await bodies.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved').waitFor();
  assert.equal((await ask(demo)).status, 200);
  await page.reload();
  await bodies.getByText('1 request,').waitFor();
  await bodies.getByRole('button', { name: 'Delete all' }).click();
  const question = dialog(page, 'Delete everything that was said?');
  await question.getByRole('button', { name: 'Delete all' }).click();
  await bodies.getByText('Nothing is kept').waitFor();

  const out = region(page, 'Export');
  await out.getByLabel('Passphrase').fill('short');
  await out.getByRole('button', { name: 'Export' }).click();
  await out.getByText('It must have at least 12 characters').waitFor();
  await out.getByLabel('Passphrase').fill(passphrase);
  const [download] = await Promise.all([page.waitForEvent('download'), out.getByRole('button', { name: 'Export' }).click()]);
  const file = join(await temporaryFolder(t, 'export'), 'mine.json');
  await download.saveAs(file);
  assert.ok(!(await readFile(file, 'utf8')).includes('demo'), 'it is sealed');

  await go(page, 'Keys');
  await page.getByLabel('What is it for').fill('made later');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await section(page, 'Data');
  const back = region(page, 'Import');
  const look = back.getByRole('button', { name: 'See what would change' });
  await look.click();
  await back.getByText('Choose the file first').waitFor();
  await back.getByLabel('File').setInputFiles(file);
  await back.getByLabel('Its passphrase').fill('quite another passphrase');
  await look.click();
  await back.getByText('This passphrase does not open the file').waitFor();
  await back.getByLabel('Its passphrase').fill(passphrase);
  await look.click();
  await back.getByText('Removed 1: made later').waitFor();
  await pictures(page, 'settings-data');
  await back.getByRole('button', { name: 'Import', exact: true }).click();
  await dialog(page, 'Import this file?').getByRole('button', { name: 'Import' }).click();
  await page.getByText('The file is imported').waitFor();
  await go(page, 'Keys');
  await page.getByText('made later').waitFor({ state: 'detached' });

  const junk = join(await temporaryFolder(t, 'junk'), 'junk.json');
  await writeFile(junk, '{"no":"export"}');
  await section(page, 'Data');
  await back.getByLabel('File').setInputFiles(junk);
  await look.click();
  await back.getByRole('alert').waitFor();
});

test('the language is chosen, kept, and spoken on every page without running over', options, async (t) => {
  const { page } = await signedIn(t, /^400 \/api\/tools$/);
  const speaks = () => page.evaluate(() => document.documentElement.lang);
  const speak = (where, tag) => where.locator(`html[lang="${tag}"]`).waitFor({ state: 'attached' });
  const english = ['Overview', 'Playground', 'Providers', 'Combos', 'Quota', 'Usage', 'Requests', 'Tools', 'Keys', 'Settings'];
  const heading = page.getByRole('heading', { level: 1 });
  await section(page, 'General');
  const chinese = ['这里不改动编程工具', '演示结束后即消失；请启动 `switchyard serve` 来设置工具'];
  const vietnamese = ['Ở đây không động đến các công cụ lập trình', 'Bản demo mất khi kết thúc; hãy chạy `switchyard serve` để thiết lập công cụ'];
  for (const [name, tag, settings, refusal, hint] of [['简体中文', 'zh-CN', '设置', ...chinese], ['Tiếng Việt', 'vi', 'Cài đặt', ...vietnamese]]) {
    await page.getByRole('radio', { name }).click();
    await speak(page, tag);
    await page.getByRole('heading', { level: 1, name: settings }).waitFor();
    assert.ok(await page.getByRole('radio', { name }).isChecked());
    // It is the program's setting: another browser, where nothing was chosen, speaks it too.
    const { cookies } = await page.context().storageState();
    const another = await page.context().browser().newContext({ storageState: { cookies, origins: [] }, locale: 'en-US' });
    const other = await another.newPage();
    await other.goto(new URL('/settings', page.url()).href);
    await speak(other, tag);
    await other.getByRole('radio', { name }).waitFor({ state: 'attached' });
    assert.ok(await other.getByRole('radio', { name }).isChecked());
    await another.close();
    await page.getByRole('link').first().waitFor();
    const places = await page.locator('nav a[href^="/"]').evaluateAll((links) => [...new Set(links.map((link) => link.pathname))]);
    assert.ok(places.length >= 9, `the navigation leads to ${places}`);
    for (const place of places) {
      for (const width of [1280, 380]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(new URL(place, page.url()).href);
        await heading.waitFor();
        assert.equal(await speaks(), tag);
        assert.ok(!english.includes(await heading.innerText()), `${place} is headed in English`);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${place} in ${tag} is ${over} px wider than ${width}`);
        // What the server says is told in the same language: here, that the demo leaves tools alone, and what to do.
        if (place === '/tools') {
          await page.getByText(refusal).waitFor();
          await page.getByText(hint).waitFor();
        }
      }
    }
    await page.setViewportSize({ width: 1360, height: 900 });
    await page.goto(new URL('/settings', page.url()).href);
    await heading.waitFor();
  }
  await page.getByRole('radio', { name: 'English' }).click();
  await speak(page, 'en');
});
