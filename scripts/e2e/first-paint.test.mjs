// How soon the dashboard is there for somebody whose browser has never seen it: the frame before the program that
// fills it has arrived, and nothing that moves away under the reader's eyes.

import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { test } from 'node:test';

import { openPage, withoutBrowser } from './world/browser.mjs';
import { startDemo } from './world/switchyard.mjs';

const options = { skip: withoutBrowser, timeout: 180_000 };
const LOADS = 5;
/** Milliseconds to the first paint. A busy machine may take several times as long as a quiet one: only more than that fails. */
const BUDGET = 1_000;
const FAR_ABOVE = 4 * BUDGET;
const MOST_SHIFT = 0.05;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Tells when the overview first shows its tracks, and how far what stood there was moved. */
function watch() {
  let shift = 0;
  const moved = [];
  const shifts = new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      shift += value;
      const what = ({ node, previousRect, currentRect }) =>
        `${node?.className || node?.nodeName} from ${previousRect.y}, ${previousRect.height} high, to ${currentRect.y}, ${currentRect.height} high`;
      moved.push(...sources.map(what));
    }
  });
  shifts.observe({ type: 'layout-shift', buffered: true });
  const content = new MutationObserver(() => {
    if (!document.querySelector('.tracks li')) return;
    performance.mark('content');
    content.disconnect();
  });
  content.observe(document, { childList: true, subtree: true });
  globalThis.measured = () => {
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    const [filled] = performance.getEntriesByName('content');
    return paint && filled && { paint: paint.startTime, content: filled.startTime, shift, moved };
  };
}

test('the frame of the dashboard is painted before its program is there, and nothing in it moves', options, async (t) => {
  const demo = await startDemo(t);
  const { page, open } = await openPage(t);
  await open(demo.link, page.getByRole('heading', { name: 'Overview', level: 1 }));
  const storageState = await page.context().storageState();
  const browser = page.context().browser();
  await page.close();

  /** A load of a browser that has nothing yet; with `held`, the program arrives only when the frame is painted. */
  const load = async (width, held) => {
    const context = await browser.newContext({ storageState, viewport: { width, height: 800 }, locale: 'en-US' });
    const cold = await context.newPage();
    await cold.addInitScript(watch);
    if (held) {
      await cold.route('**/app_bg.wasm', async (route) => {
        await cold.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
        await route.continue();
      });
    }
    await cold.goto(demo.address);
    await cold.getByRole('list', { name: 'Candidates in the order they are tried' }).getByRole('listitem').first().waitFor();
    // Paints are told a frame later.
    const measured = await (await cold.waitForFunction(() => globalThis.measured())).jsonValue();
    assert.ok(measured.shift < MOST_SHIFT, `at ${width} px the page moved by ${measured.shift}: ${measured.moved.join('; ')}`);
    await context.close();
    return measured;
  };
  await load(380, true);
  await load(1280, true);
  const loads = [];
  for (let nth = 0; nth < LOADS; nth += 1) loads.push(await load(1280, false));
  const paint = median(loads.map((one) => one.paint));
  const content = median(loads.map((one) => one.content));
  const moved = Math.max(...loads.map((one) => one.shift));
  const words =
    `first paint ${Math.round(paint)} ms of ${BUDGET} (median of ${LOADS} cold loads), ` +
    `first content ${Math.round(content)} ms, layout shift ${moved.toFixed(3)} of ${MOST_SHIFT}`;
  t.diagnostic(words);
  if (process.env.SWITCHYARD_FIGURES) appendFileSync(process.env.SWITCHYARD_FIGURES, `${words}\n`);
  assert.ok(paint < FAR_ABOVE, words);
});

test('where the program does not arrive, that is said in the language of the setting or the browser', options, async (t) => {
  const demo = await startDemo(t);
  const { page } = await openPage(t);
  const browser = page.context().browser();
  const said = async (locale, chosen) => {
    const context = await browser.newContext({ locale });
    await context.route('**/app_bg.wasm', (route) => route.abort());
    if (chosen) await context.addInitScript((tag) => localStorage.setItem('language', tag), chosen);
    const without = await context.newPage();
    await without.goto(demo.address);
    const alert = without.getByRole('alert');
    await alert.waitFor();
    const told = [await alert.getAttribute('lang'), await alert.innerText()];
    await context.close();
    return told;
  };
  const known = [
    ['en-GB', null, 'en', /^The dashboard did not start/],
    ['de-DE', null, 'en', /^The dashboard did not start/],
    ['zh-TW', null, 'zh', /^仪表盘未能启动/],
    ['zh-CN', 'vi', 'vi', /^Bảng điều khiển không khởi động được/],
  ];
  for (const [locale, chosen, lang, text] of known) {
    const [tag, words] = await said(locale, chosen);
    assert.equal(tag, lang, locale);
    assert.match(words, text);
  }

  const context = await browser.newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(demo.address);
  const words = await plain.locator('body').innerText();
  for (const text of [/needs JavaScript/, /需要启用 JavaScript/, /cần JavaScript/]) assert.match(words, text);
  await context.close();
});
