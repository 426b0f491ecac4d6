// The pages of the dashboard, as its navigation lists them, and the states in which each can be found.

import { play, scenes } from './scenes.mjs';

/** Waits until nothing on the page is a placeholder of what is to come. */
export async function settled(page) {
  await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
  await page.locator('.bone').first().waitFor({ state: 'detached' });
}

/** Every page by the navigation, and every further section of the settings by their index. */
export async function places(page) {
  const links = (name) =>
    page
      .getByRole('navigation', { name })
      .getByRole('link')
      .evaluateAll((all) => all.map((link) => ({ name: link.textContent.trim(), path: link.getAttribute('href') })));
  const list = page.getByRole('navigation', { name: 'Pages' });
  await list.waitFor();
  const pages = await links('Pages');
  await list.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.getByRole('navigation', { name: 'Sections' }).waitFor();
  const sections = await links('Sections');
  return [pages, sections.slice(1).map(({ name, path }) => ({ name: `Settings, ${name}`, path }))];
}

/** Brings a page that shows a scene into a state of it; what answers otherwise than the scene is asked anew. */
export async function visit(page, scene, { path = '/', more, afresh = Boolean(more), enter }) {
  const dialogs = page.getByRole('dialog');
  while ((await dialogs.count()) > 0) await page.keyboard.press('Escape');
  if (afresh) {
    await play(page, scenes[scene](), more);
    await page.goto(new URL(path, page.url()).href);
  } else {
    await page.evaluate((path) => {
      history.pushState(null, '', path);
      dispatchEvent(new PopStateEvent('popstate'));
    }, path);
  }
  await enter(page);
}

const press = (name) => async (page) => page.getByRole('button', { name }).first().click();
const dialog = (page) => page.getByRole('dialog').last().waitFor();
/** Presses a button and waits for what it opens. */
const opens = (name) => async (page) => {
  await press(name)(page);
  await dialog(page);
};
const keys = (combination) => async (page) => {
  await settled(page);
  await page.keyboard.press(combination);
  await dialog(page);
};
const refused = (route) => route.fulfill({ status: 503, json: { code: 'internal', message: 'the disk is full', hint: null } });

/** Each by its name: its scene, its address, more answers, and how it comes about. What is asked afresh comes last. */
export const states = {
  'the first steps': { scene: 'empty', path: '/welcome', enter: settled },
  'no budget': { scene: 'empty', path: '/settings?section=budgets', enter: settled },
  'an empty inbox': { scene: 'empty', enter: opens(/^Notices/) },

  'the first steps, taken': { scene: 'week', path: '/welcome', enter: settled },
  'an answer in the playground, with its exchange': {
    scene: 'week', path: '/playground',
    enter: async (page) => {
      await page.getByLabel('Message', { exact: true }).fill('Hello');
      await page.keyboard.press('Enter');
      await press('Raw exchange')(page);
      await page.getByRole('region', { name: 'Reply' }).getByText('data: [DONE]').waitFor();
    },
  },
  'the palette': { scene: 'week', enter: keys('Control+k') },
  'the shortcuts': { scene: 'week', enter: keys('?') },
  'the inbox': { scene: 'week', enter: opens(/^Notices/) },
  'a request that fell over': { scene: 'week', path: '/requests/req_008993', enter: trace },
  'a request that was refused': { scene: 'week', path: '/requests/req_008979', enter: trace },
  'a trace beside the overview': { scene: 'week', path: '/?request=req_008993', enter: trace },
  'usage by the hour': { scene: 'week', path: '/usage?range=today&by=vendor', enter: settled },
  'adding an endpoint': { scene: 'week', path: '/providers', enter: opens('Add an endpoint') },
  'adding a key': { scene: 'week', path: '/providers', enter: opens(/^Add a key for DeepSeek/) },
  'signing in': { scene: 'week', path: '/providers', enter: opens(/^Sign in at Claude/) },
  'changing an account': { scene: 'week', path: '/providers', enter: press(/^Change Coding plan/) },
  'the proxy of an account': { scene: 'week', path: '/providers', enter: press(/^Proxy of /) },
  'removing an account': { scene: 'week', path: '/providers', enter: opens(/^Remove Coding plan/) },
  'a new combo': { scene: 'week', path: '/combos', enter: opens('New combo') },
  'a combo': { scene: 'week', path: '/combos?name=cheap', enter: settled },
  'the terms of a candidate': { scene: 'week', path: '/combos?name=cheap', enter: opens('Terms of ds/deepseek-flash') },
  'removing a combo': { scene: 'week', path: '/combos?name=cheap', enter: opens('Remove combo') },
  'revoking a key': { scene: 'week', path: '/keys', enter: opens(/^Revoke the key for codex/) },
  'the limits of a key': { scene: 'week', path: '/keys', enter: opens(/^What codex may do/) },
  'a tool': { scene: 'week', path: '/tools/claude-code', enter: settled },
  'a tool by hand': { scene: 'week', path: '/tools/cursor', enter: settled },
  'adding a budget': { scene: 'week', path: '/settings?section=budgets', enter: opens('Add a budget') },
  'adding a rule': { scene: 'week', path: '/settings?section=rules', enter: opens('Add a path') },
  'a page that is not there': { scene: 'week', path: '/nowhere', enter: (page) => page.getByRole('link', { name: /overview/i }).last().waitFor() },
  'no request that matches': {
    scene: 'week', path: '/requests?ended=cancelled', more: { '/api/requests': { requests: [], next: null } }, enter: settled,
  },
  'the database is damaged': {
    scene: 'week',
    more: {
      '/api/status': {
        active_combo: 'work', demo: false,
        safe_mode: { code: 'damaged', message: 'The database is damaged; a copy of the configuration serves.', hint: 'Run `switchyard backup restore --saved`.', as_of: null },
      },
    },
    enter: (page) => page.getByRole('alert').first().waitFor(),
  },
  'routing is paused': {
    scene: 'week',
    more: { '/api/status': { active_combo: 'work', demo: false, paused: true } },
    enter: (page) => page.locator('.pause-band').waitFor(),
  },
  'the server is away': {
    scene: 'week', afresh: true,
    enter: async (page) => {
      await settled(page);
      await page.route('**/api/events', (route) => route.abort());
      await page.reload();
      await page.locator('.banner').waitFor();
      await settled(page);
    },
  },
  'a list that cannot be read': {
    scene: 'week', path: '/providers', afresh: true,
    enter: async (page) => {
      await page.route('**/api/vendors', refused);
      await page.reload();
      await page.getByRole('button', { name: 'Try again' }).first().waitFor();
    },
  },
  'lists on their way': {
    scene: 'week', afresh: true,
    enter: async (page) => {
      await page.route(/\/api\/(combos|requests|status)/, () => {});
      await page.reload();
      await page.locator('.bones').nth(1).waitFor();
    },
  },

  'a full inbox': { scene: 'flood', enter: opens(/^Notices/) },
  'a request with much to say': { scene: 'flood', path: '/requests/req_008995', enter: trace },
  'many budgets': { scene: 'flood', path: '/settings?section=budgets', enter: settled },
  'many rules': { scene: 'flood', path: '/settings?section=rules', enter: settled },
};

async function trace(page) {
  await page.getByRole('complementary', { name: 'Request' }).waitFor();
  await settled(page);
}
