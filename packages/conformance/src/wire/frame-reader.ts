import type { LengthForm } from "./frame.js";
import { applyMask } from "./mask.js";

/** A frame header as it was read. Nothing about it is judged. */
export interface ReadHeader {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  /** Announced length in octets; above 2^53 it is rounded, and `highBit` says whether bit 63 was set. */
  readonly length: number;
  readonly lengthForm: LengthForm;
  /** The highest bit of a 64-bit length, which RFC 6455 §5.2 wants to be 0. */
  readonly highBit: boolean;
  readonly maskingKey: Uint8Array | null;
}

/** Called while octets are read. Returning false stops the reader: what follows is dropped. */
export interface FrameSink {
  header(header: ReadHeader): boolean;
  /** A piece of the payload, unmasked; a view that is only valid during the call. Never empty. */
  payload(piece: Uint8Array): boolean;
  end(): boolean;
}

/**
 * Cuts a stream of octets into frames and hands over payloads piece by piece as they arrive, so that a frame
 * of any announced length costs no memory: at most 14 octets are kept between calls.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #head = new Uint8Array(14);
  #headLength = 0;
  #current: ReadHeader | null = null;
  #payloadRead = 0;
  #stopped = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** True in the middle of a header or a payload. */
  get insideFrame(): boolean {
    return this.#current !== null || this.#headLength > 0;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      at = this.#current === null ? this.#readHead(chunk, at) : this.#readPayload(chunk, at);
    }
  }

  /** The same, but the sink sees none of the payload. */
  pushHeaders(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#stopped) {
      at = this.#current === null ? this.#readHead(chunk, at) : this.#passOver(chunk, at, this.#current);
    }
  }

  #readHead(chunk: Uint8Array, from: number): number {
    if (this.#headLength === 0 && chunk.length - from >= this.#head.length) {
      // All of it is there, whatever its form.
      this.#begin(parseHead(chunk, from));
      return from + headSize(chunk[from + 1] ?? 0);
    }
    let at = from;
    while (at < chunk.length) {
      this.#head[this.#headLength++] = chunk[at++] ?? 0;
      if (this.#headLength >= 2 && this.#headLength === headSize(this.#head[1] ?? 0)) {
        this.#begin(parseHead(this.#head, 0));
        break;
      }
    }
    return at;
  }

  #passOver(chunk: Uint8Array, from: number, { length }: ReadHeader): number {
    const passed = Math.min(chunk.length - from, length - this.#payloadRead);
    this.#payloadRead += passed;
    if (this.#payloadRead >= length) this.#finish();
    return from + passed;
  }

  #begin(header: ReadHeader): void {
    this.#headLength = 0;
    this.#payloadRead = 0;
    this.#current = header;
    if (!this.#sink.header(header)) this.#stopped = true;
    else if (header.length === 0) this.#finish();
  }

  #readPayload(chunk: Uint8Array, from: number): number {
    const current = this.#current;
    if (current === null) return from;
    const to = Math.min(chunk.length, from + current.length - this.#payloadRead);
    const piece = this.#unmasked(chunk.subarray(from, to), current.maskingKey);
    this.#payloadRead += piece.length;
    if (!this.#sink.payload(piece)) this.#stopped = true;
    else if (this.#payloadRead >= current.length) this.#finish();
    return to;
  }

  #unmasked(piece: Uint8Array, maskingKey: Uint8Array | null): Uint8Array {
    if (maskingKey === null) return piece;
    // A copy, because unmasking happens in place and the chunk is also shown as it came over the wire. Not `slice`:
    // that of a Buffer copies nothing.
    return applyMask(new Uint8Array(piece), maskingKey, this.#payloadRead);
  }

  #finish(): void {
    this.#current = null;
    if (!this.#sink.end()) this.#stopped = true;
  }
}

function headSize(second: number): number {
  const length7 = second & 0x7f;
  return 2 + (length7 === 126 ? 2 : length7 === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
}

/** Reads a header that is there as a whole, from octet `at` on. */
function parseHead(octets: Uint8Array, at: number): ReadHeader {
  const first = octets[at] ?? 0;
  const second = octets[at + 1] ?? 0;
  const length7 = second & 0x7f;
  const lengthForm = length7 === 126 ? 16 : length7 === 127 ? 64 : 7;
  return {
    opcode: first & 0x0f,
    fin: (first & 0x80) !== 0,
    rsv: (first >> 4) & 7,
    length: lengthForm === 7 ? length7 : bigEndian(octets, at + 2, lengthForm / 8),
    lengthForm,
    highBit: lengthForm === 64 && (octets[at + 2] ?? 0) >= 0x80,
    maskingKey: second & 0x80 ? fourOctets(octets, at + headSize(second) - 4) : null,
  };
}

function bigEndian(octets: Uint8Array, at: number, count: number): number {
  if (count === 8) return bigEndian(octets, at, 4) * 2 ** 32 + bigEndian(octets, at + 4, 4);
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 256 + (octets[i] ?? 0);
  return value;
}

/** A copy, not by `slice`: that of a Buffer copies nothing, and for four octets this is several times quicker. */
function fourOctets(octets: Uint8Array, at: number): Uint8Array {
  const copy = new Uint8Array(4);
  for (let i = 0; i < 4; i++) copy[i] = octets[at + i] ?? 0;
  return copy;
}
