/** A server in a worker thread, which counts what is published to "room" in other threads. */
import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";

import { workerThreads } from "../../src/engines/worker-threads.js";
import { createServer } from "../../src/server/server.js";

interface Asked {
  /** Answers with the number of messages when there are so many. */
  readonly until: number;
}

assert.ok(parentPort !== null);
const port = parentPort;
const engine = workerThreads(workerData as { prefix: string });
createServer({ engine });
engine.subscribe("room");
await engine.ready();
port.on("message", ({ until }: Asked) => answer(until));
port.postMessage(0);

function answer(until: number): void {
  const { received } = engine.counters;
  if (received < until) setImmediate(() => answer(until));
  else port.postMessage(received);
}
