// What the dashboard is shown, made up and always the same: nothing, a week of somebody's work, and far too much.
//
// A scene answers what the lists ask; everything else is answered by the server behind it.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openPage } from './browser.mjs';
import { atEnd } from './ending.mjs';
import { temporaryFolder } from './processes.mjs';
import { startWorld } from './switchyard.mjs';
import { vendor } from './task.mjs';

/** A Thursday afternoon, on which every scene plays. */
export const NOW = Date.UTC(2026, 10, 19, 14, 40, 9);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DOLLAR = 1_000_000_000;

/** Numbers from 0 to 1 that look thrown and are the same each time. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const account = (id, vendor, name, more = {}) => ({
  id: `acc_${id}`, vendor, name, key_hint: null, enabled: true, priority: 0, locks: [], created_at: NOW - 40 * DAY,
  last_used_at: NOW - 4 * MINUTE, login: null, any_client: false, proxy: null, fields: {}, ...more,
});
const login = (identity, plan, more = {}) => ({
  state: 'ok', reason: null, identity, plan, expires_at: NOW + 5 * HOUR, ...more,
});
const lock = (id, model, message, since, until, more = {}) => ({
  account: `acc_${id}`, model, class: 'quota', message, since: NOW - since, until: NOW + until, from_vendor: true, ...more,
});
const window = (name, amount, more = {}) => ({
  name, models: null, amount, closes: true, resets_at: NOW + 2 * HOUR, length: null, source: 'reader',
  observed_at: NOW - 3 * MINUTE, ...more,
});
const share = (used) => ({ kind: 'share', used });
const quota = (of, plan, windows, more = {}) => ({
  account: of.id, name: of.name, vendor: of.vendor, plan, windows, readable: true, problem: null, ...more,
});
const candidate = (vendor, model, state = { is: 'clear' }) => ({ model, vendor, state });
const terms = (strategy = { by: 'fallback' }) => ({ strategy, grouping: 'as_listed', accounts: null });
/** Whom a request for a combo would ask, by the states of its candidates. */
const plan = (combos, accounts) => ({ model }) => {
  const { candidates } = combos.find(({ name }) => name === model) ?? { candidates: [] };
  const at = (vendor) => accounts.find((account) => account.vendor === vendor) ?? { id: 'acc_0', name: 'Nobody' };
  const clear = candidates.filter(({ state }) => state.is === 'clear');
  const skipped = candidates.filter(({ state }) => state.is !== 'clear');
  return {
    model, combo: model, unlisted: 0, more: false, soonest: null, error: null,
    candidates: clear.map(({ model, vendor }) => ({
      to: { vendor: vendor ?? 'custom', account: at(vendor).id, account_name: at(vendor).name, model: model.split('/')[1], dialect: 'chat' },
      standing: 'ordered',
    })),
    skipped: skipped.map(({ model, vendor, state }) => ({
      model, account: at(vendor).id, reason: state.lock?.message ?? 'no account of this vendor is connected', until: state.lock?.until ?? null,
    })),
  };
};
const usage = (input, output, cache_read, cache_write = 0, reasoning = 0) => ({
  input, output, cache_read, cache_write, reasoning,
});
const clientKey = (nth, name, ago) => ({
  id: `key_${nth}`, name, hint: `sy-${'x4Qz81bKm2Lp'.slice(nth % 8, (nth % 8) + 4)}…`, created_at: NOW - 30 * DAY,
  last_used_at: ago === null ? null : NOW - ago,
});

/** Nothing is set up yet. */
function empty() {
  return {
    '/api/status': { active_combo: null, today: today(0), demo: false },
    '/api/accounts': [],
    '/api/quotas': [],
    '/api/combos': [],
    '/api/aliases': [],
    '/api/keys': [],
    '/api/models': [],
    '/api/requests': { requests: [], next: null },
    '/api/usage/sums': () => [],
    '/api/notices': [],
    '/api/budgets': [],
    '/api/rules': [],
    '/api/backups': [],
    '/api/logins/found': [],
  };
}

const today = (requests) => ({
  requests, fell_over: Math.round(requests / 9), failed: Math.round(requests / 80),
  usage: usage(requests * 2_900, requests * 870, requests * 31_400, requests * 1_200, requests * 110),
  cost: Math.round(requests * 0.0123 * DOLLAR),
  saved: { money: Math.round(requests * 0.0447 * DOLLAR), unpriced: 0 },
});

/** A developer's week: two subscriptions, a cheap plan, two keys and a free tier. */
function week() {
  const claude = account('1', 'claude', 'ada@northyard.dev', {
    login: login('ada@northyard.dev', 'Max'),
    locks: [lock('1', 'claude-opus-5-5', 'You have reached your 5-hour limit for this model.', 26 * MINUTE, 79 * MINUTE + 51_000)],
    last_used_at: NOW - 26 * MINUTE,
  });
  const codex = account('2', 'codex', 'ada@northyard.dev', { login: login('ada@northyard.dev', 'Plus') });
  const glm = account('3', 'glm', 'Coding plan', { key_hint: '…9fQa', last_used_at: NOW - 9 * MINUTE });
  const deepseek = account('4', 'deepseek', 'Team key', { key_hint: '…71Lc', last_used_at: NOW - 3 * HOUR });
  const gemini = account('5', 'gemini-cli', 'ada.private@gmail.example', {
    login: login('ada.private@gmail.example', 'Free'), last_used_at: NOW - 2 * DAY,
  });
  const kimi = account('6', 'kimi', 'Trial of the team', {
    key_hint: '…02Vn', enabled: false, last_used_at: null,
  });
  const spent = { is: 'locked', lock: claude.locks[0] };
  const work = {
    name: 'work', active: true, terms: terms(),
    candidates: [
      candidate('claude', 'cc/claude-opus-5-5', spent),
      candidate('codex', 'cx/gpt-5.5'),
      candidate('glm', 'glm/glm-5.3'),
      candidate('gemini-cli', 'gc/gemini-3-pro-preview'),
    ],
  };
  const paid = {
    model: 'ds/deepseek-flash', weight: 1, conditions: { min_tokens: null, max_tokens: 64_000, images: 'without', tools: 'any', thinking: 'any' },
    hours: { days: 31, from: 480, to: 1_110 }, budget: ['day', { money: 5 * DOLLAR }],
  };
  const cheap = {
    name: 'cheap', active: false, terms: terms({ by: 'cheapest' }),
    candidates: [candidate('glm', 'glm/glm-5.1'), { ...candidate('deepseek', 'ds/deepseek-flash'), spec: paid }, candidate('kimi', 'kimi/kimi-for-coding', { is: 'no_account' })],
  };
  const review = {
    name: 'review', active: false, terms: terms({ by: 'most_quota_left' }),
    candidates: [candidate('codex', 'cx/gpt-5.3-codex'), candidate('claude', 'cc/claude-sonnet-5-5')],
  };
  const windows = [
    quota(claude, 'Max', [
      window('5h', share(10_000), { resets_at: NOW + 79 * MINUTE + 51_000, length: 5 * HOUR, source: 'headers', forecast: { is: 'spent' } }),
      window('weekly', share(6_140), { resets_at: NOW + 3 * DAY + 4 * HOUR, length: 7 * DAY, source: 'headers', forecast: { is: 'lasts' } }),
    ]),
    quota(codex, 'Plus', [
      window('5h', share(8_310), { length: 5 * HOUR, forecast: { is: 'runs_out', at: NOW + 62 * MINUTE, earliest: NOW + 44 * MINUTE, latest: NOW + 88 * MINUTE } }),
      window('weekly', share(3_720), { resets_at: NOW + 5 * DAY, length: 7 * DAY, forecast: { is: 'lasts' } }),
    ]),
    quota(glm, 'Lite', [
      window('5h', { kind: 'count', used: 38, limit: 120, unit: 'prompts' }, { resets_at: NOW + 95 * MINUTE, length: 5 * HOUR, source: 'counted', forecast: { is: 'lasts' } }),
    ]),
    quota(deepseek, null, [
      window('balance', { kind: 'balance', left_micros: 17_420_000, currency: 'USD' }, { resets_at: null, closes: false }),
    ]),
    quota(gemini, 'Free', [
      window('day', { kind: 'count', used: 212, limit: 1_000, unit: 'requests' }, { resets_at: NOW + 9 * HOUR, length: DAY, source: 'counted' }),
    ]),
  ];
  const rows = history(60);
  return {
    '/api/status': { active_combo: 'work', today: today(143), demo: false, last_backup: NOW - 10 * HOUR },
    '/api/accounts': [claude, codex, glm, deepseek, gemini, kimi],
    '/api/quotas': windows,
    '/api/quotas/read': windows,
    '/api/combos': [work, cheap, review],
    '/api/plan': plan([work, cheap, review], [claude, codex, glm, deepseek, gemini, kimi]),
    '/api/aliases': [{ alias: 'claude-haiku-*', target: 'cheap' }, { alias: 'fast', target: 'ds/deepseek-flash' }],
    '/api/keys': [clientKey(0, 'claude-code', 4 * MINUTE), clientKey(1, 'codex', 47 * MINUTE), clientKey(2, 'ci', 2 * DAY), clientKey(3, 'notebook', null)],
    '/api/models': [...work.candidates, ...cheap.candidates, ...review.candidates].map(({ model, vendor, state }) => ({
      model, name: model.split('/')[1], vendor, connected: state.is !== 'no_account', locked_until: state.lock?.until ?? null,
    })),
    '/api/requests': { requests: rows, next: null },
    '/api/usage/sums': sums,
    '/api/notices': [
      { at: NOW - 26 * MINUTE, type: 'fell_over', combo: 'work', from: { account: 'acc_1', model: 'claude-opus-5-5' }, to: { account: 'acc_2', model: 'gpt-5.5' }, until: NOW + 79 * MINUTE },
      { at: NOW - 26 * MINUTE - 2_000, type: 'quota.spent', account: 'acc_1', window: '5h', resets_at: NOW + 79 * MINUTE },
      { at: NOW - 58 * MINUTE, type: 'quota.low', account: 'acc_2', window: '5h', used: 8_000, resets_at: NOW + 2 * HOUR },
      { at: NOW - 5 * HOUR, type: 'recovered', place: { account: 'acc_1', model: 'claude-opus-5-5' } },
      { at: NOW - 5 * HOUR - 1_000, type: 'quota.reset', account: 'acc_1', window: '5h' },
      { at: NOW - 27 * HOUR, type: 'budget.low', budget: 'everything', spent: 8_000 },
    ],
    '/api/budgets': [
      { id: 'everything', of: { is: 'all' }, period: 'month', limit: { money: 40 * DOLLAR }, strictness: 'soft', spent: 33.18 * DOLLAR, share: 8_295, until: NOW + 11 * DAY },
      { id: 'ci', of: { is: 'client', key: 'key_2' }, period: 'day', limit: { tokens: 2_000_000 }, strictness: 'hard', spent: 412_000, share: 2_060, until: NOW + 9 * HOUR },
    ],
    '/api/rules': [
      { of: { is: 'client', key: 'key_2' }, combo: 'cheap', models: [], mapping: [], per_minute: 30 },
      { of: { is: 'path', name: 'shop' }, combo: 'review', models: ['claude-*'], mapping: [['claude-haiku-*', 'cheap']], per_minute: null },
    ],
    '/api/backups': [1, 2, 3].map((nth) => ({
      name: `daily-2026-11-${20 - nth}`, at: NOW - 10 * HOUR - (nth - 1) * DAY, schema: 24, bytes: 1_240_000 - nth * 31_000,
    })),
    '/api/logins/found': [],
  };
}

const places = [
  { vendor: 'claude', account: 'acc_1', account_name: 'ada@northyard.dev', model: 'claude-opus-5-5', dialect: 'messages' },
  { vendor: 'codex', account: 'acc_2', account_name: 'ada@northyard.dev', model: 'gpt-5.5', dialect: 'responses' },
  { vendor: 'glm', account: 'acc_3', account_name: 'Coding plan', model: 'glm-5.3', dialect: 'messages' },
];

/** Requests of an afternoon, the newest first: the subscription answers until its window is spent. */
function history(count) {
  const throws = dice(7);
  const rows = [];
  let at = NOW - 2 * MINUTE;
  for (let nth = 0; nth < count; nth += 1) {
    const early = at < NOW - 26 * MINUTE;
    const [first, second] = early ? [0, 1] : [1, 2];
    const falls = nth === 7 || nth % 17 === 3;
    const refused = nth === 21;
    const by = places[falls ? second : first];
    const millis = Math.round(2_400 + throws() * 31_000);
    const silent = Math.round(380 + throws() * 900);
    const used = usage(Math.round(400 + throws() * 5_200), Math.round(160 + throws() * 2_600), Math.round(9_000 + throws() * 88_000), Math.round(throws() * 4_000), Math.round(throws() * 900));
    const spent = { to: places[first], started: 0, millis: 412, status: 429, failure: 'quota', message: 'You have reached your 5-hour limit for this model.', locked_until: NOW + 79 * MINUTE };
    const slow = { ...spent, status: 529, failure: 'transient', message: 'Overloaded: try again in a moment.', locked_until: at + MINUTE };
    const answered = { to: by, started: falls ? 415 : 0, millis: silent, status: 200, failure: null, message: null, locked_until: null };
    const attempts = falls ? [nth === 7 ? spent : slow, answered] : [answered];
    const passed = early ? [] : [{ model: 'cc/claude-opus-5-5', account: 'acc_1', reason: 'its 5-hour window is spent', until: NOW + 79 * MINUTE }];
    rows.push({
      id: `req_${String(9_000 - nth).padStart(6, '0')}`, at, dialect: nth % 3 === 1 ? 'responses' : 'messages', model: nth % 5 === 2 ? 'claude-opus-5-5' : 'auto', combo: 'work',
      stream: true, key: nth % 3 === 1 ? 'codex' : 'claude-code', outcome: refused ? 'refused' : 'answered', status: refused ? 400 : 200,
      served_by: refused ? null : by, attempts: refused ? [] : attempts, skipped: refused ? [] : passed,
      losses: falls && by.dialect !== 'messages' ? ['cache marks: the other dialect has none'] : [], first_content: refused ? null : silent, millis: refused ? 4 : millis,
      usage: refused ? null : used, cost: refused ? null : Math.round((0.003 + throws() * 0.04) * DOLLAR), saved: refused ? null : Math.round(throws() * 0.09 * DOLLAR),
      error: refused ? 'the model `gpt-9` is not known here' : null,
      plan: refused ? null : { candidates: places.slice(first).map((to) => ({ to, standing: to === places[first] ? 'home' : 'ordered' })) },
    });
    at -= Math.round((0.6 + throws() * 6) * MINUTE);
  }
  return rows;
}

/** The sums that a page of usage asks for, by its query. */
function sums(query) {
  const named = {
    model: [['claude-opus-5-5', 'claude'], ['gpt-5.5', 'codex'], ['glm-5.3', 'glm'], ['deepseek-flash', 'deepseek'], ['gemini-3-pro-preview', 'gemini-cli']],
    vendor: [['claude', 'claude'], ['codex', 'codex'], ['glm', 'glm'], ['deepseek', 'deepseek'], ['gemini-cli', 'gemini-cli']],
    account: [['acc_1', 'claude'], ['acc_2', 'codex'], ['acc_3', 'glm'], ['acc_4', 'deepseek'], ['acc_5', 'gemini-cli']],
  };
  const names = named[query.get('by') ?? 'model'] ?? [['claude-code', null], ['codex', null], ['ci', null]];
  return steps(query, names);
}

function steps(query, names, scale = 1) {
  const from = Math.max(Number(query.get('from')), NOW - 45 * DAY);
  const until = Math.min(Number(query.get('until')), NOW);
  const length = { hour: HOUR, day: DAY }[query.get('step') ?? 'day'] ?? until - from;
  const rows = [];
  for (let start = from; start < until; start += length) {
    const throws = dice(Math.floor(start / length));
    const busy = [0, 6].includes(new Date(start).getUTCDay()) ? 0.25 : 1;
    names.forEach(([of, vendor], nth) => {
      const requests = Math.round(((90 * length) / DAY) * busy * (0.4 + throws()) * scale * 0.55 ** nth) + 1;
      rows.push({ start, of, vendor, ...today(requests), millis: requests * 9_400 });
    });
  }
  return rows;
}

const LONG = 'a-name-that-is-sixty-characters-long-as-nobody-would-choose-x';

/** Two hundred accounts, forty combos, names that nobody would choose, and everything at its limit. */
function flood() {
  const vendors = ['claude', 'codex', 'glm', 'deepseek', 'gemini-cli', 'kimi', 'groq', 'openrouter'];
  const accounts = Array.from({ length: 200 }, (_, nth) => {
    const id = String(1_000 + nth);
    const ended = nth % 23 === 5;
    return account(id, vendors[nth % vendors.length], nth % 7 === 0 ? `${LONG}-${nth}` : `Account ${nth} 北方调车场`, {
      key_hint: nth % 2 ? '…x4Qz' : null, enabled: nth % 11 !== 4, proxy: nth % 31 === 2 ? 'http://proxy.example:8080' : null,
      login: nth % 2 ? null : login(`person-${nth}@${LONG}.example`, 'Max', ended ? { state: 'sign_in_again', reason: 'the refresh token was revoked' } : {}),
      locks: nth % 5 === 3 ? [lock(id, null, `Limit reached: ${'all of it '.repeat(12)}`, HOUR, nth * MINUTE)] : [],
    });
  });
  const states = [{ is: 'clear' }, { is: 'locked', lock: accounts[3].locks[0] }, { is: 'no_account' }, { is: 'unknown' }];
  const combos = Array.from({ length: 40 }, (_, nth) => ({
    name: nth === 0 ? LONG : `combo-${nth}`, active: nth === 0, terms: terms(nth % 2 ? { by: 'round_robin', sticky: 3 } : undefined),
    candidates: Array.from({ length: nth === 0 ? 24 : nth % 6 }, (_, place) =>
      candidate(place % 5 === 4 ? null : vendors[place % vendors.length], `cc/${place % 2 ? LONG : 'claude-opus-5-5'}-${place}`, states[place % 4]),
    ),
  }));
  const amounts = [share(0), share(10_000), share(8_800), { kind: 'count', used: 12_345_678, limit: 20_000_000, unit: 'requests' }, { kind: 'used', used: 900_000, unit: 'tokens' }, { kind: 'balance', left_micros: 12_345_670_000, currency: 'USD' }, { kind: 'unlimited' }];
  const outcomes = ['answered', 'broken', 'refused', 'exhausted', 'cancelled'];
  const place = (nth) => ({ vendor: vendors[nth % vendors.length], account: accounts[nth].id, account_name: accounts[nth].name, model: nth % 3 ? LONG : 'glm-5.3', dialect: 'chat' });
  const attempt = (nth, more = {}) => ({ to: place(nth), started: nth * 40, millis: 412, status: 429, failure: 'quota', message: `Limit reached: ${'all of it '.repeat(12)}`, locked_until: NOW + HOUR, ...more });
  const requests = Array.from({ length: 400 }, (_, nth) => {
    const outcome = outcomes[nth % outcomes.length];
    const served = outcome === 'answered' ? place(nth % 200) : null;
    const tries = Array.from({ length: nth % 7 }, (_, step) => attempt(step));
    return {
      id: `req_${String(9_000 - nth).padStart(6, '0')}`, at: NOW - nth * MINUTE, dialect: 'chat', model: nth % 2 ? LONG : 'auto', combo: LONG, stream: true,
      key: `${LONG}-${nth % 9}`, outcome, status: served ? 200 : 503, served_by: served,
      attempts: served ? [...tries, attempt(nth % 200, { status: 200, failure: null, message: null, locked_until: null })] : tries,
      skipped: Array.from({ length: nth % 4 }, (_, step) => ({ model: `cc/${LONG}`, account: accounts[step].id, reason: 'its weekly window is spent', until: NOW + DAY })),
      losses: nth % 2 ? ['cache marks: the other dialect has none'] : [], first_content: served && 80, millis: 123_456,
      usage: served && usage(1_234_567, 310, 20_000_000, 0, 12), cost: served && (nth % 3 ? 12_345_670_000_000 : 1_000), saved: null,
      error: served ? null : `every candidate is exhausted: ${'its window is spent; '.repeat(6)}`,
    };
  });
  return {
    '/api/status': { active_combo: LONG, today: { ...today(1_234_567), cost: 12_345_670_000_000 }, demo: false },
    '/api/accounts': accounts,
    '/api/quotas': accounts.map((of, nth) =>
      quota(of, nth % 2 ? 'Max' : null, nth % 13 === 6 ? [] : [window('5h', amounts[nth % amounts.length]), window('weekly_limit_of_the_largest_models_that_there_are', share(4_200), { models: 'opus-*' })], {
        readable: nth % 13 !== 6, problem: nth % 17 === 8 ? 'the provider answered 503' : null,
      }),
    ),
    '/api/combos': combos,
    '/api/plan': plan(combos, accounts),
    '/api/aliases': Array.from({ length: 30 }, (_, nth) => ({ alias: `${LONG}-${nth}`, target: `cc/${LONG}` })),
    '/api/keys': Array.from({ length: 60 }, (_, nth) => clientKey(nth, `${LONG}-${nth}`, nth % 3 ? nth * HOUR : null)),
    '/api/models': Array.from({ length: 300 }, (_, nth) => ({
      model: `cc/${LONG}-${nth}`, name: `${LONG} ${nth}`, vendor: vendors[nth % vendors.length], connected: nth % 4 !== 1, locked_until: nth % 5 === 2 ? NOW + HOUR : null,
    })),
    '/api/requests': { requests, next: null },
    '/api/usage/sums': (query) => steps(query, Array.from({ length: 40 }, (_, nth) => [`${LONG}-${nth}`, vendors[nth % vendors.length]]), 4_000),
    '/api/notices': Array.from({ length: 100 }, (_, nth) => ({ at: NOW - nth * HOUR, type: 'signin.needed', account: accounts[nth].id, message: `The login ended: ${'it was revoked '.repeat(9)}` })),
    '/api/budgets': Array.from({ length: 40 }, (_, nth) => ({ id: `${LONG}-${nth}`, of: { is: 'all' }, period: 'day', limit: { money: 12_345_670_000_001 }, strictness: nth % 2 ? 'soft' : 'hard', spent: nth * 400 * DOLLAR, share: nth * 300, until: NOW + 9 * HOUR })),
    '/api/rules': Array.from({ length: 20 }, (_, nth) => ({ of: { is: 'path', name: `${LONG.slice(0, 50)}-${nth}` }, combo: LONG, models: [`${LONG}-*`], mapping: [[LONG, `cc/${LONG}`]], per_minute: nth })),
    '/api/backups': [],
    '/api/logins/found': [],
  };
}

export const scenes = { empty, week, flood };

/** Starts a server behind the scenes, signs a page in, and stops the page's clock at the time of the scenes. */
export async function backstage(t, expected) {
  const home = await temporaryFolder(t, 'home');
  await mkdir(join(home, '.claude'));
  await writeFile(join(home, '.claude/settings.json'), '{\n  "permissions": { "allow": ["Bash(ls:*)"] }\n}\n');
  const world = await startWorld(t, { vendors: [vendor('fast', 'chat', 'm-1', 'cheap')], combo: ['fast/m-1'], home });
  const { page, open } = await openPage(t, expected);
  atEnd(t, () => page.unrouteAll({ behavior: 'ignoreErrors' }));
  await page.addInitScript((now) => {
    // The first steps are seen where a state asks for them, not in place of an empty overview.
    localStorage.setItem('switchyard-welcome', 'left');
    globalThis.Date = class extends Date {
      constructor(...parts) {
        super(...(parts.length > 0 ? parts : [now]));
      }
      static now() {
        return now;
      }
    };
  }, NOW);
  await play(page, scenes.week());
  const { url } = await world.call('POST', '/api/links');
  await open(url, page.getByRole('heading', { name: 'Overview', level: 1 }));
  return { world, page };
}

/** Lets a page see a scene: what it asks for and the scene has is answered from there, at the scene's time. */
export async function play(page, scene, more = {}) {
  const answers = { ...scene, ...more };
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.route('**/api/**', async (route) => {
    const url = new URL(route.request().url());
    const known = answers[url.pathname] ?? oneRequest(answers, url.pathname);
    if (url.pathname === '/api/plan' && known) return route.fulfill({ json: known(route.request().postDataJSON()) });
    if (route.request().method() !== 'GET' || url.pathname === '/api/events') return route.fallback();
    if (known === undefined && !url.pathname.startsWith('/api/tool')) return route.fallback();
    if (known === undefined) {
      // The folder of the moment is nobody's home.
      const response = await route.fetch();
      return route.fulfill({ response, body: (await response.text()).replaceAll(/\/tmp\/switchyard-e2e-home-\w+/g, '/home/ada') });
    }
    const told = typeof known === 'function' ? known(url.searchParams) : known;
    const json = url.pathname === '/api/requests' && url.searchParams.has('fell_over') ? fallenOver(told, url.searchParams) : told;
    if (url.pathname !== '/api/status') return route.fulfill({ json });
    const response = await route.fetch();
    const status = { ...(await response.json()), now: NOW, started_at: NOW - 2 * DAY, address: 'http://127.0.0.1:20128', data_dir: '/home/ada/.local/share/switchyard', ...json };
    return route.fulfill({ response, json: status });
  });
}

/** Those of a page of requests that another than the first answered, as the server narrows it. */
function fallenOver({ requests }, asked) {
  const fell = ({ attempts: [first], served_by: by }) => first && by && (by.account !== first.to.account || by.model !== first.to.model);
  return { requests: requests.filter(fell).slice(0, Number(asked.get('limit') ?? 50)), next: null };
}

/** A request of the scene's list by its address, and what would have been without fallback. */
function oneRequest(answers, path) {
  const [, id, part] = /^\/api\/requests\/([^/]+)(\/explain)?$/.exec(path) ?? [];
  const request = answers['/api/requests'].requests.find((request) => request.id === id);
  if (!request || !part) return request;
  const [first] = request.attempts;
  if (!first?.failure) return { request, unaided: { is: 'same' } };
  const { to, message, locked_until } = first;
  const place = { account: to.account, model: to.model };
  return { request, unaided: { is: 'failed', place, reason: message, until: locked_until, cost: 31_000_000 } };
}
