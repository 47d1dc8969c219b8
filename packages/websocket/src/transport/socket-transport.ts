import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Connection } from "../protocol/connection.js";
import { readOnWhenWritesFail, writeFailure } from "./failed-writes.js";
import { dropStream, isHttp2Stream, rememberSession, resetFailure } from "./http2-stream.js";
import { SocketWriter } from "./socket-writer.js";
import type { DrainListener } from "./socket-writer.js";
import { whenModeIsKnown } from "./static-read.js";
import type { ReadMode } from "./static-read.js";
import { attach, destroyWhenOver, listenForData, listenForEnd } from "./stream-listener.js";
import { listenForDataEarly, stopListeningForData } from "./stream-listener.js";
import { listenStatically, listenStaticallyUntilShared } from "./stream-listener.js";
import type { StreamListener } from "./stream-listener.js";
import { Lending } from "./write.js";

/** The callbacks of a transport beside those of the protocol. */
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
 * Joins a stream and a connection. What comes is handed to the connection, and its output is written: once for each
 * read, and once for each turn outside of reads. The end of either is passed on to the other.
 *
 * When the connection has ended its output, the stream is ended behind it and still read, so that no reset overtakes
 * the Close frame. It is destroyed when both directions have ended, or by `abort`.
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
  /** The stream is closed, and the connection does not know it yet. */
  #isCloseUnreported = false;
  /** This side has destroyed the stream. */
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
    rememberSession(socket);
  }

  /** Octets that were written and that the system has not taken. */
  get bufferedOctets(): number {
    return this.#writer.isWriting ? this.#socket.writableLength + this.#writer.waitingOctets : 0;
  }

  /** The same. Shared memory counts once for all connections with the same `seen`. */
  ownOctets(seen: Set<Uint8Array>): number {
    return this.#writer.ownOctets(seen);
  }

  /**
   * Octets of the write in progress that the system has not taken. The number falls while the peer reads, if Node shows
   * that (its own socket timeout uses the same number), else only when the write is done.
   */
  get unsentOctets(): number {
    const { writableLength, _handle: handle } = this.#socket as Duplex & InternalHandle;
    if (writableLength === 0) return 0;
    // TLS knows only what it has encrypted; the number of TCP is below it.
    return (handle?._parent ?? handle)?.writeQueueSize ?? writableLength + this.#writer.waitingOctets;
  }

  /** Whether `start` was called and something can still come. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  get readMode(): ReadMode {
    return this.#readMode;
  }

  /** Delivers `head` and whatever the stream has buffered, then begins to read. `head` may be changed in place. */
  start(head: Uint8Array): void {
    const socket = this.#socket;
    // A stream of HTTP/2 counts as closed from a reset on, while what came before it can still be read.
    if (socket.closed && socket.destroyed) return this.onClose();
    // Its end is on the way, and nothing that came before it may be delivered.
    if (socket.destroyed) return;
    this.#isStarted = true;
    listenForEnd(socket);
    // The peer's FIN must not end our side before our Close frame is out.
    socket.allowHalfOpen = true;
    if (socket instanceof Socket) socket.setNoDelay(true).setTimeout(0);
    else if (!isHttp2Stream(socket)) destroyWhenOver(socket);
    // Listeners that are there already get everything.
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

  /** Writes the output now, unless a write is in progress: then it follows that one. */
  flush(): void {
    this.#writer.flush();
  }

  /** Stops reading from the system, or goes on. What was read already may still be delivered. */
  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (this.#isCloseUnreported && !isPaused) return this.#reportClosed();
    if (this.#isStarted) this.#pauseOrResume();
  }

  /** Destroys the stream, whatever is on its way. */
  abort(): void {
    this.#isAborted = true;
    dropStream(this.#socket);
    // The stream was gone already, and what came over it is not needed any more.
    if (this.#isCloseUnreported) this.#reportClosed();
    else if (this.#isClosed) this.#connection.transportClosed(true);
  }

  #takeBuffered(): void {
    // Node 26 emits one chunk at a time; other versions join them.
    let buffered: unknown = this.#socket.read();
    for (; buffered instanceof Uint8Array; buffered = this.#socket.read()) this.onData(buffered);
  }

  #beginReading(): void {
    const socket = this.#socket;
    if (!this.#useStaticRead) listenForData(socket);
    else if (this.#listenStatically()) this.#readMode = "static";
    else {
      listenForData(socket);
      // Connections that open while the process starts must not be read the slow way until they end.
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

  // The callbacks of the stream.

  onStaticRead(octets: number, buffer: Uint8Array): boolean {
    this.#receive(buffer, 0, octets);
    return this.#mayRead;
  }

  onData(chunk: Uint8Array): void {
    // A chunk of a socket belongs to this connection alone, unless others listen. A chunk of any other stream may be
    // used elsewhere.
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
    // Not every stream is destroyed by itself.
    this.#socket.destroy();
  }

  onClose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // What came before a reset is read first, as before any end.
    if (this.#isStarted && !this.#isAborted) this.#takeBuffered();
    const { hasWaitingInput, isAwaitingTurn } = this.#connection;
    // What waits for its turn is read in any case. What waits for a pause to end is read when the application resumes.
    this.#isCloseUnreported = !this.#isAborted && hasWaitingInput && !isAwaitingTurn;
    if (!this.#isCloseUnreported) this.#reportClosed();
  }

  #reportClosed(): void {
    this.#isCloseUnreported = false;
    const lost = this.#isAborted ? undefined : writeFailure(this.#socket);
    const failure = this.#isAborted ? undefined : (lost ?? resetFailure(this.#socket));
    // Behind a Close frame it does not matter.
    this.#connection.afterWaiting(() => {
      if (failure !== undefined && this.#connection.isBroken) this.#owner.onTransportError(failure);
    });
    this.#connection.transportClosed(this.#isAborted, lost !== undefined);
  }
}

interface InternalHandle {
  readonly _handle?: (Handle & { readonly _parent?: Handle | null }) | null;
}

interface Handle {
  readonly writeQueueSize?: number;
}

/**
 * With `WIREPROOF_SCRIBBLE=1` in the environment, memory that was only lent is overwritten as soon as it is taken back.
 * So a view that was kept by mistake shows at once, and not only when the octets of another connection are in it.
 */
export function scribble(bytes: Uint8Array, from: number, to: number): void {
  isScribbling ??= process.env["WIREPROOF_SCRIBBLE"] === "1";
  if (isScribbling) bytes.fill(SCRIBBLE, from, to);
}

const SCRIBBLE = 0xdb;
let isScribbling: boolean | undefined;
