import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";

const LENGTH_OCTETS = 2048;
const SEED = 0x2545f491;

/**
 * Answers with octets that look random, the same at every start, instead of HTTP, and leaves TCP open.
 *
 * Must be caught by the opening handshake of every case; what is shown of the answer must be escaped.
 */
export const garbage: Mutant = tcpMutant("garbage", (socket) => {
  socket.once("data", () => {
    socket.resume();
    socket.write(noise(LENGTH_OCTETS));
  });
});

/** Xorshift with 32 bits of state; good enough to look like nothing. */
function noise(length: number): Buffer {
  const octets = Buffer.alloc(length);
  let state = SEED;
  for (let index = 0; index < length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    octets[index] = state & 0xff;
  }
  return octets;
}
