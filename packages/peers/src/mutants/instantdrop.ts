import { onHandshake } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";

/**
 * Drops TCP as soon as the 101 has been sent, with no closing handshake.
 *
 * Must be caught by every case that waits for an echo or a pong, and by the closing of 7.1.2, 7.3.1 and 7.7.*.
 * Cases in which failing the connection is right cannot notice.
 */
export const instantdrop: Mutant = tcpMutant("instantdrop", (socket) => {
  onHandshake(socket, { server: "instantdrop" }, () => {
    // Called when the 101, which was written before, has left; destroying at once would lose it.
    socket.write("", () => socket.destroy());
  });
});
