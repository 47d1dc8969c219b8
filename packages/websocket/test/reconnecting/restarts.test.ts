/** The client over `connect`: servers that come back, and servers with which there is no use. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createTcp } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";

import { ErrorCode } from "../../src/reconnecting/index.js";
import type { WebSocketError } from "../../src/reconnecting/index.js";
import { Server } from "../../src/server/server.js";
import type { ServerOptions } from "../../src/server/options.js";
import { Happenings, startEcho, startServer } from "../support/live-server.js";
import { isError, startReconnecting } from "./support.js";

/** A server that takes the place of one that has gone. */
async function startAgain(context: TestContext, port: number, options: ServerOptions): Promise<Server> {
  const server = new Server(options);
  context.after(() => server.close({ drainMs: 0 }));
  await server.listen(port, "127.0.0.1");
  return server;
}

describe("a server that goes and comes back", () => {
  test("gets what was sent meanwhile, in order, and the iteration goes on", async (context) => {
    const echo: ServerOptions = { protocols: ["chat"], message: (ws, data) => ws.send(data) };
    const live = await startServer(context, echo);
    const { ws, until } = startReconnecting(context, `ws://127.0.0.1:${live.port}`, { protocols: ["chat"] });
    assert.equal(ws.protocol, "");
    const messages = ws[Symbol.asyncIterator]();
    ws.send("before");
    assert.equal((await messages.next()).value, "before");
    assert.equal(ws.protocol, "chat");

    await live.server.close({ drainMs: 0 });
    const { cause, attempt } = await until("waiting");
    assert.equal(cause?.code, 1001);
    assert.equal(attempt, 1);
    const sent = ["text", new Uint8Array([1, 2, 3]), new Uint8Array([4]).buffer, "", "last"];
    for (const message of sent) assert.ok(ws.send(message));
    assert.equal(ws.bufferedMessages, 5);
    assert.equal(ws.bufferedAmount, 12);

    await startAgain(context, live.port, echo);
    await until("open");
    for (const message of sent) {
      const expected = message instanceof ArrayBuffer ? new Uint8Array(message) : message;
      const { value } = await messages.next();
      assert.deepEqual(typeof value === "string" ? value : Uint8Array.from(value ?? []), expected);
    }
    assert.deepEqual(ws.counters, { opened: 2, sent: 6, received: 6, dropped: 0 });
    assert.equal(ws.bufferedAmount, 0);
  });

  test("is asked again until it is there", async (context) => {
    const live = await startServer(context);
    await live.server.close({ drainMs: 0 });
    const { changes, until, ws } = startReconnecting(context, `ws://127.0.0.1:${live.port}`);
    for (let attempt = 1; attempt <= 3; attempt++) {
      const { cause } = await until("waiting");
      assert.equal(cause?.wasOpen, false);
      assert.ok(isError(ErrorCode.Unreachable)(cause?.error));
    }
    await startAgain(context, live.port, {});
    const { attempt } = await until("open");
    assert.ok(attempt >= 3);
    assert.equal(ws.attempt, attempt);
    assert.equal(changes.seen[0]!.state, "connecting");
    assert.equal(changes.seen[0]!.attempt, 0);
  });

  test("octets that wait are copies", async (context) => {
    const received = new Happenings<unknown>();
    const live = await startServer(context, { message: (_ws, data) => received.add(data) });
    const { ws } = startReconnecting(context, `ws://127.0.0.1:${live.port}`);
    const shared = new Uint8Array(new SharedArrayBuffer(1)).fill(7);
    const octets = new Uint8Array([1, 2, 3]);
    ws.send(octets.subarray(1));
    ws.send(shared);
    octets.fill(0);
    shared.fill(0);
    assert.deepEqual([...((await received.next()) as Uint8Array)], [2, 3]);
    assert.deepEqual([...((await received.next()) as Uint8Array)], [7]);
  });

  test("a server that accepts and closes at once is asked less and less", async (context) => {
    const live = await startServer(context, { open: (ws) => ws.close(1001) });
    const { until } = startReconnecting(context, live.url, { maxAttempts: 3 });
    for (let attempt = 1; attempt <= 3; attempt++) assert.equal((await until("waiting")).attempt, attempt);
    assert.equal((await until("closed")).cause?.code, 1001);
    assert.equal(live.server.counters.opened, 4);
  });

  test("a connection that lasts makes it count from 0 again", async (context) => {
    const live = await startServer(context, { open: (ws) => ws.close(1001) });
    const { until } = startReconnecting(context, live.url, { stableMs: 0 });
    for (let round = 0; round < 4; round++) assert.equal((await until("waiting")).attempt, 1);
  });
});

describe("giving up", () => {
  test("close code 1000 of the server: everything is done", async (context) => {
    const live = await startServer(context, { open: (ws) => (ws.send("all"), ws.close(1000, "done")) });
    const { ws, until } = startReconnecting(context, live.url);
    const messages: unknown[] = [];
    for await (const message of ws) messages.push(message);
    assert.deepEqual(messages, ["all"]);
    const { cause } = await until("closed");
    assert.deepEqual([cause?.code, cause?.reason, cause?.wasClean], [1000, "done", true]);
    assert.equal(ws.send("late"), false);
    await assert.rejects(ws.whenOpen(), isError(ErrorCode.NotOpen));
  });

  test("close code 1008: the iteration throws why", async (context) => {
    const live = await startServer(context, { open: (ws) => ws.close(1008, "no") });
    const { ws } = startReconnecting(context, live.url);
    await assert.rejects(ws[Symbol.asyncIterator]().next(), {
      code: ErrorCode.NotOpen,
      closeCode: 1008,
      message: "The connection was closed with 1008: no.",
    });
  });

  test("4xx: the error has the status", async (context) => {
    const live = await startServer(context, { upgrade: () => ({ status: 401 }) });
    const { ws, until } = startReconnecting(context, live.url);
    await assert.rejects(ws.whenOpen(), { code: ErrorCode.UnexpectedResponse, status: 401 });
    const { cause } = await until("closed");
    assert.equal(cause?.status, 401);
  });

  test("503: waits as long as Retry-After says, and on", async (context) => {
    const live = await startServer(context, {
      upgrade: () => ({ status: 503, headers: { "Retry-After": "100" } }),
    });
    const { until } = startReconnecting(context, live.url);
    const { nextDelayMs, cause } = await until("waiting");
    assert.ok(nextDelayMs! >= 100_000 && nextDelayMs! <= 100_002, String(nextDelayMs));
    assert.equal(cause?.retryAfterMs, 100_000);
  });

  test("a server that breaks the protocol", async (context) => {
    const tcp = createTcp((socket) => {
      socket.on("error", () => {});
      socket.end("SMTP, not HTTP\r\n\r\n");
    }).listen(0, "127.0.0.1");
    context.after(() => tcp.close());
    await once(tcp, "listening");
    const { port } = tcp.address() as AddressInfo;
    const { until } = startReconnecting(context, `ws://127.0.0.1:${port}`);
    assert.ok(isError(ErrorCode.InvalidResponse)((await until("closed")).cause?.error));
  });

  test("shouldReconnect decides otherwise, both ways", async (context) => {
    let times = 0;
    const live = await startServer(context, { open: (ws) => ws.close(++times === 1 ? 3000 : 1001) });
    const { until } = startReconnecting(context, live.url, {
      shouldReconnect: ({ end, wouldReconnect }) => {
        assert.equal(wouldReconnect, end.code === 1001);
        return end.code === 3000;
      },
    });
    assert.equal((await until("closed")).cause?.code, 1001);
    assert.equal(times, 2);
  });

  test("shouldReconnect may leave it as it is, and a promise is no answer", async (context) => {
    const live = await startServer(context, { open: (ws) => ws.close(1001) });
    const asked: number[] = [];
    const undecided = startReconnecting(context, live.url, {
      shouldReconnect: ({ attempt }) => void asked.push(attempt),
      maxAttempts: 2,
    });
    await undecided.until("closed");
    assert.deepEqual(asked, [1, 2]);
    const { until } = startReconnecting(context, live.url, {
      shouldReconnect: (() => Promise.resolve(true)) as never,
    });
    assert.equal((await until("closed")).cause?.code, 1001);
  });
});

test("a server that answers no ping of the application is left", async (context) => {
  const pings = new Happenings<unknown>();
  const live = await startServer(context, { message: (_ws, data) => pings.add(data) });
  const { until } = startReconnecting(context, live.url, {
    ping: { message: () => "ping", intervalMs: 5, timeoutMs: 5 },
  });
  const { cause } = await until("waiting");
  assert.equal((cause!.error as WebSocketError).problem, "heartbeat-timeout");
  assert.equal(await pings.next(), "ping");
});

test("one that answers is kept", async (context) => {
  const live = await startEcho(context);
  const answers = new Happenings<unknown>();
  const { changes } = startReconnecting(context, live.url, {
    ping: { message: () => "ping", intervalMs: 5, timeoutMs: 60_000 },
    message: (_ws, data) => answers.add(data),
  });
  for (let round = 0; round < 5; round++) assert.equal(await answers.next(), "ping");
  assert.deepEqual(
    changes.seen.map(({ state }) => state),
    ["connecting", "open"],
  );
});
