import { createDeflateRaw, deflateRaw, deflateRawSync } from "node:zlib";
import type { DeflateRaw, ZlibOptions } from "node:zlib";
import { RecentOctets } from "./recent-octets.js";
import { deflateOptions, hasZlibHandle, ZlibHandle } from "./zlib-handle.js";

export interface DeflaterOptions {
  /** The window in bits, 8–15. */
  readonly windowBits: number;
  /** Each message starts with an empty window (RFC 7692 §7.2.1). */
  readonly noContextTakeover: boolean;
  /** False keeps to what Node documents, which is slower; for tests. Default: the handle, where there is one. */
  readonly handle?: boolean;
}

/**
 * Compresses whole messages as permessage-deflate wants them (RFC 7692 §7.2.1): the octets for the wire, flushed,
 * without the 00 00 ff ff at the end. One message at a time: a call while `deflate` works throws an Error, and so
 * does every call after `close`.
 *
 * zlib never refers farther back than the window less 262 octets. That is how a window of 8 bits is kept, which Node
 * turns into 9: with 9, no reference reaches farther than 250 octets, and 8 bits are 256. (The tests look at it.)
 */
export class MessageDeflater {
  readonly #core: DeflateCore;
  #state: "idle" | "busy" | "closed" = "idle";

  /** Throws a RangeError if `windowBits` is not a whole number from 8 to 15. */
  constructor(options: DeflaterOptions) {
    checkWindowBits(options.windowBits);
    const zlibOptions = deflateOptions(Math.max(9, options.windowBits));
    this.#core =
      (options.handle ?? hasZlibHandle())
        ? new HandleDeflate(zlibOptions, options.noContextTakeover)
        : new OneShotDeflate(zlibOptions, options.noContextTakeover);
  }

  /** Compresses on this thread: the choice for small messages, where waiting for a thread costs more than zlib. */
  deflateSync(message: Uint8Array): Uint8Array {
    this.#expectIdle();
    return message.length === 0 ? emptyMessage() : withoutTail(this.#core.deflateSync(message));
  }

  /**
   * The same, in memory that is only lent, until any deflater compresses again: fresh memory for every message would
   * keep the collector busy.
   */
  deflateLent(message: Uint8Array): Uint8Array {
    this.#expectIdle();
    return message.length === 0 ? emptyMessage() : withoutTail(this.#core.deflateLent(message));
  }

  /**
   * Compresses on a thread of Node's pool; `message` must stay as it is meanwhile. Rejects if the deflater is closed
   * before it is done.
   */
  async deflate(message: Uint8Array): Promise<Uint8Array> {
    this.#expectIdle();
    if (message.length === 0) return emptyMessage();
    this.#state = "busy";
    try {
      return withoutTail(await this.#core.deflate(message));
    } finally {
      // Closed meanwhile, maybe.
      if (this.#state === "busy") this.#state = "idle";
    }
  }

  /** Gives zlib's memory back, about 256 KiB. May be called again, and while `deflate` works. */
  close(): void {
    this.#state = "closed";
    this.#core.close();
  }

  #expectIdle(): void {
    if (this.#state !== "idle") throw new Error(`the deflater is ${this.#state}`);
  }
}

/** Throws a RangeError if the number of bits is none that a window can have (RFC 7692 §7.1.2). */
export function checkWindowBits(windowBits: number): void {
  if (Number.isInteger(windowBits) && windowBits >= 8 && windowBits <= 15) return;
  throw new RangeError(`a window has 8 to 15 bits, not ${windowBits}`);
}

/** Compresses messages of at least one octet and leaves the tail in place. */
interface DeflateCore {
  deflateSync(message: Uint8Array): Uint8Array;
  deflateLent(message: Uint8Array): Uint8Array;
  deflate(message: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/** A message in one go up to about 150 KiB, however badly it compresses. Shared: its content never outlives a call. */
const scratch: Uint8Array = new Uint8Array(160 * 1024);

/** Above this length of output a thread of the pool comes back to us for another buffer. */
const CHUNK_OCTETS = 64 * 1024;

class HandleDeflate implements DeflateCore {
  readonly #handle: ZlibHandle<DeflateRaw>;
  readonly #noContextTakeover: boolean;
  /** What the stream has given; null until it is first used as a stream. */
  #pieces: Uint8Array[] | null = null;

  constructor(options: ZlibOptions, noContextTakeover: boolean) {
    this.#handle = new ZlibHandle(createDeflateRaw({ ...options, chunkSize: CHUNK_OCTETS }));
    this.#noContextTakeover = noContextTakeover;
  }

  deflateSync(message: Uint8Array): Uint8Array {
    const lent = this.deflateLent(message);
    return lent.buffer === scratch.buffer ? Buffer.from(lent) : lent;
  }

  deflateLent(message: Uint8Array): Uint8Array {
    if (this.#noContextTakeover) this.#handle.reset();
    const pieces: Uint8Array[] = [];
    let from = 0;
    for (;;) {
      const { taken, given } = this.#handle.write(message, from, scratch);
      from += taken;
      // A full buffer means that there may be more.
      const isDone = given < scratch.length;
      if (isDone && pieces.length === 0) return scratch.subarray(0, given);
      pieces.push(scratch.slice(0, given));
      if (isDone) return Buffer.concat(pieces);
    }
  }

  async deflate(message: Uint8Array): Promise<Uint8Array> {
    const { stream } = this.#handle;
    if (this.#noContextTakeover) this.#handle.reset();
    if (this.#pieces === null) stream.on("data", (piece: Uint8Array) => this.#pieces?.push(piece));
    const pieces: Uint8Array[] = [];
    this.#pieces = pieces;
    await new Promise<void>((resolve, reject) => {
      // Closing the stream calls back as well, without an error if zlib was at work.
      stream.write(message, (error) => {
        if (stream.destroyed) reject(error ?? new Error("the deflater was closed"));
        else resolve();
      });
    });
    return Buffer.concat(pieces);
  }

  close(): void {
    this.#handle.close();
  }
}

/** The documented way: every message is a separate stream, with the window before it as its dictionary. */
class OneShotDeflate implements DeflateCore {
  readonly #options: ZlibOptions;
  readonly #window: RecentOctets;
  readonly #noContextTakeover: boolean;

  constructor(options: ZlibOptions, noContextTakeover: boolean) {
    this.#options = options;
    this.#window = new RecentOctets(1 << (options.windowBits ?? 15));
    this.#noContextTakeover = noContextTakeover;
  }

  deflateSync(message: Uint8Array): Uint8Array {
    const octets = deflateRawSync(message, this.#optionsNow());
    this.#remember(message);
    return octets;
  }

  deflateLent(message: Uint8Array): Uint8Array {
    return this.deflateSync(message);
  }

  async deflate(message: Uint8Array): Promise<Uint8Array> {
    const octets = await new Promise<Uint8Array>((resolve, reject) => {
      deflateRaw(message, this.#optionsNow(), (error, result) =>
        error === null ? resolve(result) : reject(error),
      );
    });
    this.#remember(message);
    return octets;
  }

  close(): void {
    this.#window.clear();
  }

  #optionsNow(): ZlibOptions {
    const { octets } = this.#window;
    return octets.length === 0 ? this.#options : { ...this.#options, dictionary: octets.slice() };
  }

  #remember(message: Uint8Array): void {
    if (!this.#noContextTakeover) this.#window.push(message);
  }
}

/** An empty stored block, tail removed (RFC 7692 §7.2.3.6). zlib is not asked: two flushes in a row give nothing. */
function emptyMessage(): Uint8Array {
  return new Uint8Array(1);
}

function withoutTail(octets: Uint8Array): Uint8Array {
  return octets.subarray(0, octets.length - 4);
}
