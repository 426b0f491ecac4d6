// The dashboard over the demo, as its tests walk through it.

import assert from 'node:assert/strict';

import { openPage } from './browser.mjs';
import { startDemo } from './switchyard.mjs';

/** Starts the demo and signs a browser in by the link that it prints. */
export async function signedIn(t, expected) {
  const demo = await startDemo(t);
  const { page, open } = await openPage(t, expected);
  await open(demo.link, page.getByRole('heading', { name: 'Overview', level: 1 }));
  return { demo, page };
}

/** Goes to a page by the navigation. */
export async function go(page, place) {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: place, exact: true }).click();
  await page.getByRole('heading', { name: place, level: 1 }).waitFor();
}

/** Asks as an agent would, and returns the answer. */
export const ask = (demo, { key = demo.key, model = 'auto' } = {}) =>
  fetch(`${demo.address}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
  });

/** The texts of all that a locator finds, in one line each. */
export async function texts(locator) {
  return (await locator.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
}

/** Waits until what is read is what is wished, for as many milliseconds as patience lasts. */
export async function becomes(read, wish, patience = 20_000) {
  const last = Date.now() + patience;
  for (;;) {
    const now = await read();
    try {
      return assert.deepEqual(now, wish);
    } catch (difference) {
      if (Date.now() > last) throw difference;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
