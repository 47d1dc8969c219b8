import { Opcode } from "../case/opcode.js";
import type { EventView } from "../record/record.js";
import { Utf8Validator } from "../wire/utf8.js";
import { PayloadDigest } from "../record/event-view.js";

/** Takes one message piece by piece as it arrives, and does not keep it. */
export interface MessageReader {
  /**
   * A piece of the (uncompressed) message, only valid during the call. False once the message cannot be valid any more.
   */
  push(piece: Uint8Array): boolean;
  /** The message is complete. False if it is not valid as a whole. */
  end(): boolean;
}

/** Reads a message into an event: its length, its digest, its first octets. Checks text (RFC 6455 §8.1). */
export class EventReader implements MessageReader {
  readonly #binary: boolean;
  readonly #digest = new PayloadDigest();
  readonly #text: Utf8Validator | null;

  constructor(opcode: number) {
    this.#binary = opcode === Opcode.binary;
    this.#text = opcode === Opcode.text ? new Utf8Validator() : null;
  }

  push(piece: Uint8Array): boolean {
    this.#digest.push(piece);
    return this.#text === null || this.#text.push(piece);
  }

  end(): boolean {
    return this.#text === null || this.#text.complete;
  }

  /** May be called once, after the end. */
  event(): EventView {
    return { type: "message", binary: this.#binary, ...this.#digest.finish() };
  }
}

/** Compares a message with the expected one, octet by octet, and hashes nothing as long as they are the same. */
export class ComparingReader implements MessageReader {
  readonly #expected: Uint8Array;
  readonly #binary: boolean;
  #offset = 0;
  /** Made at the first difference, and includes everything before it. */
  #digest: PayloadDigest | null = null;

  constructor(expected: Uint8Array, opcode: number) {
    this.#expected = expected;
    this.#binary = opcode === Opcode.binary;
  }

  push(piece: Uint8Array): boolean {
    const end = this.#offset + piece.length;
    if (this.#digest === null && Buffer.compare(this.#expected.subarray(this.#offset, end), piece) !== 0) {
      this.#digest = new PayloadDigest();
      this.#digest.push(this.#expected.subarray(0, this.#offset));
    }
    this.#digest?.push(piece);
    this.#offset = end;
    return true;
  }

  end(): boolean {
    return true;
  }

  get isSame(): boolean {
    return this.#digest === null && this.#offset === this.#expected.length;
  }

  /** The message that came. May be called once, after the end. */
  event(): EventView {
    const digest = this.#digest ?? new PayloadDigest();
    if (this.#digest === null) digest.push(this.#expected.subarray(0, this.#offset));
    return { type: "message", binary: this.#binary, ...digest.finish() };
  }
}
