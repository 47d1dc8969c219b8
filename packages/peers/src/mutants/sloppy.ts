import { sloppyMutant } from "./sloppy-echo.js";
import type { Mutant } from "./mutant.js";

/**
 * Echoes anything: RSV1–3, reserved opcodes, control frames of any size or fragmented, invalid UTF-8 and
 * every close code are taken for good.
 *
 * - Close: the same payload comes back, then TCP is ended. What follows the Close is not looked at.
 * - Ping: a pong with the same payload, over 125 octets as well. Pong: ignored.
 * - Opcodes 3–7 and 11–15: the frame comes back, FIN set, RSV1–3 clear.
 * - Opcodes 0–2: fragments are joined whatever their opcodes and come back as one frame.
 *
 * Must be caught by 2.5, 3.1–3.6, 4.1.3–4.1.5 and 4.2.3–4.2.5, the faulty sequences of section 5, the invalid
 * UTF-8 of section 6, 7.5.1 and 7.9.*; and in the closing of 4.1.1, 4.1.2, 4.2.1, 4.2.2, 7.3.2 and 7.3.6.
 */
export const sloppy: Mutant = sloppyMutant("sloppy");
