/** `ws`, or the package named by the argument that takes its place. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import type * as Ws from "ws";
import type { ServerSetup, ServerUp } from "../protocol.js";
import { isAnsweredAfterWork } from "./work.js";
import { serve } from "./serve.js";

const [packageName = "ws"] = process.argv.slice(2);
/** ws drops who sends more pings than that in one chunk, and there would be nothing to measure. */
const ANY_PINGS = packageName === "ws" ? { maxPendingAutoPongs: 0 } : {};
const { WebSocketServer } = (await import(packageName)) as typeof Ws;

await serve(start);

async function start({ does, deflate, tls }: ServerSetup): Promise<ServerUp> {
  const server = tls === null ? createHttpServer() : createHttpsServer(tls);
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: deflate ? { threshold: 0 } : false,
    ...(does === "work" ? ANY_PINGS : {}),
  });
  sockets.on("connection", (socket) => {
    socket.on("error", ignore);
    if (does === "echo") {
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    } else if (does === "work") {
      socket.on("message", (data, isBinary) => {
        if (isAnsweredAfterWork((data as Buffer).length)) socket.send(data, { binary: isBinary });
      });
    } else {
      socket.on("message", (data, isBinary) => {
        for (const client of sockets.clients) client.send(data, { binary: isBinary });
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, about: `${packageName} ${version()}${addon()}` };
}

function version(): string {
  const root = packageName.startsWith("@") ? packageName.split("/").slice(0, 2).join("/") : packageName;
  const file = createRequire(import.meta.url).resolve(`${root}/package.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}

/** The native addon is used when it is installed and not switched off. */
function addon(): string {
  if (process.env["WS_NO_BUFFER_UTIL"] !== undefined || packageName !== "ws") return "";
  return " with bufferutil";
}

function ignore(): void {}
