import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";

import { Connection } from "../protocol/connection.js";
import type { Sink } from "../protocol/sink.js";
import { Side } from "../protocol/state.js";
import { VIOLATIONS } from "../protocol/violation.js";
import type { Violation } from "../protocol/violation.js";
import { Hold } from "../session/hold.js";
import { SocketTransport } from "../transport/socket-transport.js";
import type { TransportOwner } from "../transport/socket-transport.js";
import { NOT_ENTERED, monotonicNow, wheel } from "../transport/timer-wheel.js";
import type { Timed } from "../transport/timer-wheel.js";
import { NOTHING, asBuffer, ownBuffer } from "./data.js";
import { emitSafely, throwLater } from "./emit.js";
import { violationError } from "./errors.js";
import { Outbox } from "./outbox.js";
import type { OutboxOwner } from "./outbox.js";
import { ReadyState } from "./ready-state.js";
import { connectionOptions, inType } from "./link-options.js";
import type { LinkPlan } from "./link-options.js";
import { kernelsWith } from "./settings.js";
import type { BinaryType } from "./types.js";

/** What a link needs of the WebSocket that it works for. */
export interface LinkOwner extends EventEmitter {
  _readyState: ReadyState;
  readonly binaryType: BinaryType;
}

/**
 * The inside of a WebSocket whose opening handshake is complete: joins it, the protocol and the socket. What the
 * protocol tells becomes events, in the order and at the time that listeners of `ws` are used to.
 */
export class Link implements Sink, TransportOwner, OutboxOwner, Timed {
  readonly socket: Duplex;
  readonly isServer: boolean;
  readonly outbox: Outbox;
  readonly connection: Connection;
  wheelSlot: number = NOT_ENTERED;
  readonly #transport: SocketTransport;
  readonly #owner: LinkOwner;
  readonly #isSynchronous: boolean;
  readonly #closeTimeoutMs: number;
  #holds = 0;
  /** The event that waits for its turn of the event loop, and for which reading is held. */
  #deferred: (() => void) | undefined = undefined;
  #isErrorTold = false;
  #abortAt = Infinity;
  #wasClean = false;
  #octetsAfterClose = 0;

  constructor(owner: LinkOwner, plan: LinkPlan) {
    const { socket, isServer, deflate, options, own } = plan;
    this.#owner = owner;
    this.socket = socket;
    this.isServer = isServer;
    this.#isSynchronous = options.allowSynchronousEvents !== false;
    this.#closeTimeoutMs = own.closeTimeoutMs;
    const side = isServer ? Side.Server : Side.Client;
    const kernels = kernelsWith(options.generateMask);
    this.connection = new Connection(side, this, kernels, connectionOptions(plan));
    this.#transport = new SocketTransport(socket, this.connection, this, { useStaticRead: true });
    this.outbox = new Outbox(this.connection, this.#transport, this, deflate?.threshold ?? 0);
  }

  /** Octets that were sent, or were to be sent after the end, and that the system has not taken. */
  get bufferedAmount(): number {
    return this.outbox.bufferedOctets + this.#octetsAfterClose;
  }

  /** Whether Close frames went both ways. */
  get wasClean(): boolean {
    return this.#wasClean;
  }

  /** Begins to read; `head` came right behind the opening handshake. */
  start(head: Uint8Array): void {
    this.#transport.start(head);
  }

  /** Starts the closing handshake; the caller has checked that the connection is open. */
  close(code: number | undefined, reason: string): void {
    this.outbox.close(code, reason);
    this.#owner._readyState = ReadyState.CLOSING;
    this.#abortAt = monotonicNow() + this.#closeTimeoutMs;
    wheel.add(this);
  }

  /** Drops the connection, behind what was sent as far as the system takes it. */
  terminate(): void {
    this.#owner._readyState = ReadyState.CLOSING;
    this.outbox.flush();
    this.socket.destroy();
  }

  pause(): void {
    this.#hold(Hold.Application);
  }

  resume(): void {
    this.#release(Hold.Application);
  }

  /** Something was to be sent after the end: it counts as buffered for ever, as browsers have it. */
  refuse(octets: number): void {
    this.#octetsAfterClose += octets;
  }

  // What the protocol tells.

  onText(text: string): void {
    this.#onMessage(Buffer.from(text), true);
  }

  onOctets(octets: Uint8Array, isText: boolean, isOwned: boolean): void {
    this.#onMessage(isOwned ? asBuffer(octets) : ownBuffer(octets), isText);
  }

  /** Never asked for. */
  onMessageStart(): void {}
  onMessagePart(): void {}

  onPing(octets: Uint8Array): void {
    this.#tell("ping", ownBuffer(octets));
  }

  onPong(octets: Uint8Array): void {
    this.#tell("pong", ownBuffer(octets));
  }

  onViolation(violation: Violation): void {
    this.#owner._readyState = ReadyState.CLOSING;
    // A listener that terminates at once, as many do, must not keep the Close frame from going out.
    this.#transport.flush();
    this.#tellError(violationError(violation));
  }

  onClosing(): void {
    this.#owner._readyState = ReadyState.CLOSING;
    wheel.add(this);
  }

  onOutput(): void {
    this.#transport.requestFlush();
  }

  onHold(isHeld: boolean): void {
    this.#transport.setHeld(isHeld);
  }

  onAbort(): void {
    this.#transport.abort();
  }

  onClosed(code: number, reason: string, wasClean: boolean): void {
    wheel.remove(this);
    this.#owner._readyState = ReadyState.CLOSING;
    this.#runDeferred();
    this.outbox.abandon();
    this.#wasClean = wasClean;
    this.#owner._readyState = ReadyState.CLOSED;
    emitSafely(this.#owner, "close", code, reason === "" ? NOTHING : Buffer.from(reason));
  }

  // What the transport, the outbox and the clock tell.

  onDrained(): void {
    this.outbox.onDrained();
  }

  /** The stream's end follows, and `ws` says nothing more about it than the close code 1006. */
  onTransportError(): void {
    this.#owner._readyState = ReadyState.CLOSING;
  }

  onSendError(error: Error): void {
    if (this.#owner._readyState === ReadyState.CLOSED) return;
    this.#owner._readyState = ReadyState.CLOSING;
    this.#tellError(error);
    this.connection.fail(VIOLATIONS["internal-error"]);
  }

  get deadline(): number {
    return Math.min(this.connection.deadline, this.#abortAt);
  }

  tick(now: number): void {
    this.connection.tick(now);
    if (now < this.#abortAt) return;
    this.#abortAt = Infinity;
    this.connection.expire();
  }

  // Events.

  #onMessage(octets: Buffer, isText: boolean): void {
    const data = isText ? octets : inType(this.#owner.binaryType, octets);
    if (!this.#isSynchronous) return this.#defer(() => this.#tellMessage(data, !isText));
    this.#tellMessage(data, !isText);
  }

  /** Not through `emitSafely`, whose list of arguments would cost each message. */
  #tellMessage(data: unknown, isBinary: boolean): void {
    try {
      this.#owner.emit("message", data, isBinary);
    } catch (error) {
      throwLater(error);
    }
  }

  #tell(event: "ping" | "pong", octets: Buffer): void {
    if (this.#isSynchronous) emitSafely(this.#owner, event, octets);
    else this.#defer(() => emitSafely(this.#owner, event, octets));
  }

  #tellError(error: Error): void {
    if (this.#isErrorTold) return;
    this.#isErrorTold = true;
    this.#runDeferred();
    emitSafely(this.#owner, "error", error);
  }

  /** One event in a turn of the event loop: nothing more is read before it has been told. */
  #defer(event: () => void): void {
    this.#deferred = event;
    this.#hold(DEFERRED);
    setImmediate(() => this.#runDeferred());
  }

  #runDeferred(): void {
    const event = this.#deferred;
    if (event === undefined) return;
    this.#deferred = undefined;
    event();
    this.#release(DEFERRED);
  }

  #hold(reason: number): void {
    const before = this.#holds;
    this.#holds |= reason;
    if (before === 0) this.connection.hold();
  }

  #release(reason: number): void {
    const before = this.#holds;
    this.#holds &= ~reason;
    if (before !== 0 && this.#holds === 0) this.connection.release();
  }
}

/** A reason to hold reading beside the session's. */
const DEFERRED = 16;
