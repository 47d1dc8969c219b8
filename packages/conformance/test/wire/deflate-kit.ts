import assert from "node:assert/strict";
import { constants, deflateRawSync, type ZlibOptions } from "node:zlib";
import { MessageInflater, type InflateProblem, type InflaterOptions } from "../../src/wire/inflate.js";

export const WINDOWS: readonly number[] = [8, 9, 10, 11, 12, 13, 14, 15];
export const SIZES: readonly number[] = [0, 1, 16, 4096, 65_536, 131_072];
export const TAIL: Uint8Array = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
/** The handle inside Node's streams, and the documented functions. */
export const WAYS: readonly boolean[] = [true, false];

export function wayName(handle: boolean): string {
  return handle ? "handle" : "documented functions";
}

/** Octets without pattern, the same in every run (xorshift). */
export function noise(length: number, seed = 1): Buffer {
  const octets = Buffer.alloc(length);
  let state = seed * 0x9e3779b1;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    octets[at] = state >>> 11;
  }
  return octets;
}

/** Text whose patterns come again at near and far distances. */
export function records(length: number, seed = 1): Buffer {
  let text = "";
  for (let row = seed * 1000; text.length < length; row++) {
    text += `{"case":"12.${row % 37}.${row}","sum":${(row * row) % 99_991},"behaviour":"OK"},\n`;
  }
  return Buffer.from(text.slice(0, length));
}

/** Text and noise of every size, twice each, so that a context matters. */
export function sampleMessages(): readonly Buffer[] {
  return SIZES.flatMap((size) => [
    records(size),
    noise(size),
    records(size, 2),
    Buffer.concat([noise(size >> 1), noise(size >> 1)]),
  ]);
}

/** A message as a plain user of zlib compresses it, without the tail. */
export function deflated(message: Uint8Array, options: ZlibOptions = {}): Buffer {
  return deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH, ...options }).subarray(0, -4);
}

/** `octets` cut at the given places. */
export function cut(octets: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...places.filter((place) => place < octets.length).sort((a, b) => a - b), octets.length];
  return at.slice(1).map((to, index) => octets.subarray(at[index], to));
}

export function inflater(options: Partial<InflaterOptions> = {}): MessageInflater {
  return new MessageInflater({ windowBits: 15, noContextTakeover: false, limitOctets: 1 << 20, ...options });
}

/** Feeds one whole message; the message, or the problem with it. */
export function inflateMessage(
  to: MessageInflater,
  pieces: Uint8Array | readonly Uint8Array[],
): Buffer | InflateProblem {
  const output: Buffer[] = [];
  const sink = (piece: Uint8Array): void => void output.push(Buffer.from(piece));
  for (const piece of pieces instanceof Uint8Array ? [pieces] : pieces) {
    const problem = to.pushSync(piece, sink);
    if (problem !== null) return problem;
  }
  return to.end(sink) ?? Buffer.concat(output);
}

/** The same on a thread. */
export async function inflateMessageInThread(
  to: MessageInflater,
  payload: Uint8Array,
): Promise<Buffer | InflateProblem> {
  const output: Buffer[] = [];
  const sink = (piece: Uint8Array): void => void output.push(Buffer.from(piece));
  return (await to.push(payload, sink)) ?? to.end(sink) ?? Buffer.concat(output);
}

/** Compares without printing 128 KiB when it fails. */
export function assertSame(actual: Uint8Array | InflateProblem, expected: Uint8Array): void {
  if (typeof actual === "string") assert.fail(actual);
  assert.equal(actual.length, expected.length);
  assert.ok(Buffer.compare(actual, expected) === 0, "same length, other octets");
}

/** Writes one block with the fixed codes (RFC 1951 §3.2.6), for what no compressor writes. */
export class FixedBlock {
  readonly #bits: number[] = [];

  constructor(isFinal = false) {
    this.#bits.push(isFinal ? 1 : 0, 1, 0);
  }

  literal(octet: number): this {
    return octet < 144 ? this.#code(0x30 + octet, 8) : this.#code(0x190 + octet - 144, 9);
  }

  /** A reference to three octets, `distance` octets back. */
  reference(distance: number): this {
    this.#code(1, 7);
    let symbol = 0;
    while (symbol < 29 && firstDistance(symbol + 1) <= distance) symbol += 1;
    return this.distanceCode(symbol).#number(distance - firstDistance(symbol), distanceBits(symbol));
  }

  /** A length without its distance. */
  length(): this {
    return this.#code(1, 7);
  }

  distanceCode(symbol: number): this {
    return this.#code(symbol, 5);
  }

  lengthCode(symbol: number): this {
    return symbol < 280 ? this.#code(symbol - 256, 7) : this.#code(0xc0 + symbol - 280, 8);
  }

  /** Ends the block; behind it, if it is not final, an empty stored one without its tail. */
  end(): Uint8Array {
    this.#code(0, 7);
    if (this.#bits[0] === 0) this.#bits.push(0, 0, 0);
    return this.octets();
  }

  /** What there is, filled up with zeros. */
  octets(): Uint8Array {
    const octets = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [at, bit] of this.#bits.entries())
      octets[at >> 3] = (octets[at >> 3] ?? 0) | (bit << (at & 7));
    return octets;
  }

  /** Codes have their first bit first, numbers their last. */
  #code(value: number, count: number): this {
    for (let bit = count - 1; bit >= 0; bit--) this.#bits.push((value >> bit) & 1);
    return this;
  }

  #number(value: number, count: number): this {
    for (let bit = 0; bit < count; bit++) this.#bits.push((value >> bit) & 1);
    return this;
  }
}

/** A stored block (RFC 1951 §3.2.4) of at most 65,535 octets. */
export function storedBlock(octets: Uint8Array, isFinal = false): Buffer {
  const [low, high] = [octets.length & 0xff, octets.length >> 8];
  return Buffer.concat([Uint8Array.of(isFinal ? 1 : 0, low, high, low ^ 0xff, high ^ 0xff), octets]);
}

function distanceBits(symbol: number): number {
  return symbol < 4 ? 0 : (symbol >> 1) - 1;
}

function firstDistance(symbol: number): number {
  return symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << distanceBits(symbol)) + 1;
}
