import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";

import { readProxyHeader } from "../forwarded/proxy-header.js";
import type { TrustedProxies } from "./trusted-proxies.js";

/**
 * Reads the PROXY header in front of everything else, TLS and HTTP/2 too, and hands the connection to those who already listen
 * for connections of this server.
 *
 * A proxy in the trusted networks has to send the header, for which it has `timeoutMs`. If it were optional, a client could
 * send one of its own through a proxy that sends none. All others must not send it. They are taken as they are, or dropped
 * with "required".
 */
export function addProxyFront(
  server: HttpServer,
  proxies: TrustedProxies,
  timeoutMs: number,
  onIntroduced: (socket: Socket) => void,
): void {
  const others = server.rawListeners("connection");
  server.removeAllListeners("connection");
  const go = (socket: Socket): void => {
    for (const other of others) Reflect.apply(other, server, [socket]);
  };
  server.on("connection", (socket: Socket) => {
    if (proxies.trusts(socket)) {
      whenRead(socket, timeoutMs, (source) => {
        proxies.introduce(socket, source);
        onIntroduced(socket);
        if (!socket.destroyed) go(socket);
      });
    } else if (proxies.proxyProtocol === "required") socket.destroy();
    else go(socket);
  });
}

/** Takes the header out of the socket, and leaves what is behind it. Destroys a socket that begins with anything else. */
function whenRead(socket: Socket, timeoutMs: number, go: (source: string | undefined) => void): void {
  let seen = Buffer.alloc(0);
  const destroy = (): void => void socket.destroy();
  const timer = setTimeout(destroy, timeoutMs).unref();
  const look = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const header = readProxyHeader(seen);
    if (header === "more") return;
    if (header === "invalid") return destroy();
    leave();
    if (seen.length > header.octets) socket.unshift(seen.subarray(header.octets));
    go(header.source);
  };
  const leave = (): void => {
    clearTimeout(timer);
    socket.off("readable", look).off("error", destroy).off("end", destroy).off("close", leave);
  };
  socket.on("readable", look).on("error", destroy).on("end", destroy).on("close", leave);
}
