import { AsyncResource } from "node:async_hooks";

/**
 * Allows a number of operations at a time. The others wait in the order in which they came.
 *
 * One limiter stands before the thread pool (`deflateLimiter`): too many large messages at once would need memory for
 * all of them, and the file system and the resolver, which use the same threads, would wait.
 */
export class Limiter {
  #running = 0;
  readonly #waiting = new Set<Slot>();

  /** Calls `start`, at once or when it is its turn, with fewer than `most` others running. */
  enter(most: number, start: () => void): Slot {
    const slot = new Slot(this, most, start);
    this.#waiting.add(slot);
    this.#admit();
    return slot;
  }

  get counts(): { readonly running: number; readonly waiting: number } {
    return { running: this.#running, waiting: this.#waiting.size };
  }

  /** @internal */
  leave(slot: Slot): void {
    if (!this.#waiting.delete(slot)) this.#running--;
    this.#admit();
  }

  #admit(): void {
    for (const slot of this.#waiting) {
      if (this.#running >= slot.most) return;
      this.#waiting.delete(slot);
      this.#running++;
      slot.start();
    }
  }
}

/** A place in the limiter, or in the queue before it. */
export class Slot {
  readonly most: number;
  readonly start: () => void;
  readonly #limiter: Limiter;
  readonly #context: AsyncResource = new AsyncResource("WIREPROOF_DEFLATE");
  #hasLeft = false;

  constructor(limiter: Limiter, most: number, start: () => void) {
    this.#limiter = limiter;
    this.most = Math.max(1, most);
    this.start = start;
  }

  /** Lets the next one start. Safe to call twice, and while this one still waits. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#limiter.leave(this);
  }

  /**
   * Calls `act` in the asynchronous context of the caller of `enter`. The streams are pooled, so that what they call
   * back would otherwise run in the context of the connection that used them first (AsyncLocalStorage).
   */
  run(act: () => void): void {
    this.#context.runInAsyncScope(act);
  }
}

export const deflateLimiter: Limiter = new Limiter();
