import { onRequestHead } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import { pump } from "./pump.js";

const FILLER: Buffer = Buffer.from(`X-Filler: ${"a".repeat(1024)}\r\n`);

/**
 * Answers the opening handshake with a 101 whose header fields never end.
 *
 * Must be caught by the opening handshake of every case: a tester needs a limit on what it reads before the
 * empty line.
 */
export const hugeHeader: Mutant = tcpMutant(
  "hugeHeader",
  (socket) => {
    onRequestHead(socket, () => {
      socket.resume();
      socket.write("HTTP/1.1 101 Switching Protocols\r\nServer: hugeHeader\r\n");
      pump(socket, FILLER);
    });
  },
  { staysOpen: true },
);
