import type { Illegality } from "../case/case.js";
import { isControl, isReserved, Opcode } from "../case/opcode.js";
import { mayAppearOnTheWire } from "./close-code.js";
import { FrameReader, type ReadHeader } from "./frame-reader.js";
import { isUtf8, Utf8Validator } from "./utf8.js";

/** What is never sent on purpose: a frame inside another one, which the peer has to read as payload. */
export type OwnFault = "frame-inside-frame";

/** It does not decompress. */
export type Found = Exclude<Illegality, "compressed-data"> | OwnFault;

/**
 * Reads the octets that the tester sends and notes every way in which they are illegal (RFC 6455 §5, §7.4, §8.1).
 * It shares only the frame reader with the rest of the suite; what is legal is written down here once more, so
 * that our own faults are not mistaken for faults of the peer.
 */
export class SelfCheck {
  readonly #found = new Set<Found>();
  #reader: FrameReader;
  readonly #masks: boolean;
  readonly #deflate: boolean;
  #header: ReadHeader | null = null;
  #control: Uint8Array[] = [];
  /** The opcode of the message that is being sent in fragments. */
  #message: number | null = null;
  /** It is compressed: what its payload inflates to is not looked at. */
  #compressed = false;
  #text = new Utf8Validator();
  #closeSent = false;

  /**
   * `role`: which side sends; a client masks (RFC 6455 §5.1). `deflate`: permessage-deflate was agreed on, and RSV1
   * on the first frame of a message has a meaning (RFC 7692 §6).
   */
  constructor(role: "client" | "server", deflate = false) {
    this.#masks = role === "client";
    this.#deflate = deflate;
    this.#reader = this.#newReader();
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  /** Frames of a load case: their payload is well known and needs no second look. */
  pushHeaders(chunk: Uint8Array): void {
    this.#reader.pushHeaders(chunk);
  }

  /** A new frame begins here, whatever came before. Inside another frame that is a fault of ours. */
  begin(): void {
    if (!this.#reader.insideFrame) return;
    // A frame that announces more than there can be never ends.
    if (this.#header?.highBit !== true) this.#found.add("frame-inside-frame");
    this.#reader = this.#newReader();
  }

  /** Everything illegal so far. */
  get found(): ReadonlySet<Found> {
    return this.#found;
  }

  #newReader(): FrameReader {
    return new FrameReader({
      header: (header) => this.#onHeader(header),
      payload: (piece) => this.#onPayload(piece),
      end: () => this.#onEnd(),
    });
  }

  #onHeader(header: ReadHeader): boolean {
    this.#header = header;
    this.#control = [];
    if ((header.maskingKey !== null) !== this.#masks) this.#found.add("wrong-mask");
    if (header.lengthForm !== shortest(header.length)) this.#found.add("length-form");
    if (header.highBit) this.#found.add("length-high-bit");
    if (header.rsv !== 0 && !this.#isCompressed(header)) this.#found.add("rsv");
    if (isReserved(header.opcode)) this.#found.add("reserved-opcode");
    if (this.#closeSent) this.#found.add("frame-after-close");
    if (isControl(header.opcode)) this.#controlHeader(header);
    else this.#dataHeader(header);
    return true;
  }

  #isCompressed({ rsv, opcode }: ReadHeader): boolean {
    return this.#deflate && rsv === 4 && (opcode === Opcode.text || opcode === Opcode.binary);
  }

  #controlHeader(header: ReadHeader): void {
    if (!header.fin) this.#found.add("fragmented-control");
    if (header.length > 125) this.#found.add("long-control");
  }

  #dataHeader(header: ReadHeader): void {
    if (isReserved(header.opcode)) return;
    if (header.opcode === Opcode.continuation) {
      if (this.#message === null) this.#found.add("stray-continuation");
      return;
    }
    if (this.#message !== null) this.#found.add("interleaved-message");
    this.#message = header.opcode;
    this.#compressed = this.#deflate && (header.rsv & 4) !== 0;
    this.#text = new Utf8Validator();
  }

  #onPayload(piece: Uint8Array): boolean {
    const opcode = this.#header?.opcode ?? 0;
    if (isControl(opcode)) this.#control.push(piece.slice());
    else if (this.#isPlainText() && !this.#text.push(piece)) this.#found.add("invalid-utf8");
    return true;
  }

  #onEnd(): boolean {
    const header = this.#header;
    if (header === null) return true;
    if (header.opcode === Opcode.close) this.#closeEnd();
    else if (!isControl(header.opcode) && header.fin) this.#messageEnd();
    return true;
  }

  #messageEnd(): void {
    if (this.#isPlainText() && !this.#text.complete) this.#found.add("invalid-utf8");
    this.#message = null;
  }

  #isPlainText(): boolean {
    return this.#message === Opcode.text && !this.#compressed;
  }

  #closeEnd(): void {
    const payload = Buffer.concat(this.#control);
    // With reserved bits it is no legal Close frame, and a real one may still follow (case 3.7).
    if (this.#header?.rsv === 0) this.#closeSent = true;
    if (payload.length === 1) this.#found.add("close-payload");
    if (payload.length < 2) return;
    if (!mayAppearOnTheWire(payload.readUInt16BE(0))) this.#found.add("close-code");
    if (!isUtf8(payload.subarray(2))) this.#found.add("close-payload");
  }
}

function shortest(length: number): number {
  if (length <= 125) return 7;
  return length <= 0xffff ? 16 : 64;
}
