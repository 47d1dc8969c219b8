/** What all emitters have in common, those of browsers' packages too. */
export interface Emitter {
  // oxlint-disable-next-line typescript/no-explicit-any -- what they are, each says differently
  once(event: string, listener: (...args: any[]) => void): unknown;
}

/** Resolves with the arguments of the next event, and never rejects. */
export function next<Args extends readonly unknown[] = unknown[]>(
  emitter: Emitter,
  event: string,
): Promise<Args> {
  return new Promise((resolve) =>
    emitter.once(event, (...args: unknown[]) => resolve(args as unknown as Args)),
  );
}

/** Things that come one by one, to be awaited one by one. */
export class Inbox<Item> {
  readonly #items: Item[] = [];
  readonly #waiting: ((item: Item) => void)[] = [];

  readonly put = (item: Item): void => {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#items.push(item);
    else waiting(item);
  };

  /** Resolves with the oldest that was not taken. */
  take(): Promise<Item> {
    return new Promise((resolve) => {
      if (this.#items.length > 0) resolve(this.#items.shift()!);
      else this.#waiting.push(resolve);
    });
  }

  /** The oldest that was not taken and that `is` the right one; the others are dropped. */
  async takeUntil(is: (item: Item) => boolean): Promise<Item> {
    for (;;) {
      const item = await this.take();
      if (is(item)) return item;
    }
  }
}
