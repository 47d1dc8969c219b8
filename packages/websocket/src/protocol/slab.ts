import type { Kernels } from "./kernels.js";

/**
 * Memory that many connections write small frames into, one behind the other.
 *
 * The rule that keeps octets intact while they are read: octets are written only at `used` and above it, and `used`
 * goes back to 0 only when `live` is 0, that is when all octets of this slab have been given back. Octets that are
 * never given back, because the system did not take them at once or the socket went away, cost the reuse of the slab
 * and nothing else: it fills up, another takes its place, and it is garbage when the last reference to it is gone.
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

  /** The `octets` at `used` have been written and are in use now. */
  commit(octets: number): void {
    this.used += octets;
    this.live += octets;
  }

  /** Gives `octets` back: they are not read any more. */
  give(octets: number): void {
    this.live -= octets;
    if (this.live > 0) return;
    this.used = 0;
    this.#pool?.keep(this);
  }
}

/** The slabs that some connections share: the one in use, and a few that wait to be used again. */
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

  /** Takes back a slab that is not read any more. `Slab` calls it. */
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
