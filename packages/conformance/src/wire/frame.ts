/**
 * Writes frames: any opcode, any RSV, any form of length, masked or not. Whether that is legal is not asked here
 * (the self-check asks); RFC 6455 §5.2 is only where the bits lie.
 */

import { applyMask, maskPart, type MaskedSpace } from "./mask.js";

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
  /** A 64-bit length to write in place of it, in 16 hexadecimal digits. */
  readonly announces?: string;
}

/** The 2 to 14 octets of a frame header. */
export function encodeHeader(header: FrameHeader): Uint8Array {
  const { length, maskingKey } = header;
  const form = header.announces === undefined ? (header.lengthForm ?? shortestForm(length)) : 64;
  const bytes = new Uint8Array(2 + extendedOctets(form) + (maskingKey === null ? 0 : 4));
  writeHeader(bytes, 0, header, length, form, maskingKey, 0);
  if (header.announces !== undefined) bytes.set(Buffer.from(header.announces, "hex"), 2);
  return bytes;
}

/** The octets of the shortest header for a payload of `length` octets. */
export function headerOctets(length: number, isMasked: boolean): number {
  return 2 + extendedOctets(shortestForm(length)) + (isMasked ? 4 : 0);
}

export function shortestForm(length: number): LengthForm {
  if (length < 126) return 7;
  return length < 65536 ? 16 : 64;
}

/** What of a frame is written; its length is that of its payload. */
export type WholeFrame = Pick<FrameHeader, "opcode" | "fin" | "rsv"> & { readonly payload: Uint8Array };

/** Space for `length` octets, in which anything may stand. */
export function frameSpace(length: number): MaskedSpace {
  const { buffer } = Buffer.allocUnsafeSlow(length);
  return { octets: new Uint8Array(buffer), words: new Int32Array(buffer, 0, length >> 2) };
}

/**
 * Writes frames one after the other, masked if there are `keys`, four octets a frame. Returns a view of `space`, which
 * has to be large enough. A frame of 256 octets takes 0.1 µs; encoded alone and joined afterwards it was 3.4 µs.
 */
export function encodeFrames(
  frames: readonly WholeFrame[],
  keys: Uint8Array | null,
  space: MaskedSpace,
): Uint8Array {
  const { octets } = space;
  let end = 0;
  // By index, and without a view of each key: this runs for ten million frames in a full run.
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i] as WholeFrame;
    const { payload } = frame;
    const form = shortestForm(payload.length);
    const start = writeHeader(octets, end, frame, payload.length, form, keys, 4 * i);
    octets.set(payload, start);
    end = start + payload.length;
    if (keys !== null) maskPart(space, start, end, keys, 4 * i);
  }
  return octets.subarray(0, end);
}

/** Header and payload in one array; the payload is copied, and masked if there is a key. */
export function encodeFrame(header: FrameHeader, payload: Uint8Array): Uint8Array {
  const head = encodeHeader(header);
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  if (header.maskingKey !== null) applyMask(bytes.subarray(head.length), header.maskingKey);
  return bytes;
}

function extendedOctets(form: LengthForm): number {
  return form === 7 ? 0 : form / 8;
}

/** Writes a header into `bytes` from `at` on, with the key from `keyAt` on if there are `keys`; returns its end. */
function writeHeader(
  bytes: Uint8Array,
  at: number,
  { fin, rsv, opcode }: Pick<FrameHeader, "opcode" | "fin" | "rsv">,
  length: number,
  form: LengthForm,
  keys: Uint8Array | null,
  keyAt: number,
): number {
  bytes[at] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  bytes[at + 1] = (keys === null ? 0 : 0x80) | (form === 7 ? length : form === 16 ? 126 : 127);
  const end = at + 2 + extendedOctets(form);
  if (form === 16) writeUint16(bytes, at + 2, length);
  if (form === 64) writeUint64(bytes, at + 2, length);
  if (keys === null) return end;
  for (let i = 0; i < 4; i++) bytes[end + i] = keys[keyAt + i] as number;
  return end + 4;
}

function writeUint16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

function writeUint64(bytes: Uint8Array, at: number, value: number): void {
  const [high, low] = [Math.floor(value / 2 ** 32), value % 2 ** 32];
  writeUint16(bytes, at, high >>> 16);
  writeUint16(bytes, at + 2, high);
  writeUint16(bytes, at + 4, low >>> 16);
  writeUint16(bytes, at + 6, low);
}
