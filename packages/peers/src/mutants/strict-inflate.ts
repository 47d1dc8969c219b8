import type { DeflateFaultName } from "./deflate-faults.js";
import type { DeflateSide } from "./deflate-offer.js";
import { TAIL } from "./message-deflate.js";

/** What can be wrong with compressed data. */
export type DataProblem =
  | "type"
  | "stored length"
  | "codes"
  | "no end code"
  | "symbol"
  | "too far"
  | "cut"
  | "refused";

export class InvalidData extends Error {
  readonly problem: DataProblem;

  constructor(problem: DataProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** What a fault takes for the end of the message, instead of failing the connection. */
const ENDS: Readonly<Partial<Record<DataProblem, DeflateFaultName>>> = {
  type: "bad-type-ends",
  "stored length": "bad-stored-length-ends",
  codes: "bad-codes-end",
  "no end code": "missing-end-code-ends",
  symbol: "bad-distance-ends",
};

const LARGEST_WINDOW = 32_768;

/**
 * Decompresses messages one after the other (RFC 7692 §7.2.2), with a decoder of its own that refuses what RFC 1951
 * refuses and takes everything else, except for one fault.
 */
export class StrictInflate {
  readonly #side: DeflateSide;
  readonly #fault: DeflateFaultName | undefined;
  #window: Buffer = Buffer.alloc(0);
  /** By a fault: nothing comes out any more. */
  #isOver = false;

  constructor(side: DeflateSide, fault: DeflateFaultName | undefined) {
    this.#side = side;
    this.#fault = fault;
  }

  /** The message of a payload without its tail. Throws `InvalidData` if there is none. */
  decompress(payload: Buffer): Buffer {
    if (this.#isOver) return Buffer.alloc(0);
    const decoder = new Decoder(Buffer.concat([payload, TAIL]), this.#window, this.#fault);
    try {
      decoder.run();
    } catch (error) {
      if (!(error instanceof InvalidData) || ENDS[error.problem] !== this.#fault || this.#fault === undefined)
        throw error;
    }
    if (decoder.isFinal && this.#fault === "final-ends-stream") this.#isOver = true;
    if (!this.#side.keepsContext && this.#fault === "stream-not-begun-anew") this.#isOver = true;
    this.remember(decoder.message);
    if (decoder.isFinal && this.#fault === "final-resets-window") this.#window = Buffer.alloc(0);
    return decoder.message;
  }

  /** Later messages may refer to this. */
  remember(octets: Buffer): void {
    if (!this.#side.keepsContext || this.#fault === "context-not-kept") return;
    const size =
      this.#fault === "window-one-short"
        ? LARGEST_WINDOW - 1
        : this.#fault === "window-halved"
          ? LARGEST_WINDOW / 2
          : LARGEST_WINDOW;
    this.#window = Buffer.concat([this.#window, octets]).subarray(-size);
  }
}

/** A Huffman code: how many codes there are of each length, and their symbols in order. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: readonly number[];
}

const LENGTH_BASES = bases(3, 29, 4, 8);
const DISTANCE_BASES = bases(1, 30, 2, 4);
const META_ORDER: readonly number[] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const FIXED_LITERALS: Code = codeOf([...times(144, 8), ...times(112, 9), ...times(24, 7), ...times(8, 8)]);
const FIXED_DISTANCES: Code = codeOf(times(32, 5));

/** One message. */
class Decoder {
  readonly #input: Buffer;
  readonly #fault: DeflateFaultName | undefined;
  readonly #start: number;
  #bit = 0;
  #out: Buffer;
  #length: number;
  /** A block had BFINAL set. */
  isFinal = false;

  constructor(input: Buffer, window: Buffer, fault: DeflateFaultName | undefined) {
    this.#input = input;
    this.#fault = fault;
    this.#start = window.length;
    this.#out = Buffer.concat([window], Math.max(4096, window.length * 2));
    this.#length = window.length;
  }

  get message(): Buffer {
    const message = Buffer.from(this.#out.subarray(this.#start, this.#length));
    return this.#fault === "message-cut-at-64-k" ? message.subarray(0, 65_536) : message;
  }

  /** Blocks, up to the last octet. */
  run(): void {
    while (this.#bit < this.#input.length * 8) {
      const before = this.#length;
      const isFinal = this.#bits(1) === 1;
      if (isFinal && this.#fault === "final-refused") throw new InvalidData("refused");
      this.#block(this.#bits(2));
      if (isFinal) this.#align();
      this.isFinal ||= isFinal;
      const endsHere =
        (isFinal && (this.#fault === "final-ends-message" || this.#fault === "final-ends-stream")) ||
        (before === this.#length && this.#fault === "empty-block-ends");
      if (endsHere) return;
    }
  }

  #block(type: number): void {
    if (type === 3) throw new InvalidData("type");
    if (type === 0) return this.#stored();
    if (this.#fault === (type === 1 ? "fixed-refused" : "dynamic-refused")) throw new InvalidData("refused");
    if (type === 1) this.#items(FIXED_LITERALS, FIXED_DISTANCES);
    else this.#dynamic();
  }

  #stored(): void {
    this.#align();
    const length = this.#bits(16);
    if (this.#bits(16) !== (length ^ 0xffff)) throw new InvalidData("stored length");
    if (length > 0 && this.#fault === "stored-refused") throw new InvalidData("refused");
    if (length > 32_767 && this.#fault === "stored-length-signed") throw new InvalidData("refused");
    const at = this.#bit / 8;
    if (at + length > this.#input.length) throw new InvalidData("cut");
    this.#room(length);
    this.#input.copy(this.#out, this.#length, at, at + length);
    this.#length += length;
    this.#bit += length * 8;
  }

  #dynamic(): void {
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    const meta = times(19, 0);
    const count = this.#bits(4) + 4;
    for (const symbol of META_ORDER.slice(0, count)) meta[symbol] = this.#bits(3);
    if (literals > 286 || distances > 30) throw new InvalidData("codes");
    const lengths = this.#lengths(codeOf(meta), literals, literals + distances);
    if (lengths[256] === 0) throw new InvalidData("no end code");
    const used = lengths.slice(literals).filter((length) => length > 0).length;
    const isRefused =
      (used === 0 && this.#fault === "no-distances-refused") ||
      (used === 1 && this.#fault === "one-distance-refused");
    if (isRefused) throw new InvalidData("refused");
    this.#items(codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals), true));
  }

  #lengths(meta: Code, border: number, count: number): readonly number[] {
    const lengths: number[] = [];
    while (lengths.length < count) {
      const symbol = this.#symbol(meta);
      if (symbol < 16) {
        lengths.push(symbol);
        continue;
      }
      const value = symbol === 16 ? lengths.at(-1) : 0;
      const repeats =
        symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
      const isAcross = lengths.length < border && lengths.length + repeats > border;
      if (isAcross && this.#fault === "runs-not-across") throw new InvalidData("refused");
      if (value === undefined || lengths.length + repeats > count) throw new InvalidData("codes");
      lengths.push(...times(repeats, value));
    }
    return lengths;
  }

  #items(literals: Code, distances: Code): void {
    for (;;) {
      const symbol = this.#symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.#room(1);
        this.#out[this.#length++] = symbol;
        continue;
      }
      const length = this.#value(LENGTH_BASES, symbol - 257);
      this.#copy(length, this.#value(DISTANCE_BASES, this.#symbol(distances)));
    }
  }

  #copy(length: number, distance: number): void {
    const isTooFar = distance > this.#length;
    if (isTooFar && this.#fault !== "too-far-is-zeros") throw new InvalidData("too far");
    this.#room(length);
    for (let count = 0; count < length; count++) {
      const from = this.#length - distance;
      const isOverlap = count >= distance && this.#fault === "overlap-not-repeated";
      this.#out[this.#length++] = from < 0 || isOverlap ? 0 : (this.#out[from] ?? 0);
    }
  }

  #value(bases: readonly (readonly [base: number, bits: number])[], symbol: number): number {
    const found = bases[symbol];
    if (found === undefined) throw new InvalidData("symbol");
    return found[0] + this.#bits(found[1]);
  }

  /** Bit by bit. */
  #symbol({ counts, symbols }: Code): number {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= 15; length++) {
      code |= this.#bits(1);
      const count = counts[length] ?? 0;
      if (code - first < count) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new InvalidData("symbol");
  }

  #bits(count: number): number {
    let value = 0;
    for (let at = 0; at < count; at++, this.#bit++) {
      const octet = this.#input[this.#bit >> 3];
      if (octet === undefined) throw new InvalidData("cut");
      value |= ((octet >> (this.#bit & 7)) & 1) << at;
    }
    return value;
  }

  #align(): void {
    this.#bit = Math.ceil(this.#bit / 8) * 8;
  }

  #room(octets: number): void {
    if (this.#length + octets <= this.#out.length) return;
    this.#out = Buffer.concat([this.#out], (this.#length + octets) * 2);
  }
}

/** Throws unless the code is complete. `mayBeOne`: a single code of one bit will do, or none at all. */
function codeOf(lengths: readonly number[], mayBeOne = false): Code {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]!++;
  const used = lengths.length - (counts[0] ?? 0);
  // Kraft's inequality, in units of the shortest code there can be.
  const sum = lengths.reduce((total, length) => total + (length === 0 ? 0 : 1 << (15 - length)), 0);
  const isAlone = mayBeOne && (used === 0 || (used === 1 && counts[1] === 1));
  if (sum !== 1 << 15 && !isAlone) throw new InvalidData("codes");
  const symbols = lengths
    .map((length, symbol) => ({ length, symbol }))
    .filter(({ length }) => length > 0)
    .toSorted((a, b) => a.length - b.length || a.symbol - b.symbol);
  return { counts, symbols: symbols.map(({ symbol }) => symbol) };
}

/** The smallest value of each symbol, and the number of bits behind it (RFC 1951 §3.2.5). */
function bases(
  first: number,
  count: number,
  step: number,
  plain: number,
): readonly (readonly [base: number, bits: number])[] {
  const all: (readonly [number, number])[] = [];
  let base = first;
  for (let symbol = 0; symbol < count; symbol++) {
    // 285 is 258, alone.
    if (symbol === 28 && count === 29) return [...all, [258, 0]];
    const bits = symbol < plain ? 0 : Math.floor((symbol - plain) / step) + 1;
    all.push([base, bits]);
    base += 1 << bits;
  }
  return all;
}

function times(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value);
}
