/** Something with memory that it does not need until it is used again. */
export interface Warm {
  /** For the list: its neighbours. */
  newer: Warm | undefined;
  older: Warm | undefined;
  isListed: boolean;
  /** Gives the memory back. It is not in the list any more. */
  cool(): void;
}

/**
 * Those that were used last and are not in use, up to a limit. The oldest beyond it gives its memory back. So idle
 * connections need little memory, however many there are, and busy ones lose no time.
 */
export class WarmList {
  readonly #limit: number;
  #newest: Warm | undefined = undefined;
  #oldest: Warm | undefined = undefined;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** It has just been used, and is not in the list. */
  add(warm: Warm): void {
    warm.isListed = true;
    warm.older = this.#newest;
    if (this.#newest !== undefined) this.#newest.newer = warm;
    this.#newest = warm;
    this.#oldest ??= warm;
    this.#size += 1;
    if (this.#size <= this.#limit) return;
    const coldest = this.#oldest;
    this.remove(coldest);
    coldest.cool();
  }

  /** It is used, or will not be used any more. */
  remove(warm: Warm): void {
    if (!warm.isListed) return;
    const { newer, older } = warm;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    warm.newer = undefined;
    warm.older = undefined;
    warm.isListed = false;
    this.#size -= 1;
  }
}
