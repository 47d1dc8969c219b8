/** A Huffman code of DEFLATE (RFC 1951 §3.2.2). */
export interface HuffmanCode {
  /** How many codes have each length, 0–15; 0 at length 0. */
  readonly counts: Uint16Array;
  /** The symbols that have a code, in the order of their codes. */
  readonly symbols: Uint16Array;
  /** The longest code in bits, 0 if there is none. */
  readonly longest: number;
}

/** Nearly all codes are this short. A table of 1,024 entries is filled in about 2 µs and stays in the first cache. */
export const FAST_BITS = 10;

/**
 * The code that has these lengths, one per symbol, 0–15. Null if they describe none: more codes than fit, or fewer
 * than there is room for; only a lone code of one bit (and none at all) may leave room, as in zlib.
 */
export function huffmanCode(lengths: Uint8Array): HuffmanCode | null {
  const counts = new Uint16Array(16);
  // By index: the iterators of typed arrays are several times slower, and this runs for every block.
  for (let symbol = 0; symbol < lengths.length; symbol++) counts[lengths[symbol] as number]! += 1;
  counts[0] = 0;
  let longest = 15;
  while (longest > 0 && counts[longest] === 0) longest -= 1;
  const room = unusedRoom(counts);
  if (room < 0 || (room > 0 && longest > 1)) return null;
  return { counts, symbols: inCodeOrder(lengths, counts), longest };
}

/** By the next `FAST_BITS` bits: symbol × 16 + length of its code, 0 where the code is longer or unknown. */
export function fastTable({ counts, symbols }: HuffmanCode): Uint16Array {
  const table = new Uint16Array(1 << FAST_BITS);
  let value = 0;
  let index = 0;
  for (let length = 1; length <= FAST_BITS; length++) {
    const count = counts[length] as number;
    const step = 1 << length;
    for (let i = 0; i < count; i++) {
      const entry = ((symbols[index++] as number) << 4) | length;
      for (let at = reversed(value++, length); at < table.length; at += step) table[at] = entry;
    }
    value <<= 1;
  }
  return table;
}

/**
 * The symbol whose code begins at bit 0 of `hold`, with the code's length, packed as in `fast`; 0 if no code does.
 * For the codes that `fast` does not have. `hold` needs 15 bits.
 */
export function decodeSlowly(code: HuffmanCode, hold: number): number {
  let value = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length <= code.longest; length++) {
    const count = code.counts[length] ?? 0;
    value |= (hold >>> (length - 1)) & 1;
    if (value - first < count) return ((code.symbols[index + value - first] ?? 0) << 4) | length;
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  return 0;
}

/** What the codes leave unused, in units of a code of 15 bits; negative if there are too many. */
function unusedRoom(counts: Uint16Array): number {
  let room = 1 << 15;
  for (let length = 1; length <= 15; length++) room -= (counts[length] ?? 0) << (15 - length);
  return room;
}

function inCodeOrder(lengths: Uint8Array, counts: Uint16Array): Uint16Array {
  const next = new Uint16Array(17);
  for (let length = 1; length <= 15; length++) {
    next[length + 1] = (next[length] as number) + (counts[length] as number);
  }
  const symbols = new Uint16Array(next[16] as number);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] as number;
    if (length > 0) symbols[next[length]!++] = symbol;
  }
  return symbols;
}

/** Codes arrive with their first bit lowest (RFC 1951 §3.1.1). */
function reversed(value: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((value >>> bit) & 1) << (length - 1 - bit);
  return result;
}
