import { sloppyMutant } from "./sloppy-echo.js";
import type { Mutant } from "./mutant.js";

/**
 * What a first attempt looks like. As `sloppy`, but it takes what one read brings for one frame, so that frames which
 * come together are lost but for the first, and it ends TCP when a Close frame comes, without an answer (RFC 6455 §5.5.1).
 *
 * Must be caught by every case that sends several frames at once, and by the closing of nearly all.
 */
export const naive: Mutant = sloppyMutant("naive", { handlesOneFrame: true, endsWithoutClose: true });
