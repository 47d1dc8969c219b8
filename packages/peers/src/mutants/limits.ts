import { deflateMutant } from "./deflate-echo-server.js";
import type { Mutant } from "./mutant.js";

/**
 * As `deflateEcho`, but takes no message of more than 65,536 octets: it closes with 1009, as RFC 6455 §7.4.1 wants
 * it from a server with a limit (§10.4).
 *
 * No case may catch it, except for a tester that demands of every server to take 16 MiB.
 */
export const limits: Mutant = deflateMutant("limits", { limitOctets: 64 * 1024 });
