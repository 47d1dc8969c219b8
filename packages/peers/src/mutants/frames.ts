import { randomBytes } from "node:crypto";

/** A frame as it arrived, unmasked. */
export interface Frame {
  readonly fin: boolean;
  readonly rsv1: boolean;
  /** RSV1·4 + RSV2·2 + RSV3. */
  readonly rsv: number;
  readonly opcode: number;
  /** The masking key; null for a frame that is not masked. */
  readonly key: Buffer | null;
  readonly payload: Buffer;
  /** Its length is not written in the shortest form (RFC 6455 §5.2). */
  readonly isLongForm?: true;
}

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;
/** Added to the opcode of the first frame of a compressed message (RFC 7692 §6). */
export const RSV1 = 0x40;

/**
 * One frame with FIN set and the shortest length form (RFC 6455 §5.2), whatever the opcode; RSV1–3 are clear, unless added to it.
 * `isMasked`: true for a random key, or the key.
 */
export function encodeFrame(
  opcode: number,
  payload: Uint8Array,
  isMasked: boolean | Uint8Array = false,
): Buffer {
  const header = encodeHeader(opcode, payload.length, isMasked !== false);
  if (isMasked === false) return Buffer.concat([header, payload]);
  const key = isMasked === true ? randomBytes(4) : isMasked;
  return Buffer.concat([header, key, mask(payload, key)]);
}

/** Cuts octets into frames and checks nothing: any opcode, RSV bits and length, masked or not. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  readonly #onHighBit: () => void;
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Octets that must be there before another look is worth it; spares joining large frames repeatedly. */
  #needed = 2;
  #isStopped = false;

  /** `onHighBit`: a length whose highest bit is set was announced; its frame never ends. */
  constructor(onFrame: (frame: Frame) => void, onHighBit: () => void = () => undefined) {
    this.#onFrame = onFrame;
    this.#onHighBit = onHighBit;
  }

  push(chunk: Buffer): void {
    if (this.#isStopped) return;
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    while (!this.#isStopped && this.#buffered >= this.#needed) this.#readOne();
  }

  /** The beginning of a frame is there. */
  get isInsideFrame(): boolean {
    return this.#buffered > 0;
  }

  /** Throws away what is no whole frame yet. */
  forget(): void {
    this.#needed = 2;
    this.#keep([]);
  }

  /** From now on octets are thrown away. */
  stop(): void {
    this.#isStopped = true;
    this.#keep([]);
  }

  #readOne(): void {
    const octets = this.#joined();
    const start = headerLength(octets);
    if (octets.length < start) {
      this.#needed = start;
      return;
    }
    if ((octets.readUInt8(1) & 0x7f) === 127 && octets.readUInt8(2) > 0x7f) this.#onHighBit();
    const end = start + payloadLength(octets);
    if (octets.length < end) {
      this.#needed = end;
      return;
    }
    this.#needed = 2;
    this.#keep([octets.subarray(end)]);
    this.#onFrame(decode(octets, start, end));
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    if (this.#chunks.length === 1 && first !== undefined) return first;
    const octets = Buffer.concat(this.#chunks);
    this.#chunks = [octets];
    return octets;
  }

  #keep(chunks: Buffer[]): void {
    this.#chunks = chunks;
    this.#buffered = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }
}

/** Header with the masking key, if there is one. The first two octets have to be there. */
function headerLength(octets: Buffer): number {
  const second = octets.readUInt8(1);
  return 2 + extendedLength(second & 0x7f) + (isMasked(second) ? 4 : 0);
}

function extendedLength(length7: number): number {
  if (length7 === 127) return 8;
  return length7 === 126 ? 2 : 0;
}

function payloadLength(octets: Buffer): number {
  const length7 = octets.readUInt8(1) & 0x7f;
  if (length7 === 127) return Number(octets.readBigUInt64BE(2));
  return length7 === 126 ? octets.readUInt16BE(2) : length7;
}

function decode(octets: Buffer, start: number, end: number): Frame {
  const first = octets.readUInt8(0);
  const payload = octets.subarray(start, end);
  return {
    fin: (first & 0x80) !== 0,
    rsv1: (first & RSV1) !== 0,
    rsv: (first >> 4) & 7,
    opcode: first & 0x0f,
    key: isMasked(octets.readUInt8(1)) ? Buffer.from(octets.subarray(start - 4, start)) : null,
    payload: isMasked(octets.readUInt8(1)) ? mask(payload, octets.subarray(start - 4, start)) : payload,
    ...(isLongForm(octets.readUInt8(1) & 0x7f, payload.length) ? { isLongForm: true } : {}),
  };
}

function isLongForm(length7: number, length: number): boolean {
  return (length7 === 126 && length < 126) || (length7 === 127 && length < 65_536);
}

function encodeHeader(opcode: number, length: number, masked: boolean): Buffer {
  const first = 0x80 | opcode;
  const maskBit = masked ? 0x80 : 0;
  if (length <= 125) return Buffer.from([first, maskBit | length]);
  if (length <= 0xffff) return Buffer.from([first, maskBit | 126, length >> 8, length & 0xff]);
  const header = Buffer.from([first, maskBit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

function isMasked(second: number): boolean {
  return (second & 0x80) !== 0;
}

function mask(octets: Uint8Array, key: Uint8Array): Buffer {
  const masked = Buffer.from(octets);
  for (let index = 0; index < masked.length; index += 1) masked[index]! ^= key[index & 3]!;
  return masked;
}
