/** The largest header: two octets, eight of length, four of masking key (RFC 6455 §5.2). */
export const MAX_HEADER_OCTETS = 14;

/** The largest payload data of a control frame (§5.5). */
export const MAX_CONTROL_OCTETS = 125;

export const FIN = 0x80;
export const RSV1 = 0x40;
export const RSV2_RSV3 = 0x30;
export const MASK = 0x80;

/** Octets of the header of a frame with `length` octets of payload data. */
export function headerOctets(length: number, isMasked: boolean): number {
  const octets = length < 126 ? 2 : length < 0x1_0000 ? 4 : 10;
  return isMasked ? octets + 4 : octets;
}

/** Writes the header of a frame that is not masked at `at` and returns where the payload data begins. */
export function writeHeader(into: Uint8Array, at: number, first: number, length: number): number {
  into[at] = first;
  return writeLength(into, at + 1, 0, length);
}

/** As `writeHeader`, for a masked frame; `key` has its first octet in the lowest eight bits, as in `unmask`. */
export function writeMaskedHeader(
  into: Uint8Array,
  at: number,
  first: number,
  length: number,
  key: number,
): number {
  into[at] = first;
  const end = writeLength(into, at + 1, MASK, length);
  into[end] = key;
  into[end + 1] = key >>> 8;
  into[end + 2] = key >>> 16;
  into[end + 3] = key >>> 24;
  return end + 4;
}

/** The length in the fewest octets that hold it, as §5.2 demands. */
function writeLength(into: Uint8Array, at: number, maskBit: number, length: number): number {
  if (length < 126) {
    into[at] = maskBit | length;
    return at + 1;
  }
  if (length < 0x1_0000) {
    into[at] = maskBit | 126;
    into[at + 1] = length >>> 8;
    into[at + 2] = length;
    return at + 3;
  }
  into[at] = maskBit | 127;
  // A length beyond 2^53 cannot be held in a number; the upper half is below 2^21.
  writeUint32(into, at + 1, Math.floor(length / 0x1_0000_0000));
  writeUint32(into, at + 5, length >>> 0);
  return at + 9;
}

function writeUint32(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

/** Throws a RangeError for more payload data than a control frame may have. */
export function checkControl(payload: Uint8Array): void {
  if (payload.length <= MAX_CONTROL_OCTETS) return;
  throw new RangeError(`a control frame has at most ${MAX_CONTROL_OCTETS} octets of payload data`);
}
