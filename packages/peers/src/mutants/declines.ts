import { deflateMutant } from "./deflate-echo-server.js";
import type { Mutant } from "./mutant.js";

/**
 * As `deflateEcho`, but accepts no offer of permessage-deflate, which is its right.
 *
 * No case may catch it: sections 12 and 13 are unimplemented.
 */
export const declines: Mutant = deflateMutant("declines", { declines: true });
