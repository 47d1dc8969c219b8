import { isControl, isReserved, Opcode } from "../case/opcode.js";
import { SHOWN_OCTETS, type EventView, type FrameView } from "../report/event.js";
import { FrameReader, type ReadHeader } from "../wire/frame-reader.js";
import { shortestForm } from "../wire/frame.js";
import { Utf8Validator } from "../wire/utf8.js";
import { PayloadDigest } from "./event-view.js";
import { shown } from "./recorder.js";
import type { ViolationName } from "./violation.js";

/** What the tester hears from a peer, in order. */
export interface InboundEvents {
  /** A frame has ended. */
  frame(view: FrameView): void;
  violation(name: ViolationName): void;
  message(event: EventView): void;
  pong(event: EventView): void;
  ping(payload: Uint8Array): void;
  close(payload: Uint8Array): void;
  /** False once the tester has given the connection up: nothing more is read. */
  listening(): boolean;
}

/**
 * Reads what the peer sends: frames into messages, and everything illegal about them named (RFC 6455 §5).
 * Reading goes on after a violation, as the peer's Close frame is still wanted.
 */
export class Inbound {
  readonly #events: InboundEvents;
  readonly #expectMask: boolean;
  readonly #reader: FrameReader;
  #frame: { header: ReadHeader; kept: Uint8Array[]; keptLength: number; pong: PayloadDigest | null } | null =
    null;
  #message: { opcode: number; digest: PayloadDigest; text: Utf8Validator | null } | null = null;

  /** `expectMask`: the peer is a client (RFC 6455 §5.1). */
  constructor(events: InboundEvents, expectMask: boolean) {
    this.#events = events;
    this.#expectMask = expectMask;
    this.#reader = new FrameReader({
      header: (header) => this.#onHeader(header),
      payload: (piece) => this.#onPayload(piece),
      end: () => this.#onEnd(),
    });
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  #onHeader(header: ReadHeader): boolean {
    for (const name of this.#headerViolations(header)) {
      this.#events.violation(name);
      if (!this.#events.listening()) return false;
    }
    const pong = header.opcode === Opcode.pong ? new PayloadDigest() : null;
    this.#frame = { header, kept: [], keptLength: 0, pong };
    if (!isControl(header.opcode) && this.#message === null) {
      const text = header.opcode === Opcode.text ? new Utf8Validator() : null;
      this.#message = { opcode: header.opcode, digest: new PayloadDigest(), text };
    }
    return true;
  }

  *#headerViolations(header: ReadHeader): Generator<ViolationName> {
    if (header.rsv !== 0) yield "rsv";
    if (this.#expectMask && header.maskingKey === null) yield "unmasked-frame";
    if (!this.#expectMask && header.maskingKey !== null) yield "masked-frame";
    if (isControl(header.opcode)) yield* controlViolations(header);
    else yield* this.#dataViolations(header);
    if (header.highBit) yield "length-high-bit";
    if (header.lengthForm !== shortestForm(header.length)) yield "length-form";
  }

  *#dataViolations(header: ReadHeader): Generator<ViolationName> {
    if (isReserved(header.opcode)) yield "reserved-opcode";
    const inside = this.#message !== null;
    if (!inside && header.opcode === Opcode.continuation) yield "stray-continuation";
    if (inside && header.opcode !== Opcode.continuation) yield "interleaved-message";
  }

  #onPayload(piece: Uint8Array): boolean {
    const frame = this.#frame;
    if (frame === null) return true;
    if (frame.keptLength < SHOWN_OCTETS) {
      const kept = piece.subarray(0, SHOWN_OCTETS - frame.keptLength);
      frame.kept.push(kept);
      frame.keptLength += kept.length;
    }
    frame.pong?.push(piece);
    return isControl(frame.header.opcode) || this.#messagePiece(piece);
  }

  #messagePiece(piece: Uint8Array): boolean {
    this.#message?.digest.push(piece);
    if (this.#message?.text?.push(piece) === false) this.#events.violation("invalid-utf8");
    return this.#events.listening();
  }

  #onEnd(): boolean {
    const frame = this.#frame;
    if (frame === null) return true;
    const kept = Buffer.concat(frame.kept);
    this.#frame = null;
    this.#events.frame(frameView(frame.header, kept));
    if (isControl(frame.header.opcode)) this.#controlEnd(frame.header, kept, frame.pong);
    else if (frame.header.fin) this.#messageEnd();
    return this.#events.listening();
  }

  #controlEnd(header: ReadHeader, payload: Uint8Array, pong: PayloadDigest | null): void {
    if (header.opcode === Opcode.close) this.#events.close(payload);
    else if (header.opcode === Opcode.ping) this.#events.ping(payload);
    else if (pong !== null) this.#events.pong({ type: "pong", ...pong.finish() });
  }

  #messageEnd(): void {
    const message = this.#message;
    this.#message = null;
    if (message === null) return;
    // Also where the text was invalid before: the original fails the connection a second time here, and a
    // second failure drops TCP.
    if (message.text?.complete === false) this.#events.violation("invalid-utf8");
    const binary = message.opcode === Opcode.binary;
    this.#events.message({ type: "message", binary, ...message.digest.finish() });
  }
}

function* controlViolations(header: ReadHeader): Generator<ViolationName> {
  if (!header.fin) yield "fragmented-control";
  if (header.lengthForm !== 7) yield "long-control";
  if (isReserved(header.opcode)) yield "reserved-opcode";
  if (header.opcode === Opcode.close && header.length === 1) yield "close-payload-of-one-octet";
}

function frameView(header: ReadHeader, kept: Uint8Array): FrameView {
  return {
    opcode: header.opcode,
    fin: header.fin,
    rsv: header.rsv,
    masked: header.maskingKey !== null,
    mask: header.maskingKey === null ? null : Buffer.from(header.maskingKey).toString("hex"),
    length: header.length,
    payload: shown(kept),
  };
}
