import assert from "node:assert/strict";
import { test } from "node:test";

import {
  CloseEvent,
  WebSocket,
  WebSocketError,
  WebSocketStream,
  installGlobals,
} from "../../src/web/index.js";

test("installGlobals puts the classes where browsers have them, and its result takes them away", () => {
  const globals = globalThis as Record<string, unknown>;
  const names = ["WebSocket", "WebSocketStream", "WebSocketError", "CloseEvent"];
  const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  const restore = installGlobals();
  assert.deepEqual(
    names.map((name) => globals[name]),
    [WebSocket, WebSocketStream, WebSocketError, CloseEvent],
  );
  for (const name of names) assert.ok(!Object.keys(globalThis).includes(name));
  restore();
  assert.deepEqual(
    names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name)),
    before,
  );
});

test("what others have put there meanwhile stays", (t) => {
  const globals = globalThis as Record<string, unknown>;
  const before = Object.getOwnPropertyDescriptor(globalThis, "WebSocket");
  const stream = Object.getOwnPropertyDescriptor(globalThis, "WebSocketStream");
  t.after(() =>
    before === undefined
      ? delete globals["WebSocket"]
      : Object.defineProperty(globalThis, "WebSocket", before),
  );
  const restore = installGlobals();
  globals["WebSocket"] = "theirs";
  restore();
  assert.equal(globals["WebSocket"], "theirs");
  assert.deepEqual(Object.getOwnPropertyDescriptor(globalThis, "WebSocketStream"), stream);
});
