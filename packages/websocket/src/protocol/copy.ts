/**
 * A copy of `bytes[from..to)` in memory of its own. Never `bytes.slice()`: where `bytes` is a Buffer of Node's, as
 * everything that comes from a socket is, that is a view of the same memory.
 */
export function copyOctets(bytes: Uint8Array, from = 0, to: number = bytes.length): Uint8Array {
  const copy = new Uint8Array(to - from);
  copy.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
  return copy;
}
