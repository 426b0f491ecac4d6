// A wire tap: hands each request on as it is, and keeps what passed.

import http from 'node:http';

import { atEnd } from './ending.mjs';

/** Listens on a free port of 127.0.0.1 for what is meant for `target` (`http://127.0.0.1:PORT`). */
export async function tap(t, target) {
  const passed = [];
  const { hostname, port } = new URL(target);
  const server = http.createServer((request, response) => {
    const chunks = [];
    const entry = {
      method: request.method,
      path: request.url,
      headers: request.headers,
      /** Headers as they stood on the wire, and the body: where a secret could hide. */
      get text() {
        return `${request.rawHeaders.join('\n')}\n\n${this.body}`;
      },
      get body() {
        return Buffer.concat(chunks).toString('utf8');
      },
      status: null,
      /** Breaks the connection of its answer. */
      cut: () => response.destroy(),
    };
    passed.push(entry);
    const { method, url: path, headers } = request;
    const onward = http.request({ hostname, port, method, path, headers, agent: false });
    onward.on('response', (answer) => {
      entry.status = answer.statusCode;
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.on('data', (chunk) => chunks.push(chunk));
    request.pipe(onward);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  atEnd(t, () => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${server.address().port}`, passed };
}
