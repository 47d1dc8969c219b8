import { createServer } from "node:net";
import type { Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { ignore, listen } from "../listen.js";
import type { PeerOptions, RunningPeer } from "../peer.js";
import { onHandshake } from "./handshake.js";
import type { Mutant } from "./mutant.js";

const TOO_BIG = Buffer.from([0x88, 0x02, 0x03, 0xf1]);
const PROTOCOL_ERROR = Buffer.from([0x88, 0x02, 0x03, 0xea]);
/** Payloads whose length takes eight octets of the header. */
const IS_BIG = 127;

/**
 * Fails every connection with the first octets that come, properly: with a Close frame, code 1009 for a payload of
 * 65,536 octets and more, else 1002. Then it closes its socket at once and resets TCP, as a server's system does where
 * octets are still on the way.
 *
 * Whatever it sends arrives: no case may say of it that there was no Close frame.
 */
export const resetsAfterClose: Mutant = { name: "resetsAfterClose", start };

function start(options: PeerOptions = {}): Promise<RunningPeer> {
  const { tls } = options;
  /** The TCP sockets by the port of the client: a TLS socket cannot be reset. */
  const sockets = new Map<number | undefined, Socket>();
  const server =
    tls === undefined
      ? createServer({ noDelay: true })
      : createTlsServer({ key: tls.key, cert: tls.cert, noDelay: true });
  server.on("connection", (socket: Socket) => {
    const { remotePort } = socket;
    sockets.set(remotePort, socket.on("error", ignore));
    socket.once("close", () => sockets.delete(remotePort));
  });
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    const tcp = sockets.get(socket.remotePort);
    socket.on("error", ignore);
    onHandshake(socket, { server: "resetsAfterClose" }, (rest) => {
      const fail = (octets: Buffer): void => {
        socket.off("data", onData);
        socket.write(((octets[1] ?? 0) & 0x7f) === IS_BIG ? TOO_BIG : PROTOCOL_ERROR);
        tcp?.resetAndDestroy();
      };
      // One octet alone says nothing yet about the length.
      let soFar = rest;
      const onData = (chunk: Buffer): void => {
        soFar = Buffer.concat([soFar, chunk]);
        if (soFar.length > 1) fail(soFar);
      };
      socket.on("data", onData);
      onData(Buffer.alloc(0));
    });
  });
  return listen(server, options);
}
