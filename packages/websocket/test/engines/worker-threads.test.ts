import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { BroadcastChannel, Worker } from "node:worker_threads";

import type { CarrierEngine } from "../../src/engines/engine.js";
import { workerThreads } from "../../src/engines/worker-threads.js";
import type { Server } from "../../src/server/server.js";
import { createServer } from "../../src/server/server.js";
import { startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";

const WORKER = new URL("./thread.js", import.meta.url);

/** A server in this thread. */
function startHere(
  context: TestContext,
  prefix: string,
  backlogOctets?: number,
): { engine: CarrierEngine; server: Server } {
  const engine = workerThreads({ prefix, ...(backlogOctets === undefined ? {} : { backlogOctets }) });
  const server = createServer({ engine });
  context.after(() => server.close());
  return { engine, server };
}

/** On a busy machine threads may find each other only after they are up. */
async function known(engine: CarrierEngine, others: number): Promise<void> {
  while (engine.counters.processes < others) await new Promise(setImmediate);
}

test("servers that come at the same time, and later, find each other", async (t) => {
  const prefix = randomUUID();
  const engine = workerThreads({ prefix });
  const live = await startServer(t, { engine, open: (ws) => void ws.subscribe("room ✓") });
  const client = await RawClient.open(t, live);
  const others = [startHere(t, prefix), startHere(t, prefix)];
  await Promise.all([engine, ...others.map((other) => other.engine)].map((it) => it.ready()));
  const late = startHere(t, prefix);
  await late.engine.ready();
  for (const other of [...others, late]) await known(other.engine, 3);
  for (const { server } of [...others, late]) {
    server.publish("room ✓", "text");
    assert.equal(await client.next(), 'TEXT "text"');
    server.publish("room ✓", Uint8Array.of(0x61));
    assert.equal(await client.next(), 'BINARY "a"');
  }
  live.server.publish("room ✓", "own");
  assert.equal(await client.next(), 'TEXT "own"');
});

test("a thread that is busy misses what exceeds the limit, and the others miss nothing", async (t) => {
  const prefix = randomUUID();
  // Some 780 messages. What the idle thread has taken can be told later than its answers: never so many of them.
  const backlogOctets = 1_000_000;
  const [published, octets] = [1_200, 1_000];
  const { engine, server } = startHere(t, prefix, backlogOctets);
  const start = async (): Promise<{ worker: Worker; ask: (what: object) => Promise<number> }> => {
    const worker = new Worker(WORKER, { workerData: { prefix, backlogOctets } });
    t.after(() => worker.terminate());
    const ask = async (what: object): Promise<number> => {
      worker.postMessage(what);
      return ((await once(worker, "message")) as [number])[0];
    };
    await once(worker, "message");
    return { worker, ask };
  };
  const [busy, idle] = await Promise.all([start(), start()]);
  await engine.ready();
  await known(engine, 2);
  const gate = new Int32Array(new SharedArrayBuffer(4));
  // It waits in the call, and takes nothing from its channels.
  busy.worker.postMessage({ block: gate });
  while (Atomics.load(gate, 0) === 0) await new Promise(setImmediate);
  for (let count = 1; count <= published; count++) {
    server.publish("room", Buffer.alloc(octets));
    assert.equal(await idle.ask({ until: count }), count);
  }
  const { dropped } = engine.counters;
  assert.ok(dropped >= published - backlogOctets / octets, `${dropped} dropped`);
  Atomics.store(gate, 0, 2);
  Atomics.notify(gate, 0);
  assert.equal(await busy.ask({ until: published - dropped }), published - dropped);
  server.publish("room", "end");
  assert.equal(
    await busy.ask({ until: published + 1 - dropped }),
    published + 1 - dropped,
    "it takes part again",
  );
  assert.equal(await idle.ask({ until: published + 1 }), published + 1);
});

test("a closed server is gone for the others, and closes its channels", async (t) => {
  const prefix = randomUUID();
  const [one, two] = [startHere(t, prefix), startHere(t, prefix)];
  await Promise.all([one.engine.ready(), two.engine.ready()]);
  while (one.engine.counters.processes === 0) await new Promise(setImmediate);
  await two.server.close();
  while (one.engine.counters.processes > 0) await new Promise(setImmediate);
  one.server.publish("room", "x");
  assert.equal(one.engine.counters.dropped, 0);
});

test("other messages on the channel of the threads do nothing", async (t) => {
  const prefix = randomUUID();
  const stranger = new BroadcastChannel(`wireproof:engine:1:${prefix}`);
  t.after(() => stranger.close());
  const { engine, server } = startHere(t, prefix);
  await engine.ready();
  for (const it of [null, 1, "x", [], [1], ["stranger", 5], {}]) stranger.postMessage(it);
  stranger.postMessage(["stranger"]);
  // It answers, and so has understood everything before.
  await new Promise((resolve) => (stranger.onmessage = resolve));
  server.publish("room", "x");
  assert.equal(engine.counters.published, 1);
});
