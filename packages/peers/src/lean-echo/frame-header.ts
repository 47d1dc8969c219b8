/** Room that a header needs in front of its payload, at most (RFC 6455 §5.2; ours are not masked). */
export const HEADROOM = 10;

/**
 * Writes the header of a frame right in front of its payload, which is `length` octets of `octets` from HEADROOM on,
 * and gives back the frame: one buffer, one write, no copy.
 * @param first FIN, RSV1–3 and the opcode
 */
export function withHeader(octets: Buffer, first: number, length: number): Buffer {
  const at = HEADROOM - headerLength(length);
  octets[at] = first;
  if (length <= 125) octets[at + 1] = length;
  else if (length <= 0xffff) {
    octets[at + 1] = 126;
    octets.writeUInt16BE(length, at + 2);
  } else {
    octets[at + 1] = 127;
    octets.writeUInt32BE(Math.floor(length / 2 ** 32), at + 2);
    octets.writeUInt32BE(length % 2 ** 32, at + 6);
  }
  return octets.subarray(at, HEADROOM + length);
}

function headerLength(length: number): number {
  if (length <= 125) return 2;
  return length <= 0xffff ? 4 : 10;
}
