// Takes the pictures that `scripts/pictures` promises.
//
//   PICTURES=folder node --test scripts/e2e/pictures.mjs
//
// `ONLY`, a pattern, takes those alone whose name fits.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';

import { backstage, play, scenes } from './world/scenes.mjs';
import { places, settled, states, visit } from './world/states.mjs';

const folder = resolve(process.env.PICTURES ?? 'target/pictures');
const only = new RegExp(process.env.ONLY ?? '');
const shown = resolve(import.meta.dirname, '../../.github/pictures');

const SIZES = [
  { width: 1440, height: 900 },
  { width: 380, height: 800 },
];
/** What README.md shows; each must stay small, so it is as large as it is shown. */
const BEST = {
  'overview-light': { colorScheme: 'light' },
  'overview-dark': { colorScheme: 'dark' },
  request: { path: '/requests/req_008993', colorScheme: 'light', size: { width: 1400, height: 875 } },
  quota: { path: '/quota', colorScheme: 'dark' },
  combos: { path: '/combos?name=work', colorScheme: 'light' },
  phone: { colorScheme: 'dark', size: { width: 380, height: 800 } },
};
const MOST_BYTES = 120_000;

const slug = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** Waits for all that comes late: fonts, the live stream, and what moves. */
async function still(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let nth = 0; nth < 2; nth += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
    await Promise.allSettled(document.getAnimations().map(({ finished, effect }) => effect.getComputedTiming().endTime === Infinity || finished));
  });
}

async function look(page, colorScheme, size) {
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.mouse.move(0, 0);
  await still(page);
}

test('pictures', async (t) => {
  const { world, page } = await backstage(t, /^503 \/api\//);
  for (const scene of Object.keys(scenes)) {
    await play(page, scenes[scene]());
    await page.goto(world.server);
    const [pages, sections] = await places(page);
    const all = scene === 'week' ? [...pages, ...sections] : pages;
    const seen = all.map(({ name, path }) => [name, { path, enter: settled }]);
    const own = Object.entries(states).filter(([, state]) => state.scene === scene);
    await mkdir(join(folder, scene), { recursive: true });
    for (const [name, state] of [...seen, ...own].filter(([name]) => only.test(`${scene}/${slug(name)}`))) {
      await visit(page, scene, state);
      for (const size of SIZES) {
        for (const colorScheme of ['light', 'dark']) {
          await look(page, colorScheme, size);
          const path = join(folder, scene, `${slug(name)}-${size.width}-${colorScheme}.png`);
          await page.screenshot({ path, fullPage: scene === 'week' && size.width > 640, caret: 'hide' });
        }
      }
      await page.setViewportSize(SIZES[0]);
    }
  }
  for (const [name, { path = '/', colorScheme, size = { width: 1200, height: 750 } }] of Object.entries(BEST)) {
    if (!only.test(`best/${name}`)) continue;
    await visit(page, 'week', { path, afresh: true, enter: settled });
    await page.locator('.connection.is-live').waitFor({ state: 'attached' });
    await look(page, colorScheme, size);
    await save(page, join(shown, `${name}.webp`));
  }
});

/** As small as it must be, and as good as that allows. */
async function save(page, path) {
  await mkdir(dirname(path), { recursive: true });
  const session = await page.context().newCDPSession(page);
  for (const quality of [92, 84, 76, 68]) {
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality });
    const bytes = Buffer.from(data, 'base64');
    if (bytes.length <= MOST_BYTES) return writeFile(path, bytes);
  }
  throw new Error(`${path} is larger than ${MOST_BYTES} bytes`);
}
