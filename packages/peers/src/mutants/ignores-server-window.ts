import { deflateMutant } from "./deflate-echo-server.js";
import type { Mutant } from "./mutant.js";

/**
 * As `deflateEcho`, but compresses with a window of 15 bits where it has answered `server_max_window_bits` with a
 * smaller one (RFC 7692 §7.1.2.1).
 *
 * Must be caught by 13.3, and by 13.5 and 13.7 where a message is longer than 512 octets: as soon as a reference
 * reaches too far back. A tester that inflates with the largest window sees nothing.
 */
export const ignoresServerWindow: Mutant = deflateMutant("ignoresServerWindow", {
  server: { windowBits: 15 },
});
