import { createServer } from "@wireproof/websocket";
import type { Server } from "@wireproof/websocket";

import { SERVER_LIMITS } from "./limits.js";

/** Where the echo server listens. */
export interface EchoServerOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** The path that clients have to ask for; undefined: any. */
  readonly path: string | undefined;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** What the Server header says; there is none if absent. */
  readonly name?: string;
  /** Whether to accept permessage-deflate. Default true. */
  readonly compression?: boolean;
  /** Whether clients that are silent are asked for a sign of life, and given up. Default true. */
  readonly heartbeat?: boolean;
}

/** An echo server that runs. */
export interface EchoServer {
  /** Where it can be reached, such as "wss://127.0.0.1:8889/wss". */
  readonly url: string;
  readonly server: Server;
  /** Closes every connection with 1001 and stops. */
  close(): Promise<void>;
}

/** Starts a server that sends every message back as it came. Rejects when the address cannot be used. */
export async function startEchoServer(options: EchoServerOptions): Promise<EchoServer> {
  const { host, path, tls, name, compression = true, heartbeat = true } = options;
  const server = createServer({
    ...(path === undefined ? {} : { path }),
    ...(name === undefined ? {} : { upgrade: () => ({ data: undefined, headers: { Server: name } }) }),
    ...(heartbeat ? {} : { heartbeat: false as const }),
    // Anybody may have octets echoed, a page of any origin among them.
    origin: "any",
    text: "octets",
    limits: SERVER_LIMITS,
    compression: compression ? { threshold: 0, contextTakeover: true } : false,
    ...(tls === undefined ? {} : { tls }),
    message(ws, data, isText) {
      if (typeof data === "string" || !isText) ws.send(data);
      else ws.sendText(data);
    },
  });
  const { port, family, address } = await server.listen(options.port, host);
  const shown = family === "IPv6" ? `[${address}]` : address;
  return {
    url: `${tls === undefined ? "ws" : "wss"}://${shown}:${port}${path ?? ""}`,
    server,
    close: () => server.close({ drainMs: 2_000 }),
  };
}
