import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Connection } from "../protocol/connection.js";
import { readOnWhenWritesFail, writeFailure } from "./failed-writes.js";
import { SocketWriter } from "./socket-writer.js";
import type { DrainListener } from "./socket-writer.js";
import { whenModeIsKnown } from "./static-read.js";
import type { ReadMode } from "./static-read.js";
import { attach, destroyWhenOver, listenForData, listenForEnd } from "./stream-listener.js";
import { listenForDataEarly, stopListeningForData } from "./stream-listener.js";
import { listenStatically, listenStaticallyUntilShared } from "./stream-listener.js";
import type { StreamListener } from "./stream-listener.js";
import { Lending } from "./write.js";

/** Whom the transport tells what is not the protocol's business. */
export interface TransportOwner extends DrainListener {
  /** The stream has failed, such as with ECONNRESET or EPIPE; its end follows by itself. */
  onTransportError(error: Error): void;
}

export interface TransportOptions {
  /** Whether to read into the one buffer of all sockets where that works (see `readMode`). */
  readonly useStaticRead: boolean;
  /** Whether others may listen to the stream as well. Default false. */
  readonly isShared?: boolean;
}

/**
 * Joins a stream and a connection: what comes is handed over, what the connection has to say is written, once for
 * each read and once for each turn outside of reads, and each side's end is carried to the other.
 *
 * When the connection has ended its output, the stream is ended behind it and read on, so that no reset overtakes the
 * Close frame. It is destroyed when both directions have ended, or by `abort`.
 */
export class SocketTransport implements StreamListener {
  readonly #socket: Duplex;
  readonly #connection: Connection;
  readonly #owner: TransportOwner;
  readonly #writer: SocketWriter;
  readonly #useStaticRead: boolean;
  readonly #isShared: boolean;
  #readMode: ReadMode = "data";
  #isStarted = false;
  #isPaused = false;
  #isClosed = false;
  /** The connection does not know yet that it is closed. */
  #isUntold = false;
  /** Its end is our doing. */
  #isAborted = false;

  constructor(socket: Duplex, connection: Connection, owner: TransportOwner, options: TransportOptions) {
    this.#socket = socket;
    this.#connection = connection;
    this.#owner = owner;
    this.#writer = new SocketWriter(socket, connection, owner);
    this.#useStaticRead = options.useStaticRead;
    this.#isShared = options.isShared === true;
    attach(socket, this);
    if (this.#isShared) listenForDataEarly(socket);
    readOnWhenWritesFail(socket);
  }

  /** Octets that were written and that the system has not taken. */
  get bufferedOctets(): number {
    return this.#writer.isWriting ? this.#socket.writableLength : 0;
  }

  /** The same, octets in memory that others refer to as well counted once for all with this `seen`. */
  ownOctets(seen: Set<Uint8Array>): number {
    return this.#writer.ownOctets(seen);
  }

  /**
   * Of the write on its way, the octets that the system has not taken. Their number goes down while the peer reads, where Node shows
   * that (its own socket timeout looks at the same number), and else only when the write is done.
   */
  get unsentOctets(): number {
    const { writableLength, _handle: handle } = this.#socket as Duplex & InternalHandle;
    if (writableLength === 0) return 0;
    // That of TLS says only what it has encrypted; below it is TCP's.
    return (handle?._parent ?? handle)?.writeQueueSize ?? writableLength;
  }

  /** Whether `start` has been called, and something can still come. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  get readMode(): ReadMode {
    return this.#readMode;
  }

  /** Delivers `head` and whatever the stream has buffered, then begins to read. `head` may be changed in place. */
  start(head: Uint8Array): void {
    const socket = this.#socket;
    if (socket.closed) return this.onClose();
    // Its end is on the way, and nothing that came before it is to be delivered.
    if (socket.destroyed) return;
    this.#isStarted = true;
    listenForEnd(socket);
    // The peer's FIN must not end our side before our Close frame is out.
    socket.allowHalfOpen = true;
    if (socket instanceof Socket) socket.setNoDelay(true).setTimeout(0);
    else destroyWhenOver(socket);
    // Who listens already is to get everything.
    if (this.#isShared && socket.listenerCount("data") > 1 && !socket.readableEnded) {
      if (head.length > 0) socket.unshift(head);
      return this.#pauseOrResume();
    }
    if (this.#isShared) stopListeningForData(socket);
    if (head.length > 0) this.#receive(head, 0, head.length);
    if (socket.readableEnded) return this.onEnd();
    this.#takeBuffered();
    this.#beginReading();
  }

  /** The connection has output: it is written at the end of this read, or of this turn. */
  requestFlush(): void {
    this.#writer.requestFlush();
  }

  /** Writes what the connection has to say now, unless a write is on its way: then it follows that one. */
  flush(): void {
    this.#writer.flush();
  }

  /** Stops reading from the system, or goes on. What is read already may still be delivered. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (this.#isUntold && !isPaused) return this.#tellClosed();
    if (this.#isStarted) this.#pauseOrResume();
  }

  /** Destroys the stream, whatever is on its way. */
  abort(): void {
    this.#isAborted = true;
    this.#socket.destroy();
    // It was gone already, and what came over it is not wanted any more.
    if (this.#isUntold) this.#tellClosed();
    else if (this.#isClosed) this.#connection.transportClosed(true);
  }

  #takeBuffered(): void {
    // Node 26 hands over one chunk at a time, where others join them.
    let buffered: unknown = this.#socket.read();
    for (; buffered instanceof Uint8Array; buffered = this.#socket.read()) this.onData(buffered);
  }

  #beginReading(): void {
    const socket = this.#socket;
    if (!this.#useStaticRead) listenForData(socket);
    else if (this.#listenStatically()) this.#readMode = "static";
    else {
      listenForData(socket);
      // Those that come while the process starts should not be read the slow way for all their lives.
      whenModeIsKnown(() => this.#switchToStatic());
    }
    this.#pauseOrResume();
  }

  /** Chunks that wait in the stream would be lost: such a socket stays as it is. */
  #switchToStatic(): void {
    const socket = this.#socket;
    if (socket.destroyed || socket.readableEnded || socket.readableLength > 0) return;
    if (this.#listenStatically()) this.#readMode = "static";
  }

  #listenStatically(): boolean {
    return this.#isShared ? listenStaticallyUntilShared(this.#socket) : listenStatically(this.#socket);
  }

  #pauseOrResume(): void {
    if (this.#mayRead) this.#socket.resume();
    else this.#socket.pause();
  }

  /** Once our side has ended, the rest is read and dropped: unread octets would turn the end into a reset. */
  get #mayRead(): boolean {
    return !this.#isPaused || this.#writer.isEnded;
  }

  #receive(bytes: Uint8Array, from: number, to: number): void {
    const writer = this.#writer;
    writer.isReading = true;
    try {
      this.#connection.receive(bytes, from, to);
    } finally {
      writer.isReading = false;
      scribble(bytes, from, to);
      if (writer.isDirty) writer.flushAfterRead();
    }
  }

  // What the stream tells.

  onStaticRead(octets: number, buffer: Uint8Array): boolean {
    this.#receive(buffer, 0, octets);
    return this.#mayRead;
  }

  onData(chunk: Uint8Array): void {
    // A socket's chunk is ours alone, unless others listen; of any other stream, somebody else may hold the same memory.
    const isOurs = this.#writer.lending !== Lending.Forever && this.#socket.listenerCount("data") < 2;
    const bytes = isOurs ? chunk : Uint8Array.prototype.slice.call(chunk);
    this.#receive(bytes, 0, bytes.length);
  }

  onEnd(): void {
    this.#connection.receiveEnd();
    this.#writer.flush();
  }

  onError(error: Error): void {
    this.#connection.afterWaiting(() => this.#owner.onTransportError(error));
    // Not every stream does so by itself.
    this.#socket.destroy();
  }

  onClose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // What came before a reset is read before it, as before any end.
    if (this.#isStarted && !this.#isAborted) this.#takeBuffered();
    const { hasWaitingInput, isAwaitingTurn } = this.#connection;
    // What waits for its turn is read in any case; what is paused, when the application goes on.
    this.#isUntold = !this.#isAborted && hasWaitingInput && !isAwaitingTurn;
    if (!this.#isUntold) this.#tellClosed();
  }

  #tellClosed(): void {
    this.#isUntold = false;
    const failure = this.#isAborted ? undefined : writeFailure(this.#socket);
    // Behind a Close frame it is of no interest.
    this.#connection.afterWaiting(() => {
      if (failure !== undefined && this.#connection.isBroken) this.#owner.onTransportError(failure);
    });
    this.#connection.transportClosed(this.#isAborted, failure !== undefined);
  }
}

interface InternalHandle {
  readonly _handle?: (Handle & { readonly _parent?: Handle | null }) | null;
}

interface Handle {
  readonly writeQueueSize?: number;
}

/**
 * With `WIREPROOF_SCRIBBLE=1` in the environment, memory that was only lent is made unusable as soon as it is taken
 * back. It shows at once who has kept a view of it, which would hold another connection's octets next.
 */
export function scribble(bytes: Uint8Array, from: number, to: number): void {
  isScribbling ??= process.env["WIREPROOF_SCRIBBLE"] === "1";
  if (isScribbling) bytes.fill(SCRIBBLE, from, to);
}

const SCRIBBLE = 0xdb;
let isScribbling: boolean | undefined;
