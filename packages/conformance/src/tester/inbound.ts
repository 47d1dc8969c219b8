import { isControl, isReserved, Opcode } from "../case/opcode.js";
import type { EventView } from "../record/record.js";
import { SHOWN_OCTETS, type FrameView } from "../record/wire-log.js";
import { FrameReader, type ReadHeader } from "../wire/frame-reader.js";
import { shortestForm } from "../wire/frame.js";
import type { TesterOptions } from "./tester-options.js";
import { PayloadDigest } from "../record/event-view.js";
import { EventReader, type MessageReader } from "./message-reader.js";
import { shown } from "../record/recorder.js";
import type { ViolationName } from "../record/violation.js";

/** What the peer sent, in order. */
export interface InboundEvents {
  /** A frame has ended. Its view is made only if `view` is called. */
  frame(header: ReadHeader, view: () => FrameView): void;
  /** `inClose`: in the header of a Close frame. */
  violation(name: ViolationName, inClose: boolean): void;
  /** The peer has exceeded a limit of the tester's options: the close code to send, and what the peer did. */
  limit(code: number, sentence: string): void;
  message(event: EventView): void;
  /** A message that a reader took (`readerFor`) is complete. */
  taken(opcode: number): void;
  /** Octets of a message, uncompressed. */
  application(octets: number): void;
  pong(event: EventView): void;
  ping(payload: Uint8Array): void;
  close(payload: Uint8Array): void;
  /** False once the connection is closed: nothing more is read. */
  listening(): boolean;
}

/** What the reading of frames depends on. */
export interface InboundOptions {
  /** The peer is a client (RFC 6455 §5.1). */
  readonly expectMask: boolean;
  /** Inflates messages whose first frame has RSV1 set; null if permessage-deflate was not agreed on. */
  readonly inflater: Inflater | null;
  /** A reader for the message that begins; null if the message is to become an event. */
  readonly readerFor: (opcode: number) => MessageReader | null;
  /** Whether the wire log needs the payload of data frames. */
  readonly keepsPayload: () => boolean;
  readonly testerOptions?: TesterOptions;
}

/** Inflates one message at a time (RFC 7692 §7.2.2). Returns what is wrong with the octets, or null. */
export interface Inflater {
  push(piece: Uint8Array, sink: (out: Uint8Array) => void): ViolationName | null;
  end(sink: (out: Uint8Array) => void): ViolationName | null;
}

interface Message {
  readonly opcode: number;
  readonly reader: MessageReader;
  /** Null if a reader took the message (`readerFor`). */
  readonly event: EventReader | null;
  readonly inflater: Inflater | null;
}

/** RSV1 as the number of a frame's reserved bits: a compressed message (RFC 7692 §6). */
const COMPRESSED = 4;

/**
 * Reads what the peer sends: joins frames to messages, and names everything illegal about them (RFC 6455 §5). Reading
 * goes on after a violation, since the peer's Close frame may still follow.
 */
export class Inbound {
  readonly #events: InboundEvents;
  readonly #options: InboundOptions;
  readonly #testerOptions: TesterOptions;
  readonly #reader: FrameReader;
  #frame: { header: ReadHeader; kept: Uint8Array[]; keptLength: number; pong: PayloadDigest | null } | null =
    null;
  #message: Message | null = null;
  /** Octets of payload that the frames of the current message have announced. */
  #messageOctets = 0;

  constructor(events: InboundEvents, options: InboundOptions) {
    this.#events = events;
    this.#options = options;
    this.#testerOptions = options.testerOptions ?? {};
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
      this.#events.violation(name, header.opcode === Opcode.close);
      if (!this.#events.listening()) return false;
    }
    const pong = header.opcode === Opcode.pong ? new PayloadDigest() : null;
    this.#frame = { header, kept: [], keptLength: 0, pong };
    if (isControl(header.opcode)) return true;
    this.#message ??= this.#begin(header);
    return this.#isWithinLimits(header);
  }

  #isWithinLimits({ length }: ReadHeader): boolean {
    const { maxFrameOctets = Infinity, maxMessageOctets = Infinity } = this.#testerOptions;
    this.#messageOctets += length;
    if (this.#messageOctets > maxMessageOctets) {
      this.#events.limit(1009, `the peer sent a message of more than ${maxMessageOctets} octets`);
    } else if (length > maxFrameOctets) {
      this.#events.limit(1008, `the peer sent a frame of more than ${maxFrameOctets} octets`);
    }
    return this.#events.listening();
  }

  #begin(header: ReadHeader): Message {
    this.#messageOctets = 0;
    const taker = this.#options.readerFor(header.opcode);
    const event = taker === null ? new EventReader(header.opcode) : null;
    return {
      opcode: header.opcode,
      reader: taker ?? event ?? new EventReader(header.opcode),
      event,
      inflater: header.rsv === COMPRESSED ? this.#options.inflater : null,
    };
  }

  *#headerViolations(header: ReadHeader): Generator<ViolationName> {
    if (header.rsv !== 0 && !this.#mayBeCompressed(header)) yield this.#badBits(header);
    const { expectMask } = this.#options;
    const isMasked = header.maskingKey !== null;
    if (isMasked !== expectMask && this.#testerOptions.acceptsAnyMasking !== true) {
      yield expectMask ? "unmasked-frame" : "masked-frame";
    }
    if (isControl(header.opcode)) yield* controlViolations(header);
    else yield* this.#dataViolations(header);
    if (header.highBit) yield "length-high-bit";
    if (header.lengthForm !== shortestForm(header.length)) yield "length-form";
  }

  /** RSV1 has a meaning on the first frame of a message, if permessage-deflate was agreed on (RFC 7692 §6.1). */
  #mayBeCompressed({ rsv, opcode }: ReadHeader): boolean {
    return (
      this.#options.inflater !== null && rsv === COMPRESSED && this.#message === null && !isControl(opcode)
    );
  }

  /** Without the extension, RSV1 is a reserved bit like the others. */
  #badBits({ rsv, opcode }: ReadHeader): ViolationName {
    const isMisplaced = rsv === COMPRESSED && (isControl(opcode) || opcode === Opcode.continuation);
    return this.#options.inflater !== null && isMisplaced ? "misplaced-rsv1" : "rsv";
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
    const control = isControl(frame.header.opcode);
    if (frame.keptLength < SHOWN_OCTETS && (control || this.#options.keepsPayload())) {
      // A copy: the piece is only valid during the call.
      const kept = new Uint8Array(piece.subarray(0, SHOWN_OCTETS - frame.keptLength));
      frame.kept.push(kept);
      frame.keptLength += kept.length;
    }
    frame.pong?.push(piece);
    return control || this.#messagePiece(piece);
  }

  #messagePiece(piece: Uint8Array): boolean {
    const message = this.#message;
    if (message === null) return true;
    if (message.inflater === null) this.#application(message, piece);
    else this.#inflated(message.inflater.push(piece, (out) => this.#application(message, out)));
    return this.#events.listening();
  }

  #application(message: Message, octets: Uint8Array): void {
    this.#events.application(octets.length);
    if (!message.reader.push(octets)) this.#onBadText();
  }

  #onBadText(): void {
    if (this.#testerOptions.acceptsInvalidUtf8 !== true) this.#events.violation("invalid-utf8", false);
  }

  #inflated(problem: ViolationName | null): void {
    if (problem !== null) this.#events.violation(problem, false);
  }

  #onEnd(): boolean {
    const frame = this.#frame;
    if (frame === null) return true;
    const { header } = frame;
    const kept = Buffer.concat(frame.kept);
    this.#frame = null;
    this.#events.frame(header, () => frameView(header, kept));
    if (isControl(header.opcode)) this.#controlEnd(header, kept, frame.pong);
    else if (header.fin) this.#messageEnd();
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
    this.#inflated(message.inflater?.end((out) => this.#application(message, out)) ?? null);
    // Also if the text was already invalid before: the original fails the connection a second time here, and a second
    // failure drops TCP.
    if (!message.reader.end()) this.#onBadText();
    if (message.event === null) this.#events.taken(message.opcode);
    else this.#events.message(message.event.event());
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
