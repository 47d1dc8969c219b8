import type { Server } from "node:http";

import { WebSocketServer } from "ws";

import { createWebServer, upgradeRequired } from "./http-server.js";
import { ignore, listen } from "./listen.js";
import type { PeerOptions, RunningPeer } from "./peer.js";
import { ownVersion } from "./version.js";

export interface EchoServerOptions extends PeerOptions {
  /** Accept offers of permessage-deflate (RFC 7692). Off by default, as in `ws` itself. */
  readonly perMessageDeflate?: boolean;
  /** Fragments that a message may have; the default is that of `ws`, 16,384. */
  readonly maxFragments?: number;
}

/** Starts the echo server on `ws`, with the limits that `ws` has by default (messages up to 100 MiB, in up to 16,384 fragments) unless the options say otherwise. */
export function startEchoServer(options: EchoServerOptions = {}): Promise<RunningPeer> {
  return listen(createEchoServer(`wireproof-echo/${ownVersion()}`, options), options);
}

/**
 * The echo server itself, not yet listening: text comes back as text, binary as binary.
 * @param agent what the Server header says
 */
export function createEchoServer(agent: string, options: EchoServerOptions): Server {
  const server = createWebServer(options.tls, upgradeRequired);
  const { perMessageDeflate = false, maxFragments } = options;
  // Its types do not know `maxFragments` yet.
  const limits: object = maxFragments === undefined ? {} : { maxFragments };
  const sockets = new WebSocketServer({ server, perMessageDeflate, ...limits });
  sockets.on("headers", (headers) => headers.push(`Server: ${agent}`));
  // Also emitted when binding fails, which `listen` reports.
  sockets.on("error", ignore);
  sockets.on("connection", (socket) => {
    // Emitted when the peer breaks the protocol; `ws` has failed the connection by then.
    socket.on("error", ignore);
    // The callback keeps a failure to send, which is the peer having gone, from being thrown.
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }, ignore));
  });
  return server;
}
