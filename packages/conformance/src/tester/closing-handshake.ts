import { NO_ROOM, NOTHING_CLOSED, TCP_END_NOTES, mayBeLost, RESET_TEXT } from "../record/close-record.js";
import { overStream } from "../case/stream-words.js";
import type { CloseRecord, Profile } from "../record/record.js";
import { shown, type Recorder } from "../record/recorder.js";
import type { ViolationName } from "../record/violation.js";
import type { Transport } from "../net/transport.js";
import type { Clock, Timer } from "../time/clock.js";
import { isForbidden, isRegisteredLater, mayAppearOnTheWire } from "../wire/close-code.js";
import { closeOctets, splitClose } from "../wire/close-payload.js";
import { closePayloadViolations } from "./close-rules.js";
import type { Delivery } from "./send-queue.js";
import type { TesterOptions } from "./tester-options.js";
import type { Timeouts } from "./timeouts.js";

export type ConnectionState = "open" | "closing" | "closed";

/**
 * The peer's first Close frame: none yet; an ordinary one, that starts the closing handshake; one that answers the
 * tester's; or one with which the peer fails the connection.
 */
export type PeerClose = "none" | "ordinary" | "answering" | "failing";

/** What the closing handshake needs of the connection that it ends. */
export interface ClosingContext {
  readonly role: "client" | "server";
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly transport: Transport;
  readonly recorder: Recorder;
  readonly testerOptions?: TesterOptions;
  /** Sends a Close frame with this payload. False if nothing can be sent any more. */
  readonly sendClose: (payload: Uint8Array, delivery: Delivery) => boolean;
  /** Calls back when everything that waits to be sent has gone out. */
  readonly whenSent: (callback: () => void) => void;
  /** Calls back when the peer has had this many milliseconds to act. */
  readonly deadline: (ms: number, callback: () => void) => Timer;
  /** The peer's Close frame breaks the protocol. */
  readonly onViolation: (name: ViolationName) => void;
  /** The state has changed. */
  readonly onState: () => void;
}

/** Octets that a control frame may hold (RFC 6455 §5.5). */
const LONGEST_CONTROL = 125;

/**
 * How a connection ends: the closing handshake, failing the connection, and the end of TCP. The states, their order and
 * the deadlines are those of the original suite, since its verdicts depend on them.
 */
export class ClosingHandshake {
  readonly #context: ClosingContext;
  readonly #timers: Timer[] = [];
  #closeTimer: Timer | null = null;
  #state: ConnectionState = "open";
  #record: { -readonly [K in keyof CloseRecord]: CloseRecord[K] } = { ...NOTHING_CLOSED };
  #peerClose: PeerClose = "none";
  /** The script has closed the tester's direction of TCP. */
  #hasEnded = false;
  #keepsTcp = false;
  #endsAndWaits = false;

  constructor(context: ClosingContext) {
    this.#context = context;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** How the connection ended, so far. */
  get record(): CloseRecord {
    return this.#record;
  }

  get peerClose(): PeerClose {
    return this.#peerClose;
  }

  /** A server waits a short time for the client to close TCP first, although ending it is the server's task (§7.1.1). */
  keepTcp(): void {
    this.#keepsTcp = true;
  }

  /** Behind both Close frames the tester ends its direction, and waits for the peer to end its own. */
  endAndWait(): void {
    this.#endsAndWaits = true;
  }

  /** Starts the closing handshake with any payload, legal or not; does nothing unless the connection is open. */
  start(payload: Uint8Array, delivery?: Delivery, closeMs?: number): void {
    this.#sendClose(payload, true, delivery, closeMs);
  }

  /** Fails the connection (RFC 6455 §7.1.7): sends a Close frame if none was sent, otherwise ends TCP. */
  fail(code: number, reason: string): void {
    if (this.#state === "closed") return;
    this.#record.failedByTester = true;
    if (this.#context.testerOptions?.failsByDrop === true) this.#failByDrop();
    else if (this.#state === "open") this.#sendClose(closeOctets(code, reason), true);
    else this.#drop("end");
  }

  /** A Close frame of the peer. */
  received(payload: Uint8Array): void {
    const { code, reason } = splitClose(payload);
    const record = this.#record;
    const isFirst = this.#peerClose === "none";
    const isOriginal = this.#context.profile === "autobahn";
    if (isFirst) {
      this.#peerClose = this.#kindOfClose(code);
      record.remoteAfterEvents = this.#context.recorder.eventCount;
    }
    // The original reports the last Close frame, and the end is not clean if that frame made it drop TCP.
    if (isFirst || isOriginal) {
      record.remoteCode = code;
      record.remoteReason = reason;
      record.remotePayload = shown(payload);
    }
    // Only the beginning of a payload that is too long is kept. It may end inside a character.
    const isWhole = isOriginal || payload.length <= LONGEST_CONTROL;
    const isLegal = (one: number): boolean => this.#isLegal(one);
    for (const name of closePayloadViolations(payload, isLegal, isWhole)) this.#context.onViolation(name);
    if (this.#state === "closed") {
      if (isOriginal) record.clean = false;
      return;
    }
    record.clean = true;
    // The deadlines run from the first Close frame.
    if (!isFirst) return;
    this.#closeTimer?.cancel();
    if (this.#state === "open") this.#sendClose(this.#closeReply(payload), false);
    const { role, timeouts } = this.#context;
    if (role === "client") this.#closeTimer = this.#deadline("drop-timeout", timeouts.dropMs);
    else if (this.#endsAndWaits) this.endTcp();
    else if (this.#keepsTcp) this.#closeTimer = this.#deadline("drop-timeout", timeouts.waitMs);
    else this.#drop("end");
  }

  /** The peer has closed TCP. */
  ended(reset: boolean): void {
    const record = this.#record;
    if (this.#state === "closed") return;
    record.tcp = reset ? "reset-by-peer" : "ended-by-peer";
    if (!record.clean && record.notCleanReason === null) {
      record.notCleanReason = mayBeLost(record)
        ? this.#said(RESET_TEXT)
        : this.#said("the peer closed TCP without a closing handshake");
    }
    this.#context.transport.end();
    this.#enter("closed");
  }

  /** What carries the octets cannot go on, and the tester has ended it: the peer broke HTTP/2. */
  broken(problem: string): void {
    if (this.#state === "closed") return;
    const record = this.#record;
    record.droppedByTester = true;
    record.tcp = "ended-by-tester";
    record.clean = false;
    record.notCleanReason = `the peer broke HTTP/2: ${problem}`;
    this.#context.transport.end();
    this.#enter("closed");
  }

  /** Closes the tester's direction of TCP behind what was sent, and waits for the peer to close its own. */
  endTcp(): void {
    if (this.#state === "closed") return;
    const { whenSent, transport, timeouts } = this.#context;
    this.#hasEnded = true;
    whenSent(() => transport.finish());
    this.#deadline("drop-timeout", timeouts.closeMs, "after the tester had closed its direction");
  }

  /** Resets TCP. What the peer makes of that cannot be seen on this connection. */
  resetTcp(): void {
    if (this.#state === "closed") return;
    this.#record.droppedByTester = true;
    this.#record.tcp = "ended-by-tester";
    this.#record.notCleanReason = this.#said("the tester reset TCP");
    this.#context.transport.reset();
    this.#enter("closed");
  }

  /** Ends the connection without a Close frame: the run was interrupted. */
  abandon(): void {
    this.#context.transport.destroy();
    this.#enter("closed");
  }

  #failByDrop(): void {
    this.#record.clean = false;
    this.#record.notCleanReason = this.#said("the tester failed the connection by dropping TCP");
    this.#drop("destroy");
  }

  #sendClose(
    payload: Uint8Array,
    initiates: boolean,
    delivery: Delivery = {},
    closeMs = this.#context.timeouts.closeMs,
  ): void {
    if (this.#state !== "open") return;
    const record = this.#record;
    record.closedByTester = initiates;
    if (this.#context.sendClose(payload, delivery)) {
      record.localPayload = shown(payload);
      const { code, reason } = splitClose(payload);
      record.localCode = code;
      record.localReason = reason;
    }
    if (initiates) this.#closeTimer = this.#deadline("close-timeout", closeMs);
    this.#enter("closing");
  }

  /** A peer that sends the tester's own code back does not fail the connection with it. */
  #kindOfClose(code: number | null): PeerClose {
    if (code !== null && FAILING_CODES.has(code) && code !== this.#record.localCode) return "failing";
    return this.#state === "open" ? "ordinary" : "answering";
  }

  /** The original answers 1000, whatever the peer sent. */
  #closeReply(payload: Uint8Array): Uint8Array {
    if (this.#context.testerOptions?.echoesCloseCode !== true) return closeOctets(1000);
    return payload.slice(0, LONGEST_CONTROL);
  }

  /** The original accepts the codes that it knows; RFC 6455 §7.4.1 forbids three. */
  #isLegal(code: number): boolean {
    if (this.#context.profile === "modern") return !isForbidden(code);
    // A code that was registered since then comes back only where a case sends it, and the original has none that does.
    return mayAppearOnTheWire(code) || (isRegisteredLater(code) && code === this.#record.localCode);
  }

  #deadline(name: "close-timeout" | "drop-timeout", ms: number, behind = "of the closing handshake"): Timer {
    const timer = this.#context.deadline(ms, () => {
      if (this.#state === "closed") return;
      this.#context.recorder.fired(name, ms / 1000);
      this.#record.clean = false;
      this.#record.closeTimeout = name === "close-timeout";
      this.#record.dropTimeout = name === "drop-timeout";
      this.#record.notCleanReason = this.#whyLate(name, ms, behind);
      // A peer that overlooks the end of TCP notices a reset.
      this.#drop(this.#hasEnded ? "reset" : "destroy");
    });
    this.#timers.push(timer);
    return timer;
  }

  #whyLate(name: "close-timeout" | "drop-timeout", ms: number, behind: string): string {
    const { isWithoutRoom = false } = this.#context.transport;
    // It has not got the Close frame.
    if (isWithoutRoom) return `${NO_ROOM}, and made none within ${ms} ms`;
    if (name === "close-timeout") return `the peer did not answer the Close frame within ${ms} ms`;
    return this.#said(`the peer did not close TCP within ${ms} ms ${behind}`);
  }

  /** The original resets TCP after a timeout; `modern` always ends the stream and lingers. */
  #drop(how: "end" | "destroy" | "reset"): void {
    if (this.#state === "closed") return;
    this.#record.droppedByTester = true;
    this.#record.tcp = "ended-by-tester";
    const { transport, profile, clock, timeouts } = this.#context;
    if (how === "reset") transport.reset();
    else if (how === "destroy" && profile === "autobahn") transport.destroy();
    else {
      // What is still queued goes out first, but a peer that no longer reads does not keep the socket for ever.
      const guard = clock.deadline(timeouts.dropMs, () => transport.end());
      this.#context.whenSent(() => {
        guard.cancel();
        transport.end();
      });
    }
    this.#enter("closed");
  }

  #said(text: string): string {
    const { isStream = false, isWholeLost = false } = this.#context.transport;
    return isStream ? overStream(text, isWholeLost) : text;
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    const { tcp } = this.#record;
    if (state === "closed" && tcp !== "never-connected")
      this.#context.recorder.note(this.#said(TCP_END_NOTES[tcp]));
    if (state === "closed") for (const timer of this.#timers) timer.cancel();
    this.#context.onState();
  }
}

/** Codes with which an endpoint fails a connection because of what it received (RFC 6455 §7.1.7, §7.4.1). */
const FAILING_CODES: ReadonlySet<number> = new Set([1002, 1003, 1007, 1009, 1010]);
