import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { WebSocketError, WebSocketStream } from "../../src/web/index.js";
import type { WebSocketOpenInfo } from "../../src/web/index.js";
import { goodAnswer, startRawServer } from "../client/raw-server.js";
import { deferred, endings, startEcho, startServer } from "../support/live-server.js";
import { thrown } from "./support.js";

async function openEcho(t: TestContext): Promise<{ stream: WebSocketStream } & WebSocketOpenInfo> {
  const { url } = await startEcho(t);
  const stream = new WebSocketStream(url);
  return { stream, ...(await stream.opened) };
}

test("opened has two streams of messages, the subprotocol and the extensions", async (t) => {
  const { url } = await startEcho(t, { protocols: ["chat"], compression: false });
  const stream = new WebSocketStream(url, { protocols: ["chat"] });
  assert.equal(stream.url, url);
  const { readable, writable, protocol, extensions } = await stream.opened;
  assert.deepEqual([protocol, extensions], ["chat", ""]);
  const writer = writable.getWriter();
  await writer.write("text");
  await writer.write(new Uint8Array([1, 2]));
  await writer.write(new Uint8Array([3]).buffer);
  const reader = readable.getReader();
  assert.deepEqual(await reader.read(), { done: false, value: "text" });
  for (const octets of [[1, 2], [3]]) {
    const { value } = await reader.read();
    assert.ok(value instanceof Uint8Array && !Buffer.isBuffer(value));
    assert.deepEqual([...value], octets);
  }
  stream.close({ closeCode: 4000, reason: "enough" });
  assert.deepEqual(await stream.closed, { closeCode: 4000, reason: "" });
  assert.deepEqual(await reader.read(), { done: true, value: undefined });
  await assert.rejects(writer.write("late"), { name: "InvalidStateError" });
});

test("the peer's close code and reason are those of closed", async (t) => {
  const { url } = await startServer(t, { open: (ws) => ws.send("last") && ws.close(4001, "bye") });
  const stream = new WebSocketStream(url);
  const { readable } = await stream.opened;
  assert.deepEqual(await stream.closed, { closeCode: 4001, reason: "bye" });
  const reader = readable.getReader();
  assert.deepEqual(await reader.read(), { done: false, value: "last" });
  assert.ok((await reader.read()).done);
});

test("a connection that ends uncleanly rejects closed and errors both streams with the same error", async (t) => {
  const { url } = await startServer(t, { open: (ws) => ws.terminate() });
  const stream = new WebSocketStream(url);
  const { readable, writable } = await stream.opened;
  const error: unknown = await stream.closed.catch((it: unknown) => it);
  assert.ok(error instanceof WebSocketError && error instanceof DOMException);
  assert.deepEqual([error.name, error.code, error.closeCode, error.reason], ["WebSocketError", 0, 1006, ""]);
  assert.equal(
    await readable
      .getReader()
      .read()
      .catch((it: unknown) => it),
    error,
  );
  assert.equal(await writable.getWriter().ready.catch((it: unknown) => it), error);
});

test("a server that refuses rejects opened and closed, and the cause says why", async (t) => {
  const { url } = await startServer(t, { upgrade: () => ({ status: 401 }) });
  const stream = new WebSocketStream(url);
  const error = (await stream.opened.catch((it: unknown) => it)) as WebSocketError;
  assert.ok(error instanceof WebSocketError);
  assert.equal((error.cause as { status?: number }).status, 401);
  assert.equal(await stream.closed.catch((it: unknown) => it), error);
});

test("the signal gives up connecting, with its reason, and has no effect later", async (t) => {
  const { url } = await startEcho(t);
  const asked = deferred();
  const silent = await startRawServer(t, () => asked.resolve());
  const reason = new Error("no more");
  const before = new WebSocketStream(url, { signal: AbortSignal.abort(reason) });
  await assert.rejects(before.opened, reason);
  await assert.rejects(before.closed, reason);

  const controller = new AbortController();
  const during = new WebSocketStream(silent.url, { signal: controller.signal });
  await asked.promise;
  controller.abort(reason);
  await assert.rejects(during.opened, reason);
  await assert.rejects(during.closed, reason);

  const later = new AbortController();
  const stream = new WebSocketStream(url, { signal: later.signal });
  const { readable, writable } = await stream.opened;
  later.abort();
  await writable.getWriter().write("still");
  assert.equal((await readable.getReader().read()).value, "still");
  stream.close();
  await stream.closed;
});

test("close before the connection is open rejects both promises with a WebSocketError", async (t) => {
  const { url } = await startEcho(t);
  const stream = new WebSocketStream(url);
  stream.close();
  await assert.rejects(stream.opened, (error) => error instanceof WebSocketError && error.closeCode === 1006);
  await assert.rejects(stream.closed, WebSocketError);
});

test("closing the writable closes the connection behind what was written, and waits for its end", async (t) => {
  const seen: string[] = [];
  const { closes, close } = endings();
  const { url } = await startServer(t, { message: (_ws, data) => void seen.push(String(data)), close });
  const stream = new WebSocketStream(url);
  const writer = (await stream.opened).writable.getWriter();
  void writer.write("a");
  void writer.write("b");
  await writer.close();
  assert.deepEqual(seen, ["a", "b"]);
  assert.equal(await closes.next(), "1005 clean");
  assert.equal((await stream.closed).closeCode, 1005);
});

test("a message that is written behind close is not sent, and its write fails", async (t) => {
  const seen: string[] = [];
  const { closes, close } = endings();
  const { url } = await startServer(t, { message: (_ws, data) => void seen.push(String(data)), close });
  const stream = new WebSocketStream(url);
  const writer = (await stream.opened).writable.getWriter();
  await writer.write("early");
  stream.close({ closeCode: 3000 });
  await assert.rejects(writer.write("late"), { name: "InvalidStateError" });
  assert.equal(await closes.next(), "3000 clean");
  assert.deepEqual(seen, ["early"]);
  assert.equal((await stream.closed).closeCode, 3000);
});

test("cancel and abort close with what a WebSocketError says, and without a code else", async (t) => {
  for (const [reason, closeCode] of [
    [undefined, 1005],
    [{ closeCode: 4000 }, 1005],
    [new WebSocketError("", { closeCode: 4000 }), 4000],
    [new WebSocketError("", { reason: "why" }), 1000],
  ] as const) {
    const first = await openEcho(t);
    void first.readable.cancel(reason);
    assert.equal((await first.stream.closed).closeCode, closeCode);
    const second = await openEcho(t);
    void second.writable.abort(reason);
    assert.equal((await second.stream.closed).closeCode, closeCode);
  }
});

test("cancel ends the connection even where much waits to be read", async (t) => {
  const { url } = await startServer(t, {
    limits: { backlogOctets: 64 * 1024 * 1024 },
    open: (ws) => {
      for (let count = 0; count < 256; count++) ws.send(new Uint8Array(64 * 1024), { compress: false });
    },
  });
  const stream = new WebSocketStream(url);
  const { readable } = await stream.opened;
  await readable.cancel();
  assert.ok((await stream.closed).closeCode >= 1000);
});

test("a slow reader slows the peer down", async (t) => {
  const octets = 64 * 1024;
  const count = 1_024;
  const sent = { count: 0 };
  const { url } = await startServer(t, {
    compression: false,
    async open(ws) {
      for (; sent.count < count; sent.count++) {
        await ws.ready();
        ws.send(new Uint8Array(octets));
      }
      ws.close(1000);
    },
  });
  const stream = new WebSocketStream(url);
  const reader = (await stream.opened).readable.getReader();
  // In as many turns of the event loop the server could send everything.
  for (let turn = 0; turn < 4 * count; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(
    sent.count < count,
    `${sent.count} of ${count} messages were sent to a reader that does not read`,
  );
  let received = 0;
  while (!(await reader.read()).done) received++;
  assert.equal(received, count);
});

test("a write to a peer that does not read waits, and the next ones with it", async (t) => {
  const gate = deferred();
  const { url } = await startServer(t, {
    compression: false,
    limits: { messageOctets: 32 * 1024 * 1024 },
    open(ws) {
      ws.pause();
      void gate.promise.then(() => ws.resume());
    },
    message: (ws) => ws.close(1000),
  });
  const stream = new WebSocketStream(url);
  const writer = (await stream.opened).writable.getWriter();
  let isWritten = false;
  const write = writer.write(new Uint8Array(24 * 1024 * 1024)).then(
    () => (isWritten = true),
    () => (isWritten = true),
  );
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isWritten, false);
  gate.resolve();
  await write;
  await stream.closed;
});

test("a message that the peer's closing overtakes makes the closing unclean, and its write fails", async (t) => {
  const asked = deferred();
  const { url } = await startRawServer(t, (socket, head) => {
    socket.write(Buffer.concat([Buffer.from(goodAnswer(head)), Buffer.from("880211d7", "hex")]));
    socket.pause();
    void asked.promise.then(() => {
      socket.resume();
      socket.end();
    });
  });
  const stream = new WebSocketStream(url);
  const writer = (await stream.opened).writable.getWriter();
  const write = writer.write(new Uint8Array(20 * 1024 * 1024));
  asked.resolve();
  const error: unknown = await write.catch((it: unknown) => it);
  assert.equal((error as Error).name, "InvalidStateError");
  await assert.rejects(stream.closed, (it) => it instanceof WebSocketError && it.closeCode === 4567);
  assert.equal(await writer.write("x").catch((it: unknown) => it), error);
});

test("a chunk that is no message rejects its write", async (t) => {
  for (const chunk of [Symbol("x"), { toString: () => ({}) }, new Uint8Array(new SharedArrayBuffer(1))]) {
    const { stream, writable } = await openEcho(t);
    await assert.rejects(writable.getWriter().write(chunk as string), TypeError);
    stream.close();
    await stream.closed;
  }
});

test("close and WebSocketError check codes and reasons", async (t) => {
  const { stream } = await openEcho(t);
  for (const act of [(info: object) => stream.close(info), (info: object) => new WebSocketError("", info)]) {
    for (const closeCode of [999, 1001, 2999, 5000])
      assert.equal(
        thrown(() => act({ closeCode })),
        "InvalidAccessError",
      );
    for (const closeCode of [-1, 65_536, NaN, "x"])
      assert.equal(
        thrown(() => act({ closeCode })),
        "TypeError",
      );
    assert.equal(
      thrown(() => act({ reason: "\u20ac".repeat(42) })),
      "SyntaxError",
    );
    assert.equal(
      thrown(() => act(true as unknown as object)),
      "TypeError",
    );
  }
  const { name, message, closeCode, reason } = new WebSocketError("what", { reason: "why" });
  assert.deepEqual([name, message, closeCode, reason], ["WebSocketError", "what", 1000, "why"]);
  assert.equal(new WebSocketError().closeCode, null);
  stream.close();
  await stream.closed;
});

test("options that are none throw a TypeError", () => {
  for (const options of [true, "chat", { protocols: "chat" }, { protocols: 1 }, { signal: {} }])
    assert.equal(
      thrown(() => new WebSocketStream("ws://127.0.0.1:9/", options as object)),
      "TypeError",
    );
});
