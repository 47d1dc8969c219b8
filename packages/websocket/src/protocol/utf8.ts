import type { Kernels } from "./kernels.js";

/**
 * Validates UTF-8 that comes in pieces (RFC 3629; RFC 6455 §8.1). A piece is refused as soon as it contains an octet
 * that no well-formed text can have there, even if the text is not complete.
 */
export class Utf8Validator {
  /** Octets that the character in progress still needs; 0 between characters. */
  #needed = 0;
  /** The bounds of the next of them: the first octet narrows those of the second (RFC 3629 §4). */
  #low = LOW;
  #high = HIGH;
  readonly #isUtf8: Kernels["isUtf8"];

  constructor(isUtf8: Kernels["isUtf8"]) {
    this.#isUtf8 = isUtf8;
  }

  /** Whether the text may go on like this; false once is false for good. */
  push(bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from < SHORT) return this.#step(bytes, from, to);
    // The character in progress octet by octet, the middle at once, the beginning of the last one octet by octet.
    const begin = from + this.#needed;
    if (!this.#step(bytes, from, begin)) return false;
    const end = lastBoundary(bytes, to);
    return this.#isUtf8(bytes.subarray(begin, end)) && this.#step(bytes, end, to);
  }

  /** Whether a text that ends here is complete; another one may begin then. */
  get isBetweenCharacters(): boolean {
    return this.#needed === 0;
  }

  #step(bytes: Uint8Array, from: number, to: number): boolean {
    for (let at = from; at < to; at += 1) {
      const octet = bytes[at]!;
      if (this.#needed > 0) {
        if (octet < this.#low || octet > this.#high) return false;
        this.#needed -= 1;
        this.#low = LOW;
        this.#high = HIGH;
      } else if (octet >= 0x80 && !this.#begin(octet)) {
        return false;
      }
    }
    return true;
  }

  /** The first octet of a character of several octets. */
  #begin(octet: number): boolean {
    // 80–BF continue only, C0 and C1 would be overlong, F5 and above would be beyond U+10FFFF.
    if (octet < 0xc2 || octet > 0xf4) return false;
    this.#needed = charactersLength(octet) - 1;
    // E0 and F0 must not begin something overlong, ED no surrogate, F4 nothing beyond U+10FFFF.
    if (octet === 0xe0) this.#low = 0xa0;
    else if (octet === 0xf0) this.#low = 0x90;
    else if (octet === 0xed) this.#high = 0x9f;
    else if (octet === 0xf4) this.#high = 0x8f;
    return true;
  }
}

const LOW = 0x80;
const HIGH = 0xbf;

/** Below so many octets, a loop is faster than a call out of JavaScript. */
const SHORT = 24;

/** Octets of the character that begins with `octet`, 0xc0 or above. */
function charactersLength(octet: number): number {
  if (octet < 0xe0) return 2;
  return octet < 0xf0 ? 3 : 4;
}

/** Where the last character begins if its octets are not all there before `to`, else `to`. */
function lastBoundary(bytes: Uint8Array, to: number): number {
  for (let at = to - 1; at >= to - 3; at -= 1) {
    const octet = bytes[at]!;
    if (octet >= 0xc0) return at + charactersLength(octet) > to ? at : to;
    if (octet < 0x80) return to;
  }
  return to;
}
