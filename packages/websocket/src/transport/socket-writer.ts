import type { Duplex } from "node:stream";
import type { Connection } from "../protocol/connection.js";
import { octetsOwn } from "../protocol/output.js";
import type { Piece } from "../protocol/output.js";
import { Parts } from "./parts.js";
import { flushAfterReads, flushSoon, immediate } from "./wake.js";
import type { Dirty } from "./wake.js";
import { Lending, awaitTaken, lendingOf, writePieces } from "./write.js";

/**
 * The writing half of a transport. At most one write is in progress. Until the system has taken it, what follows waits
 * in the connection's output: pongs can still be dropped there, and everything goes out in one write. TLS delivers each
 * record of a read alone, so this also joins all answers but the first into one write.
 */
export class SocketWriter implements Dirty {
  /** How long something reads what is written. */
  readonly lending: Lending;
  /** The connection reads: its output is written when it has finished. */
  isReading = false;
  /** The connection has new output. */
  isDirty = false;
  /** A write is in progress. */
  isWriting = false;
  /** Our half of the stream is ended. */
  isEnded = false;
  readonly #socket: Duplex;
  readonly #connection: Connection;
  readonly #onDrained: DrainListener;
  #isFlushing = false;
  #isBlocked = false;
  /**
   * What of that write is still to be written. Over HTTP/2 a large write is written in parts, so that it shows whether the
   * peer reads; nothing else tells what of a write was sent.
   */
  #parts: Parts | undefined = undefined;
  /** What that write reads, until the system has taken it. */
  #lent: readonly Piece[] = NONE;
  /** `#taken` as a callback. Made when first needed, which is never on most TCP connections. */
  #whenTaken: (() => void) | undefined = undefined;
  /** Octets written since the owner was last notified in a later turn. */
  #octetsThisTurn = 0;

  constructor(socket: Duplex, connection: Connection, onDrained: DrainListener) {
    this.lending = lendingOf(socket);
    this.#socket = socket;
    this.#connection = connection;
    this.#onDrained = onDrained;
  }

  /** Has the output written at the end of this read, or of this turn. */
  requestFlush(): void {
    if (this.isDirty) return;
    this.isDirty = true;
    if (!this.isReading && !this.#isFlushing) flushSoon(this);
  }

  /**
   * What was read has been answered. A small answer waits for those of other sockets; a large one goes out while it is
   * in the cache. Over HTTP/2 nothing has to wait: nghttp2 joins what the streams of a connection write in one read of it,
   * and sends it at the end of that read.
   */
  flushAfterRead(): void {
    const isJoinedLater = this.lending === Lending.UntilCalledBack;
    if (isJoinedLater || this.#connection.output.octets > WAITING_OCTETS) this.flush();
    else flushAfterReads(this);
  }

  /** Writes the output, unless a write is in progress. */
  flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    try {
      do {
        this.isDirty = false;
        this.#write();
      } while (this.isDirty);
    } finally {
      this.#isFlushing = false;
    }
  }

  #write(): void {
    const socket = this.#socket;
    const { output } = this.#connection;
    if (this.isEnded) return;
    // A connection that still reads what came before the end may still send.
    if (socket.destroyed) return output.clear();
    const { octets } = output;
    if (octets > 0) {
      // Something else was written to the stream, such as the end of the opening handshake.
      if (!this.isWriting && socket.writableLength > 0) this.#awaitTaken();
      if (this.isWriting) return this.#block();
      this.#octetsThisTurn += octets;
      this.#send(output.take(), octets);
    }
    if (output.isEnded && this.waitingOctets === 0) this.#end();
    if (!this.isWriting) this.#drained();
  }

  #send(pieces: Piece[], octets: number): void {
    const socket = this.#socket;
    if (this.lending !== Lending.UntilTaken) {
      this.isWriting = true;
      if (this.lending === Lending.UntilCalledBack) return this.#sendInParts(pieces, octets);
      writePieces(socket, pieces, this.#callback());
      if (this.lending === Lending.UntilReturned) this.#connection.output.release(pieces);
      return;
    }
    // Without a callback, which would cost a tick: most often there is nothing to wait for.
    writePieces(socket, pieces);
    if (socket.writableLength === 0) {
      this.#connection.output.release(pieces);
      return;
    }
    this.#lent = pieces;
    this.#awaitTaken();
  }

  #sendInParts(pieces: Piece[], octets: number): void {
    this.#lent = pieces;
    if (octets <= PART_OCTETS) return writePieces(this.#socket, pieces, this.#callback());
    this.#parts ??= new Parts();
    this.#parts.set(pieces);
    writePieces(this.#socket, this.#parts.take(PART_OCTETS), this.#callback());
  }

  /** Octets of the write in progress that the stream has not got yet. */
  get waitingOctets(): number {
    return this.#parts?.octets ?? 0;
  }

  /** Octets that were written and that the system has not taken; shared memory is counted once for all with this `seen`. */
  ownOctets(seen: Set<Uint8Array>): number {
    if (!this.isWriting || this.#socket.destroyed) return 0;
    const octets = this.#socket.writableLength + this.waitingOctets;
    return this.#lent.length === 0 ? octets : Math.min(octets, octetsOwn(this.#lent, seen));
  }

  #awaitTaken(): void {
    this.isWriting = true;
    awaitTaken(this.#socket, this.#callback());
  }

  #callback(): () => void {
    this.#whenTaken ??= () => this.#taken();
    return this.#whenTaken;
  }

  #taken(): void {
    const { destroyed } = this.#socket;
    if (this.#parts !== undefined && this.#parts.octets > 0 && !destroyed)
      return writePieces(this.#socket, this.#parts.take(PART_OCTETS), this.#callback());
    this.isWriting = false;
    // If the stream has failed, it is not known what still reads the memory.
    if (destroyed) return;
    this.#connection.output.release(this.#lent);
    this.#lent = NONE;
    if (this.#isBlocked) {
      this.#isBlocked = false;
      this.#connection.setBlocked(false);
    }
    this.flush();
  }

  #block(): void {
    if (this.#isBlocked) return;
    this.#isBlocked = true;
    this.#connection.setBlocked(true);
  }

  #end(): void {
    this.isEnded = true;
    this.#socket.end();
    // Unread octets would turn the end into a reset.
    this.#socket.resume();
  }

  #drained(): void {
    // A producer that goes on at once, to a peer that reads as fast, must not keep the event loop busy.
    if (this.#octetsThisTurn < YIELDING_OCTETS) return this.#onDrained.onDrained();
    this.#octetsThisTurn = 0;
    immediate(notifyDrained, this);
  }

  /** Reports it in a later turn, unless something was written meanwhile that is not taken. */
  reportDrained(): void {
    if (!this.isWriting && !this.#socket.destroyed) this.#onDrained.onDrained();
  }
}

/** Is notified when the system has taken everything that was written, at once or later. */
export interface DrainListener {
  onDrained(): void;
}

function notifyDrained(writer: SocketWriter): void {
  writer.reportDrained();
}

/** The windows of HTTP/2 have this size unless a peer says otherwise (RFC 9113 §6.9.2). */
const PART_OCTETS = 65_535;
/** After so many octets, the owner is notified in the next turn of the event loop. */
const YIELDING_OCTETS = 65_536;
/** Up to so many octets, an answer waits for those of other sockets. */
const WAITING_OCTETS = 4096;
const NONE: readonly Piece[] = [];
