import { createServer } from "@wireproof/websocket";
import type { Server } from "@wireproof/websocket";

import { SERVER_LIMITS } from "./limits.js";

/** Where the echo server listens. */
export interface EchoServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The path that clients must use; undefined: any path. */
  readonly path: string | undefined;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** The Server header; if absent, none is sent. */
  readonly name?: string;
  /** Whether to accept permessage-deflate. Default true. */
  readonly compression?: boolean;
  /** Whether to ping silent clients and drop those that do not answer. Default true. */
  readonly heartbeat?: boolean;
  /** Whether to take WebSocket over HTTP/2 (RFC 8441) as well. Default false. */
  readonly http2?: boolean;
}

/** A running echo server. */
export interface EchoServer {
  /** Its address, such as "wss://127.0.0.1:8889/wss". */
  readonly url: string;
  readonly server: Server;
  /** Closes every connection with 1001 and stops. */
  close(): Promise<void>;
}

/** Starts a server that sends every message back unchanged. Rejects if the address cannot be used. */
export async function startEchoServer(options: EchoServerOptions): Promise<EchoServer> {
  const { host, path, tls, name, compression = true, heartbeat = true, http2 = false } = options;
  const server = createServer({
    ...(path === undefined ? {} : { path }),
    ...(name === undefined ? {} : { upgrade: () => ({ data: undefined, headers: { Server: name } }) }),
    ...(heartbeat ? {} : { heartbeat: false as const }),
    // Echo is harmless, so any origin may connect.
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
  const { port, family, address } = await server.listen({ port: options.port, host, http2 });
  const shown = family === "IPv6" ? `[${address}]` : address;
  return {
    url: `${tls === undefined ? "ws" : "wss"}://${shown}:${port}${path ?? ""}`,
    server,
    close: () => server.close({ drainMs: 2_000 }),
  };
}
