import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";

/**
 * Accepts TCP (and TLS) and says nothing, not even to the opening handshake.
 *
 * Must be caught by the deadline of the opening handshake.
 */
export const silent: Mutant = tcpMutant("silent", (socket) => void socket.resume(), { staysOpen: true });
