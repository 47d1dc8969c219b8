import { sloppyMutant } from "./sloppy-echo.js";
import type { Mutant } from "./mutant.js";

/**
 * As `sloppy`, but does not end TCP after the closing handshake, though that is up to the server
 * (RFC 6455 §7.1.1).
 *
 * Must be caught by the closing of every case.
 */
export const nodrop: Mutant = sloppyMutant("nodrop", { neverDrops: true });
