/**
 * How many cases may be in flight at a time. A peer that cannot keep up with the opening handshakes gets fewer: half as
 * many each time, and one more for as many as open in time, as congestion control does (RFC 5681 §3.1).
 */
export class Pace {
  readonly #most: number;
  #limit: number;
  #inFlight = 0;
  /** Opened in time since the limit last changed. */
  #opened = 0;
  /** How often the limit was halved. */
  #halvings = 0;
  readonly #waiting: (() => void)[] = [];

  /** `most`: where it begins, and what it never exceeds. */
  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /** Cases that may be in flight now. */
  get limit(): number {
    return this.#limit;
  }

  /** Resolves when one more may begin, with what `late` has to be told if its opening handshake runs out of time. */
  async enter(): Promise<number> {
    while (this.#inFlight >= this.#limit) await new Promise<void>((go) => this.#waiting.push(go));
    this.#inFlight++;
    return this.#halvings;
  }

  /** One that had begun is over. */
  leave(): void {
    this.#inFlight--;
    this.#waiting.shift()?.();
  }

  /** One has opened in time. */
  opened(): void {
    if (this.#limit === this.#most || ++this.#opened < this.#limit) return;
    this.#opened = 0;
    this.#limit++;
    this.#waiting.shift()?.();
  }

  /**
   * One has not opened in time. `entered`: what `enter` resolved with: those that began under the old limit do not halve
   * the new one. True if the limit has changed.
   */
  late(entered: number): boolean {
    if (entered !== this.#halvings || this.#limit === 1) return false;
    this.#halvings++;
    this.#opened = 0;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    return true;
  }
}
