import { sloppyMutant } from "./sloppy-echo.js";
import type { Mutant } from "./mutant.js";

/**
 * As `sloppy`, but everything with a data opcode (0–7) comes back as binary.
 *
 * Must be caught by every case that has a text echoed: 1.1.*, most of sections 3–5, the valid part of
 * section 6, 7.1.1. Section 1.2 passes.
 */
export const echobin: Mutant = sloppyMutant("echobin", { echoesAsBinary: true });
