import { FIXED_CODES, readDynamicCodes, type BlockCodes } from "./deflate-blocks.js";
import { decodeSlowly, FAST_BITS } from "./huffman.js";

/** What is wrong with a stream: no DEFLATE at all, or a reference farther back than the window reaches. */
export type ScanProblem = "corrupt" | "too-far-back";

/**
 * Reads a DEFLATE stream (RFC 1951) without decompressing it, and looks at how far back its references reach.
 *
 * zlib cannot say that: its inflate accepts any distance that it happens to be able to resolve, which includes
 * everything in the output buffer of the current call, whatever the window. A peer that ignores the agreed window
 * (RFC 7692 §7.2.1) would be caught or not depending on how TCP cut its octets. The scan is exact, for any cut.
 *
 * It costs about 0.6 ms for 128 KiB of JSON compressed with a window of 9 bits; compressing them takes 1.1 ms,
 * decompressing 0.2 ms (rough figures of a slow core). With a window of 15 bits there is nothing to look for, as
 * DEFLATE has no distances above 32 KiB.
 *
 * Blocks with BFINAL set are followed by further blocks, from the next octet on (RFC 7692 §7.2.3.4).
 */
export class DeflateScanner {
  readonly #farthest: number;
  #state: "header" | "codes" | "stored" = "header";
  #codes: BlockCodes = FIXED_CODES;
  #isFinal = false;
  /** Octets of the stored block still to come. */
  #stored = 0;
  /** Octets read, but not understood before more have come: at most a block header, about 300. */
  #carry: Uint8Array = new Uint8Array(0);

  /** The octets at hand, followed by zeros that decide nothing. */
  #octets: Uint8Array = this.#carry;
  #end = 0;
  #at = 0;
  #hold = 0;
  #bits = 0;
  #isShort = false;

  /** `farthest`: the largest distance allowed, in octets. */
  constructor(farthest: number) {
    this.#farthest = farthest;
  }

  /** True between two blocks, at the beginning of an octet: where a message has to end. */
  get isAtBlockStart(): boolean {
    return this.#state === "header" && this.#carry.length === 0 && this.#bits === 0;
  }

  /** Scans the next octets. After a problem the scanner is of no more use. */
  push(piece: Uint8Array): ScanProblem | null {
    this.#load(piece);
    for (;;) {
      const outcome =
        this.#state === "codes"
          ? this.#scanCodes(this.#codes)
          : this.#state === "stored"
            ? this.#skipStored()
            : this.#readHeader();
      if (outcome === "short") break;
      if (outcome !== "go-on") return outcome;
    }
    this.#unload();
    return null;
  }

  #load(piece: Uint8Array): void {
    const bitsUsed = (8 - this.#bits) & 7;
    const carried = this.#carry.length;
    this.#end = carried + piece.length;
    this.#octets = new Uint8Array(this.#end + PADDING);
    this.#octets.set(this.#carry);
    this.#octets.set(piece, carried);
    this.#at = 0;
    this.#bits = 0;
    this.#hold = 0;
    this.#isShort = false;
    if (bitsUsed > 0) this.#take(bitsUsed);
  }

  /** Keeps what was not understood: the octet that holds the next bit, and what follows it. */
  #unload(): void {
    this.#rewindTo(this.#at, this.#bits);
    this.#carry = this.#octets.slice(this.#at - (this.#bits > 0 ? 1 : 0), this.#end);
    this.#octets = this.#carry;
  }

  #take(count: number): number {
    while (this.#bits < count) {
      if (this.#at >= this.#end) {
        this.#isShort = true;
        return 0;
      }
      this.#hold |= (this.#octets[this.#at++] ?? 0) << this.#bits;
      this.#bits += 8;
    }
    const value = this.#hold & ((1 << count) - 1);
    this.#hold >>>= count;
    this.#bits -= count;
    return value;
  }

  /** Drops bits up to the end of the octet. */
  #align(): void {
    const unused = this.#bits & 7;
    this.#hold >>>= unused;
    this.#bits -= unused;
  }

  #readHeader(): Outcome {
    const [at, hold, bits] = [this.#at, this.#hold, this.#bits];
    const outcome = this.#readWholeHeader();
    if (!this.#isShort) return outcome;
    // What was read of the header is read again once there is more.
    [this.#at, this.#hold, this.#bits] = [at, hold, bits];
    return "short";
  }

  #readWholeHeader(): Outcome {
    this.#isFinal = this.#take(1) === 1;
    const type = this.#take(2);
    if (type === 0) return this.#readStoredHeader();
    if (type === 3) return "corrupt";
    const codes = type === 1 ? FIXED_CODES : readDynamicCodes((count) => this.#take(count));
    if (codes === null) return "corrupt";
    this.#codes = codes;
    // Not before everything is there: the state would outlive the return to the beginning of the header.
    if (!this.#isShort) this.#state = "codes";
    return "go-on";
  }

  #readStoredHeader(): Outcome {
    this.#align();
    const length = this.#take(16);
    if (this.#take(16) !== (length ^ 0xffff)) return "corrupt";
    this.#stored = length;
    if (!this.#isShort) this.#state = "stored";
    return "go-on";
  }

  #skipStored(): Outcome {
    this.#rewindTo(this.#at, this.#bits);
    const skipped = Math.min(this.#stored, this.#end - this.#at);
    this.#at += skipped;
    this.#stored -= skipped;
    if (this.#stored > 0) return "short";
    return this.#endBlock();
  }

  #endBlock(): Outcome {
    this.#state = "header";
    if (this.#isFinal) this.#align();
    return "go-on";
  }

  /** The hot loop: everything in locals, and one comparison a symbol for having run past the end. */
  #scanCodes({ literals, distances }: BlockCodes): Outcome {
    const octets = this.#octets;
    const endBits = this.#end * 8;
    const farthest = this.#farthest;
    const [fastLiterals, fastDistances] = [literals.fast, distances.fast];
    let [at, hold, bits] = [this.#at, this.#hold, this.#bits];
    let [atBefore, bitsBefore] = [at, bits];
    let outcome: Outcome | null = null;
    while (outcome === null) {
      atBefore = at;
      bitsBefore = bits;
      if (bits < 16) {
        hold |= ((octets[at] as number) | ((octets[at + 1] as number) << 8)) << bits;
        at += 2;
        bits += 16;
      }
      const literal = fastLiterals[hold & FAST_MASK] || decodeSlowly(literals, hold);
      hold >>>= literal & 15;
      bits -= literal & 15;
      const symbol = literal >> 4;
      if (symbol < END_OF_BLOCK && literal !== 0) {
        if (at * 8 - bits > endBits) outcome = "short";
        continue;
      }
      if (literal === 0 || symbol === END_OF_BLOCK || symbol > 285) {
        const examined = literal === 0 ? literals.longest : 0;
        if (at * 8 - bits + examined > endBits) outcome = "short";
        else outcome = symbol === END_OF_BLOCK ? "go-on" : "corrupt";
        continue;
      }
      const lengthBits = LENGTH_BITS[symbol - 257] as number;
      if (bits < 16) {
        hold |= ((octets[at] as number) | ((octets[at + 1] as number) << 8)) << bits;
        at += 2;
        bits += 16;
      }
      hold >>>= lengthBits;
      bits -= lengthBits;
      if (bits < 16) {
        hold |= ((octets[at] as number) | ((octets[at + 1] as number) << 8)) << bits;
        at += 2;
        bits += 16;
      }
      const code = fastDistances[hold & FAST_MASK] || decodeSlowly(distances, hold);
      hold >>>= code & 15;
      bits -= code & 15;
      if (bits < 16) {
        hold |= ((octets[at] as number) | ((octets[at + 1] as number) << 8)) << bits;
        at += 2;
        bits += 16;
      }
      const distanceSymbol = code >> 4;
      const distanceBits = distanceSymbol < 4 ? 0 : (distanceSymbol >> 1) - 1;
      const distance = (DISTANCE_BASE[distanceSymbol] as number) + (hold & ((1 << distanceBits) - 1));
      hold >>>= distanceBits;
      bits -= distanceBits;
      const examined = code === 0 ? distances.longest : 0;
      if (at * 8 - bits + examined > endBits) outcome = "short";
      else if (code === 0 || distanceSymbol > 29) outcome = "corrupt";
      else if (distance > farthest) outcome = "too-far-back";
    }
    if (outcome === "short") this.#rewindTo(atBefore, bitsBefore);
    else this.#rewindTo(at, bits);
    return outcome === "go-on" ? this.#endBlock() : outcome;
  }

  /** Gives back the octets read ahead, so that only the bits of a begun octet are held. */
  #rewindTo(at: number, bits: number): void {
    this.#at = at - (bits >> 3);
    this.#bits = bits & 7;
    this.#hold = this.#bits === 0 ? 0 : (this.#octets[this.#at - 1] ?? 0) >>> (8 - this.#bits);
  }
}

type Outcome = "short" | "go-on" | ScanProblem;

const END_OF_BLOCK = 256;

const FAST_MASK = (1 << FAST_BITS) - 1;

/** A length and a distance take 48 bits at most, and 32 are read ahead. */
const PADDING = 16;

/** Extra bits of the length symbols 257–285 (RFC 1951 §3.2.5). */
const LENGTH_BITS = Uint8Array.of(
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  1,
  1,
  1,
  1,
  2,
  2,
  2,
  2,
  3,
  3,
  3,
  3,
  4,
  4,
  4,
  4,
  5,
  5,
  5,
  5,
  0,
);

/** The smallest distance of each distance symbol; 30 and 31 mean nothing. */
const DISTANCE_BASE = Uint16Array.of(
  1,
  2,
  3,
  4,
  5,
  7,
  9,
  13,
  17,
  25,
  33,
  49,
  65,
  97,
  129,
  193,
  257,
  385,
  513,
  769,
  1025,
  1537,
  2049,
  3073,
  4097,
  6145,
  8193,
  12_289,
  16_385,
  24_577,
  0,
  0,
);
