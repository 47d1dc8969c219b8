import { ErrorCode, WebSocketError, invalidArgument } from "../errors.js";
import { nodeKernels } from "../kernel/node-kernels.js";
import type { Connection } from "../protocol/connection.js";
import { copyOctets } from "../protocol/copy.js";
import { VIOLATIONS } from "../protocol/violation.js";
import type { Violation } from "../protocol/violation.js";
import type { SocketTransport } from "../transport/socket-transport.js";
import { backlogs } from "./backlogs.js";
import type { Backlogged } from "./backlogs.js";
import type { Environment } from "./environment.js";
import { PreparedMessage, compressedFrame, payload, plainFrame } from "./prepared.js";
import { SendTurn } from "./send-turn.js";

/** What an outbox needs of its session. */
export interface OutboxSession {
  readonly environment: Environment;
  readonly connection: Connection;
  readonly transport: SocketTransport;
  readonly isOpen: boolean;
  fail(violation: Violation): void;
  /** Fails the connection and forgets what waits to be sent. */
  giveUp(violation: Violation): void;
}

/** What one connection sends: in what form, in what order, and how much of it may wait for the peer. */
export class Outbox implements Backlogged {
  /** Whether permessage-deflate was agreed on. */
  isCompressing = false;
  /** The window in bits of a compressor without context takeover, whose output many connections may share; else 0. */
  sharedWindow = 0;
  readonly #session: OutboxSession;
  #wantsDrain = false;
  /** Callers of `ready` that wait for the backlog to fall. */
  #waiters: Waiter[] | undefined = undefined;
  /** While a message is sent in parts. */
  #turn: SendTurn | undefined = undefined;
  /** Callers that wait to send another message in parts. */
  #nextTurns: (() => void)[] | undefined = undefined;

  constructor(session: OutboxSession) {
    this.#session = session;
  }

  /** Octets that `send` has taken and the system has not. */
  get backlogOctets(): number {
    const { connection, transport } = this.#session;
    const waiting = this.#turn === undefined ? 0 : this.#turn.waitingOctets;
    return connection.queuedOctets + transport.bufferedOctets + waiting;
  }

  get isBacklogFull(): boolean {
    const { limits } = this.#session.environment;
    const { backlogOctets } = this;
    if (backlogOctets > limits.backlogOctets) return true;
    return !this.mayGiveUp && backlogs.isFullFor(backlogOctets, limits.totalBacklogOctets);
  }

  get mayGiveUp(): boolean {
    return this.#session.environment.limits.onBacklog === "close";
  }

  ownOctets(seen: Set<Uint8Array>): number {
    const { connection, transport } = this.#session;
    const waiting = this.#turn === undefined ? 0 : this.#turn.waitingOctets;
    const { output } = connection;
    return (
      connection.queuedOctets - output.octets + output.ownOctets(seen) + transport.ownOctets(seen) + waiting
    );
  }

  giveUp(): void {
    this.#session.giveUp(VIOLATIONS["backlog-exceeded"]);
  }

  // What is sent.

  /** Whether another message may be sent; applies the backlog policy when not. */
  mayQueue(): boolean {
    if (!this.#session.isOpen) return false;
    if (!this.isBacklogFull) return true;
    const { onBacklog } = this.#session.environment.limits;
    if (onBacklog === "error")
      throw new WebSocketError(ErrorCode.Backlog, `Too much waits to be sent: ${this.backlogOctets} octets.`);
    if (onBacklog === "drop") this.#session.environment.counters.dropped++;
    else this.#session.fail(VIOLATIONS["backlog-exceeded"]);
    return false;
  }

  /** Whether the sender may go on; if not, `drain` will follow. */
  isBelowHighWater(): boolean {
    // The connection was failed for the sake of others, and the message was not sent.
    if (!this.#session.isOpen) return false;
    if (this.backlogOctets <= this.#session.environment.limits.highWaterOctets) return true;
    this.#wantsDrain = true;
    return false;
  }

  /** A published message. The publisher cannot catch an error for each subscriber, so "error" means "drop" here. */
  deliver(message: PreparedMessage): boolean {
    const isDropped = this.#session.environment.limits.onBacklog === "error" && this.isBacklogFull;
    if (isDropped && this.#session.isOpen) this.#session.environment.counters.dropped++;
    if (isDropped || !this.mayQueue()) return false;
    this.send(message, false, undefined);
    this.isBelowHighWater();
    return true;
  }

  /** The connection is open and the backlog has room. `isText`: octets that are UTF-8 already. */
  send(data: string | Uint8Array | PreparedMessage, isText: boolean, compress: boolean | undefined): void {
    if (this.#turn !== undefined) this.#sendLater(this.#turn, data, isText, compress);
    else if (typeof data === "string") this.#session.connection.sendText(data, compress);
    else if (data instanceof PreparedMessage) this.#sendPrepared(data, compress);
    else this.#session.connection.sendOctets(data, isText, compress, this.#session.environment.zeroCopy);
    this.count(data instanceof PreparedMessage ? payload(data).length : data.length);
  }

  /** So many octets were sent, which may be too many for all connections together. */
  count(octets: number): void {
    backlogs.add(octets, this.#session.environment.limits.totalBacklogOctets);
  }

  #sendLater(
    turn: SendTurn,
    data: string | Uint8Array | PreparedMessage,
    isText: boolean,
    compress: boolean | undefined,
  ): void {
    if (!(data instanceof Uint8Array)) {
      const { length } = data instanceof PreparedMessage ? payload(data) : data;
      turn.wait(length, () => this.send(data, isText, compress));
      return;
    }
    if (isText && !nodeKernels.isUtf8(data)) throw invalidArgument("A text message is well-formed UTF-8.");
    // The memory was lent for the call of the handler only.
    const octets = this.#session.environment.zeroCopy ? copyOctets(data) : data;
    turn.wait(octets.length, () => this.send(octets, isText, compress));
  }

  #sendPrepared(message: PreparedMessage, compress: boolean | undefined): void {
    const { sharedWindow } = this;
    const { connection } = this.#session;
    const { compression, role } = this.#session.environment;
    const octets = payload(message);
    const isLong = octets.length >= (compression?.threshold ?? 0);
    if (role === "client") connection.sendOctets(octets, message.isText, compress);
    else if (!this.isCompressing || !(compress ?? isLong)) connection.sendEncoded(plainFrame(message), 1);
    else if (sharedWindow === 0 || compression === undefined)
      connection.sendOctets(octets, message.isText, compress);
    else connection.sendEncoded(compressedFrame(message, sharedWindow, compression), 1);
  }

  /** Resolves when a message in parts may begin: no other one is being sent. */
  async beginTurn(): Promise<SendTurn> {
    while (this.#turn !== undefined)
      await new Promise<void>((resolve) => (this.#nextTurns ??= []).push(resolve));
    this.#turn = new SendTurn();
    return this.#turn;
  }

  /** Sends what was to be sent meanwhile. */
  endTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    turn?.end();
    this.#nextTurns?.shift()?.();
  }

  /** Resolves when the backlog is below the high-water mark; rejects with NotOpen when the connection is not open. */
  ready(): Promise<void> {
    if (!this.#session.isOpen) return Promise.reject(notOpen());
    if (this.isBelowHighWater()) return Promise.resolve();
    return new Promise((resolve, reject) => (this.#waiters ??= []).push({ resolve, reject }));
  }

  /** Whether the application waited for the backlog to fall, and it has. Callers of `ready` go on. */
  hasDrained(): boolean {
    if (!this.#wantsDrain || this.backlogOctets > this.#session.environment.limits.highWaterOctets)
      return false;
    this.#wantsDrain = false;
    for (const { resolve } of this.#takeWaiters()) resolve();
    return true;
  }

  /** The connection is not open any more. */
  abandon(): void {
    for (const { reject } of this.#takeWaiters()) reject(notOpen());
    this.#turn?.abandon();
  }

  #takeWaiters(): readonly Waiter[] {
    const waiters = this.#waiters ?? NO_WAITERS;
    this.#waiters = undefined;
    return waiters;
  }
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const NO_WAITERS: readonly Waiter[] = [];

function notOpen(): WebSocketError {
  return new WebSocketError(ErrorCode.NotOpen, "The connection is not open.");
}
