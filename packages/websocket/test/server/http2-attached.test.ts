import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer, createServer as createHttp2 } from "node:http2";
import type { Http2SecureServer, Http2Server, Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import { get } from "node:https";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { createServer } from "../../src/server/server.js";
import { ask, http2Session, open, request } from "../support/http2.js";
import { certificate, readModeSettled } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";

const application = (asked: Http2ServerRequest, response: Http2ServerResponse): void => {
  response.end(`${asked.method} ${asked.url} of the application over ${asked.httpVersion}`);
};

async function startHttp2Server(t: TestContext, server: Http2Server | Http2SecureServer): Promise<number> {
  await readModeSettled();
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket: { destroy(): void }) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

test("several servers at several paths of one HTTP/2 server, whose application goes on", async (t) => {
  const http = createHttp2({ settings: { maxConcurrentStreams: 77 } }, application);
  const port = await startHttp2Server(t, http);
  const named = (name: string, path: string) =>
    createServer({ path, message: (ws, data) => ws.send(`${name}: ${String(data)}`) }).attach(http);
  const [one, two] = [named("one", "/one"), named("two", "/two")];
  t.after(() => Promise.all([one.close({ drainMs: 0 }), two.close({ drainMs: 0 })]));
  const session = await http2Session(t, `http://localhost:${port}`);
  assert.equal(session.remoteSettings.enableConnectProtocol, true);
  assert.equal(session.remoteSettings.maxConcurrentStreams, 77, "a setting of the application");
  for (const [path, name] of [
    ["/one", "one"],
    ["/two?room=1", "two"],
  ] as const) {
    const { client } = await open(session, { ":path": path });
    client.text("hi");
    assert.equal(await client.next(), `TEXT "${name}: hi"`);
  }
  const lost = await ask(request(session, { ":path": "/three" }));
  assert.deepEqual([lost.status, lost.body], [404, "There is no WebSocket server at this path."]);
  const other = await ask(request(session, { ":protocol": "connect-udp" }));
  assert.equal(other.status, 501);
  assert.equal(one.counters.refused, 2);
  const page = await ask(session.request({ ":path": "/one" }));
  assert.equal(page.body, "GET /one of the application over 2.0");
  const tunnel = await ask(session.request({ ":method": "CONNECT", ":authority": "example.com:443" }));
  assert.equal(tunnel.status, 405, "as node:http2 answers by itself");

  // Who is closed leaves, and the other and the application go on.
  await one.close({ drainMs: 0 });
  assert.equal((await ask(request(session, { ":path": "/one" }))).status, 404);
  const { client } = await open(session, { ":path": "/two" });
  client.text("still");
  assert.equal(await client.next(), 'TEXT "two: still"');
});

test("with allowHTTP1, one secure server serves both versions, pages and WebSocket", async (t) => {
  const { key, cert } = await certificate();
  const http = createSecureServer({ key, cert, allowHTTP1: true }, application);
  const port = await startHttp2Server(t, http);
  const server = createServer({
    message: (ws, data) => ws.send(`${ws.handshake.httpVersion} ${String(data)}`),
  }).attach(http);
  t.after(() => server.close({ drainMs: 0 }));
  const session = await http2Session(t, `https://localhost:${port}`, { ca: cert });
  const { client: over2 } = await open(session);
  over2.text("hi");
  assert.equal(await over2.next(), 'TEXT "2.0 hi"');
  const over1 = await RawClient.open(t, { port, tls: { ca: cert } });
  over1.text("hi");
  assert.equal(await over1.next(), 'TEXT "1.1 hi"');
  const page = await ask(session.request({ ":path": "/page" }));
  assert.equal(page.body, "GET /page of the application over 2.0");
  const old = await new Promise<string>((resolve, reject) => {
    get({ port, host: "localhost", path: "/page", ca: cert, agent: false }, (response) => {
      response.setEncoding("utf8").once("data", resolve);
    }).on("error", reject);
  });
  assert.equal(old, "GET /page of the application over 1.1");
});

test("listeners of the application for streams and for connect get what is not ours", async (t) => {
  const http = createHttp2();
  http.on("stream", (stream, headers) => {
    if (stream.headersSent) return;
    stream.respond({ ":status": headers[":method"] === "CONNECT" ? 418 : 200 });
    stream.end(`${headers[":path"]} of the application`);
  });
  const port = await startHttp2Server(t, http);
  const server = createServer({ path: "/ours" }).attach(http);
  t.after(() => server.close({ drainMs: 0 }));
  const session = await http2Session(t, `http://localhost:${port}`);
  assert.equal((await ask(session.request({ ":path": "/ours" }))).body, "/ours of the application");
  const theirs = await ask(request(session, { ":path": "/theirs" }));
  assert.deepEqual([theirs.status, theirs.body], [418, "/theirs of the application"]);
  assert.equal((await ask(request(session, { ":protocol": "connect-udp" }))).status, 418);
  await open(session, { ":path": "/ours" });
  assert.equal(server.counters.refused, 0);

  const other = createHttp2(application);
  other.on("connect", (asked: Http2ServerRequest, response: Http2ServerResponse) => {
    response.writeHead(418);
    response.end(asked.url);
  });
  const otherPort = await startHttp2Server(t, other);
  server.attach(other);
  const otherSession = await http2Session(t, `http://localhost:${otherPort}`);
  assert.equal((await ask(request(otherSession, { ":path": "/theirs" }))).body, "/theirs");
  await open(otherSession, { ":path": "/ours" });
});

test("clients that had connected before were told nothing, and theirs is left to the application", async (t) => {
  const http = createHttp2({ settings: { enableConnectProtocol: true } }, application);
  const port = await startHttp2Server(t, http);
  const session = await http2Session(t, `http://localhost:${port}`);
  const server = createServer().attach(http);
  t.after(() => server.close({ drainMs: 0 }));
  assert.equal((await ask(request(session))).status, 405);
  const later = await http2Session(t, `http://localhost:${port}`);
  await open(later);
});

test("a request may be handed over, as the connect event of node:http2 has it", async (t) => {
  const http = createHttp2({ settings: { enableConnectProtocol: true } }, application);
  const port = await startHttp2Server(t, http);
  const server = createServer({ message: (ws, data) => ws.send(data) });
  t.after(() => server.close({ drainMs: 0 }));
  http.on("connect", (asked: Http2ServerRequest) => server.handleUpgrade(asked, asked.stream));
  const session = await http2Session(t, `http://localhost:${port}`);
  const { client } = await open(session);
  client.text("hi");
  assert.equal(await client.next(), 'TEXT "hi"');
  assert.equal((await ask(request(session, { "sec-websocket-version": "7" }))).status, 400);
});
