import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { WebSocket, WebSocketStream } from "../../src/web/index.js";
import { startEcho, startServer } from "../support/live-server.js";
import { closed, failure, nextMessage, opened, thrown } from "./support.js";

const NOWHERE = "ws://127.0.0.1:9/";

/** A socket that gives up at once. */
function abandoned(url: unknown, protocols?: unknown): WebSocket {
  const ws = new WebSocket(url as string, protocols as string);
  ws.close();
  return ws;
}

test("the URL is parsed, and http and https stand for ws and wss", () => {
  for (const [given, url] of [
    ["ws://example.com", "ws://example.com/"],
    ["WSS://Example.com:443/a b?c", "wss://example.com/a%20b?c"],
    ["http://example.com:80/", "ws://example.com/"],
    ["https://example.com/x", "wss://example.com/x"],
    [new URL("ws://user:pass@example.com/"), "ws://user:pass@example.com/"],
  ] as const)
    assert.equal(abandoned(given).url, url);
});

test("an address that cannot be one throws a SyntaxError", () => {
  for (const url of [
    "",
    "/relative",
    "ws://a b/",
    "ftp://example.com/",
    "ws://example.com/#",
    "ws://example.com/#a",
    "ws+unix:///x",
  ])
    for (const Class of [WebSocket, WebSocketStream])
      assert.equal(
        thrown(() => new Class(url)),
        "SyntaxError",
        `${Class.name} ${url}`,
      );
});

test("a relative URL is resolved where there is a location, as in a page", (t) => {
  Object.defineProperty(globalThis, "location", {
    value: new URL("https://example.com/a/b"),
    configurable: true,
  });
  t.after(() => delete (globalThis as { location?: unknown }).location);
  assert.equal(abandoned("c").url, "wss://example.com/a/c");
});

test("subprotocols are tokens, and none comes twice, in whatever case", () => {
  for (const protocols of ["", "a b", "a,b", "\u00e9", ["a", ""], ["a", "a"], ["chat", "CHAT"], null])
    assert.equal(
      thrown(() => abandoned(NOWHERE, protocols)),
      protocols === null ? "" : "SyntaxError",
      JSON.stringify(protocols),
    );
  assert.equal(
    thrown(() => abandoned(NOWHERE, Symbol("a"))),
    "TypeError",
  );
});

test("a call without new and one without a URL throw a TypeError", () => {
  assert.throws(() => (WebSocket as unknown as () => void)(), TypeError);
  assert.throws(() => new (WebSocket as unknown as new () => unknown)(), TypeError);
  assert.throws(() => new (WebSocketStream as unknown as new () => unknown)(), TypeError);
});

test("the offered subprotocol that the server chooses is the protocol", async (t: TestContext) => {
  const { url } = await startEcho(t, { protocols: ["b"] });
  for (const protocols of [["a", "b"], new Set(["b"]), "b", { protocols: "b" }, { protocols: ["a", "b"] }]) {
    const ws = new WebSocket(url, protocols as string[]);
    assert.equal(ws.protocol, "");
    await opened(ws);
    assert.equal(ws.protocol, "b");
    ws.close();
    await closed(ws);
  }
});

test("an answer that chooses no subprotocol fails the connection", async (t) => {
  const { url } = await startEcho(t);
  const ws = new WebSocket(url, "chat");
  const { code, wasClean } = await closed(ws);
  assert.deepEqual({ code, wasClean }, { code: 1006, wasClean: false });
});

test("the second form of the constructor takes the options of connect", async (t) => {
  const { url } = await startServer<string | undefined>(t, {
    upgrade: ({ headers, origin }) => ({ data: `${String(headers["x-key"])} ${String(origin)}` }),
    open: (ws) => void ws.send(ws.data ?? ""),
  });
  const origin = new URL(url.replace("ws:", "http:")).origin;
  const ws = new WebSocket(url, { headers: { "X-Key": "1" }, origin, limits: { messageOctets: 64 } });
  assert.equal(await nextMessage(ws), `1 ${origin}`);
  ws.close();
});

test("ports of other protocols are never connected to", async () => {
  const ws = new WebSocket("ws://127.0.0.1:6667/");
  assert.match(await failure(ws), /^Port 6667 is never connected to/);
  await assert.rejects(new WebSocketStream("ws://127.0.0.1:6667/").opened, { name: "WebSocketError" });
});
