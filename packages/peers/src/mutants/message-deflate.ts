import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { ZlibOptions } from "node:zlib";

import type { DeflateSide } from "./deflate-offer.js";

/** The end of a flushed stream, which does not go over the wire (RFC 7692 §7.2.1). */
export const TAIL: Buffer = Buffer.from([0x00, 0x00, 0xff, 0xff]);

const { Z_SYNC_FLUSH } = constants;

/** Compresses messages one after the other. */
export class MessageDeflate {
  readonly #context: Context;

  constructor(side: DeflateSide) {
    this.#context = new Context(side);
  }

  /** The message as zlib gives it, its tail included. */
  compress(message: Buffer): Buffer {
    const octets = deflateRawSync(message, this.#context.options());
    this.#context.remember(message);
    return octets;
  }
}

/** Decompresses messages one after the other. */
export class MessageInflate {
  readonly #context: Context;

  constructor(side: DeflateSide) {
    this.#context = new Context(side);
  }

  /** The message of a payload without its tail. Throws zlib's Error if there is none. */
  decompress(payload: Buffer): Buffer {
    const message = inflateRawSync(Buffer.concat([payload, TAIL]), this.#context.options());
    this.#context.remember(message);
    return message;
  }
}

/** Every message is a separate zlib stream; what it may refer to of earlier messages is its dictionary. */
class Context {
  readonly #side: DeflateSide;
  #octets: Buffer = Buffer.alloc(0);

  constructor(side: DeflateSide) {
    this.#side = side;
  }

  options(): ZlibOptions {
    const { windowBits } = this.#side;
    const dictionary = this.#octets.length === 0 ? {} : { dictionary: this.#octets };
    return { windowBits, finishFlush: Z_SYNC_FLUSH, ...dictionary };
  }

  remember(message: Buffer): void {
    if (!this.#side.keepsContext) return;
    const size = 1 << this.#side.windowBits;
    const octets = message.length >= size ? message : Buffer.concat([this.#octets, message]);
    this.#octets = octets.subarray(Math.max(0, octets.length - size));
  }
}
