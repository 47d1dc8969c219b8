import { badRequest, onRequestHead } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";

/**
 * Refuses every opening handshake with a 400.
 *
 * Must be caught by every case: none of them ever opens.
 */
export const reject: Mutant = tcpMutant("reject", (socket) => {
  onRequestHead(socket, () => {
    socket.resume();
    socket.end(badRequest("reject"));
  });
});
