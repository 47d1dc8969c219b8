/** A bounded amount of something that is shared: who does not fit in waits until others have left. */
export class Room {
  readonly #size: number;
  #taken = 0;
  readonly #waiting: { readonly amount: number; readonly enter: () => void }[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Resolves when there is room. What is larger than the whole room gets it alone. */
  enter(amount: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(amount)) {
      this.#taken += amount;
      return Promise.resolve();
    }
    return new Promise((enter) => this.#waiting.push({ amount, enter }));
  }

  leave(amount: number): void {
    this.#taken -= amount;
    for (
      let next = this.#waiting[0];
      next !== undefined && this.#fits(next.amount);
      next = this.#waiting[0]
    ) {
      this.#waiting.shift();
      this.#taken += next.amount;
      next.enter();
    }
  }

  #fits(amount: number): boolean {
    return this.#taken === 0 || this.#taken + amount <= this.#size;
  }
}
