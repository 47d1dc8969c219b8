/** A counting semaphore with weights: several share a bounded amount of something. First come, first served. */
export class Semaphore {
  readonly #size: number;
  #taken = 0;
  readonly #waiting: { readonly amount: number; readonly resolve: () => void }[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Resolves when the amount is free. An amount larger than the size resolves when nothing else is taken. */
  acquire(amount: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(amount)) {
      this.#taken += amount;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push({ amount, resolve }));
  }

  release(amount: number): void {
    this.#taken -= amount;
    for (
      let next = this.#waiting[0];
      next !== undefined && this.#fits(next.amount);
      next = this.#waiting[0]
    ) {
      this.#waiting.shift();
      this.#taken += next.amount;
      next.resolve();
    }
  }

  #fits(amount: number): boolean {
    return this.#taken === 0 || this.#taken + amount <= this.#size;
  }
}
