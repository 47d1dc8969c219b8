/**
 * When messages are due: the n-th of a lane at a fixed time from the beginning, whatever became of those before it.
 * The lanes take turns.
 */
export class Pacing {
  readonly #beganAt: number;
  readonly #stepMs: number;
  readonly #offsetMs: number;
  #next = 0;

  /** `rate`: messages a second over all lanes. */
  constructor(rate: number, lanes: number, lane: number, beganAt: number) {
    this.#beganAt = beganAt;
    this.#stepMs = (1000 * lanes) / rate;
    this.#offsetMs = (1000 * lane) / rate;
  }

  /** When the next message is due, in the caller's ms. */
  get dueAt(): number {
    return this.#beganAt + this.#offsetMs + this.#next * this.#stepMs;
  }

  /** How many have been sent. */
  get count(): number {
    return this.#next;
  }

  advance(): void {
    this.#next++;
  }
}
