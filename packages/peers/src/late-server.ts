import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

import { createWebServer, upgradeRequired } from "./http-server.js";
import { ignore, listen } from "./listen.js";
import type { PeerOptions, RunningPeer } from "./peer.js";

/** How late the answers of a late peer come. */
const LATE_MS = 300;

/** Starts an echo server on `ws` that keeps every rule, and of which every message and every pong comes 300 ms late. */
export function startLateServer(options: PeerOptions = {}): Promise<RunningPeer> {
  const server = createWebServer(options.tls, upgradeRequired);
  const sockets = new WebSocketServer({ server, autoPong: false });
  sockets.on("error", ignore);
  sockets.on("connection", answerLate);
  return listen(server, options);
}

/** Answers messages and pings on this connection 300 ms late; timers with the same delay fire in order. */
export function answerLate(socket: WebSocket): void {
  socket.on("error", ignore);
  socket.on("message", (data, isBinary) => {
    setTimeout(() => socket.send(data, { binary: isBinary }, ignore), LATE_MS);
  });
  socket.on("ping", (data) => {
    setTimeout(() => socket.pong(data, undefined, ignore), LATE_MS);
  });
}
