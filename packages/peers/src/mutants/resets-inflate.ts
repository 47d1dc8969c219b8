import { deflateMutant } from "./deflate-echo-server.js";
import type { Mutant } from "./mutant.js";

/**
 * As `deflateEcho`, but inflates every message with an empty window, though it has not asked the client to begin
 * with one (RFC 7692 §7.2.2). Where that fails it closes with 1007.
 *
 * Must be caught by sections 12 and 13 as soon as a message refers to one before.
 */
export const resetsInflate: Mutant = deflateMutant("resetsInflate", {
  client: { keepsContext: false },
});
