/** Messages that find no connection, handlers, and how the application ends it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";

import { ErrorCode } from "../../src/reconnecting/index.js";
import type { ReconnectingWebSocket } from "../../src/reconnecting/index.js";
import type { WebSocketConnection } from "../../src/session/connection.js";
import { Happenings, endings, startServer } from "../support/live-server.js";
import { isError, startReconnecting } from "./support.js";

describe("messages that find no connection", () => {
  /** A client that does not get beyond its function. */
  function startStuck(
    context: TestContext,
    onFull: "drop-oldest" | "drop-newest" | "error",
  ): { readonly ws: ReconnectingWebSocket; readonly dropped: string[] } {
    const dropped: string[] = [];
    const { ws } = startReconnecting(context, () => new Promise<string>(() => {}), {
      buffer: { messages: 2, octets: 10, onFull },
      dropped: (_ws, data, reason) => void dropped.push(`${String(data)} ${reason}`),
    });
    return { ws, dropped };
  }

  test("drop-newest: send says so, and the handler gets it", (context) => {
    const { ws, dropped } = startStuck(context, "drop-newest");
    assert.deepEqual(
      ["one", "two", "three"].map((text) => ws.send(text)),
      [true, true, false],
    );
    assert.deepEqual(dropped, ["three full"]);
    ws.close();
    assert.deepEqual(dropped, ["three full", "one closed", "two closed"]);
    assert.equal(ws.send("four"), false);
    assert.deepEqual(dropped.at(-1), "four closed");
    assert.equal(ws.counters.dropped, 4);
  });

  test("drop-oldest: the new one is kept", (context) => {
    const { ws, dropped } = startStuck(context, "drop-oldest");
    assert.deepEqual(
      ["one", "two", "three", "longer than it all"].map((text) => ws.send(text)),
      [true, true, true, false],
    );
    assert.deepEqual(dropped, ["one full", "longer than it all full"]);
    assert.equal(ws.bufferedMessages, 2);
  });

  test("error: send throws, and nothing is dropped", (context) => {
    const { ws, dropped } = startStuck(context, "error");
    ws.send("one");
    ws.send("two");
    assert.throws(() => ws.send("three"), isError(ErrorCode.Backlog));
    assert.deepEqual(dropped, []);
    ws.close();
    assert.equal(ws.send("four"), false, "what is closed has no room at all");
  });

  test("a server that does not read is one that has no room", async (context) => {
    const opened = new Happenings<WebSocketConnection>();
    const live = await startServer(context, {
      open: (ws) => {
        ws.pause();
        opened.add(ws);
      },
    });
    const dropped = new Happenings<unknown>();
    const { ws } = startReconnecting(context, live.url, {
      buffer: { octets: 100_000 },
      connect: { compression: false },
      dropped: (_ws, data, reason) => dropped.add([data.length, reason]),
    });
    await ws.whenOpen();
    const message = "x".repeat(500_000);
    let sent = 0;
    // Until the system takes no more, and the limit holds.
    while (ws.send(message)) {
      sent++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(await dropped.next(), [500_000, "full"]);
    assert.ok(sent > 0 && ws.bufferedAmount > 100_000);
    assert.equal(ws.counters.sent, sent);
    (await opened.next()).resume();
  });

  test("only data is a message", (context) => {
    const { ws } = startStuck(context, "error");
    for (const data of [1, undefined, null, {}, [], new Date()])
      assert.throws(() => ws.send(data as never), isError(ErrorCode.InvalidArgument));
  });
});

describe("ending it", () => {
  test("close: the server sees the code and what was sent before", async (context) => {
    const { closes, close } = endings<undefined>();
    const received = new Happenings<unknown>();
    const live = await startServer(context, { close, message: (_ws, data) => received.add(data) });
    const { ws, until } = startReconnecting(context, live.url);
    await ws.whenOpen();
    ws.send("last");
    ws.close(4001, "bye");
    assert.equal(ws.state, "closed");
    ws.close(4002);
    assert.equal(await received.next(), "last");
    assert.equal(await closes.next(), "4001 bye clean");
    assert.equal((await until("closed")).cause, undefined);
    assert.deepEqual(await ws[Symbol.asyncIterator]().next(), { done: true, value: undefined });
  });

  test("await using waits until the connection is gone; using only closes", async (context) => {
    const { closes, close } = endings<undefined>();
    const live = await startServer(context, { close });
    const { ws } = startReconnecting(context, live.url);
    {
      await using client = ws;
      await client.whenOpen();
    }
    assert.equal(ws.state, "closed");
    const other = startReconnecting(context, live.url);
    await other.ws.whenOpen();
    other.ws[Symbol.dispose]();
    assert.equal(other.ws.state, "closed");
    assert.equal(await closes.next(), "1000 clean");
    assert.equal(await closes.next(), "1000 clean");
  });

  test("close before anything has begun, while connecting and while waiting", async (context) => {
    const live = await startServer(context, { open: (ws) => ws.close(1001) });
    const early = startReconnecting(context, live.url);
    early.ws.close();
    assert.equal((await early.changes.next()).state, "closed");
    await early.ws[Symbol.asyncDispose]();

    const connecting = startReconnecting(context, () => new Promise<string>(() => {}));
    await connecting.until("connecting");
    await connecting.ws[Symbol.asyncDispose]();
    assert.equal(connecting.ws.state, "closed");

    const waiting = startReconnecting(context, live.url, { backoff: { initialMs: 1_000, factor: 1 } });
    await waiting.until("waiting");
    await waiting.ws[Symbol.asyncDispose]();
    assert.deepEqual(
      waiting.changes.seen.map(({ state }) => state),
      ["connecting", "open", "waiting", "closed"],
    );
  });

  test("a handler may close, whatever the state", async (context) => {
    const live = await startServer(context, { open: (ws) => ws.close(1001) });
    for (const last of ["connecting", "open", "waiting"]) {
      const { changes, until } = startReconnecting(context, live.url, {
        state: (ws, { state }) => {
          if (state === last) ws.close();
        },
      });
      await until("closed");
      const states = changes.seen.map(({ state }) => state);
      assert.deepEqual(states.slice(-2), [last, "closed"]);
    }
  });

  test("retry does not wait", async (context) => {
    const live = await startServer(context, { open: (ws) => ws.close(1001) });
    const { ws, until } = startReconnecting(context, live.url, {
      backoff: { initialMs: 86_400_000, factor: 1, maxMs: 86_400_000 },
    });
    await until("waiting");
    ws.retry();
    assert.equal((await until("open")).attempt, 1);
  });

  test("an aborted signal drops the connection, and readers get its reason", async (context) => {
    const { closes, close } = endings<undefined>();
    const live = await startServer(context, { close });
    const controller = new AbortController();
    const { ws, until } = startReconnecting(context, live.url, { signal: controller.signal });
    await ws.whenOpen();
    const next = ws[Symbol.asyncIterator]().next();
    const reason = new Error("enough");
    controller.abort(reason);
    assert.equal(ws.state, "closed");
    await assert.rejects(next, reason);
    await assert.rejects(ws.whenOpen(), reason);
    assert.equal((await until("closed")).cause?.error, reason);
    assert.match(await closes.next(), /^1006/);
  });

  test("a signal that is aborted already lets nothing begin", async (context) => {
    const live = await startServer(context);
    const { ws, changes } = startReconnecting(context, live.url, { signal: AbortSignal.abort() });
    await assert.rejects(ws.whenOpen(), { name: "AbortError" });
    assert.deepEqual(
      changes.seen.map(({ state }) => state),
      ["closed"],
    );
    assert.equal(live.server.counters.connections, 0);
  });

  test("codes and reasons that no browser would send are refused", (context) => {
    const { ws } = startReconnecting(context, () => new Promise<string>(() => {}));
    for (const code of [0, 999, 1001, 1005, 2999, 5000, Number.NaN])
      assert.throws(() => ws.close(code), isError(ErrorCode.InvalidArgument), String(code));
    assert.throws(() => ws.close(1000, "é".repeat(62)), isError(ErrorCode.InvalidArgument));
    assert.equal(ws.state, "connecting");
    ws.close(1000, "é".repeat(61));
  });
});

describe("handlers", () => {
  for (const [how, fail] of [
    [
      "throws",
      (): never => {
        throw new Error("a mistake");
      },
    ],
    ["rejects", (): Promise<never> => Promise.reject(new Error("a mistake"))],
  ] as const)
    test(`one that ${how} ends it, and the mistake is shown`, async (context) => {
      const warned = once(process, "warning");
      const { closes, close } = endings<undefined>();
      const live = await startServer(context, { close, open: (ws) => ws.send("poison") });
      const { until } = startReconnecting(context, live.url, { message: fail });
      const { cause } = await until("closed");
      assert.ok(isError(ErrorCode.Handler)(cause?.error));
      assert.equal(((cause!.error as Error).cause as Error).message, "a mistake");
      const [warning] = (await warned) as [Error];
      assert.equal(warning, cause?.error);
      assert.equal(await closes.next(), "1011 clean");
      assert.equal(live.server.counters.opened, 1);
    });

  test("one that waited for a connection, and got none, has made no mistake", async (context) => {
    const warnings: unknown[] = [];
    const onWarning = (warning: unknown): void => void warnings.push(warning);
    process.on("warning", onWarning);
    context.after(() => process.off("warning", onWarning));
    const live = await startServer(context, { open: (ws) => ws.close(1008) });
    const { until } = startReconnecting(context, live.url, {
      state: (ws, { state }) =>
        state === "connecting" ? ws.whenOpen().then(() => ws.whenOpen()) : undefined,
      message: () => {},
      resume: (connection) => connection.receive().catch(() => {}),
    });
    await until("closed");
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(warnings, []);
  });

  test("messages go to the handler, and cannot be iterated over as well", async (context) => {
    const live = await startServer(context, {
      open: (ws) => {
        ws.send("text");
        ws.send(new Uint8Array([1]));
      },
    });
    const seen = new Happenings<unknown>();
    const { ws } = startReconnecting(context, live.url, {
      message: (client, data, isText) => seen.add([client === ws, typeof data, isText]),
    });
    assert.throws(() => ws[Symbol.asyncIterator](), isError(ErrorCode.InvalidArgument));
    assert.deepEqual(await seen.next(), [true, "string", true]);
    assert.deepEqual(await seen.next(), [true, "object", false]);
  });
});
