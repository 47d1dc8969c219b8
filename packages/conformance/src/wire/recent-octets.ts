/** The last octets of a stream: what a window still holds. */
export class RecentOctets {
  readonly #size: number;
  /** Twice the size, so that octets are moved once for every `size` that arrive. */
  readonly #octets: Uint8Array;
  #length = 0;

  /** Keeps the last `size` octets. */
  constructor(size: number) {
    this.#size = size;
    this.#octets = new Uint8Array(2 * size);
  }

  /** Oldest first, at most `size`; only valid until the next `push`. */
  get octets(): Uint8Array {
    return this.#octets.subarray(Math.max(0, this.#length - this.#size), this.#length);
  }

  push(piece: Uint8Array): void {
    const kept = piece.subarray(Math.max(0, piece.length - this.#size));
    if (this.#length + kept.length > this.#octets.length) {
      this.#octets.copyWithin(0, this.#length - this.#size, this.#length);
      this.#length = this.#size;
    }
    this.#octets.set(kept, this.#length);
    this.#length += kept.length;
  }

  clear(): void {
    this.#length = 0;
  }
}
