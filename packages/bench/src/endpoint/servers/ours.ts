/** `@wireproof/websocket` by its modern API. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "@wireproof/websocket";
import type { ServerSetup, ServerUp } from "../protocol.js";
import { isAnsweredAfterWork } from "./work.js";
import { serve } from "./serve.js";

const NAME = "@wireproof/websocket";
const TOPIC = "all";
/** All connections come from one address, which the default limit is there to prevent. */
const LIMITS = { perAddress: 20_000, connections: 20_000 };

await serve(start);

async function start({ does, deflate, tls }: ServerSetup): Promise<ServerUp> {
  const server = createServer({
    limits: LIMITS,
    compression: deflate ? { threshold: 0 } : false,
    ...(tls === null ? {} : { tls }),
    open(ws): void {
      if (does === "publish") ws.subscribe(TOPIC);
    },
    message(ws, data): void {
      if (does === "publish") server.publish(TOPIC, data);
      else if (does === "echo" || isAnsweredAfterWork(data.length)) ws.send(data);
    },
  });
  const http2 = process.argv.includes("http2");
  const { port } = await server.listen({ port: 0, host: "127.0.0.1", ...(http2 ? { http2 } : {}) });
  return { port, about: `${NAME} ${version()}${http2 ? " over HTTP/2" : ""}` };
}

function version(): string {
  const file = createRequire(import.meta.url).resolve(`${NAME}/package.json`);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
