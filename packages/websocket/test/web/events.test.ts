/* oxlint-disable unicorn/prefer-add-event-listener -- the attributes are tested here, too */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { CloseEvent, WebSocket } from "../../src/web/index.js";
import { goodAnswer, startRawServer } from "../client/raw-server.js";
import { startEcho, startServer } from "../support/live-server.js";
import { closed, nextMessage, opened, watch } from "./support.js";

test("a connection that opens and closes has the events open, message and close", async (t) => {
  const { url } = await startEcho(t);
  const ws = new WebSocket(url);
  const seen = watch(ws);
  assert.equal(ws.readyState, WebSocket.CONNECTING);
  await opened(ws);
  ws.send("a");
  await nextMessage(ws);
  ws.close(3000, "enough");
  assert.equal(ws.readyState, WebSocket.CLOSING);
  const { code, wasClean } = await closed(ws);
  assert.deepEqual({ code, wasClean }, { code: 3000, wasClean: true });
  assert.deepEqual(seen, ["open 1", "message 1", "close 3"]);
});

test("the server's code and reason are those of the close event", async (t) => {
  const { url } = await startServer(t, { open: (ws) => ws.close(4001, "h\u00e9") });
  const { code, reason, wasClean } = await closed(new WebSocket(url));
  assert.deepEqual({ code, reason, wasClean }, { code: 4001, reason: "h\u00e9", wasClean: true });
});

test("a server that cannot be reached has the events error and close, with 1006, and the error says why", async (t) => {
  const { port, sockets } = await startRawServer(t, (socket) => socket.destroy());
  const ws = new WebSocket(`ws://127.0.0.1:${port}/`);
  const seen = watch(ws);
  const error = once(ws, "error");
  const { code, wasClean } = await closed(ws);
  assert.deepEqual({ code, wasClean }, { code: 1006, wasClean: false });
  assert.deepEqual(seen, ["error 3", "close 3"]);
  const [event] = (await error) as [Event & { readonly error: Error; readonly message: string }];
  assert.equal(event.message, event.error.message);
  assert.equal((event.error as { code?: string }).code, "WIREPROOF_INVALID_RESPONSE");
  assert.equal(Object.prototype.toString.call(event), "[object Event]");
  assert.equal(sockets.size, 0);
});

test("close before the connection is open gives up: error, then close, and never open", async (t) => {
  const { url } = await startEcho(t);
  const ws = new WebSocket(url);
  const seen = watch(ws);
  ws.close();
  assert.equal(ws.readyState, WebSocket.CLOSING);
  assert.equal((await closed(ws)).code, 1006);
  assert.deepEqual(seen, ["error 3", "close 3"]);
});

test("a server that breaks the protocol fails the connection: 1006, whatever Close frames said", async (t) => {
  // A frame with a reserved opcode, and a Close frame.
  const { url } = await startRawServer(t, (socket, head) => {
    socket.write(
      Buffer.concat([
        Buffer.from(goodAnswer(head)),
        Buffer.from("8300", "hex"),
        Buffer.from("880203e8", "hex"),
      ]),
    );
    socket.once("data", () => socket.end());
  });
  const ws = new WebSocket(url);
  const seen = watch(ws);
  const { code, reason, wasClean } = await closed(ws);
  assert.deepEqual({ code, reason, wasClean }, { code: 1006, reason: "", wasClean: false });
  assert.deepEqual(seen, ["open 1", "error 3", "close 3"]);
});

test("a connection that ends without a Close frame has the event error", async (t) => {
  const { url } = await startServer(t, { open: (ws) => ws.terminate() });
  const ws = new WebSocket(url);
  const seen = watch(ws);
  assert.equal((await closed(ws)).code, 1006);
  assert.deepEqual(seen.at(-2), "error 3");
});

test("each message is a task: what waits for one is there for the next, even if both came in one read", async (t) => {
  const frames = Buffer.concat(["a", "b", "c"].map((text) => Buffer.from([0x81, 1, text.charCodeAt(0)])));
  const { url } = await startRawServer(t, (socket, head) => {
    socket.write(Buffer.concat([Buffer.from(goodAnswer(head)), frames, Buffer.from("880203e8", "hex")]));
    socket.once("data", () => socket.end());
  });
  const ws = new WebSocket(url);
  const end = closed(ws);
  await opened(ws);
  const seen: unknown[] = [];
  for (let count = 0; count < 3; count++) {
    seen.push(await nextMessage(ws));
    // More microtasks than one.
    for (let hop = 0; hop < 10; hop++) await Promise.resolve();
  }
  assert.deepEqual(seen, ["a", "b", "c"]);
  assert.equal((await end).code, 1000);
});

test("the state is OPEN until all that came before the server's Close frame has been delivered", async (t) => {
  const { url } = await startServer(t, {
    open(ws) {
      ws.send("1");
      ws.send("2");
      ws.close(1000);
    },
  });
  const ws = new WebSocket(url);
  const seen = watch(ws);
  await closed(ws);
  assert.deepEqual(seen, ["open 1", "message 1", "message 1", "close 3"]);
});

test("after close, messages are not delivered", async (t) => {
  const { url } = await startServer(t, { open: (ws) => ws.send("late") && ws.send("later") });
  const ws = new WebSocket(url);
  ws.onopen = () => ws.close();
  const seen = watch(ws);
  await closed(ws);
  assert.deepEqual(seen, ["open 2", "close 3"]);
});

test("a message has the origin of the server", async (t) => {
  const { url } = await startServer(t, { open: (ws) => void ws.send("x") });
  const ws = new WebSocket(`${url}path`);
  const event = await new Promise<MessageEvent>((resolve) => (ws.onmessage = resolve));
  assert.equal(event.origin, new URL(url).origin);
  assert.ok(event instanceof MessageEvent);
  assert.equal(Object.prototype.toString.call(event), "[object MessageEvent]");
  ws.close();
});

test("handler attributes keep what is an object, become null with anything else, and keep their place", async (t) => {
  const { url } = await startEcho(t);
  const ws = new WebSocket(url);
  assert.equal(ws.onopen, null);
  ws.onopen = 2 as never;
  assert.equal(ws.onopen, null);
  const object = {};
  ws.onopen = object as never;
  assert.equal(ws.onopen, object);
  const seen: string[] = [];
  ws.addEventListener("open", () => seen.push("listener"));
  ws.onopen = function (event) {
    assert.equal(this, ws);
    assert.equal(event.type, "open");
    seen.push("handler");
  };
  await opened(ws);
  // Its place is where an object was first set: before the listener.
  assert.deepEqual(seen, ["handler", "listener"]);
  ws.onclose = () => seen.push("close");
  ws.onclose = null;
  ws.close();
  await closed(ws);
  assert.deepEqual(seen, ["handler", "listener"]);
});

test("a CloseEvent converts what it is made of", () => {
  const event = new CloseEvent("close", { code: 65_536 + 1000, reason: "\ud800", wasClean: 1 as never });
  assert.deepEqual([event.code, event.reason, event.wasClean], [1000, "\ufffd", true]);
  const bare = new CloseEvent("close");
  assert.deepEqual([bare.code, bare.reason, bare.wasClean, bare.bubbles], [0, "", false, false]);
  assert.throws(() => new CloseEvent("close", 1 as never), TypeError);
});

test("the class is as Web IDL describes it", () => {
  const constants = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
  for (const [name, value] of Object.entries(constants))
    for (const holder of [WebSocket, WebSocket.prototype])
      assert.deepEqual(Object.getOwnPropertyDescriptor(holder, name), {
        value,
        writable: false,
        enumerable: true,
        configurable: false,
      });
  assert.deepEqual([WebSocket.length, WebSocket.name], [1, "WebSocket"]);
  assert.deepEqual([WebSocket.prototype.send.length, WebSocket.prototype.close.length], [1, 0]);
  assert.equal(Object.prototype.toString.call(WebSocket.prototype), "[object WebSocket]");
  for (const name of ["url", "readyState", "bufferedAmount", "binaryType", "onopen", "onmessage"]) {
    const descriptor = Object.getOwnPropertyDescriptor(WebSocket.prototype, name);
    assert.equal(descriptor?.enumerable, true, name);
    assert.throws(() => descriptor?.get?.call({}), TypeError);
  }
});
