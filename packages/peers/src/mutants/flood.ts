import { BINARY, encodeFrame } from "./frames.js";
import { onHandshake } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import { pump } from "./pump.js";

const PAYLOAD_OCTETS = 16 * 1024;

/**
 * Opens, then sends binary frames without end, as fast as they are taken, and reacts to nothing.
 *
 * Must be caught by every case. A tester that records everything it reads runs out of memory.
 */
export const flood: Mutant = tcpMutant(
  "flood",
  (socket) => {
    onHandshake(socket, { server: "flood" }, () => {
      socket.resume();
      pump(socket, encodeFrame(BINARY, Buffer.alloc(PAYLOAD_OCTETS)));
    });
  },
  { staysOpen: true },
);
