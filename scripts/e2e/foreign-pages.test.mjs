// Web pages that are not the dashboard, in a browser that is signed in to it: what they can do.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { openPage, withoutBrowser } from './world/browser.mjs';
import { atEnd } from './world/ending.mjs';
import { startDemo } from './world/switchyard.mjs';

const options = { skip: withoutBrowser, timeout: 120_000 };

/** A server of pages that mean no good; its port differs from the dashboard's, its machine does not. */
async function foreignServer(t) {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>A nice page</title><iframe name="sink"></iframe>');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  atEnd(t, () => new Promise((closed) => server.close(closed).closeAllConnections()));
  return server.address().port;
}

/** Everything a page can try without asking the user; runs inside the page. */
async function attack(target) {
  const told = {};
  const attempt = async (name, ask) => {
    try {
      const answer = await ask();
      told[name] = answer.type === 'opaque' ? 'opaque' : `${answer.status} ${await answer.text()}`;
    } catch {
      told[name] = 'refused';
    }
  };
  const to = (path) => `${target}${path}`;
  const combo = JSON.stringify({ candidates: ['evil/model'] });
  const call = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello' }] });
  const json = { 'content-type': 'application/json' };
  const ride = { credentials: 'include' };
  await attempt('reads the status', () => fetch(to('/api/status'), ride));
  await attempt('reads the keys', () => fetch(to('/api/keys'), ride));
  await attempt('reads unasked', () => fetch(to('/api/keys'), { ...ride, mode: 'no-cors' }));
  await attempt('makes a key', () =>
    fetch(to('/api/keys'), { ...ride, method: 'POST', headers: json, body: '{"name":"evil"}' }));
  await attempt('makes a key as plain text', () =>
    fetch(to('/api/keys'), { ...ride, mode: 'no-cors', method: 'POST', body: '{"name":"evil"}' }));
  await attempt('writes a combo', () =>
    fetch(to('/api/combos/evil'), { ...ride, method: 'PUT', headers: json, body: combo }));
  await attempt('asks a model as plain text', () =>
    fetch(to('/v1/chat/completions'), { ...ride, mode: 'no-cors', method: 'POST', body: call }));
  await attempt('asks a model', () =>
    fetch(to('/v1/chat/completions'), { ...ride, method: 'POST', headers: json, body: call }));
  await attempt('asks for a sign-in link', () =>
    fetch(to('/api/links'), { ...ride, method: 'POST', headers: json, body: '{}' }));

  // A form that sends itself, as text that happens to be JSON.
  const form = document.createElement('form');
  form.method = 'post';
  form.enctype = 'text/plain';
  form.action = to('/api/keys');
  form.target = 'sink';
  const field = document.createElement('input');
  field.name = '{"name":"evil';
  field.value = '"}';
  form.append(field);
  document.body.append(form);
  form.submit();
  await new Promise((later) => setTimeout(later, 500));

  // The dashboard in a frame, to be clicked on through another page.
  const frame = document.createElement('iframe');
  frame.src = to('/');
  document.body.append(frame);
  await new Promise((later) => setTimeout(later, 500));
  try {
    told.frames = frame.contentDocument?.body?.innerText ?? 'refused';
  } catch {
    told.frames = 'refused';
  }

  // The live events.
  told.events = await new Promise((heard) => {
    const events = new EventSource(to('/api/events'), { withCredentials: true });
    events.onopen = () => heard('open');
    events.onerror = () => heard('refused');
  });
  return told;
}

/** What could have been changed, read by the dashboard's own page. */
const state = (page) =>
  page.evaluate(async () => {
    const read = async (path) => (await fetch(path)).json();
    const [keys, combos, rows] = await Promise.all(['/api/keys', '/api/combos', '/api/requests'].map(read));
    return {
      keys: keys.map((key) => key.name),
      combos: combos.map((combo) => combo.name),
      requests: rows.requests.length,
    };
  });

/** A browser that is signed in, and the address of its dashboard. */
async function victim(t, names) {
  const demo = await startDemo(t);
  const { page, open } = await openPage(t, /.*/, names);
  await open(demo.link, page.getByRole('heading', { name: 'Overview', level: 1 }));
  return { demo, page, before: await state(page) };
}

for (const host of ['127.0.0.1', 'localhost', 'evil.example']) {
  test(`a page of ${host} on another port can neither read nor change anything`, options, async (t) => {
    const { demo, page, before } = await victim(t, ['evil.example']);
    const port = await foreignServer(t);
    const evil = await page.context().newPage();
    await evil.goto(`http://${host}:${port}/`);
    const told = await evil.evaluate(attack, demo.address);
    for (const [attempt, heard] of Object.entries(told)) {
      assert.ok(['refused', 'opaque', ''].includes(heard), `${attempt}: ${heard}`);
    }
    assert.deepEqual(await state(page), before);
  });
}

test('a name that was made to lead here is served nothing', options, async (t) => {
  const { demo, page, before } = await victim(t, ['rebound.example']);
  const rebound = demo.address.replace('127.0.0.1', 'rebound.example');
  const evil = await page.context().newPage();
  const answer = await evil.goto(`${rebound}/`);
  assert.equal(answer.status(), 421);
  // To the browser, all of it is one origin now.
  const told = await evil.evaluate(attack, rebound);
  for (const [attempt, heard] of Object.entries(told)) {
    assert.match(heard, /^(421 this address is not served here|this address|refused|opaque|$)/, attempt);
  }
  assert.deepEqual(await state(page), before);
});
