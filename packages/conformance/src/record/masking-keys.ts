import { RECORDED_KEYS, type MaskingKeysRecord } from "./record.js";

/** Writes down the masking keys of one connection (RFC 6455 §5.3). */
export class MaskingKeyLog {
  #frames = 0;
  #foreseen = 0;
  readonly #keys: number[] = [];
  /** Counters are kept in either order of octets. */
  readonly #big = new Steps();
  readonly #little = new Steps();

  push(key: Uint8Array): void {
    const value = numberOf(key);
    const big = this.#big.next(value);
    const little = this.#little.next(swapped(value));
    if (big || little) this.#foreseen++;
    this.#frames++;
    if (this.#keys.length < RECORDED_KEYS) this.#keys.push(value);
  }

  /** Undefined as long as no frame was masked. */
  get record(): MaskingKeysRecord | undefined {
    if (this.#frames === 0) return undefined;
    return { frames: this.#frames, keys: this.#keys.map(hexOf), foreseen: this.#foreseen };
  }
}

/** The last two numbers of a sequence. */
class Steps {
  #last: number | undefined;
  #step: number | undefined;

  /** Whether the step to this number is the same as the one before. */
  next(value: number): boolean {
    const step = this.#last === undefined ? undefined : (value - this.#last) >>> 0;
    const isSame = step !== undefined && step === this.#step;
    this.#step = step;
    this.#last = value;
    return isSame;
  }
}

/** Different keys that are remembered of a peer. What comes after that many is counted, but not looked up. */
export const REMEMBERED_KEYS = 65_536;

/** Bits of a masking key. */
const BITS = 32;

/** What was seen of all masking keys of a peer. */
export interface MaskingKeyFacts {
  /** Masked frames on all connections. */
  readonly frames: number;
  /** Keys that were looked at one by one: the first ones of each connection. */
  readonly sampled: number;
  /** Those that had come before, on the same connection or on another. */
  readonly repeats: number;
  /** Keys that had at least two others before them on their connection. */
  readonly followers: number;
  /** Those that were foreseen (see {@link MaskingKeysRecord}). */
  readonly foreseen: number;
  /** How many of the sampled keys that had not come before have each bit set, from the first bit on the wire on. */
  readonly ones: readonly number[];
  /** Of those, the ones that had another one just before them on their connection. */
  readonly pairs: number;
  /** In how many of those each bit differs from that of the key before. */
  readonly flips: readonly number[];
}

/** Adds up the masking keys of all connections of a peer, in bounded memory. */
export class MaskingKeyTally {
  readonly #known = new Set<number>();
  #frames = 0;
  #sampled = 0;
  #repeats = 0;
  #followers = 0;
  #foreseen = 0;
  #pairs = 0;
  readonly #ones = Array.from({ length: BITS }, () => 0);
  readonly #flips = Array.from({ length: BITS }, () => 0);

  /** Adds a connection. Returns how many of its keys had come before. */
  add({ frames, keys, foreseen }: MaskingKeysRecord): number {
    const before = this.#repeats;
    this.#frames += frames;
    this.#followers += Math.max(0, frames - 2);
    this.#foreseen += foreseen;
    let last: number | undefined;
    for (const hex of keys) {
      if (this.#known.size >= REMEMBERED_KEYS) break;
      const key = Number.parseInt(hex, 16);
      this.#sampled++;
      if (this.#known.has(key)) {
        this.#repeats++;
        last = undefined;
        continue;
      }
      this.#known.add(key);
      addBits(this.#ones, key);
      if (last !== undefined) {
        this.#pairs++;
        addBits(this.#flips, key ^ last);
      }
      last = key;
    }
    return this.#repeats - before;
  }

  get facts(): MaskingKeyFacts {
    return {
      frames: this.#frames,
      sampled: this.#sampled,
      repeats: this.#repeats,
      followers: this.#followers,
      foreseen: this.#foreseen,
      ones: [...this.#ones],
      pairs: this.#pairs,
      flips: [...this.#flips],
    };
  }
}

function addBits(counts: number[], value: number): void {
  for (let bit = 0; bit < BITS; bit++) {
    if (((value >>> (BITS - 1 - bit)) & 1) === 1) counts[bit] = (counts[bit] ?? 0) + 1;
  }
}

function numberOf(key: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = key;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function swapped(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

function hexOf(value: number): string {
  return value.toString(16).padStart(8, "0");
}
