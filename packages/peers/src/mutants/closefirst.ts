import { CLOSE, FrameReader, encodeFrame } from "./frames.js";
import { onHandshake } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";

const NORMAL_CLOSURE: Buffer = Buffer.from([0x03, 0xe8]);

/**
 * Answers the first frame, whatever it is, with a Close 1000. Then it sends nothing more and never ends TCP, though
 * the closing handshake is complete as soon as the tester has answered.
 *
 * Must be caught by every case that waits for an echo or a pong. A tester that waits for the end of TCP with no
 * deadline hangs.
 */
export const closefirst: Mutant = tcpMutant(
  "closefirst",
  (socket) => {
    onHandshake(socket, { server: "closefirst" }, (rest) => {
      const reader = new FrameReader(() => {
        reader.stop();
        socket.write(encodeFrame(CLOSE, NORMAL_CLOSURE));
      });
      reader.push(rest);
      socket.on("data", (chunk: Buffer) => reader.push(chunk));
    });
  },
  { staysOpen: true },
);
