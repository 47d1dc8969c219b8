import { fastTable, huffmanCode, type HuffmanCode } from "./huffman.js";

/** The two codes of a compressed block (RFC 1951 §3.2.3). */
export interface BlockCodes {
  readonly literals: FastCode;
  readonly distances: FastCode;
}

/** A code with its table for quick decoding. */
export interface FastCode extends HuffmanCode {
  readonly fast: Uint16Array;
}

/** `count` bits, lowest first, at most 16 at a time. Zeros once the octets have run out. */
export type TakeBits = (count: number) => number;

/** RFC 1951 §3.2.6. Symbols 286, 287, 30 and 31 have codes, but mean nothing. */
export const FIXED_CODES: BlockCodes = fixedCodes();

/** The codes written at the beginning of a dynamic block (RFC 1951 §3.2.7); null if there can be no such codes. */
export function readDynamicCodes(take: TakeBits): BlockCodes | null {
  const literalCount = take(5) + 257;
  const distanceCount = take(5) + 1;
  const metaCount = take(4) + 4;
  if (literalCount > 286 || distanceCount > 30) return null;
  const metaLengths = new Uint8Array(19);
  for (const symbol of META_ORDER.slice(0, metaCount)) metaLengths[symbol] = take(3);
  const meta = huffmanCode(metaLengths);
  if (meta === null) return null;
  const lengths = readLengths(take, meta, literalCount + distanceCount);
  if (lengths === null || lengths[END_OF_BLOCK] === 0) return null;
  const literals = fastCode(lengths.subarray(0, literalCount));
  const distances = fastCode(lengths.subarray(literalCount));
  return literals === null || distances === null ? null : { literals, distances };
}

const END_OF_BLOCK = 256;

/** The order in which the lengths of the code for code lengths come (RFC 1951 §3.2.7). */
const META_ORDER: readonly number[] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function readLengths(take: TakeBits, meta: HuffmanCode, count: number): Uint8Array | null {
  const lengths = new Uint8Array(count);
  let at = 0;
  while (at < count) {
    const symbol = readSymbol(take, meta);
    if (symbol < 0) return null;
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    if (symbol === 16 && at === 0) return null;
    const value = symbol === 16 ? (lengths[at - 1] ?? 0) : 0;
    const repeats = symbol === 16 ? 3 + take(2) : symbol === 17 ? 3 + take(3) : 11 + take(7);
    if (at + repeats > count) return null;
    lengths.fill(value, at, at + repeats);
    at += repeats;
  }
  return lengths;
}

/** Bit by bit: a block has at most 316 of these. -1 if no code begins with the bits. */
function readSymbol(take: TakeBits, code: HuffmanCode): number {
  let value = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= code.longest; length++) {
    const count = code.counts[length] ?? 0;
    value |= take(1);
    if (value - first < count) return code.symbols[index + value - first] ?? -1;
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  return -1;
}

function fastCode(lengths: Uint8Array): FastCode | null {
  const code = huffmanCode(lengths);
  return code === null ? null : { ...code, fast: fastTable(code) };
}

function fixedCodes(): BlockCodes {
  const lengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
  const literals = fastCode(lengths);
  const distances = fastCode(new Uint8Array(32).fill(5));
  if (literals === null || distances === null) throw new Error("the fixed codes of DEFLATE are complete");
  return { literals, distances };
}
