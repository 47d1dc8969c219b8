import type { Counters } from "./counters.js";
import { headerOctets, MAX_HEADER_OCTETS, writeHeader, writeMaskedHeader } from "./frame-header.js";
import type { Kernels } from "./kernels.js";
import type { Output } from "./output.js";
import type { Sink } from "./sink.js";
import { SLAB_OCTETS } from "./slab.js";
import { Side } from "./state.js";

/**
 * Payload data up to this size is copied behind its header, so that both go out in one piece. A second piece costs a
 * gathering write, 1.2 µs more than a plain one on Node 20, and that is what copying about 16 KiB costs.
 */
export const COPIED_OCTETS = 16_384;

/** Turns payload data into frames in the output; a client's are masked with a fresh key each (RFC 6455 §5.3). */
export class FrameWriter {
  readonly #isClient: boolean;
  readonly #sink: Sink;
  readonly #kernels: Kernels;
  readonly #output: Output;
  readonly #counters: Counters;

  constructor(side: Side, sink: Sink, kernels: Kernels, output: Output, counters: Counters) {
    this.#isClient = side === Side.Client;
    this.#sink = sink;
    this.#kernels = kernels;
    this.#output = output;
    this.#counters = counters;
  }

  /** A frame with `octets` as payload data; a server refers to them if they are many, and they must not change. */
  write(first: number, octets: Uint8Array): void {
    if (this.#isClient || octets.length <= COPIED_OCTETS) {
      this.writeCopied(first, octets, 0, octets.length);
      return;
    }
    const output = this.#output;
    const wasEmpty = output.octets === 0;
    const slab = output.room(MAX_HEADER_OCTETS);
    this.#commit(writeHeader(slab.memory, slab.used, first, octets.length) - slab.used);
    this.#refer(octets, 0, octets.length);
    this.#written(1, wasEmpty);
  }

  /** A frame with a copy of `octets[from..to)` as payload data, whatever its size. */
  writeCopied(first: number, octets: Uint8Array, from: number, to: number): void {
    const wasEmpty = this.#output.octets === 0;
    const size = headerOctets(to - from, this.#isClient) + to - from;
    if (size <= SLAB_OCTETS) {
      const slab = this.#output.room(size);
      this.#fill(slab.memory, slab.used, first, octets, from, to);
      this.#commit(size);
    } else {
      const memory = this.#kernels.allocate(size);
      this.#fill(memory, 0, first, octets, from, to);
      this.#refer(memory, 0, size);
    }
    this.#written(1, wasEmpty);
  }

  /** A frame with `text` as payload data. */
  writeText(first: number, text: string): void {
    const wasEmpty = this.#output.octets === 0;
    if (text.length <= SHORT_TEXT) this.#writeShortText(first, text);
    else this.#writeLongText(first, text);
    this.#written(1, wasEmpty);
  }

  /** Frames that are ready as they are. */
  writeFrames(frames: Uint8Array, count: number): void {
    const output = this.#output;
    const wasEmpty = output.octets === 0;
    if (frames.length <= COPIED_OCTETS) {
      this.#counters.octetsSent += frames.length;
      output.share(frames);
    } else {
      this.#refer(frames, 0, frames.length);
    }
    this.#written(count, wasEmpty);
  }

  #written(frames: number, wasEmpty: boolean): void {
    this.#counters.framesSent += frames;
    if (wasEmpty) this.#sink.onOutput();
  }

  #fill(memory: Uint8Array, at: number, first: number, octets: Uint8Array, from: number, to: number): void {
    const length = to - from;
    const key = this.#isClient ? this.#kernels.maskingKey() : 0;
    const begin = this.#writeHeader(memory, at, first, length, key);
    copy(octets, from, to, memory, begin);
    if (this.#isClient) this.#kernels.unmask(memory, begin, begin + length, key);
  }

  /**
   * Does not ask for the number of octets first: one character is one to three of them, so the header has two octets of
   * length or none. Only a text of 42 to 125 characters that are not ASCII may come out longer than its header says;
   * then it moves by two octets.
   */
  #writeShortText(first: number, text: string): void {
    const slab = this.#output.room(MAX_HEADER_OCTETS + 3 * text.length);
    const { memory, used } = slab;
    const guess = used + headerOctets(text.length, this.#isClient);
    const length = this.#kernels.encodeText(text, memory, guess);
    const begin = used + headerOctets(length, this.#isClient);
    if (begin !== guess) memory.copyWithin(begin, guess, guess + length);
    this.#finishText(memory, used, first, length);
    this.#commit(begin - used + length);
  }

  #writeLongText(first: number, text: string): void {
    const length = this.#kernels.textOctets(text);
    const header = headerOctets(length, this.#isClient);
    const size = header + length;
    const slab = size <= SLAB_OCTETS ? this.#output.room(size) : undefined;
    const memory = slab === undefined ? this.#kernels.allocate(size) : slab.memory;
    const at = slab === undefined ? 0 : slab.used;
    this.#kernels.encodeText(text, memory, at + header);
    this.#finishText(memory, at, first, length);
    if (slab === undefined) this.#refer(memory, 0, size);
    else this.#commit(size);
  }

  /** The header of a text that is in place already, and its mask. */
  #finishText(memory: Uint8Array, at: number, first: number, length: number): void {
    const key = this.#isClient ? this.#kernels.maskingKey() : 0;
    const begin = this.#writeHeader(memory, at, first, length, key);
    if (this.#isClient) this.#kernels.unmask(memory, begin, begin + length, key);
  }

  #writeHeader(memory: Uint8Array, at: number, first: number, length: number, key: number): number {
    return this.#isClient
      ? writeMaskedHeader(memory, at, first, length, key)
      : writeHeader(memory, at, first, length);
  }

  #commit(octets: number): void {
    this.#counters.octetsSent += octets;
    this.#output.commit(octets);
  }

  #refer(memory: Uint8Array, from: number, to: number): void {
    this.#counters.octetsSent += to - from;
    this.#output.refer(memory, from, to);
  }
}

/** Up to so many characters, three octets are reserved for each: counting the octets would cost more. */
const SHORT_TEXT = 4096;

/** `set` and the view it needs cost as much as copying some 32 octets one by one. */
function copy(octets: Uint8Array, from: number, to: number, into: Uint8Array, begin: number): void {
  if (to - from >= 32) {
    into.set(from === 0 && to === octets.length ? octets : octets.subarray(from, to), begin);
    return;
  }
  for (let at = from; at < to; at += 1) into[begin + at - from] = octets[at]!;
}
