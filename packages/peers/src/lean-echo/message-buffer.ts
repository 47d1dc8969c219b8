import { HEADROOM, withHeader } from "./frame-header.js";
import { TAIL } from "./sync-zlib.js";

/** What a message gets at once on the strength of a header. Beyond that, memory is taken as octets arrive. */
const TRUSTED_OCTETS = 1024 * 1024;
/** Up to this size a buffer is kept for the next message. */
const KEPT_OCTETS = 256 * 1024;

/** Payload of one message, with room for a header in front of it and for the tail of RFC 7692 §7.2.2 behind it. */
export class MessageBuffer {
  #octets: Buffer = Buffer.alloc(0);
  #length = 0;

  /** Octets of payload so far. */
  get length(): number {
    return this.#length;
  }

  /** A frame of so many octets begins. */
  expect(length: number): void {
    this.#ensure(this.#length + Math.min(length, TRUSTED_OCTETS));
  }

  /** Where the next `length` octets go. */
  place(length: number): { readonly octets: Buffer; readonly at: number } {
    this.#ensure(this.#length + length);
    const at = HEADROOM + this.#length;
    this.#length += length;
    return { octets: this.#octets, at };
  }

  /** The message as one frame. It is given away: the next message gets memory of its own. */
  takeFrame(first: number): Buffer {
    const frame = withHeader(this.#octets, first, this.#length);
    this.#octets = Buffer.alloc(0);
    this.#length = 0;
    return frame;
  }

  /** The message with the tail behind it, to be decompressed before the next one comes. */
  takeCompressed(): Buffer {
    this.#octets.set(TAIL, HEADROOM + this.#length);
    const compressed = this.#octets.subarray(HEADROOM, HEADROOM + this.#length + TAIL.length);
    if (this.#octets.length > KEPT_OCTETS) this.#octets = Buffer.alloc(0);
    this.#length = 0;
    return compressed;
  }

  /** At least doubles what there is, so that a message is copied twice at most, however it arrives. */
  #ensure(length: number): void {
    const needed = HEADROOM + length + TAIL.length;
    if (needed <= this.#octets.length) return;
    const grown = Buffer.allocUnsafe(this.#length === 0 ? needed : Math.max(needed, 2 * this.#octets.length));
    this.#octets.copy(grown, 0, 0, HEADROOM + this.#length);
    this.#octets = grown;
  }
}
