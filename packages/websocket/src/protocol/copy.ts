/**
 * A copy of `bytes[from..to)` in new memory. Not `bytes.slice()`: everything that comes from a socket is a Buffer of
 * Node's, and `slice` of a Buffer is a view of the same memory.
 */
export function copyOctets(bytes: Uint8Array, from = 0, to: number = bytes.length): Uint8Array {
  const copy = new Uint8Array(to - from);
  copy.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to));
  return copy;
}
