import { isAboutNegotiation } from "../case/case.js";
import { Opcode } from "../case/opcode.js";
import { bytesOf, isRepeated } from "../case/payload.js";
import type { Http2FrameStep, Step } from "../case/steps.js";
import type { EventView } from "../record/record.js";
import { meetsNeeds } from "../wire/deflate-parameters.js";
import { encodeHeader } from "../wire/frame.js";
import { applyMask } from "../wire/mask.js";
import type { Timer } from "../time/clock.js";
import { closeOctets } from "../wire/close-payload.js";
import { isPrefix, isPrefixApart, sameEvent, traceView, viewOf } from "../record/event-view.js";
import { fragments } from "./fragments.js";
import { LoadPlay } from "./load.js";
import type { PlayContext } from "./play-context.js";
import type { Delivery } from "../tester/send-queue.js";
import { countedEvents } from "../record/unsolicited-pongs.js";

/** How long a peer has, from the moment when the system has taken everything, to answer what is not read yet. */
const UNREAD_MS = 50;
/** After this time the tester reads again in any case. */
const UNREAD_AT_MOST_MS = 500;

/** How much later than it is said to come a Ping may come. */
const PING_SLACK_SECONDS = 1;

/** Plays the script of a case on an open connection, in whichever role the connection has. */
export class Play {
  /** What load cases do beyond the script. */
  readonly load: LoadPlay;
  readonly #context: PlayContext;
  readonly #traces: readonly (readonly EventView[])[];
  readonly #delivery: Delivery;
  #next = 0;
  #pause: { resume: (() => void) | null; until: EventView | null; timer: Timer } | null = null;
  readonly #timers: Timer[] = [];
  /** When the tester reads again. */
  #reading: Timer | null = null;
  /** The script itself has started to close: what it sends afterwards is part of the case. */
  #closedByScript = false;
  /** A frame that is sent in parts: its masking key, and how many octets of its payload were sent. */
  #streamed: { key: Uint8Array | null; sent: number } = { key: null, sent: 0 };

  constructor(context: PlayContext) {
    this.#context = context;
    this.load = new LoadPlay(context, () => this.#finish());
    const { expect, chop, chopFirst, sync } = context.case;
    this.#traces = [expect.pass, ...(expect.nonStrict === undefined ? [] : [expect.nonStrict])].map(
      traceView,
    );
    this.#delivery = {
      ...(chop === undefined ? {} : { chop }),
      ...(chopFirst === undefined ? {} : { chopFirst }),
      ...(sync === undefined ? {} : { sync }),
    };
  }

  /** Runs steps until the script pauses or ends. */
  start(): void {
    const { script, quiet } = this.#context.case;
    if (this.#next === 0) {
      if (quiet === true) {
        this.#context.recorder.show(false);
        this.load.watch();
      }
      if (!this.#isAgreed()) return this.#finish();
    }
    while (this.#pause === null && this.#mayGoOn()) {
      const step = script[this.#next++];
      if (step === undefined) return;
      this.#do(step);
    }
  }

  /** Without permessage-deflate as the script needs it, the case shows nothing about this peer. */
  #isAgreed(): boolean {
    const { codec, case: played } = this.#context;
    if (played.deflate === undefined || isAboutNegotiation(played)) return true;
    return codec !== null && meetsNeeds(codec.side, played.deflate.needs ?? {});
  }

  /** An event has been recorded. */
  onEvent(event: EventView): void {
    const pause = this.#pause;
    if (pause?.until != null && sameEvent(pause.until, event)) pause.resume?.();
    this.#settle(event);
  }

  /** The connection is closing or closed. */
  onState(): void {
    const { state } = this.#context.connection;
    this.load.stop();
    if (state === "closed") {
      this.#reading?.cancel();
      this.#pause?.timer.cancel();
      for (const timer of this.#timers) timer.cancel();
      return;
    }
    this.#completeFrame();
    if (this.#context.profile === "modern") {
      // From here on only the deadlines of the closing handshake count. The original lets its timers fire nevertheless.
      for (const timer of this.#timers) timer.cancel();
    }
  }

  /** A Close frame waits for the end of a frame that is sent in parts. So the rest of that frame goes out at once. */
  #completeFrame(): void {
    const { connection, recorder } = this.#context;
    if (!connection.isInsideFrame) return;
    recorder.note("the rest of the frame is sent at once, since a Close frame must not be inside it");
    for (const step of this.#context.case.script.slice(this.#next)) {
      if (step.do === "payload-part" && connection.isInsideFrame) this.#sendPart(bytesOf(step.payload));
    }
  }

  /** Once the peer has closed or the connection has failed, the rest of the script makes no sense. */
  #mayGoOn(): boolean {
    const { state } = this.#context.connection;
    return state === "open" || (state === "closing" && this.#closedByScript);
  }

  #do(step: Step): void {
    const { connection, recorder } = this.#context;
    switch (step.do) {
      case "frame":
        connection.sendFrame({ ...step, ...payloadOf(step) }, this.#delivery);
        break;
      case "message":
        this.#sendMessage(step);
        break;
      case "echo-loop":
        this.load.startLoop(step);
        break;
      case "frame-header":
        this.#sendHeader(step);
        break;
      case "payload-part":
        this.#sendPart(bytesOf(step.payload));
        break;
      case "close":
        this.#closedByScript = true;
        connection.startClose(closeOctets(step.code, step.reason), {}, this.#scaled(step.withinMs));
        break;
      case "raw-close":
        this.#closedByScript = true;
        connection.startClose(bytesOf(step.payload), this.#delivery);
        break;
      case "stop-reading":
        recorder.note("the tester stops reading");
        connection.hold(true);
        break;
      case "read-again":
        this.#readAgain();
        break;
      case "keep-tcp":
        connection.keepTcp();
        break;
      case "until":
        this.#until(viewOf(step.event), step.withinMs * this.#context.timeouts.scale);
        break;
      case "wait":
        this.#wait(step.tag);
        break;
      case "await-ping":
        this.#awaitPing();
        break;
      case "answer-ping":
        this.#answerPing();
        break;
      case "stay-silent":
        recorder.note("the tester sends nothing, and answers no Ping");
        this.#after(step.times * (this.#context.keepaliveSeconds ?? 0), "close", () => this.#closeNow());
        break;
      case "kill":
        this.#after(step.seconds, "kill", () => this.#kill());
        break;
      case "close-after":
        this.#after(step.seconds, "close", () => this.#closeNow());
        break;
      case "http2-frame":
        this.#sendHttp2(step);
        break;
      case "end-tcp":
        connection.endTcp();
        break;
      case "reset-tcp":
        connection.resetTcp();
        break;
    }
  }

  /** Behind everything that was sent before it. */
  #sendHttp2(step: Http2FrameStep): void {
    const { connection, http2 } = this.#context;
    connection.whenSent(() => http2?.send(step));
  }

  #awaitPing(): void {
    const { pings, recorder, connection, timeouts, keepaliveSeconds = 0 } = this.#context;
    if (pings.latest !== null) return;
    const seconds = (keepaliveSeconds + PING_SLACK_SECONDS) * timeouts.scale;
    // Without a Ping there is nothing to try.
    const timer = connection.deadline(seconds * 1000, () => {
      recorder.note(`no Ping came within ${seconds} s`);
      this.#closeNow();
    });
    this.#pause = { resume: null, until: null, timer };
    pings.whenNext(() => {
      timer.cancel();
      this.#pause = null;
      this.start();
    });
  }

  #answerPing(): void {
    const { connection, pings } = this.#context;
    const payload = pings.latest ?? new Uint8Array(0);
    connection.sendFrame({ opcode: Opcode.pong, fin: true, rsv: 0, payload }, this.#delivery);
  }

  #scaled(ms: number | undefined): number | undefined {
    return ms === undefined ? undefined : ms * this.#context.timeouts.scale;
  }

  #sendMessage(step: Extract<Step, { do: "message" }>): void {
    const { connection, profile } = this.#context;
    const { opcode, fragmentSize } = step;
    const parts = fragments({ opcode, payload: bytesOf(step.payload), fragmentSize }, profile);
    if (this.#context.case.quiet === true) connection.sendLoad(parts);
    else for (const part of parts) connection.sendFrame(part, this.#delivery);
  }

  /** The load is over: the wire log shows what follows. */
  #finish(): void {
    this.#context.recorder.show(true);
    this.#context.connection.startClose(closeOctets(1000));
  }

  #sendHeader(step: Extract<Step, { do: "frame-header" }>): void {
    const { connection, recorder } = this.#context;
    const maskingKey = connection.newMaskingKey();
    this.#streamed = { key: maskingKey, sent: 0 };
    recorder.note(`the header of a frame of ${step.length} octets is sent; the payload follows in parts`);
    connection.sendHeader(encodeHeader({ ...step, rsv: 0, maskingKey }), step.length);
  }

  #sendPart(part: Uint8Array): void {
    const { key, sent } = this.#streamed;
    const octets = part.slice();
    this.#context.connection.sendPart(key === null ? octets : applyMask(octets, key, sent));
    this.#streamed = { key, sent: sent + octets.length };
  }

  #until(event: EventView, ms: number): void {
    const { recorder, connection } = this.#context;
    const seconds = ms / 1000;
    const resume = (early: boolean): void => {
      this.#pause?.timer.cancel();
      this.#pause = null;
      if (!early) recorder.fired("until", seconds);
      recorder.timer("wait", "fired", seconds, { early });
      this.start();
    };
    const set = (): void => recorder.timer("wait", "set", seconds);
    const timer = connection.deadline(ms, () => resume(false), set);
    this.#pause = { resume: () => resume(true), until: event, timer };
  }

  /** Nothing says when the peer has read what was sent. So it gets a pause, and what it does later is read as well. */
  #readAgain(): void {
    const { recorder, timeouts, connection, clock } = this.#context;
    const resume = (): void => {
      this.#reading?.cancel();
      recorder.note("the tester reads again");
      connection.hold(false);
    };
    const read = connection.deadline(UNREAD_MS * timeouts.scale, resume);
    // A peer that refuses the message reads no more of it.
    const atLast = clock.after(UNREAD_AT_MOST_MS * timeouts.scale, resume);
    this.#reading = {
      cancel: () => {
        read.cancel();
        atLast.cancel();
      },
    };
  }

  #wait(tag: string): void {
    const { recorder, timeouts, connection } = this.#context;
    const seconds = timeouts.waitMs / 1000;
    const resume = (): void => {
      this.#pause = null;
      recorder.timer("wait", "fired", seconds, { tag });
      if (connection.state !== "open") return;
      recorder.event({ type: "timeout", tag });
      this.start();
    };
    // The case is about whether the peer acts in the pause, so the peer must really have this time.
    const timer = connection.deadline(timeouts.waitMs, resume, () =>
      recorder.timer("wait", "set", seconds, { tag }),
    );
    this.#pause = { resume: null, until: null, timer };
  }

  #after(seconds: number, timer: "kill" | "close", callback: () => void): void {
    const { recorder, timeouts, connection, profile } = this.#context;
    if (profile === "modern" && connection.state !== "open") return;
    const scaled = seconds * timeouts.scale;
    const fire = (): void => {
      if (connection.state === "closed") return;
      recorder.timer(timer, "fired", scaled);
      recorder.fired(timer, scaled);
      callback();
    };
    const set = (): void => recorder.timer(timer, "set", scaled);
    this.#timers.push(connection.deadline(scaled * 1000, fire, set));
  }

  /** The original closes with 1001 (going away), and fails peers that echo that code; `modern` closes with 1000. */
  #kill(): void {
    const { connection, profile } = this.#context;
    if (profile === "autobahn") connection.fail(1001, "Going Away");
    else connection.startClose(closeOctets(1000));
  }

  #closeNow(): void {
    const { connection, profile } = this.#context;
    connection.startClose(closeOctets(profile === "autobahn" ? undefined : 1000));
  }

  /**
   * Ends a case with the closing handshake as soon as nothing can change its outcome: once the trace is complete, and
   * under `modern` also once it can no longer become an accepted trace.
   */
  #settle(event: EventView): void {
    const { connection, recorder, profile } = this.#context;
    const { expect } = this.#context.case;
    if (connection.state !== "open" || expect.closesItself === true) return;
    if (expect.loopDecides === true) return;
    if (expect.firstMessageDecides === true) {
      // An unsolicited Pong decides nothing (RFC 6455 §5.5.3).
      if (event.type === "message") this.#finish();
      return;
    }
    const complete = this.#isComplete() || this.#isLast(event);
    if (complete && (expect.ending.by === "tester" || this.#isTaken())) {
      connection.startClose(closeOctets(expect.ending.by === "tester" ? expect.ending.codes[0] : 1000));
    } else if (profile === "modern" && !this.#traces.some((trace) => this.#mayBecome(trace))) {
      recorder.note("the events can no longer become those expected: the tester closes");
      recorder.fired("settled");
      connection.startClose(closeOctets(1000));
    }
  }

  /** The events are those of an accepted trace, and no longer one begins with them. */
  #isComplete(): boolean {
    const counted = this.#counted;
    const begun = this.#traces.filter((trace) => this.#begins(counted, trace));
    return begun.length > 0 && begun.every((trace) => trace.length === counted.length);
  }

  /** The peer has taken what it should refuse, and nothing is left to happen. */
  #isTaken(): boolean {
    return this.#context.case.expect.mayBeTaken === true && this.#counted.length > 0;
  }

  /** Pongs may be missing, and this is what comes behind the last of them: none can come any more. */
  #isLast(event: EventView): boolean {
    const { case: played, profile } = this.#context;
    const last = this.#traces[0]?.at(-1);
    if (profile !== "modern" || played.differs?.includes("latest-pong-suffices") !== true) return false;
    return last !== undefined && sameEvent(last, event);
  }

  /** The events that count. For the original an unsolicited Pong counts, too. */
  get #counted(): readonly EventView[] {
    const { profile, recorder, case: played } = this.#context;
    return profile === "modern" ? countedEvents(played, recorder.events) : recorder.events;
  }

  #mayBecome(trace: readonly EventView[]): boolean {
    const { recorder } = this.#context;
    // The tester does not read for ever from a peer that never stops sending.
    if (recorder.eventCount > recorder.events.length) return false;
    if (this.#context.case.differs?.includes("latest-pong-suffices") === true) return true;
    return this.#begins(this.#counted, trace);
  }

  /** Whether the events are the first of a trace. For the original Pongs have their places. */
  #begins(counted: readonly EventView[], trace: readonly EventView[]): boolean {
    const { profile, case: played } = this.#context;
    const isFree = profile === "modern" && played.differs?.includes("pong-in-any-place") === true;
    return isFree ? isPrefixApart(counted, trace) : isPrefix(counted, trace);
  }
}

function payloadOf(step: Extract<Step, { do: "frame" }>): { payload: Uint8Array; pattern?: number } {
  const { payload } = step;
  const bytes = bytesOf(payload);
  return isRepeated(payload) ? { payload: bytes, pattern: payload.pattern.length } : { payload: bytes };
}
