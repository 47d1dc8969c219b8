/** Bun's own server; this file runs in Bun. */
import type { ServerSetup, ServerUp } from "../protocol.js";
import { isAnsweredAfterWork } from "./work.js";
import { serve } from "./serve.js";

/** As much of Bun's global object as is used here. */
interface BunGlobal {
  readonly version: string;
  gc(isNow: boolean): void;
  serve(options: object): BunServer;
}

interface BunServer {
  readonly port: number;
  upgrade(request: unknown): boolean;
  publish(topic: string, data: string | Uint8Array, compress?: boolean): number;
}

interface BunSocket {
  send(data: string | Uint8Array, compress?: boolean): number;
  subscribe(topic: string): void;
}

declare const Bun: BunGlobal;

const TOPIC = "all";

await serve(start, { collect: () => Bun.gc(true) });

function start({ does, deflate, tls }: ServerSetup): Promise<ServerUp> {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    ...(tls === null ? {} : { tls }),
    fetch: (request: unknown, server: BunServer): Response | undefined =>
      server.upgrade(request) ? undefined : new Response(null, { status: 426 }),
    websocket: {
      perMessageDeflate: deflate,
      open(ws: BunSocket): void {
        if (does === "publish") ws.subscribe(TOPIC);
      },
      message(ws: BunSocket, data: string | Uint8Array): void {
        if (does === "publish") server.publish(TOPIC, data);
        else if (does === "echo" || isAnsweredAfterWork(data.length)) ws.send(data, deflate);
      },
    },
  });
  return Promise.resolve({ port: server.port, about: `Bun ${Bun.version}` });
}
