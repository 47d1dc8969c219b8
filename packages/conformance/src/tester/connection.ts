import { Opcode } from "../case/opcode.js";
import type { Transport } from "../net/transport.js";
import type { CloseRecord, EventView, Profile, TrafficCounts } from "../record/record.js";
import type { FrameView } from "../record/wire-log.js";
import type { Recorder } from "../record/recorder.js";
import { TrafficCounter } from "../record/traffic.js";
import { VIOLATIONS, type ViolationName } from "../record/violation.js";
import type { Clock, Timer } from "../time/clock.js";
import type { ReadHeader } from "../wire/frame-reader.js";
import { ClosingHandshake, type ConnectionState } from "./closing-handshake.js";
import { violationBehindClose } from "./close-rules.js";
import { Inbound, type Inflater } from "./inbound.js";
import type { MessageReader } from "./message-reader.js";
import { Outbound, type OutboundFrame } from "./outbound.js";
import { peerDeadline } from "./peer-deadline.js";
import { SendQueue, type Delivery } from "./send-queue.js";
import type { TesterOptions } from "./tester-options.js";
import type { Timeouts } from "./timeouts.js";

export interface ConnectionContext {
  readonly role: "client" | "server";
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly transport: Transport;
  readonly recorder: Recorder;
  readonly testerOptions?: TesterOptions;
  /** Inflates the peer's compressed messages, if permessage-deflate was agreed on. */
  readonly inflater?: Inflater | null;
  /** A reader for a message that begins; null if the message is to become an event. */
  readonly readerFor?: (opcode: number) => MessageReader | null;
  /** A message that a reader took is complete. */
  readonly onTaken?: (opcode: number) => void;
  /** A write has been made. */
  readonly onWrite?: () => void;
  /** A message, a pong or a timeout has been recorded. */
  readonly onEvent: (event: EventView) => void;
  /** Takes the Pings of the peer, which are then not answered; absent if they are to be answered. */
  readonly onPing?: (payload: Uint8Array) => void;
  /** The state has changed. */
  readonly onState: () => void;
}

/**
 * Pongs that may wait until the peer reads them. RFC 6455 §5.5.3 lets an endpoint answer only the latest ping. A peer
 * that floods us with pings and does not read must not fill the memory.
 */
const PONGS_WAITING = 1000;

/**
 * The tester's end of an open connection: what it sends, what it reads and answers, and when it fails the connection.
 */
export class TesterConnection {
  readonly #context: ConnectionContext;
  readonly #queue: SendQueue;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #closing: ClosingHandshake;
  #hasPinged = false;
  readonly #received = new TrafficCounter();
  #pongsWaiting = 0;

  constructor(context: ConnectionContext) {
    this.#context = context;
    const { recorder, transport, clock } = context;
    this.#queue = new SendQueue(transport, clock, (octets, queued) => {
      recorder.octets(">", octets, queued);
      context.onWrite?.();
    });
    this.#outbound = new Outbound({ ...context, queue: this.#queue, deflate: context.inflater != null });
    this.#closing = new ClosingHandshake({
      ...context,
      sendClose: (payload, delivery) => {
        this.sendFrame({ opcode: Opcode.close, fin: true, rsv: 0, payload }, delivery);
        return !this.#outbound.hasEnded;
      },
      whenSent: (callback) => this.#queue.whenEmpty(callback),
      deadline: (ms, callback) => this.deadline(ms, callback),
      onViolation: (name) => this.#onViolation(name, true),
    });
    this.#inbound = new Inbound(
      {
        frame: (header, view) => this.#onFrame(header, view),
        taken: (opcode) => this.#onTaken(opcode),
        application: (octets) => this.#received.application(octets),
        violation: (name, inClose) => this.#onViolation(name, inClose),
        limit: (code, sentence) => this.#onLimit(code, sentence),
        message: (event) => this.#onMessage(event),
        pong: (event) => this.#event(event),
        ping: (payload) => this.#onPing(payload),
        close: (payload) => this.#closing.received(payload),
        listening: () => this.state !== "closed",
      },
      {
        expectMask: context.role === "server",
        inflater: context.inflater ?? null,
        readerFor: context.readerFor ?? (() => null),
        keepsPayload: () => recorder.isShowing,
        testerOptions: context.testerOptions ?? {},
      },
    );
  }

  /** Data frames received and sent so far. */
  get traffic(): { readonly received: TrafficCounts; readonly sent: TrafficCounts } {
    return { received: this.#received.snapshot(), sent: this.#outbound.traffic };
  }

  get state(): ConnectionState {
    return this.#closing.state;
  }

  /** How the connection ended, so far. */
  get closeRecord(): CloseRecord {
    return this.#closing.record;
  }

  /** The illegal things that were sent. */
  get sentIllegally(): ReadonlySet<string> {
    return this.#outbound.illegal;
  }

  /** Octets from the peer. */
  receive(chunk: Uint8Array): void {
    if (this.state !== "closed") this.#context.recorder.reading(() => this.#inbound.push(chunk));
  }

  /** The peer has closed TCP, or with a problem the tester, because what carries the octets is broken. */
  end(reset: boolean, problem?: string): void {
    if (problem === undefined) this.#closing.ended(reset);
    else this.#closing.broken(problem);
  }

  /** Sends one frame, whatever it is; masked if the tester is a client. Does not change the state. */
  sendFrame(frame: OutboundFrame, delivery: Delivery = {}, sent?: () => void): void {
    if (frame.opcode === Opcode.ping) this.#hasPinged = true;
    this.#outbound.frame(frame, delivery, sent);
  }

  /** Sends the frames of a load case, many of them in one write. */
  sendLoad(frames: Iterable<OutboundFrame>): void {
    this.#outbound.load(frames);
  }

  /** Octets of a message before compression, for the traffic record. */
  countApplication(octets: number): void {
    this.#outbound.countApplication(octets);
  }

  /** Sends octets that need not be a whole frame. */
  sendOctets(octets: Uint8Array, delivery: Delivery = {}, sent?: () => void): void {
    this.#outbound.octets(octets, delivery, sent);
  }

  /**
   * Sends the header of a frame whose payload follows in parts. Until the frame is complete every other frame waits,
   * also Pongs and Close frames: inside the frame the peer would read them as payload (RFC 6455 §5.2).
   */
  sendHeader(header: Uint8Array, payloadLength: number): void {
    this.#outbound.header(header, payloadLength);
  }

  /** Sends the next octets of that payload, already masked if they have to be. */
  sendPart(octets: Uint8Array): void {
    this.#outbound.part(octets);
  }

  /** A frame is being sent in parts, and its payload is not complete. */
  get isInsideFrame(): boolean {
    return this.#outbound.isInsideFrame;
  }

  /**
   * Calls back when the peer has had `ms` milliseconds to answer what was sent so far (`peerDeadline`). `onBegin` is
   * called once, when all writes so far were made.
   */
  deadline(ms: number, callback: () => void, onBegin?: () => void): Timer {
    const { clock, timeouts } = this.#context;
    const isClosed = (): boolean => this.state === "closed";
    return peerDeadline({ clock, timeouts, queue: this.#queue, isClosed }, ms, callback, onBegin);
  }

  /** A fresh key for a client, null for a server (RFC 6455 §5.3). */
  newMaskingKey(): Uint8Array | null {
    return this.#outbound.maskingKey();
  }

  /**
   * Starts the closing handshake with any payload, legal or not; does nothing unless the connection is open. The peer has
   * `closeMs` for its answer.
   */
  startClose(payload: Uint8Array, delivery?: Delivery, closeMs?: number): void {
    this.#closing.start(payload, delivery, closeMs);
  }

  /** Calls back when everything that waits to be sent has gone out: at once, if nothing does. */
  whenSent(callback: () => void): void {
    this.#queue.whenEmpty(callback);
  }

  /** Gives a peer that is the client a short time to close TCP first. */
  endAndWait(): void {
    this.#closing.endAndWait();
  }

  keepTcp(): void {
    this.#closing.keepTcp();
  }

  /** Stops or resumes reading. */
  hold(isHeld: boolean): void {
    this.#context.transport.hold(isHeld);
  }

  /** Fails the connection (RFC 6455 §7.1.7): sends a Close frame if none was sent, otherwise ends TCP. */
  fail(code: number, reason: string): void {
    this.#closing.fail(code, reason);
  }

  /** Sends octets that are no frames: the answer to the opening handshake. `sent`: the system has taken them. */
  sendAnswer(octets: Uint8Array, delivery: Delivery = {}, sent?: () => void): void {
    this.#queue.send(octets, delivery, sent);
  }

  /** Closes the tester's direction of TCP behind everything that was sent; the peer has to close the other one. */
  endTcp(): void {
    this.#outbound.end();
    this.#closing.endTcp();
  }

  /** Resets TCP when the system has taken everything that was sent. */
  resetTcp(): void {
    this.#queue.whenTaken(() => this.#context.clock.turn(() => this.#closing.resetTcp()));
  }

  /** Ends the connection without a Close frame: the run was interrupted. */
  abandon(): void {
    this.#queue.stop();
    this.#closing.abandon();
  }

  #onFrame(header: ReadHeader, view: () => FrameView): void {
    const { opcode, fin, length, maskingKey } = header;
    const { recorder, role } = this.#context;
    recorder.frame("<", opcode, view);
    if (maskingKey !== null && role === "server") recorder.maskingKey(maskingKey);
    if (opcode < Opcode.close) this.#received.frame(headerOctets(header), length, fin);
    if (this.#closing.peerClose !== "none") this.#behindClose(opcode);
  }

  /**
   * A frame after the peer's Close frame. §5.5.1 forbids data frames, and a second Close frame answers nothing, since
   * the peer has already sent one. A Ping or Pong is legal until the peer has the tester's Close frame too (§5.5.2),
   * unless it shows that the peer still reads a connection that it has failed (§7.1.7).
   */
  #behindClose(opcode: number): void {
    const { peerClose } = this.#closing;
    const forbidden = violationBehindClose(opcode);
    if (forbidden !== null) this.#onViolation(forbidden, false);
    else if (peerClose === "failing" && opcode === Opcode.pong && this.#hasPinged) {
      this.#onViolation("pong-after-failing", false);
    } else if (peerClose === "answering") this.#onViolation("control-after-closing", false);
  }

  #onTaken(opcode: number): void {
    if (!this.#closing.record.failedByTester) this.#context.onTaken?.(opcode);
  }

  /**
   * Fails the connection. But under `modern` a peer that closes may finish first: what is wrong with its Close frame or
   * comes after it belongs to the closing, and is only recorded.
   */
  #onViolation(name: ViolationName, inClose: boolean): void {
    const { code, sentence } = VIOLATIONS[name];
    const isClosing = inClose || this.#closing.peerClose !== "none";
    this.#context.recorder.violation(name, isClosing);
    if (code === null || (isClosing && this.#context.profile === "modern")) return;
    this.fail(code, `the peer ${sentence}`);
  }

  #onLimit(code: number, sentence: string): void {
    this.#context.recorder.note(`${sentence}: the tester fails the connection`);
    this.fail(code, sentence);
  }

  #onMessage(event: EventView): void {
    if (!this.#closing.record.failedByTester) this.#event(event);
  }

  #event(event: EventView): void {
    this.#context.recorder.event(event);
    this.#context.onEvent(event);
  }

  #onPing(payload: Uint8Array): void {
    const { onPing } = this.#context;
    if (onPing !== undefined) return onPing(payload);
    if (this.state !== "open" || this.#pongsWaiting >= PONGS_WAITING) return;
    this.#pongsWaiting++;
    const pong = { opcode: Opcode.pong, fin: true, rsv: 0, payload: payload.slice(0, 125) };
    this.sendFrame(pong, {}, () => {
      this.#pongsWaiting--;
    });
  }
}

function headerOctets(header: ReadHeader): number {
  return 2 + (header.lengthForm === 7 ? 0 : header.lengthForm / 8) + (header.maskingKey === null ? 0 : 4);
}
