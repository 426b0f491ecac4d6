// A Chromium of its own for a test, and an eye on what goes wrong inside it.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { atEnd } from './ending.mjs';
import { cleanEnvironment, temporaryFolder } from './processes.mjs';
import { chromium, installedPlaywright } from './programs.mjs';

const { NO_BROWSER, SHOTS } = process.env;

/** For a test's `skip`. */
export const withoutBrowser = NO_BROWSER ? `NOT TESTED: ${NO_BROWSER}` : false;

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Opens a page. After the test, an error in its console, a thrown one, or an answer of 400 and above
 * fails the test, unless `expected` (a pattern) knows it. `names` are hosts that lead to this machine.
 */
export async function openPage(t, expected = /^$/, names = []) {
  const playwright = installedPlaywright();
  if (!playwright) throw new Error('playwright-core is not installed; run: npm test --prefix scripts/e2e');
  const env = cleanEnvironment(await temporaryFolder(t, 'browser'));
  const rules = names.map((name) => `MAP ${name} 127.0.0.1`).join(', ');
  const args = names.length > 0 ? [...quiet, `--host-resolver-rules=${rules}`] : quiet;
  const browser = await playwright.chromium.launch({ executablePath: chromium() ?? undefined, args, env });
  atEnd(t, () => browser.close());
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: 'en-US' });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();

  const troubles = [];
  const trouble = (words) => expected.test(words) || troubles.push(words);
  page.on('pageerror', (error) => trouble(`thrown: ${error.message}`));
  page.on('console', (message) => {
    // A bad answer is told below, with its address.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      trouble(`console: ${message.text()}`);
    }
  });
  page.on('response', (response) => {
    if (response.status() >= 400) trouble(`${response.status()} ${new URL(response.url()).pathname}`);
  });
  atEnd(t, () => assert.deepEqual(troubles, [], 'what went wrong in the page'));

  /** Opens an address and waits until `sign` is there; else says what is there instead. */
  const open = async (address, sign) => {
    await page.goto(address);
    try {
      await sign.waitFor({ state: 'attached' });
    } catch (cause) {
      const seen = await page.locator('body').innerText();
      throw new Error(`the page did not come up; it says: ${seen}\n${troubles.join('\n')}`, { cause });
    }
  };
  return { page, open };
}

/** Keeps a picture of the page in the folder that `SHOTS` names, if it names one. */
export async function picture(page, name) {
  if (!SHOTS) return;
  await mkdir(SHOTS, { recursive: true });
  // What moves shall have arrived.
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/**
 * Sees that nothing is wider than the window, however narrow it is; where pictures are kept, takes
 * them in light and dark.
 */
export async function pictures(page, name) {
  const before = page.viewportSize();
  for (const [width, height] of [[1440, 900], [1024, 800], [380, 800]]) {
    await page.setViewportSize({ width, height });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(over <= 0, `${name} is ${over} px wider than a window of ${width} px`);
    if (!SHOTS) continue;
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await picture(page, `${name}-${width}-${colorScheme}`);
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
}
