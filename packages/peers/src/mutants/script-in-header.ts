import type { Mutant } from "./mutant.js";
import { sloppyMutant } from "./sloppy-echo.js";

const HOSTILE = "<script>alert(1)</script>\x1b[31m";

/**
 * As `sloppy`, but its Server header and its close reasons hold a script and an escape sequence of terminals.
 *
 * No case is there to catch it: a report that runs the script, or a terminal that turns red, is our own fault.
 */
export const scriptInHeader: Mutant = sloppyMutant("scriptInHeader", {
  server: HOSTILE,
  closeReason: HOSTILE,
});
