import type { Duplex } from "node:stream";

import { createEchoServer } from "../echo-server.js";
import { listen } from "../listen.js";
import type { PeerOptions, RunningPeer } from "../peer.js";
import type { Mutant } from "./mutant.js";

export interface DiesOptions extends PeerOptions {
  /** WebSocket connections that end before it dies, at least 1; the default is 20. */
  readonly handledConnections?: number;
}

/**
 * A correct echo server that dies: when its twentieth connection has ended, all others are destroyed and the
 * port is closed, as if the process had crashed.
 *
 * Must be caught by a tester noticing that the peer is gone, keeping what was measured until then and reporting
 * the other cases as not run.
 */
export const dies: Mutant = { name: "dies", start: (options = {}) => startDies(options) };

/** As `dies`, after a number of connections that the caller chooses. */
export async function startDies(options: DiesOptions = {}): Promise<RunningPeer> {
  const server = createEchoServer("dies", options);
  let left = options.handledConnections ?? 20;
  const peer = await listen(server, options);
  server.on("upgrade", (_request, socket: Duplex) => {
    socket.once("close", () => {
      left -= 1;
      if (left <= 0) void peer.close();
    });
  });
  return peer;
}
