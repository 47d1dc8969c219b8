import { deflateMutant } from "./deflate-echo-server.js";
import type { Mutant } from "./mutant.js";

/**
 * As `deflateEcho`, but leaves 00 00 ff ff at the end of its compressed messages (RFC 7692 §7.2.1).
 *
 * Must be caught by all of sections 12 and 13, if not at the end of the first message then with the second.
 */
export const keepsTail: Mutant = deflateMutant("keepsTail", { keepsTail: true });
