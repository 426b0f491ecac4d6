// A thread that shows wrong keys until it is told to stop, and then says how many a second.

import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { address, connections } = workerData;
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const begun = Date.now();
let over = false;
let shown = 0;

parentPort.once('message', () => {
  over = true;
  parentPort.postMessage((shown * 1000) / (Date.now() - begun));
});

const one = () =>
  new Promise((resolve) => {
    const headers = { authorization: 'Bearer sy-wrong' };
    const asked = request(`${address}/v1/models`, { agent, headers }, (response) => response.resume().on('end', resolve));
    asked.on('error', resolve).end();
  });

for (let nth = 0; nth < connections; nth += 1) {
  (async () => {
    while (!over) {
      await one();
      shown += 1;
    }
  })();
}
