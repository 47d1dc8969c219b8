import { unmask } from "./unmask.js";

/** The header of a frame (RFC 6455 §5.2). */
export interface FrameHeader {
  readonly fin: boolean;
  /** RSV1·4 + RSV2·2 + RSV3. */
  readonly rsv: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  /** Octets of payload; beyond 2^53 it is not exact any more. */
  readonly length: number;
}

export interface FrameSink {
  /** A header is complete; false: read no more. */
  onHeader(header: FrameHeader): boolean;
  /** Where the next `length` octets of payload go, unmasked. */
  place(length: number): { readonly octets: Uint8Array; readonly at: number };
  /** The frame is complete; false: read no more for now. */
  onEnd(): boolean;
}

/** Hands on frames while they arrive; payload is copied once, when it is unmasked, and never joined. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #head: Buffer = Buffer.alloc(14);
  /** Octets of the header that are there, and that there have to be: 2 until those two are known. */
  #headLength = 0;
  #headNeeded = 2;
  /** Octets of payload that have been read, and that there are. */
  #read = 0;
  #length = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Says how many octets it took: all of them, unless the sink wanted no more. */
  push(chunk: Uint8Array): number {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headLength < this.#headNeeded) {
        at = this.#takeHead(chunk, at);
        if (this.#headLength < this.#headNeeded) continue;
        if (!this.#beginFrame()) return at;
      }
      at = this.#takePayload(chunk, at);
      if (this.#read === this.#length && !this.#endFrame()) return at;
    }
    return at;
  }

  #takeHead(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && this.#headLength < this.#headNeeded) {
      this.#head[this.#headLength++] = chunk[at++]!;
      if (this.#headLength === 2) this.#headNeeded = headLength(this.#head[1]!);
    }
    return at;
  }

  #beginFrame(): boolean {
    this.#read = 0;
    this.#length = payloadLength(this.#head);
    const first = this.#head[0]!;
    return this.#sink.onHeader({
      fin: (first & 0x80) !== 0,
      rsv: (first >> 4) & 7,
      opcode: first & 0x0f,
      isMasked: (this.#head[1]! & 0x80) !== 0,
      length: this.#length,
    });
  }

  #takePayload(chunk: Uint8Array, at: number): number {
    const length = Math.min(this.#length - this.#read, chunk.length - at);
    if (length === 0) return at;
    const { octets, at: target } = this.#sink.place(length);
    const key = this.#head.subarray(this.#headNeeded - 4, this.#headNeeded);
    unmask(octets, target, chunk.subarray(at, at + length), key, this.#read);
    this.#read += length;
    return at + length;
  }

  #endFrame(): boolean {
    this.#headLength = 0;
    this.#headNeeded = 2;
    return this.#sink.onEnd();
  }
}

/** With the masking key, if there is one. */
function headLength(second: number): number {
  const length7 = second & 0x7f;
  const extended = length7 === 127 ? 8 : length7 === 126 ? 2 : 0;
  return 2 + extended + ((second & 0x80) === 0 ? 0 : 4);
}

function payloadLength(head: Buffer): number {
  const length7 = head[1]! & 0x7f;
  if (length7 === 127) return head.readUInt32BE(2) * 2 ** 32 + head.readUInt32BE(6);
  return length7 === 126 ? head.readUInt16BE(2) : length7;
}
