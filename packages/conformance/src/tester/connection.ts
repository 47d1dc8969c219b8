import { Opcode } from "../case/opcode.js";
import type { CloseRecord, EventView, FrameView, Profile, TrafficCounts } from "../record/record.js";
import { isForbidden, mayAppearOnTheWire } from "../wire/close-code.js";
import type { ReadHeader } from "../wire/frame-reader.js";
import { isUtf8 } from "../wire/utf8.js";
import type { Clock, Timer } from "../time/clock.js";
import { closeOctets, splitClose } from "../wire/close-payload.js";
import { NOTHING_CLOSED } from "../record/close-record.js";
import type { TesterOptions } from "./tester-options.js";
import { Inbound, type Inflater } from "./inbound.js";
import type { MessageReader } from "./message-reader.js";
import { mayBeLost, RESET } from "../record/close-record.js";
import { Outbound, type OutboundFrame } from "./outbound.js";
import { shown, type Recorder } from "../record/recorder.js";
import { SendQueue, type Delivery } from "./send-queue.js";
import type { Timeouts } from "./timeouts.js";
import { TrafficCounter } from "../record/traffic.js";
import type { Transport } from "../net/transport.js";
import { VIOLATIONS, type ViolationName } from "../record/violation.js";

export interface ConnectionContext {
  readonly role: "client" | "server";
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly transport: Transport;
  readonly recorder: Recorder;
  readonly testerOptions?: TesterOptions;
  /** What inflates the peer's compressed messages, where permessage-deflate was agreed on. */
  readonly inflater?: Inflater | null;
  /** Takes a message that begins, in place of making it an event. */
  readonly readerFor?: (opcode: number) => MessageReader | null;
  /** A message that a reader took is complete. */
  readonly onTaken?: (opcode: number) => void;
  /** A write has been made. */
  readonly onWrite?: () => void;
  /** A message, a pong or a timeout has been recorded. */
  readonly onEvent: (event: EventView) => void;
  /** The state has changed. */
  readonly onState: () => void;
}

type State = "open" | "closing" | "closed";

/** Octets that a control frame may hold (RFC 6455 §5.5). */
const LONGEST_CONTROL = 125;

/**
 * Pongs that may wait for the peer to read them. RFC 6455 §5.5.3 lets an endpoint answer only the latest ping; a
 * peer that floods us with pings and reads nothing must not fill the memory.
 */
const PONGS_WAITING = 1000;

/**
 * The tester's end of an open connection: what it answers by itself, when it fails the connection, and how it
 * closes. The states, their order and the three deadlines are those of the original suite, since its verdicts
 * rest on them.
 */
export class TesterConnection {
  readonly #context: ConnectionContext;
  readonly #queue: SendQueue;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #timers: Timer[] = [];
  #closeTimer: Timer | null = null;
  #state: State = "open";
  #close: { -readonly [K in keyof CloseRecord]: CloseRecord[K] } = { ...NOTHING_CLOSED };
  /** How the peer's first Close frame came: not yet, as an ordinary one, or as one that fails the connection. */
  #remoteClosed: "no" | "ordinary" | "answering" | "failing" = "no";
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
        close: (payload) => this.#onClose(payload),
        listening: () => this.#state !== "closed",
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

  get state(): State {
    return this.#state;
  }

  /** How the connection ended, so far. */
  get closeRecord(): CloseRecord {
    return this.#close;
  }

  /** What was sent although it is illegal. */
  get sentIllegally(): ReadonlySet<string> {
    return this.#outbound.illegal;
  }

  /** Octets from the peer. */
  receive(chunk: Uint8Array): void {
    if (this.#state !== "closed") this.#inbound.push(chunk);
  }

  /** The peer has closed TCP. */
  end(reset: boolean): void {
    const close = this.#close;
    if (this.#state === "closed") return;
    close.tcp = reset ? "reset-by-peer" : "ended-by-peer";
    if (!close.clean && close.notCleanReason === null) {
      close.notCleanReason = mayBeLost(close) ? RESET : "the peer closed TCP without a closing handshake";
    }
    this.#context.transport.end();
    this.#enter("closed");
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

  /** Octets that need not be a whole frame. */
  sendOctets(octets: Uint8Array, delivery: Delivery = {}, sent?: () => void): void {
    this.#outbound.octets(octets, delivery, sent);
  }

  /**
   * The header of a frame whose payload follows in parts. Until it is complete every other frame waits, the answers
   * to Pings and Close frames included: inside it the peer would read them as payload (RFC 6455 §5.2).
   */
  sendHeader(header: Uint8Array, payloadLength: number): void {
    this.#outbound.header(header, payloadLength);
  }

  /** The next octets of its payload, masked where they have to be. */
  sendPart(octets: Uint8Array): void {
    this.#outbound.part(octets);
  }

  /** A frame goes out in parts, and its payload is not complete. */
  get insideFrame(): boolean {
    return this.#outbound.insideFrame;
  }

  /**
   * Calls back when the peer has had `ms` milliseconds since the system took the last octet that was sent so far: what
   * the peer has not got it cannot answer. `begun` is called once no write waits for its turn any more. A peer that
   * reads nothing gets no more time than the stall limit for that.
   */
  deadline(ms: number, callback: () => void, begun: () => void = () => undefined): Timer {
    const { clock, timeouts } = this.#context;
    let timer: Timer | null = null;
    let isOver = false;
    let isTold = false;
    let isCancelled = false;
    const tell = (): void => {
      if (!isTold && !isCancelled) begun();
      isTold = true;
    };
    const begin = (): void => {
      timer?.cancel();
      if (isOver || this.#state === "closed") return;
      isOver = true;
      tell();
      timer = clock.deadline(ms, callback, ms * timeouts.stretch);
    };
    const watch = (takenBefore: number): void => {
      const { taken } = this.#queue;
      if (taken === takenBefore) return begin();
      timer = clock.deadline(timeouts.stallMs, () => watch(taken));
    };
    this.#queue.whenWritten(tell);
    this.#queue.whenTaken(begin);
    if (!isOver) watch(-1);
    return {
      cancel: () => {
        isOver = isCancelled = true;
        timer?.cancel();
      },
    };
  }

  /** A fresh key for a client, null for a server (RFC 6455 §5.3). */
  newMaskingKey(): Uint8Array | null {
    return this.#outbound.maskingKey();
  }

  /** Starts the closing handshake with any payload, legal or not; does nothing unless the connection is open. */
  startClose(payload: Uint8Array): void {
    this.#sendClose(payload, true);
  }

  /**
   * Fails the connection (RFC 6455 §7.1.7): a Close frame if none was sent, otherwise TCP is given up.
   */
  fail(code: number, reason: string): void {
    if (this.#state === "closed") return;
    this.#close.failedByTester = true;
    if (this.#context.testerOptions?.failsByDrop === true) this.#failByDrop();
    else if (this.#state === "open") this.#sendClose(closeOctets(code, reason), true);
    else this.#drop("end");
  }

  #failByDrop(): void {
    this.#close.clean = false;
    this.#close.notCleanReason = "the tester failed the connection by dropping TCP";
    this.#drop("destroy");
  }

  #sendClose(payload: Uint8Array, initiates: boolean): void {
    if (this.#state !== "open") return;
    const close = this.#close;
    this.sendFrame({ opcode: Opcode.close, fin: true, rsv: 0, payload });
    close.closedByTester = initiates;
    close.localPayload = shown(payload);
    const { code, reason } = splitClose(payload);
    close.localCode = code;
    close.localReason = reason;
    if (initiates) this.#closeTimer = this.#deadline("close-timeout", this.#context.timeouts.closeMs);
    this.#enter("closing");
  }

  #onFrame(header: ReadHeader, view: () => FrameView): void {
    const { opcode, fin, length } = header;
    this.#context.recorder.frame("<", opcode, view);
    if (opcode < Opcode.close) this.#received.frame(headerOctets(header), length, fin);
    if (this.#remoteClosed !== "no") this.#behindClose(opcode);
  }

  /**
   * A frame behind the peer's Close frame. §5.5.1 forbids data frames, and a second Close frame answers nothing: the
   * peer has sent one. A Ping or Pong is legal until the peer has the tester's Close frame too (§5.5.2), unless it
   * shows that the peer still reads what it has failed (§7.1.7).
   */
  #behindClose(opcode: number): void {
    if (opcode < Opcode.close) this.#onViolation("data-after-close", false);
    else if (opcode === Opcode.close) this.#onViolation("close-after-close", false);
    else if (this.#remoteClosed === "failing" && opcode === Opcode.pong && this.#hasPinged) {
      this.#onViolation("pong-after-failing", false);
    } else if (this.#remoteClosed === "answering") this.#onViolation("control-after-closing", false);
  }

  #onTaken(opcode: number): void {
    if (!this.#close.failedByTester) this.#context.onTaken?.(opcode);
  }

  /**
   * Fails the connection. Under `modern` a peer that closes has its say first: what is wrong with its Close frame or
   * comes behind it belongs to the closing, and is only noted.
   */
  #onViolation(name: ViolationName, inClose: boolean): void {
    const { code, sentence } = VIOLATIONS[name];
    const isClosing = inClose || this.#remoteClosed !== "no";
    this.#context.recorder.violation(name, isClosing);
    if (code === null || (isClosing && this.#context.profile === "modern")) return;
    this.fail(code, `the peer ${sentence}`);
  }

  #onLimit(code: number, sentence: string): void {
    this.#context.recorder.note(`${sentence}: the tester fails the connection`);
    this.fail(code, sentence);
  }

  #onMessage(event: EventView): void {
    if (!this.#close.failedByTester) this.#event(event);
  }

  #event(event: EventView): void {
    this.#context.recorder.event(event);
    this.#context.onEvent(event);
  }

  #onPing(payload: Uint8Array): void {
    if (this.#state !== "open" || this.#pongsWaiting >= PONGS_WAITING) return;
    this.#pongsWaiting++;
    const pong = { opcode: Opcode.pong, fin: true, rsv: 0, payload: payload.slice(0, 125) };
    this.sendFrame(pong, {}, () => {
      this.#pongsWaiting--;
    });
  }

  #onClose(payload: Uint8Array): void {
    const { code, reason, reasonOctets } = splitClose(payload);
    const close = this.#close;
    const isFirst = this.#remoteClosed === "no";
    const isOriginal = this.#context.profile === "autobahn";
    if (isFirst) {
      this.#remoteClosed = this.#kindOfClose(code);
      close.remoteAfterEvents = this.#context.recorder.eventCount;
    }
    // The original reports the last one, and has no clean ending where it gave TCP up because of it.
    if (isFirst || isOriginal) {
      close.remoteCode = code;
      close.remoteReason = reason;
      close.remotePayload = shown(payload);
    }
    if (code !== null && !this.#isLegal(code)) this.#onViolation("close-code", true);
    // Of a payload that is too long only the beginning is kept, which may end inside a character.
    const isWhole = isOriginal || payload.length <= LONGEST_CONTROL;
    if (isWhole && !isUtf8(reasonOctets)) this.#onViolation("close-reason-utf8", true);
    if (this.#state === "closed") {
      if (isOriginal) close.clean = false;
      return;
    }
    close.clean = true;
    // The deadlines run from the first.
    if (!isFirst) return;
    this.#closeTimer?.cancel();
    if (this.#state === "open") this.#sendClose(this.#closeReply(payload), false);
    if (this.#context.role === "server") this.#drop("end");
    else this.#closeTimer = this.#deadline("drop-timeout", this.#context.timeouts.dropMs);
  }

  /** A code that is the tester's own was only given back. */
  #kindOfClose(code: number | null): "ordinary" | "answering" | "failing" {
    if (code !== null && FAILING_CODES.has(code) && code !== this.#close.localCode) return "failing";
    return this.#state === "open" ? "ordinary" : "answering";
  }

  /** The original says 1000, whatever the peer said. */
  #closeReply(payload: Uint8Array): Uint8Array {
    if (this.#context.testerOptions?.echoesCloseCode !== true) return Uint8Array.of(0x03, 0xe8);
    return payload.slice(0, 125);
  }

  /** The original takes the codes that it knows; RFC 6455 §7.4.1 forbids three. */
  #isLegal(code: number): boolean {
    return this.#context.profile === "modern" ? !isForbidden(code) : mayAppearOnTheWire(code);
  }

  #deadline(name: "close-timeout" | "drop-timeout", ms: number): Timer {
    const timer = this.deadline(ms, () => {
      if (this.#state === "closed") return;
      this.#context.recorder.fired(name, ms / 1000);
      this.#close.clean = false;
      this.#close.closeTimeout = name === "close-timeout";
      this.#close.dropTimeout = name === "drop-timeout";
      this.#close.notCleanReason =
        name === "close-timeout"
          ? `the peer did not answer the Close frame within ${ms} ms`
          : `the peer did not close TCP within ${ms} ms of the closing handshake`;
      this.#drop("destroy");
    });
    this.#timers.push(timer);
    return timer;
  }

  /** The original resets TCP after a timeout; `modern` always ends the stream and lingers. */
  #drop(how: "end" | "destroy"): void {
    if (this.#state === "closed") return;
    this.#close.droppedByTester = true;
    this.#close.tcp = "ended-by-tester";
    const { transport, profile, clock, timeouts } = this.#context;
    if (how === "destroy" && profile === "autobahn") transport.destroy();
    else {
      // What is still queued goes out first, but a peer that no longer reads does not hold the socket for ever.
      const guard = clock.deadline(timeouts.dropMs, () => transport.end());
      this.#queue.whenEmpty(() => {
        guard.cancel();
        transport.end();
      });
    }
    this.#enter("closed");
  }

  /** Gives the connection up without a word: the run was interrupted. */
  abandon(): void {
    this.#queue.stop();
    this.#context.transport.destroy();
    this.#enter("closed");
  }

  #enter(state: State): void {
    this.#state = state;
    if (state === "closed") for (const timer of this.#timers) timer.cancel();
    this.#context.onState();
  }
}

/** Codes with which an endpoint fails a connection because of what it received (RFC 6455 §7.1.7, §7.4.1). */
const FAILING_CODES: ReadonlySet<number> = new Set([1002, 1003, 1007, 1009, 1010]);

function headerOctets(header: ReadHeader): number {
  return 2 + (header.lengthForm === 7 ? 0 : header.lengthForm / 8) + (header.maskingKey === null ? 0 : 4);
}
