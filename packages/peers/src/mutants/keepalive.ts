import type { Socket } from "node:net";

import type { Fault } from "./fault.js";
import { onHandshake } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import { echoStrictly } from "./strict-echo.js";

/** What a server that sends Pings can get wrong about the Pongs that answer them. */
export type KeepaliveFaultName = "other-pong-fails" | "second-pong-fails";

export const KEEPALIVE_FAULTS: Readonly<Record<KeepaliveFaultName, Fault>> = {
  "other-pong-fails": {
    does: "a Pong that answers none of its Pings makes it fail the connection",
    caughtBy: "28.1.6",
  },
  "second-pong-fails": {
    does: "a second answer to its Ping makes it fail the connection",
    caughtBy: "28.1.6",
  },
};

/** How a server that is not at fault ends a connection whose Pings are not answered: after the second, or never. */
export interface KeepaliveTraits {
  readonly givesUp?: boolean;
  readonly fault?: KeepaliveFaultName;
}

const PING = Buffer.from("890470696e67", "hex");
const PAYLOAD = "ping";
/** Close frames with the codes 1002 and 1011. */
const FAIL = Buffer.from("880203ea", "hex");
const GIVE_UP = Buffer.from("880203f3", "hex");

/** A strict echo server that sends a Ping every so many seconds, until one is answered. */
export function keepaliveMutant(seconds: number, { givesUp = true, fault }: KeepaliveTraits = {}): Mutant {
  const name = `keepalive${fault === undefined ? "" : `-${fault}`}`;
  const serve = (socket: Socket): void => {
    onHandshake(socket, { server: name }, (rest) => {
      let unanswered = 0;
      let answered = 0;
      const timer = setInterval(() => {
        if (!socket.writable) return;
        if (givesUp && unanswered === 2) socket.end(GIVE_UP);
        else if (answered === 0) {
          socket.write(PING);
          unanswered++;
        }
      }, seconds * 1000);
      socket.on("close", () => clearInterval(timer));
      onPong(socket, (payload) => {
        if (payload === PAYLOAD) answered++;
        const isOther = fault === "other-pong-fails" && payload !== PAYLOAD;
        if (isOther || (fault === "second-pong-fails" && answered === 2)) socket.end(FAIL);
      });
      echoStrictly(socket, rest, {});
    });
  };
  return tcpMutant(name, serve);
}

/** Calls back for every Pong that begins a read, which is enough for short frames that come apart or together. */
function onPong(socket: Socket, callback: (payload: string) => void): void {
  socket.on("data", (chunk: Buffer) => {
    for (let at = 0; at + 6 <= chunk.length;) {
      const length = chunk.readUInt8(at + 1) & 0x7f;
      const key = chunk.subarray(at + 2, at + 6);
      const payload = chunk.subarray(at + 6, at + 6 + length);
      if (chunk.readUInt8(at) === 0x8a) {
        callback(
          Buffer.from(payload.map((octet, index) => octet ^ (key[index % 4] ?? 0))).toString("latin1"),
        );
      }
      at += 6 + length;
    }
  });
}
