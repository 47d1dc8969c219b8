/** A server in a worker thread, which counts what is published to "room" in other threads. */
import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";

import { workerThreads } from "../../src/engines/worker-threads.js";
import { createServer } from "../../src/server/server.js";

interface Asked {
  /** Waits until this is 2, after it has set it to 1. */
  readonly block?: Int32Array;
  /** Answers with the number of messages when there are so many. */
  readonly until?: number;
}

assert.ok(parentPort !== null);
const port = parentPort;
const engine = workerThreads(workerData as { prefix: string; backlogOctets: number });
createServer({ engine });
engine.subscribe("room");
await engine.ready();
port.on("message", ({ block, until }: Asked) => {
  if (block !== undefined) {
    Atomics.store(block, 0, 1);
    Atomics.wait(block, 0, 1);
  } else answer(until ?? 0);
});
port.postMessage(0);

function answer(until: number): void {
  const { received } = engine.counters;
  if (received < until) setImmediate(() => answer(until));
  else port.postMessage(received);
}
