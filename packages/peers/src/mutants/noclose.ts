import { sloppyMutant } from "./sloppy-echo.js";
import type { Mutant } from "./mutant.js";

/**
 * As `sloppy`, but takes no part in the closing handshake: ignores Close frames (RFC 6455 §5.5.1), goes on
 * echoing what follows them, and never ends TCP (§7.1.1).
 *
 * Must be caught by the closing of every case, and by 7.1.2–7.1.5, 7.3.* and 7.7.* where answering a Close is
 * what the case asks for.
 */
export const noclose: Mutant = sloppyMutant("noclose", { ignoresClose: true, neverDrops: true });
