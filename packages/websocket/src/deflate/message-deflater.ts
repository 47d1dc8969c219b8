import { constants, deflateRawSync } from "node:zlib";

import type { Deflater } from "../protocol/codec.js";
import { deflateLimiter } from "./limiter.js";
import type { Slot } from "./limiter.js";
import type { StreamPool } from "./stream-pool.js";
import { storedBlocks } from "./stored-blocks.js";
import { NOTHING, Outcome, join } from "./zlib-stream.js";
import type { Ran, ZlibStream } from "./zlib-stream.js";

export interface DeflaterSettings {
  readonly pool: StreamPool;
  /** Whether messages refer to earlier ones: then the stream is kept until `close()`. */
  readonly hasTakeover: boolean;
  readonly windowBits: number;
  readonly level: number;
  readonly memLevel: number;
  readonly syncLimit: number;
  readonly maxConcurrent: number;
}

/** The compressor of one connection, or of any number of them where there is no context takeover (RFC 7692 §7.2.1). */
export class MessageDeflater implements Deflater {
  readonly #settings: DeflaterSettings;
  #stream: ZlibStream | undefined = undefined;
  #slot: Slot | undefined = undefined;
  #done: ((result: Uint8Array) => void) | undefined = undefined;
  #isClosed = false;

  #octets: Uint8Array = NOTHING;
  #isLast = false;
  /** Whether the message has begun with an earlier call. */
  #hasBegun = false;

  constructor(settings: DeflaterSettings) {
    this.#settings = settings;
  }

  deflate(octets: Uint8Array, isLast: boolean, done: (result: Uint8Array) => void): Uint8Array | undefined {
    if (this.#slot !== undefined) throw new Error("A message is being compressed already.");
    if (this.#isClosed) return storedBlocks(octets, isLast);
    this.#octets = octets;
    this.#isLast = isLast;
    const result = octets.length <= this.#settings.syncLimit ? this.#deflateNow() : undefined;
    if (result !== undefined) return this.#finish(result);
    this.#done = done;
    this.#slot = deflateLimiter.enter(this.#settings.maxConcurrent, () => this.#deflateLater());
    return undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.#slot?.leave();
    this.#slot = undefined;
    this.#done = undefined;
    this.#octets = NOTHING;
    this.#letGo();
  }

  /** Undefined when the thread pool has to do it. */
  #deflateNow(): Uint8Array | undefined {
    // zlib gives nothing for two flushes in a row. An empty block is the octet 00, and four that are left out
    // (§7.2.3.6).
    if (this.#octets.length === 0) return storedBlocks(this.#octets, this.#isLast);
    const stream = this.#hold();
    const ran = stream.runNow(this.#octets, 0, this.#octets.length, UNLIMITED, UNLIMITED);
    if (ran !== undefined) return this.#take(ran);
    // Only the documented streams cannot. For a whole message without takeover there is a documented function.
    const isWhole = this.#isLast && !this.#hasBegun && !this.#settings.hasTakeover;
    return isWhole ? deflateWhole(this.#octets, this.#settings) : undefined;
  }

  #deflateLater(): void {
    this.#hold().run(this.#octets, 0, this.#octets.length, UNLIMITED, (ran) => this.#onRan(ran));
  }

  #onRan(ran: Ran): void {
    const slot = this.#slot;
    if (slot === undefined) return;
    const done = this.#done;
    this.#slot = undefined;
    this.#done = undefined;
    slot.leave();
    const result = this.#finish(this.#take(ran));
    slot.run(() => done?.(result));
  }

  #take({ outcome, chunks, given }: Ran): Uint8Array {
    if (outcome === Outcome.Done) return join(chunks, this.#isLast ? given - TAIL_OCTETS : given);
    // zlib has no memory. Stored blocks need none, and a new stream later does not refer to anything before it.
    this.#letGo();
    return storedBlocks(this.#octets, this.#isLast);
  }

  #finish(result: Uint8Array): Uint8Array {
    this.#octets = NOTHING;
    this.#hasBegun = !this.#isLast;
    if (this.#isLast && !this.#settings.hasTakeover) this.#letGo();
    return result;
  }

  #hold(): ZlibStream {
    this.#stream ??= this.#settings.pool.lend();
    return this.#stream;
  }

  #letGo(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream !== undefined) this.#settings.pool.takeBack(stream);
  }
}

const UNLIMITED = Number.POSITIVE_INFINITY;

/** 00 00 ff ff, with which a flush ends; they do not go over the wire (§7.2.1). */
const TAIL_OCTETS = 4;

/**
 * Compresses a whole message at once with the documented function: about 15 µs for 300 octets, most of it for setting
 * up a compressor; still less than the thread pool takes.
 */
export function deflateWhole(
  octets: Uint8Array,
  { windowBits, level, memLevel }: { windowBits: number; level: number; memLevel: number },
): Uint8Array {
  try {
    const finishFlush = constants.Z_SYNC_FLUSH;
    const flushed = deflateRawSync(octets, { windowBits, level, memLevel, finishFlush });
    return new Uint8Array(flushed.subarray(0, -TAIL_OCTETS));
  } catch {
    // zlib has no memory.
    return storedBlocks(octets, true);
  }
}
