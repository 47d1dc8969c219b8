/**
 * XORs `bytes[from..to)` in place with a masking key (RFC 6455 §5.3). `key` holds the key's four octets with the one
 * that belongs to `bytes[from]` in the lowest eight bits. Works word by word where there are enough octets.
 */
export function unmask(bytes: Uint8Array, from: number, to: number, key: number): void {
  if (to - from < SHORT) {
    unmaskOctets(bytes, from, to, key);
    return;
  }
  if (bytes !== lastBytes) remember(bytes);
  // The words have to lie on multiples of four of the memory, not of the view.
  const aligned = from + (-(lastOffset + from) & 3);
  unmaskOctets(bytes, from, aligned, key);
  const wordKey = toWord(rotateKey(key, aligned - from));
  const words = lastWords;
  const first = (lastOffset + aligned) >>> 2;
  const count = (to - aligned) >>> 2;
  for (let at = first; at < first + count; at += 1) words[at] = words[at]! ^ wordKey;
  // A whole number of words leaves the key as it was.
  unmaskOctets(bytes, aligned + count * 4, to, rotateKey(key, aligned - from));
}

/** The key as it is used for the octet `by` octets later: `key` turned by that many octets. */
export function rotateKey(key: number, by: number): number {
  const bits = (by & 3) * 8;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/** Octets below which a loop over octets is faster than a loop over words with its preparations. */
const SHORT = 32;

function unmaskOctets(bytes: Uint8Array, from: number, to: number, key: number): void {
  let turned = key;
  for (let at = from; at < to; at += 1) {
    bytes[at] = bytes[at]! ^ turned;
    turned = (turned >>> 8) | (turned << 24);
  }
}

const wordOctets = new Uint8Array(4);
const word = new Uint32Array(wordOctets.buffer);

/** The key in the byte order of this machine. */
function toWord(key: number): number {
  wordOctets[0] = key;
  wordOctets[1] = key >>> 8;
  wordOctets[2] = key >>> 16;
  wordOctets[3] = key >>> 24;
  return word[0]!;
}

let lastBytes: Uint8Array = wordOctets;
let lastOffset = 0;
let lastWords: Uint32Array = word;

/**
 * Sees the memory of `bytes` as words. That costs more than unmasking 100 octets, and a read buffer comes again and
 * again, so the last view is kept. That of a long message is not, since the view would keep it in memory.
 */
function remember(bytes: Uint8Array): void {
  const { buffer } = bytes;
  lastBytes = buffer.byteLength <= KEPT_OCTETS ? bytes : wordOctets;
  lastOffset = bytes.byteOffset;
  lastWords = new Uint32Array(buffer, 0, buffer.byteLength >>> 2);
}

const KEPT_OCTETS = 1024 * 1024;
