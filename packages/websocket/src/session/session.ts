import { ErrorCode, WebSocketError } from "../errors.js";
import type { Connection } from "../protocol/connection.js";
import type { MessageOpcode } from "../protocol/opcode.js";
import type { Sink } from "../protocol/sink.js";
import { State } from "../protocol/state.js";
import { VIOLATIONS } from "../protocol/violation.js";
import type { Violation } from "../protocol/violation.js";
import type { SocketTransport, TransportOwner } from "../transport/socket-transport.js";
import { NOT_ENTERED, monotonicNow, wheel } from "../transport/timer-wheel.js";
import type { Timed } from "../transport/timer-wheel.js";
import { backlogs } from "./backlogs.js";
import { call, messageOf, report, watch } from "./calls.js";
import type { CloseInfo, WebSocketConnection } from "./connection.js";
import { addTraffic } from "./counters.js";
import { CHANNELS } from "./diagnostics.js";
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
  /** The transport is gone and the application has been told. */
  gone(session: Session<Data>): void;
}

/**
 * One connection from the inside: what the protocol tells becomes handlers' calls, counters and deadlines. The
 * application holds a `WebSocketConnection`, which is a face of this.
 */
export class Session<Data> implements Sink, TransportOwner, Timed, Subscriber {
  readonly environment: SessionEnvironment<Data>;
  /** Joined right after construction, before anything can be received. */
  connection!: Connection;
  transport!: SocketTransport;
  ws!: WebSocketConnection<Data>;
  /** Where messages wait for `for await`; undefined while the `message` handler takes them. */
  queue: MessageQueue | undefined = undefined;
  /** The one streamed message, or the wish for one. */
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
  /** The application's fault that was told last. */
  #fault: WebSocketError | undefined = undefined;
  /** Those who wait for the end. */
  #onEnd: (() => void)[] | undefined = undefined;

  constructor(environment: SessionEnvironment<Data>) {
    this.environment = environment;
    this.outbox = new Outbox(this);
    this.#heartbeat = new Heartbeat(environment.liveness, monotonicNow());
  }

  /** Begins: the connection is joined, `head` are octets that came right behind the opening handshake. Never throws. */
  start(head: Uint8Array): void {
    const { counters, handlers, role } = this.environment;
    counters.connections++;
    counters.opened++;
    wheel.add(this);
    backlogs.enter(this.outbox);
    if (CHANNELS.open.hasSubscribers) CHANNELS.open.publish({ role, connection: this.ws });
    if (handlers.open !== undefined) call(this, () => handlers.open?.(this.ws));
    this.transport.start(head);
  }

  get isOpen(): boolean {
    return this.connection.state === State.Open;
  }

  /** A published message. False when it was not sent. */
  deliver(message: PreparedMessage): boolean {
    return this.outbox.deliver(message);
  }

  fail(violation: Violation): void {
    this.connection.fail(violation);
  }

  /** Fails the connection for the sake of all others: what waits to be sent is forgotten, too. */
  giveUp(violation: Violation): void {
    if (this.isOpen) {
      // Whole frames wait there, so that the Close frame may take their place.
      this.connection.output.clear();
      this.fail(violation);
    } else this.connection.abort();
    // What the system has not taken either can only be dropped with the connection.
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
    // The transport is gone: the little that came over it before is kept for whoever reads slowly.
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
    // What came meanwhile has not been read yet: the peer is not to blame for that.
    this.#heartbeat.excuse(monotonicNow());
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

  /** The next message that nobody has taken, as a stream. */
  nextStream(): Promise<MessageStream> {
    this.streams ??= new MessageStreams(this, this.environment.handlers.message === undefined);
    if (this.closed === undefined || this.queue?.isEmpty === false) return this.streams.next();
    return Promise.reject(new WebSocketError(ErrorCode.NotOpen, "The connection is not open."));
  }

  // What the protocol tells.

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
    if (CHANNELS.pong.hasSubscribers) this.#publish(CHANNELS.pong, { payload: ownCopy(octets) });
    if (handlers.pong !== undefined) call(this, () => handlers.pong?.(this.ws, ownCopy(octets)));
  }

  onViolation(violation: Violation): void {
    // The fault was this side's own, and has been told.
    if (violation === OWN_FAULT) return;
    const { counters } = this.environment;
    if (violation.id === "heartbeat-timeout") counters.heartbeatTimeouts++;
    else counters.violations++;
    const { closeCode, section, id: problem } = violation;
    this.#report(new WebSocketError(ErrorCode.Violation, violation.message, { closeCode, section, problem }));
  }

  onClosing(): void {
    // The closing handshake has a deadline of its own, earlier than the heartbeat's.
    wheel.add(this);
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
    wheel.remove(this);
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
    for (const tell of this.#onEnd ?? []) tell();
  }

  // What the transport and the clock tell.

  onDrained(): void {
    if (!this.outbox.hasDrained()) return;
    const { handlers } = this.environment;
    if (this.isOpen && handlers.drain !== undefined) call(this, () => handlers.drain?.(this.ws));
  }

  onTransportError(error: Error): void {
    // Of a connection that has failed already, the transport has nothing new to say.
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
    // What the peer has sent may be there already, unread by us.
    if (this.#pauses !== 0 || this.connection.isAwaitingTurn) return this.#heartbeat.excuse(now);
    const { octetsReceived } = this.connection.counters;
    switch (this.#heartbeat.check(now, octetsReceived, this.transport.unsentOctets)) {
      case LifeSign.Ping:
        this.connection.ping();
        return;
      case LifeSign.Dead:
        this.fail(VIOLATIONS["heartbeat-timeout"]);
        // In case it can still read why; but nobody waits for an answer of somebody who is not there.
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

  /** Fails the connection for a fault of the application, and tells it once, on however many ways it gets here. */
  failForFault(what: string, cause: unknown): void {
    const isTold = this.#fault !== undefined && this.#fault.cause === cause && typeof cause === "object";
    if (!isTold) {
      this.#fault = new WebSocketError(ErrorCode.Handler, `${what}: ${messageOf(cause)}`, { cause });
      this.#report(this.#fault);
    }
    if (this.closed === undefined) this.fail(OWN_FAULT);
  }

  /** A handler that was waiting when the connection ended, and is told so, has not failed by itself. */
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

  /** What a reader is told who was not finished when the connection ended. */
  #endError(): WebSocketError {
    return (this.#lastError ??=
      this.closed?.wasClean === true
        ? new WebSocketError(ErrorCode.NotOpen, "The connection was closed.")
        : new WebSocketError(ErrorCode.Transport, "The connection ended without a closing handshake."));
  }
}

/** So much may still be on its way to a peer that is given up, in front of its Close frame. */
const GIVEN_UP_OCTETS = 65_536;
const OWN_FAULT = VIOLATIONS["internal-error"];

/**
 * A message belongs to the application: what the transport reads next must not show through it. Small ones come out of
 * Node's pool of memory, at a third of the time that memory of their own takes.
 */
function ownCopy(octets: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafe(octets.length);
  copy.set(octets);
  return copy;
}

/** Whatever way a message came, compressed, in fragments or whole: an application sees one kind of octets. */
function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}
