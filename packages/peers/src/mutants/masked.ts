import { sloppyMutant } from "./sloppy-echo.js";
import type { Mutant } from "./mutant.js";

/**
 * As `sloppy`, but masks its frames, which a server must not do (RFC 6455 §5.1). Close frames are left as they
 * should be, so that the closing handshake is not what gives it away.
 *
 * Must be caught by every case that has anything echoed or a ping answered.
 */
export const masked: Mutant = sloppyMutant("masked", { masksFrames: true });
