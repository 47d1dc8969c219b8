import { createServer } from "node:net";
import type { Socket } from "node:net";

import { createEchoServer } from "../echo-server.js";
import { listen } from "../listen.js";
import type { PeerOptions, RunningPeer } from "../peer.js";
import type { Mutant } from "./mutant.js";

/**
 * A correct echo server that serves one connection at a time, as programs with a blocking accept loop do. A
 * further connection is established by the kernel and then left alone, TLS handshake included, until those
 * before it have ended.
 *
 * No case may catch it: a tester has to notice, say so, and go on with one case at a time.
 */
export const oneAtATime: Mutant = { name: "oneAtATime", start: (options = {}) => start(options) };

function start(options: PeerOptions): Promise<RunningPeer> {
  // Never listens itself: it is handed the sockets that another server has accepted.
  const echo = createEchoServer("oneAtATime", options);
  const waiting: Socket[] = [];
  let current: Socket | undefined;
  const serveNext = (): void => {
    do current = waiting.shift();
    while (current?.destroyed === true);
    if (current === undefined) return;
    current.once("close", serveNext);
    echo.emit("connection", current);
    current.resume();
  };
  // Paused, so that nothing is read from a socket before its turn.
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    waiting.push(socket);
    if (current === undefined) serveNext();
  });
  return listen(server, options);
}
