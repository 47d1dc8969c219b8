import { ErrorCode, WebSocketError } from "../errors.js";
import type { Connection } from "../protocol/connection.js";
import type { MessageOpcode } from "../protocol/opcode.js";
import type { Sink } from "../protocol/sink.js";
import { State } from "../protocol/state.js";
import { VIOLATIONS } from "../protocol/violation.js";
import type { Violation } from "../protocol/violation.js";
import type { SocketTransport, TransportOwner } from "../transport/socket-transport.js";
import { NOT_ENTERED } from "../transport/timer-wheel.js";
import type { Timed } from "../transport/timer-wheel.js";
import { backlogs } from "./backlogs.js";
import { call, messageOf, report, watch } from "./calls.js";
import type { CloseInfo, WebSocketConnection } from "./connection.js";
import { addTraffic } from "./counters.js";
import { CHANNELS, watchedBy } from "./diagnostics.js";
import type { Environment } from "./environment.js";
import type { Handlers } from "./handlers.js";
import { PauseReason } from "./pause.js";
import { Heartbeat, LifeSign } from "./liveness.js";
import { MessageQueue } from "./message-queue.js";
import { MessageStreams } from "./message-streams.js";
import type { MessageStream } from "./message-streams.js";
import { Outbox } from "./outbox.js";
import { ownCopies } from "./own-copy.js";
import type { PreparedMessage } from "./prepared.js";
import type { Subscriber } from "./topics.js";

/** What the connections of one server, or one client connection, have in common. */
export interface SessionEnvironment<Data> extends Environment {
  readonly handlers: Handlers<Data>;
  /** The transport is gone and the application was notified. */
  gone(session: Session<Data>): void;
}

/**
 * The inside of one connection: turns the callbacks of the protocol into calls of handlers, counters and deadlines. The
 * application has a `WebSocketConnection`, which works through this.
 */
export class Session<Data> implements Sink, TransportOwner, Timed, Subscriber {
  readonly environment: SessionEnvironment<Data>;
  /** Joined right after construction, before anything can be received. */
  connection!: Connection;
  transport!: SocketTransport;
  ws!: WebSocketConnection<Data>;
  /** Where messages wait for `for await`; undefined while the `message` handler takes them. */
  queue: MessageQueue | undefined = undefined;
  /** The streamed messages; undefined until one is asked for. */
  streams: MessageStreams | undefined = undefined;
  /** The topics subscribed to, for the end; undefined until the first. */
  topics: Set<string> | undefined = undefined;
  /** How it ended. */
  closed: CloseInfo | undefined = undefined;
  readonly outbox: Outbox;
  wheelSlot: number = NOT_ENTERED;

  readonly #heartbeat: Heartbeat;
  #pauses = 0;
  #lastError: WebSocketError | undefined = undefined;
  /** The fault of the application that was reported last. */
  #fault: WebSocketError | undefined = undefined;
  /** Callers of `whenClosed`. */
  #onEnd: (() => void)[] | undefined = undefined;

  constructor(environment: SessionEnvironment<Data>) {
    this.environment = environment;
    this.outbox = new Outbox(this);
    this.#heartbeat = new Heartbeat(environment.liveness, environment.time.now());
  }

  /** Begins to read. `head` are octets that came right behind the opening handshake. Never throws. */
  start(head: Uint8Array): void {
    const { counters, handlers, role, time } = this.environment;
    counters.connections++;
    counters.opened++;
    time.deadlines.add(this);
    backlogs.enter(this.outbox);
    if (CHANNELS.open.hasSubscribers)
      CHANNELS.open.publish({ role, connection: this.ws, handshake: watchedBy(this.ws) });
    if (handlers.open !== undefined) call(this, () => handlers.open?.(this.ws));
    this.transport.start(head);
  }

  get isOpen(): boolean {
    return this.connection.state === State.Open;
  }

  get rtt(): number | undefined {
    return this.#heartbeat.roundTripMs;
  }

  /** Sends a ping of the application. */
  ping(payload: Uint8Array): void {
    this.connection.ping(this.#heartbeat.ask(this.environment.time.now(), payload));
  }

  /** A published message. False when it was not sent. */
  deliver(message: PreparedMessage): boolean {
    return this.outbox.deliver(message);
  }

  fail(violation: Violation): void {
    this.connection.fail(violation);
  }

  /** Fails the connection for the sake of all others, and forgets what waits to be sent. */
  giveUp(violation: Violation): void {
    if (this.isOpen) {
      // Only whole frames wait there, so the Close frame may take their place.
      this.connection.output.clear();
      this.fail(violation);
    } else this.connection.abort();
    // What was written and the system has not taken can only be dropped with the connection.
    if (this.outbox.backlogOctets > GIVEN_UP_OCTETS) this.connection.abort();
  }

  /** Drops the transport, for `cause` if there is one: nothing more is sent or delivered. */
  drop(cause?: unknown): void {
    if (this.closed !== undefined) return;
    this.#lastError ??= new WebSocketError(ErrorCode.NotOpen, "This side dropped the connection.", { cause });
    this.connection.abort();
  }

  /** Resolves when the transport is gone. */
  whenClosed(): Promise<void> {
    if (this.closed !== undefined) return Promise.resolve();
    return new Promise((resolve) => (this.#onEnd ??= []).push(resolve));
  }

  // Reading is paused for as long as there is a reason.

  pause(reason: number): void {
    // The transport is gone: the little that came over it before is kept for a slow reader.
    if (this.connection.isLost && reason !== PauseReason.Application) {
      if (reason === PauseReason.Request) this.streams?.gather();
      return;
    }
    const before = this.#pauses;
    this.#pauses |= reason;
    if (before === 0) this.connection.pause();
  }

  resume(reason: number): void {
    const before = this.#pauses;
    this.#pauses &= ~reason;
    if (before === 0 || this.#pauses !== 0) return;
    // What came meanwhile was not read yet, which is not the peer's fault.
    this.#heartbeat.excuse(this.environment.time.now());
    this.connection.resume();
  }

  /** Where messages wait for `for await`. */
  messages(): MessageQueue {
    if (this.queue !== undefined) return this.queue;
    this.queue = new MessageQueue(this, this.environment.limits, () => this.streams?.gather());
    if (!this.isOpen) this.queue.close();
    if (this.closed !== undefined) this.queue.end(this.closed.wasClean ? undefined : this.#endError());
    return this.queue;
  }

  /** The next message that was not taken, as a stream. */
  nextStream(): Promise<MessageStream> {
    this.streams ??= new MessageStreams(this, this.environment.handlers.message === undefined);
    if (this.closed === undefined || this.queue?.isEmpty === false) return this.streams.next();
    return Promise.reject(new WebSocketError(ErrorCode.NotOpen, "The connection is not open."));
  }

  // Callbacks of the protocol.

  onText(text: string): void {
    this.#hand(text, true);
  }

  onOctets(octets: Uint8Array, isText: boolean, isOwned: boolean): void {
    const { handlers, zeroCopy } = this.environment;
    const mayLend = isOwned || (zeroCopy && handlers.message !== undefined);
    const data = mayLend ? asBuffer(octets) : ownCopies.copy(octets, this.connection.unreadOctets);
    this.#hand(data, isText);
  }

  onMessageStart(opcode: MessageOpcode): void {
    this.streams?.start(opcode);
  }

  onMessagePart(octets: Uint8Array, isLast: boolean, isOwned: boolean): void {
    this.streams?.part(isOwned || octets.length === 0 ? asBuffer(octets) : ownCopy(octets), isLast);
  }

  onPing(octets: Uint8Array): void {
    const { handlers } = this.environment;
    if (CHANNELS.ping.hasSubscribers) this.#publish(CHANNELS.ping, { payload: ownCopy(octets) });
    if (handlers.ping !== undefined) call(this, () => handlers.ping?.(this.ws, ownCopy(octets)));
  }

  onPong(octets: Uint8Array): void {
    const { handlers } = this.environment;
    const rtt = this.#heartbeat.answer(this.environment.time.now(), octets) ? this.rtt : undefined;
    if (CHANNELS.pong.hasSubscribers) this.#publish(CHANNELS.pong, { payload: ownCopy(octets), rtt });
    if (handlers.pong !== undefined) call(this, () => handlers.pong?.(this.ws, ownCopy(octets)));
  }

  onViolation(violation: Violation): void {
    // The fault was on this side, and was reported already.
    if (violation === OWN_FAULT) return;
    const { counters } = this.environment;
    if (violation.id === "heartbeat-timeout") counters.heartbeatTimeouts++;
    else counters.violations++;
    const { closeCode, section, id: problem } = violation;
    this.#report(new WebSocketError(ErrorCode.Violation, violation.message, { closeCode, section, problem }));
  }

  onClosing(): void {
    // The closing handshake has another deadline, earlier than the heartbeat's.
    this.environment.time.deadlines.add(this);
    this.queue?.close();
    this.streams?.close();
    this.outbox.abandon();
  }

  onOutput(): void {
    this.transport.requestFlush();
  }

  onPause(isPaused: boolean): void {
    this.transport.setPaused(isPaused);
  }

  onAbort(): void {
    this.transport.abort();
  }

  onClosed(code: number, reason: string, wasClean: boolean): void {
    this.closed = { code, reason, wasClean };
    this.environment.time.deadlines.remove(this);
    backlogs.leave(this.outbox);
    const { counters, handlers, topics } = this.environment;
    counters.connections--;
    addTraffic(counters, this.connection.counters);
    if (wasClean) counters.closedCleanly++;
    else counters.closedUncleanly++;
    for (const topic of this.topics ?? []) topics?.remove(topic, this);
    this.outbox.abandon();
    this.queue?.end(wasClean ? undefined : this.#endError());
    this.streams?.end(this.#endError());
    if (CHANNELS.close.hasSubscribers) this.#publish(CHANNELS.close, this.closed);
    if (handlers.close !== undefined) call(this, () => handlers.close?.(this.ws, code, reason, wasClean));
    this.environment.gone(this);
    for (const resolve of this.#onEnd ?? []) resolve();
  }

  // Callbacks of the transport and the clock.

  onDrained(): void {
    if (!this.outbox.hasDrained()) return;
    const { handlers } = this.environment;
    if (this.isOpen && handlers.drain !== undefined) call(this, () => handlers.drain?.(this.ws));
  }

  onTransportError(error: Error): void {
    // The connection has failed already: the transport's error is not news.
    if (this.#lastError !== undefined) return;
    this.#report(new WebSocketError(ErrorCode.Transport, error.message, { cause: error }));
  }

  get deadline(): number {
    const { deadline } = this.connection;
    return this.isOpen ? Math.min(deadline, this.#heartbeat.deadline) : deadline;
  }

  tick(now: number): void {
    if (now >= this.connection.deadline) this.connection.tick(now);
    else if (this.isOpen && now >= this.#heartbeat.deadline) this.#checkLife(now);
  }

  #checkLife(now: number): void {
    // The peer may have sent something that was not read yet.
    if (this.#pauses !== 0 || this.connection.isAwaitingTurn) return this.#heartbeat.excuse(now);
    const { octetsReceived } = this.connection.counters;
    switch (this.#heartbeat.check(now, octetsReceived, this.transport.unsentOctets)) {
      case LifeSign.Ping:
        // Not `now`: others may have had their turn since.
        this.connection.ping(this.#heartbeat.ask(this.environment.time.now()));
        return;
      case LifeSign.Dead:
        this.fail(VIOLATIONS["heartbeat-timeout"]);
        // The peer may still read why, but an answer is not expected: it is gone.
        this.transport.flush();
        this.connection.abort();
        return;
      case LifeSign.Idle:
        this.fail(VIOLATIONS["idle-timeout"]);
        return;
      case LifeSign.None:
    }
  }

  // Handlers.

  #hand(data: string | Uint8Array, isText: boolean): void {
    const { handlers } = this.environment;
    if (handlers.message === undefined) {
      if (this.streams?.offer(data, isText) !== true) this.messages().push(data, isText);
      return;
    }
    // Not through `call`: a closure for each message would cost what the rest of this class saves.
    try {
      const answer = handlers.message(this.ws, data, isText);
      if (answer !== undefined) watch(this, answer);
    } catch (error) {
      this.handlerFailed(error);
    }
  }

  handlerFailed(cause: unknown): void {
    if (!this.#isOwnEnd(cause)) this.failForFault("A handler failed", cause);
  }

  /**
   * Fails the connection for a fault of the application. The same fault is reported once, even if it comes from several
   * places.
   */
  failForFault(what: string, cause: unknown): void {
    const isReported = this.#fault !== undefined && this.#fault.cause === cause && typeof cause === "object";
    if (!isReported) {
      this.#fault = new WebSocketError(ErrorCode.Handler, `${what}: ${messageOf(cause)}`, { cause });
      this.#report(this.#fault);
    }
    if (this.closed === undefined) this.fail(OWN_FAULT);
  }

  /** A handler that was waiting when the connection ended, and throws the error of that end, has not failed itself. */
  #isOwnEnd(cause: unknown): boolean {
    if (this.isOpen || !(cause instanceof WebSocketError)) return false;
    return cause === this.#lastError || cause.code === ErrorCode.NotOpen;
  }

  #report(error: WebSocketError): void {
    this.#lastError ??= error;
    report(this, error);
  }

  #publish(channel: (typeof CHANNELS)[keyof typeof CHANNELS], details: object): void {
    channel.publish({ role: this.environment.role, connection: this.ws, ...details });
  }

  /** The error for a reader that was not finished when the connection ended. */
  #endError(): WebSocketError {
    return (this.#lastError ??=
      this.closed?.wasClean === true
        ? new WebSocketError(ErrorCode.NotOpen, "The connection was closed.")
        : new WebSocketError(ErrorCode.Transport, "The connection ended without a closing handshake."));
  }
}

/** So much may still be on its way to the peer before the Close frame of `giveUp`. */
const GIVEN_UP_OCTETS = 65_536;
const OWN_FAULT = VIOLATIONS["internal-error"];

/**
 * A message belongs to the application: what the transport reads next must not change it. Small ones come out of Node's
 * pool of memory, which takes a third of the time of an allocation.
 */
function ownCopy(octets: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafe(octets.length);
  copy.set(octets);
  return copy;
}

/** An application always gets a Buffer, whether a message came compressed, in fragments or whole. */
function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}
