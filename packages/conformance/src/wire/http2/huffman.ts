/**
 * The Huffman code of HPACK (RFC 7541 Appendix B), as the number of bits of each octet's code. The codes follow from that:
 * shorter ones come first, those of the same length in the order of their octets.
 */
const BITS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
  8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
  13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
  28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
  22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
  22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
  25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];

const LONGEST = 30;

interface Level {
  /** The first code of this length. */
  readonly first: number;
  /** The octets with codes of this length, in their order. */
  readonly octets: readonly number[];
}

/** By number of bits. */
const LEVELS: readonly Level[] = levels();

function levels(): Level[] {
  const all: Level[] = [];
  let code = 0;
  for (let bits = 0; bits <= LONGEST; bits++) {
    const octets = BITS.flatMap((length, octet) => (length === bits && bits > 0 ? [octet] : []));
    all.push({ first: code, octets });
    code = (code + octets.length) * 2;
  }
  return all;
}

/**
 * What the code stands for; null if it does not end as it has to (RFC 7541 §5.2): in the first bits, at most 7, of the code
 * of EOS, which are all 1.
 */
export function decodeHuffman(octets: Uint8Array): Buffer | null {
  const decoded: number[] = [];
  let code = 0;
  let bits = 0;
  for (const octet of octets) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((octet >> bit) & 1);
      bits++;
      if (bits > LONGEST) return null;
      const level = LEVELS[bits];
      const found = level?.octets[code - level.first];
      if (found === undefined) continue;
      decoded.push(found);
      code = 0;
      bits = 0;
    }
  }
  if (bits > 7 || code !== 2 ** bits - 1) return null;
  return Buffer.from(decoded);
}
