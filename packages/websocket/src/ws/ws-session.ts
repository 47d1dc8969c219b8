import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";

import { CloseCode } from "../protocol/close-code.js";
import { Connection } from "../protocol/connection.js";
import type { Sink } from "../protocol/sink.js";
import { Side, State } from "../protocol/state.js";
import { VIOLATIONS } from "../protocol/violation.js";
import type { Violation } from "../protocol/violation.js";
import { PauseReason } from "../session/pause.js";
import { dropStream } from "../transport/http2-stream.js";
import { SocketTransport } from "../transport/socket-transport.js";
import type { TransportOwner } from "../transport/socket-transport.js";
import { NOT_ENTERED, monotonicNow, wheel } from "../transport/timer-wheel.js";
import type { Timed } from "../transport/timer-wheel.js";
import { NOTHING, asBuffer, ownBuffer } from "./data.js";
import { callSafely, emitSafely, throwLater } from "./emit.js";
import { violationError } from "./errors.js";
import { Outbox } from "./outbox.js";
import type { OutboxOwner } from "./outbox.js";
import { ReadyEvent, ReadyState, changeReadyState } from "./ready-state.js";
import { connectionOptions, inType } from "./ws-session-options.js";
import type { WsSessionPlan, OwnMethods } from "./ws-session-options.js";
import { kernelsWith } from "./settings.js";
import type { OwnOptions } from "./settings.js";
import type { BinaryType } from "./types.js";

/** What a session needs of its WebSocket. */
export interface WsSessionOwner extends EventEmitter, OwnMethods {
  _readyState: ReadyState;
  readonly binaryType: BinaryType;
  emitClose(): void;
}

/** How a connection ended, as close events have it. */
export interface End {
  readonly code: number;
  readonly reason: Buffer;
  /** Whether Close frames went both ways. */
  readonly wasClean: boolean;
}

/** Until an end is known. */
export const UNCLEAN_END: End = { code: CloseCode.AbnormalClosure, reason: NOTHING, wasClean: false };

/**
 * The inside of a WebSocket whose opening handshake is complete: joins it, the protocol and the socket. Callbacks of
 * the protocol become events, in the order and at the time of `ws`.
 */
export class WsSession implements Sink, TransportOwner, OutboxOwner, Timed {
  readonly socket: Duplex;
  readonly isServer: boolean;
  readonly outbox: Outbox;
  readonly connection: Connection;
  wheelSlot: number = NOT_ENTERED;
  readonly #transport: SocketTransport;
  readonly #owner: WsSessionOwner;
  readonly #isSynchronous: boolean;
  readonly #own: OwnOptions;
  readonly #methods: OwnMethods;
  #pauses = 0;
  /** The event that waits for its turn of the event loop. Reading is paused until then. */
  #deferred: (() => void) | undefined = undefined;
  #hasEmittedError = false;
  #abortAt = Infinity;
  #end: End = UNCLEAN_END;
  #octetsAfterClose = 0;

  constructor(owner: WsSessionOwner, plan: WsSessionPlan) {
    const { socket, isServer, deflate, options, own, methods } = plan;
    this.#owner = owner;
    this.socket = socket;
    this.isServer = isServer;
    this.#isSynchronous = options.allowSynchronousEvents !== false;
    this.#own = own;
    this.#methods = methods;
    const side = isServer ? Side.Server : Side.Client;
    const kernels = kernelsWith(options.generateMask);
    this.connection = new Connection(side, this, kernels, connectionOptions(plan));
    this.#transport = new SocketTransport(socket, this.connection, this, {
      useStaticRead: true,
      isShared: true,
    });
    this.outbox = new Outbox(this.connection, this.#transport, this, deflate?.threshold ?? 0);
  }

  /** Octets that were sent, or were to be sent after the end, and that the system has not taken. */
  get bufferedAmount(): number {
    return this.outbox.bufferedOctets + this.#octetsAfterClose;
  }

  get end(): End {
    return this.#end;
  }

  /** Begins to read; `head` came right behind the opening handshake. */
  start(head: Uint8Array): void {
    // If the socket is gone already, the callbacks of what was sent before come first.
    if (this.socket.destroyed) process.nextTick(() => this.#transport.start(head));
    else this.#transport.start(head);
  }

  /** Starts the closing handshake; the caller has checked that the connection is open. */
  close(code: number | undefined, reason: string): void {
    this.outbox.close(code, reason);
    changeReadyState(this.#owner, ReadyEvent.Ending);
    this.#abortAt = monotonicNow() + this.#own.closeTimeoutMs;
    wheel.add(this);
  }

  /** Writes what the system takes at once, and drops the connection. */
  terminate(): void {
    changeReadyState(this.#owner, ReadyEvent.Ending);
    this.outbox.flush();
    this.outbox.isCut = true;
    dropStream(this.socket);
  }

  /** The socket is paused at once, as in `ws`. */
  pause(): void {
    this.#pauseFor(PauseReason.Application);
    if (this.connection.state === State.Open) this.socket.pause();
  }

  resume(): void {
    this.#resumeFor(PauseReason.Application);
    const { connection, socket } = this;
    // What was read already must not flow before something can read it.
    const mayFlow = this.#transport.isStarted ? !connection.hasWaitingInput : socket.readableLength === 0;
    if (mayFlow && this.#pauses === 0) socket.resume();
  }

  /** Octets that were to be sent after the end count as buffered for ever, as in browsers. */
  refuse(octets: number): void {
    this.#octetsAfterClose += octets;
  }

  // Callbacks of the protocol.

  onText(text: string): void {
    this.#onMessage(Buffer.from(text), true);
  }

  onOctets(octets: Uint8Array, isText: boolean, isOwned: boolean): void {
    this.#onMessage(isOwned ? asBuffer(octets) : ownBuffer(octets), isText);
  }

  /** Never called: no message is asked for in parts. */
  onMessageStart(): void {}
  onMessagePart(): void {}

  onPing(octets: Uint8Array): void {
    if (!this.#own.autoPong) return this.#emit("ping", ownBuffer(octets));
    if (this.#owner.pong !== this.#methods.pong) return this.#emitPing(ownBuffer(octets));
    this.connection.pong(octets);
    this.#emit("ping", ownBuffer(octets));
  }

  onPong(octets: Uint8Array): void {
    this.#emit("pong", ownBuffer(octets));
  }

  /**
   * If the application has replaced `close`, it is called for the peer's Close frame, which is answered when it
   * returns.
   */
  onPeerClose(code: number, reason: string): void {
    if (code === CloseCode.NoStatusReceived) this.#callClose();
    else this.#callClose(code, reason);
  }

  onViolation(violation: Violation): void {
    this.#callClose(violation.closeCode);
    changeReadyState(this.#owner, ReadyEvent.Ending);
    // The Close frame goes out even if a listener terminates at once, as many do.
    this.#transport.flush();
    this.#emitError(violationError(violation));
  }

  onClosing(): void {
    changeReadyState(this.#owner, ReadyEvent.Ending);
    wheel.add(this);
  }

  onOutput(): void {
    this.#transport.requestFlush();
  }

  onPause(isPaused: boolean): void {
    this.#transport.setPaused(isPaused);
  }

  onAbort(): void {
    this.#transport.abort();
  }

  onClosed(code: number, reason: string, wasClean: boolean): void {
    wheel.remove(this);
    changeReadyState(this.#owner, ReadyEvent.Ending);
    this.#runDeferred();
    this.outbox.abandon();
    this.#end = { code, reason: reason === "" ? NOTHING : Buffer.from(reason), wasClean };
    callSafely(() => this.#owner.emitClose());
  }

  // Callbacks of the transport, the outbox and the clock.

  onDrained(): void {
    this.outbox.onDrained();
  }

  /** The stream's end follows, and `ws` says nothing more about it than the close code 1006. */
  onTransportError(): void {
    changeReadyState(this.#owner, ReadyEvent.Ending);
  }

  onSendError(error: Error): void {
    if (this.#owner._readyState === ReadyState.CLOSED) return;
    changeReadyState(this.#owner, ReadyEvent.Ending);
    this.#emitError(error);
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
    if (!this.#isSynchronous) return this.#defer(() => this.#emitMessage(data, !isText));
    this.#emitMessage(data, !isText);
  }

  /** Not through `emitSafely`: its list of arguments would cost time for each message. */
  #emitMessage(data: unknown, isBinary: boolean): void {
    try {
      this.#owner.emit("message", data, isBinary);
    } catch (error) {
      throwLater(error);
    }
  }

  #emit(event: "ping" | "pong", octets: Buffer): void {
    if (this.#isSynchronous) emitSafely(this.#owner, event, octets);
    else this.#defer(() => emitSafely(this.#owner, event, octets));
  }

  /** A ping that a `pong` of the application answers. */
  #emitPing(octets: Buffer): void {
    const owner = this.#owner;
    const emit = (): void => {
      if (owner._readyState === ReadyState.OPEN)
        callSafely(() => owner.pong(octets, !this.isServer, nothing));
      emitSafely(owner, "ping", octets);
    };
    if (this.#isSynchronous) emit();
    else this.#defer(emit);
  }

  #callClose(code?: number, reason?: string): void {
    if (this.#owner.close === this.#methods.close) return;
    callSafely(() => {
      if (code === undefined) this.#owner.close();
      else if (reason === undefined) this.#owner.close(code);
      else this.#owner.close(code, Buffer.from(reason));
    });
  }

  #emitError(error: Error): void {
    if (this.#hasEmittedError) return;
    this.#hasEmittedError = true;
    this.#runDeferred();
    emitSafely(this.#owner, "error", error);
  }

  /** One event in a turn of the event loop: nothing more is read before it was emitted. */
  #defer(event: () => void): void {
    this.#deferred = event;
    this.#pauseFor(DEFERRED);
    setImmediate(() => this.#runDeferred());
  }

  #runDeferred(): void {
    const event = this.#deferred;
    if (event === undefined) return;
    this.#deferred = undefined;
    event();
    this.#resumeFor(DEFERRED);
  }

  #pauseFor(reason: number): void {
    const before = this.#pauses;
    this.#pauses |= reason;
    if (before === 0) this.connection.pause();
  }

  #resumeFor(reason: number): void {
    const before = this.#pauses;
    this.#pauses &= ~reason;
    if (before !== 0 && this.#pauses === 0) this.connection.resume();
  }
}

/** A reason to pause beside those in `PauseReason`. */
const DEFERRED = 16;

/** The callback that `ws` has for its own pongs. */
function nothing(): void {}
