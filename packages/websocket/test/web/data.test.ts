import assert from "node:assert/strict";
import { Blob } from "node:buffer";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { WebSocket } from "../../src/web/index.js";
import { endings, startEcho, startServer } from "../support/live-server.js";
import { closed, failure, nextMessage, opened, thrown } from "./support.js";

async function openEcho(t: TestContext): Promise<WebSocket> {
  const { url } = await startEcho(t);
  const ws = new WebSocket(url);
  t.after(() => ws.close());
  await opened(ws);
  return ws;
}

test("binary messages arrive as Blobs, or as ArrayBuffers of their own", async (t) => {
  const ws = await openEcho(t);
  assert.equal(ws.binaryType, "blob");
  ws.send(new Uint8Array([1, 2]));
  const blob = (await nextMessage(ws)) as Blob;
  assert.ok(blob instanceof Blob);
  assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), new Uint8Array([1, 2]));
  ws.binaryType = "arraybuffer";
  ws.binaryType = "other" as "blob";
  assert.equal(ws.binaryType, "arraybuffer");
  ws.send(new Uint8Array([3]));
  const buffer = (await nextMessage(ws)) as ArrayBuffer;
  assert.ok(buffer instanceof ArrayBuffer);
  assert.deepEqual(new Uint8Array(buffer), new Uint8Array([3]));
});

test("views are sent as the octets that they show", async (t) => {
  const ws = await openEcho(t);
  ws.binaryType = "arraybuffer";
  const memory = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]).buffer;
  for (const [data, octets] of [
    [new DataView(memory, 1, 2), [1, 2]],
    [new Uint16Array(memory, 2, 2), [2, 3, 4, 5]],
    [memory, [0, 1, 2, 3, 4, 5, 6, 7]],
    [new ArrayBuffer(0), []],
  ] as const) {
    ws.send(data);
    assert.deepEqual([...new Uint8Array((await nextMessage(ws)) as ArrayBuffer)], octets);
  }
});

test("everything else is sent as text, with U+FFFD for lone surrogates", async (t) => {
  const ws = await openEcho(t);
  for (const [data, text] of [
    ["\ud800a", "\ufffda"],
    [null, "null"],
    [undefined, "undefined"],
    [1.5, "1.5"],
    [{ toString: () => "own" }, "own"],
    ["", ""],
  ] as const) {
    ws.send(data as string);
    assert.equal(await nextMessage(ws), text);
  }
  assert.equal(
    thrown(() => ws.send(Symbol("x") as never)),
    "TypeError",
  );
  assert.equal(
    thrown(() => (ws.send as () => void)()),
    "TypeError",
  );
});

test("memory that is shared or can be resized is refused", async (t) => {
  const ws = await openEcho(t);
  const shared = new Uint8Array(new SharedArrayBuffer(1));
  const resizable = new (ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer)(1, {
    maxByteLength: 2,
  });
  for (const data of [shared, resizable, new Uint8Array(resizable)])
    assert.equal(
      thrown(() => ws.send(data)),
      "TypeError",
    );
  assert.equal(ws.bufferedAmount, 0);
});

test("memory may be changed as soon as send returns", async (t) => {
  const ws = await openEcho(t);
  ws.binaryType = "arraybuffer";
  const octets = new Uint8Array(100_000).fill(1);
  ws.send(new Blob(["first"]));
  ws.send(octets);
  octets.fill(2);
  await nextMessage(ws);
  const received = new Uint8Array((await nextMessage(ws)) as ArrayBuffer);
  assert.ok(received.length === octets.length && received.every((octet) => octet === 1));
});

test("Blobs are sent in the order of the calls, and the closing waits for them", async (t) => {
  const seen: string[] = [];
  const { closes, close } = endings();
  const { url } = await startServer(t, {
    message: (_ws, data, isText) => void seen.push(`${isText ? "text" : "octets"} ${String(data)}`),
    close,
  });
  const ws = new WebSocket(url);
  await opened(ws);
  ws.send("1");
  ws.send(new Blob(["2"]));
  ws.send("3");
  ws.send(new Blob(["4"]));
  assert.equal(ws.bufferedAmount, 4);
  ws.close(3000);
  assert.equal(ws.readyState, WebSocket.CLOSING);
  assert.ok((await closed(ws)).wasClean);
  assert.equal(await closes.next(), "3000 clean");
  assert.deepEqual(seen, ["text 1", "octets 2", "text 3", "octets 4"]);
});

test("a Blob that cannot be read fails the connection", async (t) => {
  const { url } = await startEcho(t);
  const ws = new WebSocket(url);
  await opened(ws);
  const broken = {
    [Symbol.toStringTag]: "Blob",
    size: 1,
    arrayBuffer: () => Promise.reject(new Error("unreadable")),
  };
  const error = failure(ws);
  const end = closed(ws);
  ws.send(broken as unknown as Blob);
  assert.equal(await error, "unreadable");
  assert.equal((await end).code, 1006);
});

test("send throws InvalidStateError before the connection is open", async (t) => {
  const { url } = await startEcho(t);
  const ws = new WebSocket(url);
  assert.equal(
    thrown(() => ws.send("early")),
    "InvalidStateError",
  );
  await opened(ws);
  ws.close();
  await closed(ws);
});

test("bufferedAmount counts octets of UTF-8, does not fall in the same turn, and is 0 when they have gone", async (t) => {
  const ws = await openEcho(t);
  ws.send("h\u00e9");
  ws.send(new Uint8Array(10));
  assert.equal(ws.bufferedAmount, 13);
  await Promise.resolve();
  assert.equal(ws.bufferedAmount, 13);
  await nextMessage(ws);
  await nextMessage(ws);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(ws.bufferedAmount, 0);
});

test("bufferedAmount keeps growing with what is sent after close", async (t) => {
  const { url } = await startEcho(t);
  const ws = new WebSocket(url);
  await opened(ws);
  ws.close();
  ws.send("four");
  assert.equal(ws.bufferedAmount, 4);
  await closed(ws);
  assert.equal(ws.bufferedAmount, 4);
  ws.send(new Uint8Array(3));
  ws.send(new Blob(["12"]));
  assert.equal(ws.bufferedAmount, 9);
});

test("close checks its arguments in every state, and then changes nothing", async (t) => {
  const { url } = await startEcho(t);
  const ws = new WebSocket(url);
  for (const code of [0, 999, 1001, 1005, 2999, 5000, 65_536, NaN, null, "x"])
    assert.equal(
      thrown(() => ws.close(code as number)),
      "InvalidAccessError",
      String(code),
    );
  for (const reason of ["x".repeat(124), "\u20ac".repeat(42)])
    assert.equal(
      thrown(() => ws.close(1000, reason)),
      "SyntaxError",
    );
  assert.equal(ws.readyState, WebSocket.CONNECTING);
  await opened(ws);
  assert.equal(
    thrown(() => ws.close(1001)),
    "InvalidAccessError",
  );
  assert.equal(ws.readyState, WebSocket.OPEN);
  // 2999.5 is rounded to 3000, and the reason without a code has 1000 before it.
  ws.close(2999.6, "\u20ac".repeat(41));
  assert.equal((await closed(ws)).code, 3000);
  assert.equal(
    thrown(() => ws.close(1001)),
    "InvalidAccessError",
  );
});

test("a reason without a code is sent with 1000, and without both there is no code", async (t) => {
  const { closes, close } = endings();
  const { url } = await startServer(t, { close });
  for (const args of [[], [undefined, "why"]] as const) {
    const ws = new WebSocket(url);
    await opened(ws);
    ws.close(...(args as []));
    await closed(ws);
  }
  assert.deepEqual([await closes.next(), await closes.next()], ["1005 clean", "1000 why clean"]);
});

test("a large message arrives whole, above the limit of connect", async (t) => {
  const size = 3 * 1024 * 1024;
  const { url } = await startServer(t, {
    limits: { messageOctets: 2 * size },
    message: (ws, data) => void ws.send(data),
  });
  const ws = new WebSocket(url);
  ws.binaryType = "arraybuffer";
  await opened(ws);
  ws.send(new Uint8Array(size));
  assert.equal(((await nextMessage(ws)) as ArrayBuffer).byteLength, size);
  ws.close();
  await closed(ws);
});
