import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { test } from "node:test";

import WebSocket, { WebSocketServer, createWebSocketStream } from "../src/index.js";
import type { ClientOptions, Data, PerMessageDeflateOptions, RawData, ServerOptions } from "../src/index.js";

// Code as applications write it: that it compiles is the test, and that it runs is another.

interface Alive extends WebSocket {
  isAlive?: boolean;
}

class Session extends WebSocket {
  readonly id: number = 1;
}

function toText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}

test("the usual ways to write an application", async () => {
  const perMessageDeflate: PerMessageDeflateOptions = { threshold: 100, zlibDeflateOptions: { level: 3 } };
  const options: ServerOptions<typeof Session> = {
    port: 0,
    host: "127.0.0.1",
    perMessageDeflate,
    WebSocket: Session,
  };
  const wss = new WebSocketServer<typeof Session>(options);
  const server: WebSocket.Server = new WebSocket.Server({ noServer: true });
  wss.on("connection", (ws, request: IncomingMessage) => {
    assert.equal(ws.id, 1);
    assert.equal(request.url, "/?room=1");
    const alive: Alive = ws;
    ws.on("pong", () => (alive.isAlive = true));
    ws.on("message", (data, isBinary) => {
      for (const client of wss.clients)
        if (client.readyState === WebSocket.OPEN) client.send(toText(data), { binary: isBinary });
    });
    ws.on("error", console.error);
    ws.ping();
  });
  wss.on("headers", (headers: string[]) => headers.push("X-A: b"));
  await once(wss, "listening");
  const { port } = wss.address() as AddressInfo;

  const clientOptions: ClientOptions = { headers: { Authorization: "x" }, rejectUnauthorized: false };
  const ws: WebSocket = new WebSocket(`ws://127.0.0.1:${port}/?room=1`, ["a"], clientOptions);
  ws.on("unexpected-response", (_request, response) => response.resume());
  ws.on("upgrade", (response: IncomingMessage) => assert.equal(response.headers["x-a"], "b"));
  const received = new Promise<Data>((resolve) => {
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- as applications write it
    ws.onmessage = (event) => resolve(event.data);
  });
  ws.addEventListener("open", () => ws.send("hello", (error) => assert.equal(error, undefined)), {
    once: true,
  });
  assert.equal(await received, "hello");
  const stream: Duplex = createWebSocketStream(ws, { encoding: "utf8" });
  stream.destroy();
  const [code, reason] = (await once(ws, "close")) as [number, Buffer];
  assert.equal(code, 1006);
  assert.equal(reason.length, 0);
  assert.equal(server.clients.size, 0);
  wss.close();
});
