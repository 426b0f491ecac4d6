// A vendor whose tokens live for a minute: they are renewed while requests use them, and a refresh token serves once.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { atEnd } from './ending.mjs';

/** Tokens that live no longer than this are renewed as often as the server renews at all. */
const LIFE = 62;

/** What Claude Code keeps of a login, in the home folder. */
export async function keepLogin(home) {
  await mkdir(join(home, '.claude'), { recursive: true });
  const claudeAiOauth = { accessToken: 'access-token-0', refreshToken: 'refresh-token-0', expiresAt: 0, scopes: ['user:inference'] };
  await writeFile(join(home, '.claude/.credentials.json'), JSON.stringify({ claudeAiOauth }));
}

/** Starts the vendor. `count.renewed` says how often a token was renewed, `count.wrong` what should not have come. */
export async function startRenewing(t) {
  const count = { renewed: 0, wrong: 0 };
  const answer = (path, headers, body) => {
    if (path.endsWith('/oauth/token')) {
      if (JSON.parse(body).refresh_token !== `refresh-token-${count.renewed}`) {
        count.wrong += 1;
        return [400, { error: 'invalid_grant' }];
      }
      count.renewed += 1;
      const [access_token, refresh_token] = [`access-token-${count.renewed}`, `refresh-token-${count.renewed}`];
      return [200, { access_token, refresh_token, token_type: 'bearer', expires_in: LIFE }];
    }
    if (!path.endsWith('/v1/messages')) return [404, { type: 'error', error: { type: 'not_found_error', message: path } }];
    // One that was sent just before the renewal is still good.
    const current = [count.renewed, count.renewed - 1].map((nth) => `Bearer access-token-${nth}`);
    if (!current.includes(headers.authorization)) {
      count.wrong += 1;
      return [401, { type: 'error', error: { type: 'authentication_error', message: 'expired' } }];
    }
    const content = [{ type: 'text', text: 'Hello' }];
    const usage = { input_tokens: 3, output_tokens: 1 };
    return [200, { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content, stop_reason: 'end_turn', stop_sequence: null, usage }];
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => (body += text));
    request.on('end', () => {
      const [status, told] = answer(request.url.split('?')[0], request.headers, body);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(told));
    });
  });
  // What it closes while a request is on its way would look like a fault of the server's.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(t, () => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${server.address().port}`, count };
}

/** Lets the vendor's row that ships lead to that address, and brings the login in. */
export async function bringIn(call, address) {
  const { data_dir } = await call('GET', '/api/status');
  const row = await readFile(new URL('../../../src-tauri/catalog/vendors/claude.toml', import.meta.url), 'utf8');
  const led = row.replaceAll(/"https:\/\/[^/"]+/g, `"${address}`);
  await mkdir(join(data_dir, 'vendors'), { recursive: true });
  await writeFile(join(data_dir, 'vendors/claude.toml'), `allow_private = true\n${led}`);
  // Vendor files are read at a change of the configuration.
  await call('POST', '/api/keys', { name: 'a change' });
  await call('POST', '/api/logins/import', { id: 'claude-code', name: 'Renewing', understood: true });
}
