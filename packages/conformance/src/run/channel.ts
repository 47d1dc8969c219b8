/**
 * A bounded queue between writers and one reader. Writers wait while it is full, so that a slow reader slows the run
 * down and does not fill the memory.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #limit: number;
  #queue: T[] = [];
  #isEnded = false;
  #isAbandoned = false;
  #wakeReader: () => void = () => undefined;
  /** Writers wait for this. One promise for all of them, since one read makes space for all. */
  #space: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  /** `limit`: items that may wait, 1 or more. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Adds an item. Returns undefined while there is space, otherwise a promise that settles when there is space again.
   */
  push(item: T): Promise<void> | undefined {
    if (this.#isAbandoned) return undefined;
    this.#queue.push(item);
    this.#wakeReader();
    if (this.#queue.length < this.#limit) return undefined;
    this.#space ??= deferred();
    return this.#space.promise;
  }

  /** No more items follow. */
  end(): void {
    this.#isEnded = true;
    this.#wakeReader();
  }

  /** The reader has stopped: queued and further items are dropped. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#queue = [];
    this.#releaseWriters();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    try {
      for (;;) {
        const batch = this.#queue;
        this.#queue = [];
        this.#releaseWriters();
        yield* batch;
        if (this.#queue.length > 0) continue;
        if (this.#isEnded) return;
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
      }
    } finally {
      this.abandon();
    }
  }

  #releaseWriters(): void {
    this.#space?.resolve();
    this.#space = undefined;
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
