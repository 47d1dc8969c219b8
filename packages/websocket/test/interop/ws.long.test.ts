import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import type { TestContext } from "node:test";

import { WebSocket, WebSocketServer } from "ws";

import { certificate, track } from "../client/raw-server.js";
import { playMatrix } from "./matrix.js";
import type { Way } from "./matrix.js";
import { playOurClient } from "./our-client.js";
import { checkReport, startOurServer } from "./our-server.js";
import { playWebClient } from "./web-client.js";

playMatrix("our server and the client of ws", async (way, context) => {
  const server = await startOurServer(context, way);
  const { cert } = await certificate();
  const make = (url: string): WebSocket => new WebSocket(url, ["other", "chat"], { ca: cert });
  await checkReport(server, await playWebClient(make, server.url), way);
  await playMore(make(server.url));
});

playMatrix("our client and the server of ws", async (way, context) => {
  const url = await startWsServer(context, way);
  await playOurClient(url, way, { mayPing: true, mayFragment: true });
});

/** What the interface of browsers cannot say: fragments and pings. */
async function playMore(socket: WebSocket): Promise<void> {
  await once(socket, "open");
  socket.send("frag", { fin: false });
  socket.send("", { fin: false });
  socket.ping("in between");
  socket.send("ments ✓");
  const [[pong], [text, isBinary]] = (await Promise.all([once(socket, "pong"), once(socket, "message")])) as [
    [Buffer],
    [Buffer, boolean],
  ];
  assert.equal(pong.toString(), "in between");
  assert.deepEqual([text.toString(), isBinary], ["fragments ✓", false]);
  for (const part of [Buffer.alloc(200, 1), Buffer.alloc(0), Buffer.alloc(70_000, 2)]) {
    socket.send(part, { fin: part.length === 70_000 });
  }
  const [octets] = (await once(socket, "message")) as [Buffer];
  assert.ok(octets.equals(Buffer.concat([Buffer.alloc(200, 1), Buffer.alloc(70_000, 2)])));
  socket.close();
  const [code] = (await once(socket, "close")) as [number];
  assert.equal(code, 1005, "a Close frame without a code is answered by one without");
}

async function startWsServer(context: TestContext, { isSecure, isDeflating }: Way): Promise<string> {
  const web = isSecure ? createHttps(await certificate()) : createHttp();
  const server = new WebSocketServer({
    server: web,
    handleProtocols: () => "chat",
    perMessageDeflate: isDeflating ? { threshold: 0 } : false,
  });
  server.on("connection", (socket) => {
    socket.on("pong", (payload) => socket.send(`!pong ${payload.toString()}`));
    socket.on("message", (data, isBinary) => {
      const text = isBinary ? "" : (data as Buffer).toString();
      if (text === "!close") socket.close(4001, "bye ✓");
      else if (text === "!ping") socket.ping("hello");
      else if (text === "!fragments") sendFragments(socket);
      else socket.send(data, { binary: isBinary });
    });
  });
  const { port } = await track(context, web);
  return `${isSecure ? "wss" : "ws"}://127.0.0.1:${port}`;
}

function sendFragments(socket: WebSocket): void {
  for (const part of ["in ", "", "parts ✓"]) socket.send(part, { fin: part === "parts ✓" });
  for (const part of [[0], [], [255]]) socket.send(Buffer.from(part), { fin: part[0] === 255 });
}
