// Looks at a page as somebody does who sees little, hears it read out, or has no mouse.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];

/** Brings the rules into every document of the page. */
export async function bringAxe(page) {
  const file = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  await page.addInitScript({ content: await readFile(file, 'utf8') });
}

/** Of a list this many stand for all: two hundred rows of a kind say the same. */
const REPEATED = ':is(article, li, tr, option):nth-child(n + 25)';

/**
 * What is against WCAG 2.1 A or AA on the page as it stands, and seriously so: each with its rule and place. `rules`
 * looks at these alone.
 */
export function offences(page, rules) {
  return page.evaluate(
    async ({ tags, rules, repeated }) => {
      const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
      await frame();
      await frame();
      // Half-way between two colours nothing can be said of them.
      const ends = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
      await Promise.allSettled(ends.map(({ finished }) => finished));
      const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: tags };
      const context = { include: [['html']], exclude: [[repeated]] };
      const { violations } = await globalThis.axe.run(context, { runOnly, resultTypes: ['violations'], preload: false });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) =>
          nodes.slice(0, 5).map(({ target, html, any, all, none }) => {
            const [why] = [...any, ...all, ...none];
            return `${id}: ${target.join(' ')}: ${html.slice(0, 160)}: ${why?.message ?? ''}`;
          }),
        );
    },
    { tags: TAGS, rules, repeated: REPEATED },
  );
}
