import { randomFillSync } from "node:crypto";
import { Opcode } from "../case/opcode.js";
import type { CloseRecord, EventView, FrameView, Profile } from "../report/event.js";
import { isRegisteredLater, mayAppearOnTheWire } from "../wire/close-code.js";
import { encodeFrame, type FrameHeader } from "../wire/frame.js";
import { SelfCheck } from "../wire/self-check.js";
import { isUtf8 } from "../wire/utf8.js";
import type { Clock, Timer } from "./clock.js";
import { NOTHING_CLOSED } from "./close-record.js";
import { Inbound } from "./inbound.js";
import { shown, type Recorder } from "./recorder.js";
import { SendQueue, type Delivery } from "./send-queue.js";
import type { Timeouts } from "./timeouts.js";
import type { Transport } from "./transport.js";
import { VIOLATIONS, type ViolationName } from "./violation.js";

export interface ConnectionContext {
  readonly role: "client" | "server";
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly transport: Transport;
  readonly recorder: Recorder;
  /** A message, a pong or a timeout has been recorded. */
  readonly onEvent: (event: EventView) => void;
  /** The state has changed. */
  readonly onState: () => void;
}

type State = "open" | "closing" | "closed";

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
  readonly #selfCheck: SelfCheck;
  readonly #timers: Timer[] = [];
  #closeTimer: Timer | null = null;
  #state: State = "open";
  #close: { -readonly [K in keyof CloseRecord]: CloseRecord[K] } = { ...NOTHING_CLOSED };
  #remoteClosed = false;
  #pongsWaiting = 0;

  constructor(context: ConnectionContext) {
    this.#context = context;
    const { recorder, transport, clock } = context;
    this.#selfCheck = new SelfCheck(context.role);
    this.#queue = new SendQueue(transport, clock, (octets, queued) => recorder.octets(">", octets, queued));
    this.#inbound = new Inbound(
      {
        frame: (view) => this.#onFrame(view),
        violation: (name) => this.#onViolation(name),
        message: (event) => this.#onMessage(event),
        pong: (event) => this.#event(event),
        ping: (payload) => this.#onPing(payload),
        close: (payload) => this.#onClose(payload),
        listening: () => this.#state !== "closed",
      },
      context.role === "server",
    );
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
    return this.#selfCheck.found;
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
      close.notCleanReason = "the peer closed TCP without a closing handshake";
    }
    this.#context.transport.end();
    this.#enter("closed");
  }

  /** Sends one frame, whatever it is; masked if the tester is a client. Does not change the state. */
  sendFrame(
    frame: { opcode: number; fin: boolean; rsv: number; payload: Uint8Array; pattern?: number },
    delivery: Delivery = {},
    sent?: () => void,
  ): void {
    const maskingKey = this.newMaskingKey();
    const header: FrameHeader = { ...frame, length: frame.payload.length, maskingKey };
    this.#context.recorder.frame(">", {
      opcode: frame.opcode,
      fin: frame.fin,
      rsv: frame.rsv,
      masked: maskingKey !== null,
      mask: maskingKey === null ? null : Buffer.from(maskingKey).toString("hex"),
      length: frame.payload.length,
      payload: shown(frame.payload),
      ...(delivery.chop === undefined ? {} : { chop: delivery.chop }),
      ...(delivery.sync === true ? { sync: true } : {}),
      ...(frame.pattern === undefined ? {} : { pattern: frame.pattern }),
    });
    this.#selfCheck.begin();
    this.sendOctets(encodeFrame(header, frame.payload), delivery, sent);
  }

  /** Octets that need not be a whole frame. */
  sendOctets(octets: Uint8Array, delivery: Delivery = {}, sent?: () => void): void {
    this.#selfCheck.push(octets);
    this.#queue.send(octets, delivery, sent);
  }

  /** A fresh key for a client, null for a server (RFC 6455 §5.3). */
  newMaskingKey(): Uint8Array | null {
    return this.#context.role === "client" ? randomFillSync(new Uint8Array(4)) : null;
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
    if (this.#state === "open") this.#sendClose(closeOctets(code, reason), true);
    else this.#drop("end");
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

  #onFrame(view: FrameView): void {
    this.#context.recorder.frame("<", view);
    if (this.#remoteClosed && view.opcode < Opcode.close) this.#onViolation("data-after-close");
  }

  #onViolation(name: ViolationName): void {
    const { code, sentence } = VIOLATIONS[name];
    this.#context.recorder.violation(name);
    if (code !== null) this.fail(code, `the peer ${sentence}`);
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
    if (code !== null && !this.#isLegal(code)) this.#onViolation("close-code");
    if (!isUtf8(reasonOctets)) this.#onViolation("close-reason-utf8");
    const close = this.#close;
    if (!this.#remoteClosed) {
      close.remoteCode = code;
      close.remoteReason = reason;
      close.remotePayload = shown(payload);
      this.#remoteClosed = true;
    }
    if (this.#state === "closed") return;
    this.#closeTimer?.cancel();
    close.clean = true;
    if (this.#state === "open") this.#sendClose(Uint8Array.of(0x03, 0xe8), false);
    if (this.#context.role === "server") this.#drop("end");
    else this.#closeTimer = this.#deadline("drop-timeout", this.#context.timeouts.dropMs);
  }

  #isLegal(code: number): boolean {
    return mayAppearOnTheWire(code) || (this.#context.profile === "modern" && isRegisteredLater(code));
  }

  #deadline(name: "close-timeout" | "drop-timeout", ms: number): Timer {
    const timer = this.#context.clock.after(ms, () => {
      if (this.#state === "closed") return;
      this.#context.recorder.fired(name);
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
      const guard = clock.after(timeouts.dropMs, () => transport.end());
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

/** A Close payload with a code and a reason, which is cut to the 123 octets that fit. */
export function closeOctets(code: number | undefined, reason = ""): Uint8Array {
  if (code === undefined) return new Uint8Array(0);
  const text = Buffer.from(reason, "utf8").subarray(0, 123);
  return Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), text]);
}

function splitClose(payload: Uint8Array): {
  code: number | null;
  reason: string | null;
  reasonOctets: Uint8Array;
} {
  if (payload.length < 2) return { code: null, reason: null, reasonOctets: new Uint8Array(0) };
  const reasonOctets = payload.subarray(2);
  return {
    code: ((payload[0] ?? 0) << 8) | (payload[1] ?? 0),
    reason: reasonOctets.length === 0 ? null : Buffer.from(reasonOctets).toString("utf8"),
    reasonOctets,
  };
}
