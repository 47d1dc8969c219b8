import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

import type { PeerOptions, RunningPeer } from "./peer.js";

const LOOPBACK = "127.0.0.1";

/**
 * Binds any kind of TCP server (net, tls, http, https) and gives it the life cycle of a peer. Rejects with the
 * system's error if the address cannot be bound.
 */
export async function listen(server: Server, options: PeerOptions): Promise<RunningPeer> {
  const sockets = trackSockets(server);
  const host = options.host ?? LOOPBACK;
  server.listen(options.port ?? 0, host);
  await once(server, "listening");
  // Accepting may fail later, for want of file descriptors; that must not take the process down.
  server.on("error", ignore);
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    url: `${options.tls === undefined ? "ws" : "wss"}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    close: () => (closed ??= shut(server, sockets)),
  };
}

/** For sockets whose resets are of no interest: without a listener an `error` event would end the process. */
export function ignore(): void {}

/** The TCP sockets of the server. Under TLS, destroying one of these destroys the TLS socket on top of it. */
function trackSockets(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", ignore);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

async function shut(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = once(server, "close");
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}
