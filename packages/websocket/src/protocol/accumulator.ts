import type { Kernels } from "./kernels.js";
import type { Retention } from "./retention.js";
import type { Violation } from "./violation.js";

/**
 * Collects octets that arrive in pieces into one piece. The memory doubles as it fills: a length that is only announced
 * in a header is never allocated.
 */
export class Accumulator {
  /** Octets in it. */
  length = 0;
  #memory: Uint8Array = NO_OCTETS;
  readonly #retention: Retention;
  readonly #allocate: Kernels["allocate"];

  constructor(kernels: Kernels, retention: Retention) {
    this.#allocate = kernels.allocate;
    this.#retention = retention;
  }

  /** Copies `bytes[from..to)` behind what is there. `expected`: the final length, or Infinity if it is unknown. */
  append(bytes: Uint8Array, from: number, to: number, expected: number): Violation | undefined {
    const needed = this.length + to - from;
    if (needed > this.#memory.length) {
      const violation = this.#grow(needed, expected);
      if (violation !== undefined) return violation;
    }
    this.#memory.set(bytes.subarray(from, to), this.length);
    this.length = needed;
    return undefined;
  }

  /** What is in it; valid until the next change. */
  view(): Uint8Array {
    return this.#memory.subarray(0, this.length);
  }

  /** Returns the octets and starts again empty. */
  detach(): Uint8Array {
    const octets = this.length === this.#memory.length ? this.#memory : this.view();
    this.clear();
    return octets;
  }

  clear(): void {
    if (this.#memory.length > 0) this.#retention.give(this.#memory.length);
    this.#memory = NO_OCTETS;
    this.length = 0;
  }

  #grow(needed: number, expected: number): Violation | undefined {
    const wanted = Math.max(2 * needed, MIN_OCTETS);
    const capacity = Math.min(wanted, Math.max(expected, needed));
    const violation = this.#retention.take(capacity - this.#memory.length);
    if (violation !== undefined) return violation;
    const memory = this.#allocate(capacity);
    memory.set(this.#memory.subarray(0, this.length));
    this.#memory = memory;
    return undefined;
  }
}

const NO_OCTETS = new Uint8Array(0);
const MIN_OCTETS = 256;
