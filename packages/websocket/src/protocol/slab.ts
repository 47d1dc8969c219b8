import type { Kernels } from "./kernels.js";

/**
 * Memory that many connections write small frames into, one behind the other.
 *
 * The rule that keeps what is on its way intact: octets are only ever written at `used` and above it, and `used` goes
 * back to the beginning only when `live` is 0, that is when everybody who was given octets of this slab has given them
 * back. Octets that are never given back, because the system did not take them at once or the socket went away, cost
 * the reuse of the slab and nothing else: it fills up, another takes its place, and it is garbage when the last
 * reference to it is gone.
 */
export class Slab {
  readonly memory: Uint8Array;
  /** Where the next octets go. */
  used = 0;
  /** Octets handed out and not given back. */
  live = 0;
  readonly #pool: SlabPool | undefined;

  constructor(memory: Uint8Array, pool?: SlabPool) {
    this.memory = memory;
    this.#pool = pool;
  }

  hasRoom(octets: number): boolean {
    return this.memory.length - this.used >= octets;
  }

  /** The `octets` at `used` have been written and belong to somebody now. */
  commit(octets: number): void {
    this.used += octets;
    this.live += octets;
  }

  /** Gives `octets` back: nobody reads them any more. */
  give(octets: number): void {
    this.live -= octets;
    if (this.live > 0) return;
    this.used = 0;
    this.#pool?.keep(this);
  }
}

/** The slabs of all connections that share one: the one in use, and a few that wait to be used again. */
export class SlabPool {
  readonly #allocate: Kernels["allocate"];
  readonly #spares: Slab[] = [];
  #current: Slab;

  constructor(allocate: Kernels["allocate"]) {
    this.#allocate = allocate;
    this.#current = this.#create();
  }

  /** The slab in use, with room for `octets`, at most `SLAB_OCTETS`. */
  room(octets: number): Slab {
    if (!this.#current.hasRoom(octets)) this.#current = this.#spares.pop() ?? this.#create();
    return this.#current;
  }

  /** A slab that nobody reads any more; for `Slab` to call. */
  keep(slab: Slab): void {
    if (slab !== this.#current && this.#spares.length < MAX_SPARES) this.#spares.push(slab);
  }

  #create(): Slab {
    return new Slab(this.#allocate(SLAB_OCTETS), this);
  }
}

export const SLAB_OCTETS = 65_536;

/** A publish of 100 octets to 10,000 connections in one turn fills sixteen slabs. */
const MAX_SPARES = 16;

const pools = new WeakMap<Kernels, SlabPool>();

/** The slabs of all connections that work with the same kernels. */
export function sharedSlabs(kernels: Kernels): SlabPool {
  let pool = pools.get(kernels);
  if (pool === undefined) {
    pool = new SlabPool(kernels.allocate);
    pools.set(kernels, pool);
  }
  return pool;
}
