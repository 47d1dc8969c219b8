import { acceptKey } from "./handshake.js";
import type { Mutant } from "./mutant.js";
import { sloppyMutant } from "./sloppy-echo.js";

/**
 * As `sloppy`, but its Sec-WebSocket-Accept is that of another key, as a cache in between might answer.
 *
 * Must be caught by the opening handshake of every case (RFC 6455 §4.1).
 */
export const wrongAccept: Mutant = sloppyMutant("wrongAccept", { accept: (key) => acceptKey(`${key}!`) });
