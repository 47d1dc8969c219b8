/** What a sequence of deflate blocks (RFC 1951 §3.2) says, and how far back it refers. */
export interface Scan {
  readonly octets: number;
  /** The largest distance of a back-reference; 0 if there is none. */
  readonly farthest: number;
  /** The largest distance by which one reaches to before the first octet of this scan; 0 or less if none does. */
  readonly beforeStart: number;
}

/** Reads the blocks up to the end of the octets, which has to be an octet boundary between two blocks. */
export function scanDeflate(octets: Uint8Array): Scan {
  const bits = new Bits(octets);
  const scan = { octets: 0, farthest: 0, beforeStart: 0 };
  while (!bits.isAtEnd) {
    bits.take(1);
    const type = bits.take(2);
    if (type === 0) scan.octets += skipStored(bits);
    else if (type === 1) scanSymbols(bits, FIXED_LITERALS, FIXED_DISTANCES, scan);
    else if (type === 2) scanSymbols(bits, ...readCodes(bits), scan);
    else throw new Error("block type 3");
  }
  return scan;
}

class Bits {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#octets.length * 8;
  }

  take(count: number): number {
    let value = 0;
    for (let bit = 0; bit < count; bit++, this.#at++) {
      const octet = this.#octets[this.#at >> 3];
      if (octet === undefined) throw new Error("cut off inside a block");
      value |= ((octet >> (this.#at & 7)) & 1) << bit;
    }
    return value;
  }

  align(): void {
    this.#at = (this.#at + 7) & ~7;
  }
}

/** Codes by "length:code" → symbol. */
type Codes = ReadonlyMap<number, number>;

function skipStored(bits: Bits): number {
  bits.align();
  const octets = bits.take(16);
  bits.take(16);
  for (let at = 0; at < octets; at++) bits.take(8);
  return octets;
}

function scanSymbols(
  bits: Bits,
  literals: Codes,
  distances: Codes,
  scan: { octets: number; farthest: number; beforeStart: number },
): void {
  for (;;) {
    const symbol = decode(bits, literals);
    if (symbol === 256) return;
    if (symbol < 256) {
      scan.octets++;
      continue;
    }
    const length = LENGTHS[symbol - 257]! + bits.take(LENGTH_BITS[symbol - 257]!);
    const code = decode(bits, distances);
    const distance = DISTANCES[code]! + bits.take(Math.max(0, (code >> 1) - 1));
    scan.farthest = Math.max(scan.farthest, distance);
    scan.beforeStart = Math.max(scan.beforeStart, distance - scan.octets);
    scan.octets += length;
  }
}

function decode(bits: Bits, codes: Codes): number {
  let code = 1;
  for (let length = 1; length <= 15; length++) {
    code = (code << 1) | bits.take(1);
    const symbol = codes.get(code);
    if (symbol !== undefined) return symbol;
  }
  throw new Error("no such code");
}

/** Canonical codes of the lengths (RFC 1951 §3.2.2), each with a leading 1 so that lengths differ. */
function codesOf(lengths: readonly number[]): Codes {
  const codes = new Map<number, number>();
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    for (const [symbol, its] of lengths.entries()) {
      if (its === length) codes.set((1 << length) | code++, symbol);
    }
    code <<= 1;
  }
  return codes;
}

function readCodes(bits: Bits): [Codes, Codes] {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const given = bits.take(4) + 4;
  const lengthLengths = Array.from({ length: 19 }, () => 0);
  for (let at = 0; at < given; at++) lengthLengths[ORDER[at]!] = bits.take(3);
  const codes = codesOf(lengthLengths);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = decode(bits, codes);
    if (symbol < 16) lengths.push(symbol);
    else if (symbol === 16) repeat(lengths, lengths.at(-1)!, 3 + bits.take(2));
    else if (symbol === 17) repeat(lengths, 0, 3 + bits.take(3));
    else repeat(lengths, 0, 11 + bits.take(7));
  }
  return [codesOf(lengths.slice(0, literals)), codesOf(lengths.slice(literals))];
}

function repeat(into: number[], value: number, times: number): void {
  for (let time = 0; time < times; time++) into.push(value);
}

const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const LENGTHS = LENGTH_BITS.map((_, at) =>
  at === 28 ? 258 : 3 + LENGTH_BITS.slice(0, at).reduce((sum, bits) => sum + 2 ** bits, 0),
);
const DISTANCES = Array.from(
  { length: 30 },
  (_, at) =>
    1 + Array.from({ length: at }, (_, code) => 2 ** Math.max(0, (code >> 1) - 1)).reduce((a, b) => a + b, 0),
);
const FIXED_LITERALS = codesOf(
  Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)),
);
const FIXED_DISTANCES = codesOf(Array.from({ length: 30 }, () => 5));
