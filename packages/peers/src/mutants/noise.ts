const SEED = 0x2545f491;

/** Octets that look like nothing, the same every time: xorshift with 32 bits of state. */
export function noise(length: number): Buffer {
  const octets = Buffer.alloc(length);
  let state = SEED;
  for (let index = 0; index < length; index += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    octets[index] = state & 0xff;
  }
  return octets;
}
