import { octets, type Payload } from "../case/payload.js";

/** Characters that come again. */
const REPEATED = 200;
/** How much farther behind they are than the window reaches. */
const BEYOND = 100;
/** Peers leave shorter messages uncompressed. */
const LEAST = 2048;

/**
 * Text that shows whether a compressor keeps to a window of 2^`bits` octets: its last characters stand in it once before,
 * just out of reach. Otherwise it looks random, so that a larger window is used.
 */
export function outOfReach(bits: number): Payload {
  const distance = 2 ** bits + BEYOND;
  const before = letters(Math.max(REPEATED, LEAST - distance) + distance);
  return octets(before + before.slice(-distance, REPEATED - distance));
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The same characters every time, from the high bits of a linear congruential generator (that of Numerical Recipes). */
export function letters(length: number): string {
  let state = 7692;
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += ALPHABET.charAt(state >>> 26);
  }
  return text;
}
