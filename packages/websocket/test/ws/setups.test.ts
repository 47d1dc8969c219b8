import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { createServer as createHttps } from "node:https";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { WebSocket } from "../../src/ws/index.js";
import { certificate } from "../support/live-server.js";
import { differential } from "./support/differential.js";
import { closed, next, watch } from "./support/watch.js";

// Servers and clients as applications set them up; whole applications are in test/consumers.

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
