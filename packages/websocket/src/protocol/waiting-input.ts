import type { Kernels } from "./kernels.js";
import type { Retention } from "./retention.js";
import type { Violation } from "./violation.js";

/**
 * Input that has come and cannot be read yet: a queue of octets in one piece of memory. The reader works on `memory`
 * itself and says afterwards how far it has read. What is appended meanwhile never moves what it reads.
 */
export class WaitingInput {
  memory: Uint8Array = NO_OCTETS;
  from = 0;
  to = 0;
  /** How the memory was asked for. */
  #isOurDoing = false;
  readonly #retention: Retention;
  readonly #allocate: Kernels["allocate"];

  constructor(kernels: Kernels, retention: Retention) {
    this.#allocate = kernels.allocate;
    this.#retention = retention;
  }

  /** `isOurDoing`: this side alone is why it waits, so the peer is not blamed for it (see `Retention`). */
  append(bytes: Uint8Array, from: number, to: number, isOurDoing: boolean): Violation | undefined {
    const count = to - from;
    if (this.to + count > this.memory.length) {
      const violation = this.#replace(0, this.to - this.from + count, isOurDoing);
      if (violation !== undefined) return violation;
    }
    this.memory.set(bytes.subarray(from, to), this.to);
    this.to += count;
    return undefined;
  }

  /** The rest of a chunk, before what came while it was read. */
  prepend(bytes: Uint8Array, from: number, to: number, isOurDoing: boolean): Violation | undefined {
    const count = to - from;
    const violation = this.#replace(count, this.to - this.from + count, isOurDoing);
    if (violation !== undefined) return violation;
    this.memory.set(bytes.subarray(from, to));
    this.from = 0;
    return undefined;
  }

  /** The first `count` octets have been read. */
  consume(count: number): void {
    this.from += count;
    if (this.from === this.to) this.clear();
  }

  clear(): void {
    if (this.memory.length > 0) this.#retention.give(this.memory.length, this.#isOurDoing);
    this.memory = NO_OCTETS;
    this.from = 0;
    this.to = 0;
  }

  /** Moves to new memory with room for `needed` octets and more to come; what waits begins at `at` there. */
  #replace(at: number, needed: number, isOurDoing: boolean): Violation | undefined {
    const waiting = this.to - this.from;
    // Often this is all that will ever wait: memory to grow only from the second time on.
    const capacity = waiting === 0 ? needed : 2 * needed;
    const violation = this.#retention.take(capacity, isOurDoing);
    if (violation !== undefined) return violation;
    const memory = this.#allocate(capacity);
    memory.set(this.memory.subarray(this.from, this.to), at);
    if (this.memory.length > 0) this.#retention.give(this.memory.length, this.#isOurDoing);
    this.#isOurDoing = isOurDoing;
    this.memory = memory;
    this.from = at;
    this.to = at + waiting;
    return undefined;
  }
}

const NO_OCTETS = new Uint8Array(0);
