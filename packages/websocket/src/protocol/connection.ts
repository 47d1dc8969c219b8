import type { Inflated } from "./codec.js";
import { CloseCode } from "./close-code.js";
import { checkClose, closePayload, readClose } from "./close-frame.js";
import { Act, ClosingEvent, Phase, stateOf, transition } from "./closing.js";
import type { ConnectionOptions } from "./connection-options.js";
import { Counters } from "./counters.js";
import { checkControl } from "./frame-header.js";
import { FrameParser, Step } from "./frame-parser.js";
import { WaitingInput } from "./waiting-input.js";
import type { Kernels } from "./kernels.js";
import { MessageAssembler } from "./message-assembler.js";
import type { MessageOpcode } from "./opcode.js";
import { Opcode } from "./opcode.js";
import { Outbound } from "./outbound.js";
import { Output } from "./output.js";
import { Reading, ReadingEvent, isAwaitingTurn, isDiscarding, isStopped } from "./reading.js";
import { isTransportPaused, nextReading } from "./reading.js";
import { Retention } from "./retention.js";
import type { Sink } from "./sink.js";
import { sharedSlabs } from "./slab.js";
import { Side, State } from "./state.js";
import type { TurnTaker, Turns } from "./turns.js";
import type { Violation } from "./violation.js";

export type { ConnectionOptions } from "./connection-options.js";
export { Side, State } from "./state.js";

/**
 * One WebSocket connection after the opening handshake, without I/O: octets go in with `receive` and come out of
 * `output`, and the sink is notified of what happens. Nothing that a peer sends makes a method throw. The sink may call
 * any method from within its callbacks.
 */
export class Connection implements TurnTaker {
  /** What has to be written. `Output` says how it is taken and released. */
  readonly output: Output;
  readonly counters: Counters = new Counters();

  readonly #side: Side;
  readonly #sink: Sink;
  readonly #kernels: Kernels;
  readonly #options: ConnectionOptions;
  readonly #retention: Retention;
  /** Made when first needed. */
  #waiting: WaitingInput | undefined = undefined;
  readonly #parser: FrameParser;
  readonly #assembler: MessageAssembler;
  readonly #outbound: Outbound;

  #phase: Phase = Phase.Open;
  /** Undefined if there is none: Infinity is no small integer, and would cost an idle connection 16 octets. */
  #deadline: number | undefined = undefined;
  #closeCode: number = CloseCode.AbnormalClosure;
  #closeReason = "";

  #reading: Reading = Reading.Open;
  // Each of these is possible in every state above, and with the others.
  /** `#read` or `#inflated` is on the stack, perhaps below a callback: octets that come now wait behind it. */
  #isInRead = false;
  /** The transport is gone, but not everything that came over it has been read. */
  #isLost = false;
  /** The peer has ended its half of the stream, but not everything that came before has been read. */
  #isEndPending = false;
  /** Calls that wait until what came before has been read. */
  #afterwards: (() => void)[] | undefined = undefined;
  /** The end of the chunk that is being read. */
  #readTo = 0;

  constructor(side: Side, sink: Sink, kernels: Kernels, options: ConnectionOptions) {
    const { limits, leniency, inflater } = options;
    this.#side = side;
    this.#sink = sink;
    this.#kernels = kernels;
    this.#options = options;
    this.output = new Output(sharedSlabs(kernels), kernels.allocate);
    this.#retention = new Retention(limits, options.ledger);
    this.#parser = new FrameParser(kernels, {
      isMaskExpected: side === Side.Server,
      mayBeCompressed: inflater !== undefined,
      limits,
      leniency,
    });
    this.#assembler = new MessageAssembler(
      sink,
      kernels,
      options,
      this.counters,
      this.#parser,
      this.#retention,
      inflater === undefined ? undefined : (result) => this.#inflated(result),
    );
    this.#outbound = new Outbound(side, sink, kernels, options, this.output, this.counters);
  }

  get state(): State {
    return this.#isLost && this.#phase === Phase.Open ? State.Closing : stateOf(this.#phase);
  }

  /** The transport is gone, but not everything that came over it has been read. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Octets that have come wait for a turn of the event loop, so the peer may have sent more than was read. */
  get isAwaitingTurn(): boolean {
    return isAwaitingTurn(this.#reading);
  }

  /** Octets that were sent and that the transport has not taken: output, and messages that are being compressed. */
  get queuedOctets(): number {
    return this.output.octets + this.#outbound.waitingOctets;
  }

  /** Octets of memory kept for what came and was not delivered. */
  get retainedOctets(): number {
    return this.#retention.octets;
  }

  /** During a callback of the sink: octets of the same chunk that come after it. */
  get unreadOctets(): number {
    return this.#readTo - this.#parser.at;
  }

  /** Whether something has come that is not read yet: reading is paused, or a message is being inflated. */
  get hasWaitingInput(): boolean {
    return this.#assembler.isWaiting || (this.#waiting !== undefined && this.#waiting.to > 0);
  }

  /** The peer ended the stream without a Close frame. */
  get isBroken(): boolean {
    return this.#phase === Phase.Broken;
  }

  /** When `tick` has to be called, in ms of the caller's clock; Infinity if there is nothing to wait for. */
  get deadline(): number {
    return this.#deadline ?? Infinity;
  }

  /** Octets from the peer: `bytes[from..to)`. The memory is lent for the call, and is unmasked in place. */
  receive(bytes: Uint8Array, from: number, to: number): void {
    this.counters.octetsReceived += to - from;
    if (isDiscarding(this.#reading)) return;
    if (this.#isInRead || isStopped(this.#reading)) {
      this.#failIf(this.#waitingInput().append(bytes, from, to, this.isAwaitingTurn));
      return;
    }
    const at = this.#read(bytes, from, to, true);
    if (at < to && !isDiscarding(this.#reading)) {
      this.#failIf(this.#waitingInput().prepend(bytes, at, to, this.isAwaitingTurn));
    }
    if (this.#waiting !== undefined && this.#waiting.to > 0) this.#goOn();
    else this.#finish();
  }

  /** The peer has ended its half of the stream. */
  receiveEnd(): void {
    this.#isEndPending = true;
    this.#endIfDue();
  }

  /**
   * The transport is gone. `onClosed` follows, once. If what came before still waits for its turn, it is read first,
   * unless this side has dropped the transport (`isAborted`). `isOutputLost`: the last octets that were written, such
   * as our Close frame, never went out.
   */
  transportClosed(isAborted = false, isOutputLost = false): void {
    if (isOutputLost) this.#outbound.isCloseWritten = false;
    if (isAborted || !this.isAwaitingTurn) return this.#transition(ClosingEvent.TransportClosed);
    this.#isLost = true;
    this.afterWaiting(() => this.#transition(ClosingEvent.TransportClosed));
  }

  /** Calls `then` when everything that waits for its turn has been read, or at once if nothing waits. */
  afterWaiting(then: () => void): void {
    if (this.isAwaitingTurn) (this.#afterwards ??= []).push(then);
    else then();
  }

  /**
   * Sends a text message; lone surrogates go as U+FFFD. `compress`: whether to compress it where permessage-deflate was
   * negotiated, by default if it has `compressionThreshold` octets.
   *
   * This and all other ways to send do nothing once the closing has begun. Throws an Error while a message that was
   * begun with `startMessage` has not ended.
   */
  sendText(text: string, compress?: boolean): void {
    if (this.state === State.Open) this.#outbound.sendText(text, compress);
  }

  /**
   * Sends a message. A server does not copy more than 16 KiB: they must not change until they have been written. With
   * `isLent` octets are copied whatever their size, since they may change after this call. Throws a TypeError for a
   * text that is not well-formed UTF-8.
   */
  sendOctets(octets: Uint8Array, isText: boolean, compress?: boolean, isLent?: boolean): void {
    if (this.state === State.Open) this.#outbound.sendOctets(octets, isText, compress, isLent);
  }

  /**
   * Begins a message that is sent in parts, a frame each (RFC 6455 §5.4). `compress`: by default true where it was
   * negotiated, since the length is not known.
   */
  startMessage(opcode: MessageOpcode, compress?: boolean): void {
    if (this.state === State.Open) this.#outbound.startMessage(opcode, compress);
  }

  /**
   * A part of the message that was begun; the same rules for its memory as in `sendOctets`. A text's parts may be cut
   * anywhere. Throws an Error if none was begun, a TypeError where the text is not well-formed UTF-8.
   */
  sendPart(octets: Uint8Array, isLast: boolean): void {
    if (this.state === State.Open) this.#outbound.sendPart(octets, isLast);
  }

  /**
   * Sends whole frames that were prepared (see prepared.ts), one for each of `messages` messages. Servers only: a
   * client masks each frame with a different key. Compressed ones only where the agreed extension lets this side
   * compress without context takeover.
   */
  sendEncoded(frames: Uint8Array, messages: number): void {
    if (this.#side === Side.Client) throw new Error("a client cannot send prepared frames");
    if (this.state === State.Open) this.#outbound.sendEncoded(frames, messages);
  }

  /** Sends a ping with at most 125 octets of payload data, else throws a RangeError. */
  ping(payload: Uint8Array = NO_OCTETS): void {
    checkControl(payload);
    if (!isDiscarding(this.#reading)) this.#outbound.ping(payload);
  }

  /** Sends an unsolicited pong, or the answer to a ping where `autoPong` is off (RFC 6455 §5.5.3). */
  pong(payload: Uint8Array = NO_OCTETS): void {
    checkControl(payload);
    if (isDiscarding(this.#reading)) return;
    this.#outbound.pong(payload, 0, payload.length);
    if (!this.#isInRead) this.#outbound.settlePongs();
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2), behind everything that was sent. Messages of the peer are delivered
   * until its Close frame comes. Throws a TypeError or RangeError for a code and reason that may not be sent (see
   * `checkClose`); does nothing more once the closing has begun.
   */
  close(code?: number, reason = ""): void {
    checkClose(this.#side, this.#kernels, code, reason);
    this.#transition(ClosingEvent.Close, code, reason);
  }

  /** Fails the connection (RFC 6455 §7.1.7): a Close frame with the violation's code is the last that is sent. */
  fail(violation: Violation): void {
    const reason = this.#options.explainsFailure === false ? "" : violation.message;
    this.#transition(ClosingEvent.Failure, violation.closeCode, reason, violation);
  }

  /** Drops the transport, at once: nothing more is sent or delivered. A closing that is complete stays a clean one. */
  abort(): void {
    if (this.#isClosed) return;
    this.#transition(ClosingEvent.Abort);
    if (!this.#isClosed) this.#sink.onAbort();
  }

  /**
   * The next message whose first frame comes is delivered in parts, as they come. The limits on its size, the size of
   * its frames and their number do not apply to it, since none of it is kept.
   */
  streamNext(): void {
    this.#parser.streamsNext = true;
  }

  /**
   * Undoes `streamNext` for a message whose start was just reported and nothing else of it: it is delivered whole, and
   * the limits apply. Returns the limit that forbids this, if one does; the message is delivered in parts then.
   */
  gather(): Violation | undefined {
    return this.#parser.gather();
  }

  /** Stops delivering at once. What has come already waits in memory, and `onPause` asks the transport for no more. */
  pause(): void {
    this.#change(ReadingEvent.Pause);
  }

  /** Delivers again, what waits first. */
  resume(): void {
    if (this.#change(ReadingEvent.Resume)) this.#goOnInTurn();
  }

  /** Goes on with what waits for its turn. */
  takeTurn(): void {
    this.#change(ReadingEvent.Turn);
    this.#goOn();
  }

  /**
   * Whether the transport takes nothing more. The latest of the pongs beyond `limits.pendingPongs` waits until it does.
   */
  setBlocked(isBlocked: boolean): void {
    this.#outbound.setBlocked(isBlocked);
  }

  /** Time has passed. */
  tick(now: number): void {
    if (this.#deadline === undefined || now < this.#deadline) return;
    this.#deadline = undefined;
    this.expire();
  }

  /**
   * The peer has taken too long: drops the transport, unless the answer is among the octets that wait for their turn.
   */
  expire(): void {
    const { deadline } = this;
    this.afterWaiting(() => {
      if (!this.#isClosed && this.deadline === deadline) this.abort();
    });
  }

  /** Reads as far as it may, and returns where it stopped. `isFresh`: the transport has just read it. */
  #read(bytes: Uint8Array, from: number, to: number, isFresh: boolean): number {
    const parser = this.#parser;
    const { turns, limits } = this.#options;
    let at = from;
    let isStarved = false;
    this.#isInRead = true;
    this.#readTo = to;
    while (!isStarved && !isStopped(this.#reading)) {
      const before = at;
      const step = parser.next(bytes, at, to);
      at = parser.at;
      switch (step) {
        case Step.Starved:
          isStarved = true;
          break;
        case Step.Data:
          this.#onData();
          break;
        case Step.Control:
          this.#onControl();
          break;
        case Step.Start:
          this.#sink.onMessageStart(parser.messageOpcode);
          break;
        case Step.Violation:
          this.#failIf(parser.violation);
          break;
      }
      // A read that brought one message, as most do, costs nothing here.
      if (at < to && turns !== undefined && !isStopped(this.#reading)) {
        if (!turns.spend(at - before, isFresh ? to - at : 0, limits)) this.#awaitTurn(turns);
      }
    }
    this.#isInRead = false;
    // Otherwise an idle connection would keep the chunk of its last frame in memory.
    parser.forget();
    return at;
  }

  #onData(): void {
    if (this.#parser.isFrameEnd) this.counters.framesReceived += 1;
    const violation = this.#assembler.push();
    if (violation !== undefined) {
      this.fail(violation);
    } else if (this.#assembler.isWaiting) {
      this.#change(ReadingEvent.InflateStart);
    }
  }

  #onControl(): void {
    const { opcode, bytes, from, to } = this.#parser;
    this.counters.framesReceived += 1;
    if (opcode === Opcode.Close) {
      this.#onClose(bytes, from, to);
    } else if (opcode === Opcode.Ping) {
      this.counters.pingsReceived += 1;
      if (this.#options.autoPong) this.#outbound.pong(bytes, from, to);
      if (!isDiscarding(this.#reading)) this.#sink.onPing(bytes.subarray(from, to));
    } else {
      this.counters.pongsReceived += 1;
      this.#sink.onPong(bytes.subarray(from, to));
    }
  }

  #onClose(bytes: Uint8Array, from: number, to: number): void {
    const read = readClose(this.#kernels, bytes, from, to);
    if ("violation" in read) {
      this.fail(read.violation);
      return;
    }
    const { code, reason } = read.close;
    this.#closeCode = code;
    this.#closeReason = reason;
    this.#sink.onPeerClose?.(code, reason);
    // §5.5.1 asks for the same code only: the peer knows its own reason.
    const echoed = this.#options.echoReason === true ? reason : "";
    this.#transition(ClosingEvent.PeerClose, code === CloseCode.NoStatusReceived ? undefined : code, echoed);
  }

  /** What an asynchronous inflater made. */
  #inflated(result: Inflated): void {
    if (!this.#assembler.isWaiting) return;
    this.#isInRead = true;
    const violation = this.#assembler.goOn(result);
    this.#isInRead = false;
    this.#failIf(violation);
    this.#change(ReadingEvent.InflateEnd);
    this.#goOnInTurn();
  }

  /** Goes on with what waits, unless this turn has no more room. */
  #goOnInTurn(): void {
    const { turns, limits } = this.#options;
    const mayRead = !this.#isInRead && !isStopped(this.#reading);
    const hasMore = mayRead && this.#waiting !== undefined && this.#waiting.to > 0;
    if (hasMore && turns?.spend(0, 0, limits) === false) this.#awaitTurn(turns);
    else this.#goOn();
  }

  #awaitTurn(turns: Turns): void {
    turns.wait(this, this.#options.limits);
    this.#change(ReadingEvent.TurnEnd);
  }

  /** Goes on with what waits, as far as it may. */
  #goOn(): void {
    if (this.#isInRead) return;
    const waiting = this.#waitingInput();
    // Once at least: an empty frame whose header was read may be all that waits.
    while (!isStopped(this.#reading)) {
      const from = waiting.from;
      const at = this.#read(waiting.memory, from, waiting.to, false);
      // What came meanwhile may have moved what waits, so only the distance is valid.
      waiting.consume(isDiscarding(this.#reading) ? 0 : at - from);
      if (waiting.to === 0) break;
    }
    this.#finish();
  }

  #waitingInput(): WaitingInput {
    this.#waiting ??= new WaitingInput(this.#kernels, this.#retention);
    return this.#waiting;
  }

  /** After reading: lets the transport go on if nothing waits any more. */
  #finish(): void {
    // A read of which something waits for its turn has not ended.
    if (!this.isAwaitingTurn) this.#outbound.settlePongs();
    if (this.#reading === Reading.CatchingUp) this.#change(ReadingEvent.CaughtUp);
    this.#endIfDue();
    const afterwards = this.#afterwards;
    if (afterwards === undefined || this.isAwaitingTurn || this.#assembler.isWaiting) return;
    this.#afterwards = undefined;
    for (const then of afterwards) then();
  }

  /** Whether `event` changes the state of reading; the transport is paused or goes on with it. */
  #change(event: ReadingEvent): boolean {
    const before = this.#reading;
    const reading = nextReading(before, event);
    if (reading === before) return false;
    this.#reading = reading;
    const isPaused = isTransportPaused(reading);
    if (isPaused !== isTransportPaused(before)) this.#sink.onPause(isPaused);
    return true;
  }

  #endIfDue(): void {
    if (!this.#isEndPending) return;
    // What came before the end is read before it.
    if (!isDiscarding(this.#reading) && (this.#isInRead || isStopped(this.#reading))) return;
    this.#isEndPending = false;
    this.#transition(ClosingEvent.PeerEnd);
  }

  #failIf(violation: Violation | undefined): void {
    if (violation !== undefined) this.fail(violation);
  }

  #transition(event: ClosingEvent, code?: number, reason = "", violation?: Violation): void {
    const { to, acts } = transition(this.#side, this.#phase, event);
    if (acts === Act.None) return;
    const wasClean = this.#phase === Phase.Complete && this.#outbound.isCloseWritten && !this.#isLost;
    this.#phase = to;
    if ((acts & Act.Discard) !== 0) this.#discard();
    if ((acts & Act.DropWaiting) !== 0) this.#outbound.dropWaiting();
    if ((acts & Act.ReportClosed) !== 0) {
      this.#deadline = undefined;
      this.output.clear();
      this.#sink.onClosed(this.#closeCode, this.#closeReason, wasClean);
      return;
    }
    if ((acts & Act.SetDeadline) !== 0) {
      this.#deadline = this.#options.now() + this.#options.limits.closeMs;
    }
    if ((acts & Act.SendClose) !== 0) {
      this.#outbound.sendClose(closePayload(this.#kernels, code, reason));
    }
    // Each call of the sink may be the one in which the transport is closed.
    if ((acts & Act.EndOutput) !== 0 && !this.#isClosed) this.#outbound.end();
    if ((acts & Act.ReportViolation) !== 0 && !this.#isClosed) this.#sink.onViolation(violation!);
    if ((acts & Act.ReportClosing) !== 0 && !this.#isClosed) this.#sink.onClosing();
    if ((acts & Act.Discard) !== 0 && !this.#isClosed) this.#change(ReadingEvent.CaughtUp);
    this.#endIfDue();
  }

  get #isClosed(): boolean {
    return this.#phase === Phase.Closed;
  }

  #discard(): void {
    this.#change(ReadingEvent.Discard);
    this.#waiting?.clear();
    this.#assembler.clear();
  }
}

const NO_OCTETS = new Uint8Array(0);
