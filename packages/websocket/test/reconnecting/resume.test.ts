/** The `resume` hook, and readers that are slow. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";

import { ErrorCode } from "../../src/reconnecting/index.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { Happenings, deferred, endings, startEcho, startServer } from "../support/live-server.js";
import { isError, startReconnecting } from "./support.js";

describe("the resume hook", () => {
  test("goes before what waits, takes answers, and the rest is delivered in order", async (context) => {
    const received = new Happenings<unknown>();
    const live = await startServer(context, {
      message: (ws, data) => {
        received.add(data);
        if (data !== "since 41") return;
        for (const message of ["resuming", "42", "43", "44"]) ws.send(message);
      },
    });
    const { ws, until } = startReconnecting(context, live.url, {
      lastId: 41,
      resume: async (connection, { lastId, attempt }) => {
        assert.equal(attempt, 0);
        assert.equal(ws.state, "connecting");
        ws.send("from the hook, but not of it");
        connection.send(`since ${lastId}`);
        assert.equal(await connection.receive(), "resuming");
        assert.equal(await connection.receive(), "42");
      },
    });
    ws.send("first");
    await until("open");
    const order = [await received.next(), await received.next(), await received.next()];
    assert.deepEqual(order, ["since 41", "first", "from the hook, but not of it"]);
    const messages = ws[Symbol.asyncIterator]();
    assert.equal((await messages.next()).value, "43");
    assert.equal((await messages.next()).value, "44");
    assert.deepEqual(ws.counters, { opened: 1, sent: 2, received: 2, dropped: 0 });
  });

  test("gets the id that the application has set, and the number of the attempt", async (context) => {
    const connections: WebSocketConnection[] = [];
    const live = await startServer(context, {
      open: (ws) => {
        connections.push(ws);
        ws.send(`message ${connections.length}`);
      },
    });
    const seen: unknown[] = [];
    const got = new Happenings<unknown>();
    const { until } = startReconnecting(context, live.url, {
      resume: (_connection, { lastId, attempt }) => void seen.push([lastId, attempt]),
      message: (ws, data) => {
        ws.lastId = String(data);
        got.add(data);
      },
    });
    await got.next();
    connections[0]!.terminate();
    await until("waiting");
    await got.next();
    assert.deepEqual(seen, [
      [undefined, 0],
      ["message 1", 1],
    ]);
  });

  test("that fails has failed the attempt: what waits is kept", async (context) => {
    const live = await startEcho(context);
    let calls = 0;
    const { ws, until } = startReconnecting(context, live.url, {
      resume: async () => {
        if (++calls === 1) throw new Error("not welcome");
      },
    });
    ws.send("kept");
    const { cause } = await until("waiting");
    assert.equal((cause!.error as Error).message, "not welcome");
    assert.equal(cause?.wasOpen, true);
    assert.equal((await ws[Symbol.asyncIterator]().next()).value, "kept");
    assert.equal(calls, 2);
  });

  test("that takes too long, too", async (context) => {
    const live = await startServer(context);
    const { until } = startReconnecting(context, live.url, {
      resume: (connection) => connection.receive(),
      handshakeMs: 300,
      maxAttempts: 0,
    });
    assert.ok(isError(ErrorCode.HandshakeTimeout)((await until("closed")).cause?.error));
  });

  test("is told when the connection ends, and nothing comes of it", async (context) => {
    const live = await startServer(context, { open: (ws) => ws.close(1001) });
    const told = new Happenings<unknown>();
    const { changes, until } = startReconnecting(context, live.url, {
      maxAttempts: 0,
      resume: async (connection) => {
        await connection.receive().catch((error: unknown) => told.add(error));
      },
    });
    await until("closed");
    assert.ok(isError(ErrorCode.NotOpen)(await told.next()));
    assert.deepEqual(
      changes.seen.map(({ state }) => state),
      ["connecting", "closed"],
    );
  });
});

test("closing while the hook is at work ends it there", async (context) => {
  const { closes, close } = endings<undefined>();
  const opened = new Happenings<WebSocketConnection>();
  const live = await startServer(context, { close, open: (ws) => opened.add(ws) });
  const [running, released] = [deferred(), deferred()];
  const { ws, changes } = startReconnecting(context, live.url, {
    resume: () => {
      running.resolve();
      return released.promise;
    },
  });
  // The peer's Close frame comes later than the end of the hook.
  (await opened.next()).pause();
  await running.promise;
  ws.close(4000, "enough");
  released.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ws.state, "closed");
  opened.seen[0]!.resume();
  assert.equal(await closes.next(), "4000 enough clean");
  assert.deepEqual(
    changes.seen.map(({ state }) => state),
    ["connecting", "closed"],
  );
});

describe("a slow reader slows the server down, and gets everything in order", () => {
  const count = 2_000;

  /** Lets the event loop turn, often enough for all that the system would bring. */
  async function turns(): Promise<void> {
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  async function startFlood(context: TestContext): Promise<string> {
    const live = await startServer(context, {
      limits: { backlogOctets: 64 * 1024 * 1024 },
      open: (ws) => {
        for (let index = 0; index < count; index++) ws.send(`${index}`.padEnd(4_096));
        ws.close(1000);
      },
    });
    return live.url;
  }

  test("in a loop", async (context) => {
    const { ws } = startReconnecting(context, await startFlood(context), {
      connect: { compression: false },
    });
    while (ws.counters.received < 64) await new Promise((resolve) => setImmediate(resolve));
    await turns();
    assert.ok(ws.counters.received < 200, `${ws.counters.received} messages came to nobody`);
    let expected = 0;
    for await (const message of ws) assert.equal(Number(message), expected++);
    assert.equal(expected, count);
  });

  test("in the resume hook, and in a loop after it", async (context) => {
    let expected = 0;
    const { ws, until } = startReconnecting(context, await startFlood(context), {
      connect: { compression: false },
      handshakeMs: 60_000,
      resume: async (connection) => {
        await turns();
        while (expected < 500) assert.equal(Number(await connection.receive()), expected++);
        await turns();
      },
    });
    await until("open");
    await turns();
    assert.ok(ws.counters.received < 400, `${ws.counters.received} messages came to nobody`);
    for await (const message of ws) assert.equal(Number(message), expected++);
    assert.equal(expected, count);
  });

  test("that closes does not wait for what it has not read", async (context) => {
    const { ws } = startReconnecting(context, await startFlood(context), {
      connect: { compression: false, limits: { closeMs: 60_000 } },
    });
    while (ws.counters.received < 64) await new Promise((resolve) => setImmediate(resolve));
    await ws[Symbol.asyncDispose]();
    assert.equal(ws.state, "closed");
  });
});
