/**
 * How many cases may be in flight at the same time. A peer that cannot keep up with the opening handshakes gets fewer:
 * the limit is halved each time one is late. It grows by one whenever as many as the limit have opened in time, as in
 * congestion control (RFC 5681 §3.1).
 */
export class Pace {
  readonly #most: number;
  #limit: number;
  #inFlight = 0;
  /** Cases that opened in time since the limit last changed. */
  #opened = 0;
  /** How often the limit was halved. */
  #halvings = 0;
  readonly #waiting: (() => void)[] = [];

  /** `most`: the first limit, which is never exceeded. */
  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /** Cases that may be in flight now. */
  get limit(): number {
    return this.#limit;
  }

  /** Resolves when one more case may begin. Pass the result to `late` if its opening handshake runs out of time. */
  async enter(): Promise<number> {
    while (this.#inFlight >= this.#limit) await new Promise<void>((go) => this.#waiting.push(go));
    this.#inFlight++;
    return this.#halvings;
  }

  /** A case that had begun is over. */
  leave(): void {
    this.#inFlight--;
    this.#waiting.shift()?.();
  }

  /** A case has opened in time. */
  opened(): void {
    if (this.#limit === this.#most || ++this.#opened < this.#limit) return;
    this.#opened = 0;
    this.#limit++;
    this.#waiting.shift()?.();
  }

  /**
   * A case has not opened in time. `entered`: the result of its `enter`; cases that began under an old limit do not
   * halve the new one. True if the limit has changed.
   */
  late(entered: number): boolean {
    if (entered !== this.#halvings || this.#limit === 1) return false;
    this.#halvings++;
    this.#opened = 0;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    return true;
  }
}
