// Every page and its main states for people with other eyes and other hands: WCAG 2.1 A and AA, light and dark, wide
// and narrow, with nothing, a week of work, and far too much.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bringAxe, offences } from './world/axe.mjs';
import { withoutBrowser } from './world/browser.mjs';
import { backstage, play, scenes } from './world/scenes.mjs';
import { places, settled, states, visit } from './world/states.mjs';

const options = { skip: withoutBrowser, timeout: 600_000 };
const LOOKS = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark', rules: ['color-contrast'] },
  { width: 380, colorScheme: 'dark' },
  { width: 380, colorScheme: 'light', rules: ['color-contrast'] },
];

/** Fails with all that is wrong in any look, told by look and rule. */
async function assertOpen(page, name, looks) {
  const wrong = [];
  for (const { width, colorScheme, rules } of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const words of await offences(page, rules)) wrong.push(`${name}, ${width} px, ${colorScheme}: ${words}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  assert.deepEqual(wrong, []);
}

test('every page and state can be read and used by everybody', options, async (t) => {
  const { world, page } = await backstage(t, /^503 \/api\//);
  await bringAxe(page);

  for (const scene of Object.keys(scenes)) {
    await play(page, scenes[scene]());
    await page.goto(world.server);
    const [pages, sections] = await places(page);
    // What is set is much the same whatever there is; where it is not, a state says so.
    const all = scene === 'week' ? [...pages, ...sections] : pages;
    const once = LOOKS.filter(({ rules }) => !rules);
    const seen = all.map(({ name, path }) => [name, { path, enter: settled }]);
    const own = Object.entries(states).filter(([, state]) => state.scene === scene);
    for (const [name, state] of [...seen, ...own]) {
      await t.test(`${name}, ${scene}`, async () => {
        await visit(page, scene, state);
        // The colours of states and of a flood are those of the week's pages: either scheme is seen once.
        await assertOpen(page, `${name}, ${scene}`, scene === 'week' && !(name in states) ? LOOKS : once);
      });
    }
  }
});
