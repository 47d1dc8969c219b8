import type { Kernels } from "./kernels.js";
import type { SlabPool } from "./slab.js";
import { Slab, SLAB_OCTETS } from "./slab.js";

/** Octets to write: `memory[from..to)`. They do not change until they are released. */
export class Piece {
  readonly memory: Uint8Array;
  readonly from: number;
  to: number;
  /** The slab that the memory belongs to; undefined if it belongs to none. */
  slab: Slab | undefined;

  constructor(memory: Uint8Array, from: number, to: number, slab: Slab | undefined) {
    this.memory = memory;
    this.from = from;
    this.to = to;
    this.slab = slab;
  }
}

/**
 * What waits to be written, in order. The transport takes all of it at once and writes it; when the system has taken
 * every octet, it releases the pieces, so that their memory can be used again:
 *
 *     const pieces = output.take();
 *     write(pieces);                        // in order, without changing them
 *     if (everythingWasTaken) output.release(pieces);
 *
 * Pieces that the system has not taken may be released later or never (see `Slab`), but not before.
 */
export class Output {
  /** After the pieces, the transport has to end its output (TCP: FIN; TLS: close_notify first). */
  isEnded = false;
  /** Octets that wait in the pieces. */
  octets = 0;
  /**
   * The transport takes nothing, so what is queued now waits for long. It goes into memory of this connection alone: in
   * a shared slab, a few octets would keep 64 KiB in memory.
   */
  isBlocked = false;

  readonly #pool: SlabPool;
  readonly #allocate: Kernels["allocate"];
  #pieces: Piece[] | undefined = undefined;
  #last: Piece | undefined = undefined;
  #own: Slab | undefined = undefined;
  #slab: Slab | undefined = undefined;
  /** The only piece is one that `share` was given. */
  #isShared = false;

  constructor(pool: SlabPool, allocate: Kernels["allocate"]) {
    this.#pool = pool;
    this.#allocate = allocate;
  }

  /** Takes the pieces; none wait afterwards. */
  take(): Piece[] {
    const pieces = this.#pieces ?? [];
    this.#pieces = undefined;
    this.#last = undefined;
    this.octets = 0;
    this.#isShared = false;
    return pieces;
  }

  /** Gives the memory of pieces back, when it is not read any more. Once is enough, twice does no harm. */
  release(pieces: readonly Piece[]): void {
    for (const piece of pieces) {
      piece.slab?.give(piece.to - piece.from);
      piece.slab = undefined;
    }
  }

  /** Octets that wait. Memory that was handed over as it is counts only if it is not in `seen`, and is added to it. */
  ownOctets(seen: Set<Uint8Array>): number {
    return this.#pieces === undefined ? 0 : octetsOwn(this.#pieces, seen);
  }

  /** Forgets what waits. */
  clear(): void {
    this.release(this.take());
  }

  /**
   * A slab with room for `octets`, at most `SLAB_OCTETS`. What is written into its memory at `used` becomes output with
   * `commit`; without it, the octets are scratch until the next `room`.
   */
  room(octets: number): Slab {
    if (this.#isShared) this.#copyShared();
    const slab = this.isBlocked ? this.#ownRoom(octets) : this.#pool.room(octets);
    this.#slab = slab;
    return slab;
  }

  /** The first `octets` of the last `room` are output. */
  commit(octets: number): void {
    const slab = this.#slab!;
    const at = slab.used;
    slab.commit(octets);
    this.octets += octets;
    const last = this.#last;
    if (last !== undefined && last.slab === slab && last.to === at) last.to += octets;
    else this.#push(new Piece(slab.memory, at, at + octets, slab));
  }

  /** `memory[from..to)` as it is, without a copy: it must not change until it has been written. */
  refer(memory: Uint8Array, from: number, to: number): void {
    this.octets += to - from;
    this.#isShared = false;
    this.#push(new Piece(memory, from, to, undefined));
  }

  /**
   * All of `memory`, which is small and never changes. Alone it is referred to: a thousand connections can share a
   * published message. Next to other output it is copied, since a second piece would cost more than the copy.
   */
  share(memory: Uint8Array): void {
    if (this.octets === 0) {
      this.refer(memory, 0, memory.length);
      this.#isShared = true;
      return;
    }
    this.#copy(memory);
  }

  #copyShared(): void {
    this.#isShared = false;
    for (const { memory } of this.take()) this.#copy(memory);
  }

  #copy(memory: Uint8Array): void {
    const slab = this.room(memory.length);
    slab.memory.set(memory, slab.used);
    this.commit(memory.length);
  }

  #push(piece: Piece): void {
    if (this.#pieces === undefined) this.#pieces = [piece];
    else this.#pieces.push(piece);
    this.#last = piece;
  }

  #ownRoom(octets: number): Slab {
    const own = this.#own;
    if (own?.hasRoom(octets)) return own;
    const size = own === undefined ? OWN_OCTETS : Math.min(2 * own.memory.length, SLAB_OCTETS);
    this.#own = new Slab(this.#allocate(Math.max(size, octets)));
    return this.#own;
  }
}

/** Octets of the pieces, those of memory that others refer to as well counted once for each `seen`. */
export function octetsOwn(pieces: readonly Piece[], seen: Set<Uint8Array>): number {
  let octets = 0;
  for (const { memory, from, to, slab } of pieces) {
    if (slab === undefined && seen.has(memory)) continue;
    if (slab === undefined) seen.add(memory);
    octets += to - from;
  }
  return octets;
}

const OWN_OCTETS = 4096;
