// A thread that shows wrong keys until it is told to stop, and then says how many a second the server took.
//
// Each comes on a connection of its own: one that is kept waits for its slow answer, and so cannot flood. What is
// answered or closed is reset, so that no port is left waiting. Offered are `rate` a second, as far as the machine has
// that much to spare: a flood that comes from elsewhere takes no time from the server's own machine.

import { connect } from 'node:net';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

// On Linux, of this thread alone.
setPriority(0, 19);
const { address, rate, connections } = workerData;
const { hostname, port } = new URL(address);
const asked = `GET /v1/models HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer sy-wrong\r\n\r\n`;
const begun = performance.now();
let over = false;
let open = 0;
let offered = 0;
let answered = 0;

parentPort.once('message', () => {
  over = true;
  const seconds = (performance.now() - begun) / 1000;
  parentPort.postMessage({ offered: offered / seconds, answered: answered / seconds });
});

function one() {
  open += 1;
  offered += 1;
  const socket = connect({ host: hostname, port, noDelay: true }, () => socket.write(asked));
  socket.on('error', () => {});
  socket.on('close', () => (open -= 1));
  socket.once('data', () => {
    answered += 1;
    socket.resetAndDestroy();
  });
}

while (!over) {
  const due = ((performance.now() - begun) / 1000) * rate;
  while (offered < due && open < connections) one();
  // A loop without a rest would spend what it has on turning.
  await sleep(1);
}
