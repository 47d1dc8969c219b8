import { deflateMutant } from "./deflate-echo-server.js";
import type { Mutant } from "./mutant.js";
import { noise } from "./noise.js";

const LENGTH_OCTETS = 2048;

/**
 * As `deflateEcho`, but what it sends as compressed messages is noise.
 *
 * Must be caught by all of sections 12 and 13 (RFC 7692 §7.2.2).
 */
export const garbageDeflate: Mutant = deflateMutant("garbageDeflate", {
  payload: () => noise(LENGTH_OCTETS),
});
