import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import { noise } from "./noise.js";

const LENGTH_OCTETS = 2048;

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
