import { onHandshake } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";

/**
 * Opens, then never sends an octet and never ends TCP.
 *
 * Must be caught by every case that waits for an echo or a pong, and by the closing of every case.
 */
export const mute: Mutant = tcpMutant(
  "mute",
  (socket) => {
    onHandshake(socket, { server: "mute" }, () => socket.resume());
  },
  { staysOpen: true },
);
