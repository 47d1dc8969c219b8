import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { createServer as createHttps } from "node:https";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";

import type { WebSocket } from "../../src/ws/index.js";
import { certificate } from "../support/live-server.js";
import { differential } from "./support/differential.js";
import { closed, describeData, next, watch } from "./support/watch.js";

// The ways in which projects are known to use it; see the list in docs/ws-compat.md.

differential("as engine.io does: noServer, headers, a message that was framed once", async (stage) => {
  const { WebSocketServer, Sender } = stage.server;
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: 1e6,
  });
  wss.on("headers", (headers: string[], request: IncomingMessage) => headers.push(`X-Path: ${request.url}`));
  const http = createServer();
  http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    wss.handleUpgrade(request, socket, head, (websocket) => {
      watch(stage, "server", websocket);
      const frame = Sender.frame(Buffer.from("4hello"), {
        readOnly: false,
        mask: false,
        rsv1: false,
        opcode: 1,
        fin: true,
      });
      stage.log("server", typeof websocket._sender?.sendFrame, typeof websocket._socket);
      websocket.send("0{}", { compress: false });
      websocket._sender?.sendFrame(frame, () => stage.log("server", "sent"));
      websocket.on("message", () => websocket.close());
    });
  });
  http.listen(0, "127.0.0.1");
  await next(http, "listening");
  const here = watch(
    stage,
    "client",
    stage.connect(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/engine.io/?EIO=4`),
  );
  here.on("upgrade", ({ headers }) => stage.log("client", headers["x-path"]));
  await next(here, "message");
  here.send(Buffer.from("3"));
  await closed(here);
  http.close();
});

differential(
  "as graphql-ws does: handleProtocols afterwards, reasons, pings and callbacks",
  async (stage) => {
    const { wss, url } = await stage.serve();
    wss.options.handleProtocols = (protocols) =>
      protocols.has("graphql-transport-ws") ? "graphql-transport-ws" : false;
    wss.on("connection", (there, { url: path }) => {
      watch(stage, "server", there);
      stage.log("server", there.protocol, path);
      there.on("message", (data) => {
        there.send(describeData(data).toUpperCase(), (error) =>
          stage.log("server", "sent", error === undefined || error === null),
        );
        there.close(4400, "Invalid message received");
      });
      there.ping();
    });
    const here = watch(stage, "client", stage.connect(url, ["other", "graphql-transport-ws"]));
    await next(here, "ping");
    here.send("{}");
    await closed(here);
  },
);

differential(
  "as Vite does: shouldHandle replaced, connections announced by the application",
  async (stage) => {
    const { WebSocketServer } = stage.server;
    const wss = new WebSocketServer({ noServer: true });
    wss.shouldHandle = (request: IncomingMessage) => request.headers.origin !== "http://evil.example";
    const http = createServer();
    http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (request.headers["sec-websocket-protocol"] !== "vite-hmr") return;
      wss.handleUpgrade(request, socket, head, (websocket) => wss.emit("connection", websocket, request));
    });
    wss.on("connection", (there: WebSocket) => {
      there.on("message", (data) => stage.log("server", describeData(data), wss.clients.size));
      there.send(JSON.stringify({ type: "connected" }));
    });
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const evil = watch(stage, "evil", stage.connect(url, "vite-hmr", { origin: "http://evil.example" }));
    await closed(evil);
    const here = watch(stage, "client", stage.connect(url, "vite-hmr"));
    await next(here, "message");
    for (const client of wss.clients) if (client.readyState === client.OPEN) client.send("update");
    await next(here, "message");
    for (const client of wss.clients) client.terminate();
    await closed(here);
    http.close();
  },
);

differential("completeUpgrade of a class of the application's own", async (stage) => {
  class Own extends stage.server.WebSocketServer {
    override completeUpgrade(
      ...args: Parameters<InstanceType<typeof stage.server.WebSocketServer>["completeUpgrade"]>
    ): void {
      const [extensions, key, protocols] = args;
      stage.log("server", Object.keys(extensions), key.length, [...protocols]);
      super.completeUpgrade(...args);
    }
  }
  const wss = new Own({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
  await next(wss, "listening");
  const here = watch(
    stage,
    "client",
    stage.connect(`ws://127.0.0.1:${(wss.address() as AddressInfo).port}`, ["a", "b"]),
  );
  here.on("open", () => here.close());
  await closed(here);
  wss.close();
});

differential("over TLS, with the application's certificate", async (stage) => {
  const { cert, key } = await certificate();
  const https = createHttps({ cert, key });
  const wss = new stage.server.WebSocketServer({
    server: https,
    verifyClient: (info: { secure: boolean }) => {
      stage.log("server", "secure", info.secure);
      return true;
    },
  });
  wss.on("connection", (there: WebSocket) => {
    watch(stage, "server", there);
    there.on("message", (data, binary) => there.send(data, { binary }));
  });
  https.listen(0, "127.0.0.1");
  await next(https, "listening");
  const url = `wss://localhost:${(https.address() as AddressInfo).port}`;
  const stranger = watch(stage, "stranger", stage.connect(url));
  await closed(stranger);
  const here = watch(stage, "client", stage.connect(url, { ca: cert }));
  await next(here, "open");
  for (const data of ["text", Buffer.alloc(300_000, 1), "x".repeat(20_000)]) {
    here.send(data);
    await next(here, "message");
  }
  here.close(1000, "done");
  await closed(here);
  https.close();
});

differential("over a socket in the file system", async (stage) => {
  const folder = await mkdtemp(join(tmpdir(), "ws-"));
  stage.context.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "socket");
  const http = createServer();
  const wss = new stage.server.WebSocketServer({ server: http });
  wss.on("connection", (there: WebSocket, request: IncomingMessage) => {
    stage.log("server", request.url, request.headers.host);
    there.close(1000, "over");
  });
  http.listen(path);
  await next(http, "listening");
  stage.log("server", wss.address() === path);
  const here = watch(stage, "client", stage.connect(`ws+unix:${path}:/path?q=1`));
  await closed(here);
  http.close();
});
