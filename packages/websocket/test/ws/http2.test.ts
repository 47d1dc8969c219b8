import assert from "node:assert/strict";
import { once } from "node:events";
import { constants, createServer } from "node:http2";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { WebSocket, WebSocketServer } from "../../src/ws/index.js";
import type { ServerOptions } from "../../src/ws/server.js";
import { ask, http2Session, open, request } from "../support/http2.js";
import { readModeSettled } from "../support/live-server.js";

/** A server of the drop-in that gets requests as frameworks hand them over, from the `connect` event of node:http2. */
async function start(
  t: TestContext,
  options: ServerOptions = {},
): Promise<{ wss: WebSocketServer; url: string }> {
  await readModeSettled();
  const http = createServer({ settings: { enableConnectProtocol: true } });
  // node:http2 emits `connect` only where it answers requests as well.
  http.on("request", (_asked, response: Http2ServerResponse) => response.end("a page"));
  const wss = new WebSocketServer({ noServer: true, ...options });
  http.on("connect", (asked: Http2ServerRequest) => {
    const raw = asked as unknown as IncomingMessage;
    wss.handleUpgrade(raw, asked.stream, Buffer.alloc(0), (ws) => wss.emit("connection", ws, asked));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => {
    for (const ws of wss.clients) ws.terminate();
    wss.close();
    http.close();
  });
  return { wss, url: `http://localhost:${(http.address() as AddressInfo).port}` };
}

test("handleUpgrade takes a stream of HTTP/2", async (t) => {
  const { wss, url } = await start(t, { path: "/chat", perMessageDeflate: true });
  wss.on("headers", (lines, asked) => {
    assert.equal(lines[0], "HTTP/2.0 200 OK");
    lines.push(`X-Asked: ${asked.url}`);
  });
  wss.on("connection", (ws, asked) => {
    ws.on("message", (data) => ws.send(`${asked.httpVersion} ${ws.protocol} ${String(data as Buffer)}`));
  });
  const session = await http2Session(t, url);
  const { client, stream, headers } = await open(session, {
    ":path": "/chat?a=1",
    "sec-websocket-protocol": "one, two",
    "sec-websocket-extensions": "permessage-deflate",
  });
  assert.equal(headers["x-asked"], "/chat?a=1");
  assert.equal(headers["sec-websocket-protocol"], "one");
  assert.match(String(headers["sec-websocket-extensions"]), /^permessage-deflate/);
  client.text("hi");
  assert.equal(await client.next(), 'TEXT "2.0 one hi"');
  const [ws] = [...wss.clients];
  const closed = once(ws!, "close");
  client.close(1000, "bye");
  assert.equal(await client.next(), 'CLOSE 1000 "bye"');
  stream.end();
  const [code, reason] = (await closed) as [number, Buffer];
  assert.deepEqual([code, reason.toString()], [1000, "bye"]);
});

test("refusals are answers of HTTP/2", async (t) => {
  const { url, wss } = await start(t, {
    path: "/chat",
    verifyClient: (_info, decide) => decide(false, 403, "members only", { "X-Why": "money" }),
  });
  const session = await http2Session(t, url);
  const path = await ask(request(session, { ":path": "/other" }));
  assert.equal(path.status, 400);
  const version = await ask(request(session, { ":path": "/chat", "sec-websocket-version": "7" }));
  assert.deepEqual([version.status, version.headers["sec-websocket-version"]], [400, "13"]);
  const verified = await ask(request(session, { ":path": "/chat" }));
  assert.deepEqual(
    [verified.status, verified.body, verified.headers["x-why"]],
    [403, "members only", "money"],
  );
  const page = await ask(session.request({ ":path": "/chat" }));
  assert.equal(page.body, "a page");
  assert.equal(wss.clients.size, 0);
});

test("a line that HTTP/2 has not is answered with 500", async (t) => {
  const { url, wss } = await start(t);
  const warned = once(process, "warning");
  wss.on("headers", (lines) => lines.push("Keep-Alive: timeout=5"));
  const session = await http2Session(t, url);
  assert.equal((await ask(request(session))).status, 500);
  const [warning] = (await warned) as [Error];
  assert.match(warning.message, /no header field/);
});

test("terminate is RST_STREAM with CANCEL, and a reset of the client is 1006", async (t) => {
  const { url, wss } = await start(t);
  const session = await http2Session(t, url);
  wss.once("connection", (ws) => ws.terminate());
  const dropped = request(session);
  await once(dropped, "close");
  assert.equal(dropped.rstCode, constants.NGHTTP2_CANCEL);
  const connected = once(wss, "connection");
  const { stream } = await open(session);
  const [ws] = (await connected) as [WebSocket];
  const closed = once(ws, "close");
  stream.close(constants.NGHTTP2_CANCEL);
  const [code] = (await closed) as [number];
  assert.equal(code, 1006);
});

test("setSocket takes a stream that was answered already, as programs do with ws", async (t) => {
  await readModeSettled();
  const http = createServer({ settings: { enableConnectProtocol: true } });
  http.on("stream", (stream) => {
    stream.respond({ ":status": 200 });
    const ws = new WebSocket(null);
    ws.setSocket(stream, Buffer.alloc(0), { maxPayload: 1024 });
    ws.on("message", (data) => ws.send(data));
    ws.on("error", () => {});
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  t.after(() => http.close());
  const session = await http2Session(t, `http://localhost:${(http.address() as AddressInfo).port}`);
  const { client } = await open(session);
  client.text("hi");
  assert.equal(await client.next(), 'BINARY "hi"');
  client.text("x".repeat(2000));
  assert.match(await client.next(), /^CLOSE 1009/);
});
