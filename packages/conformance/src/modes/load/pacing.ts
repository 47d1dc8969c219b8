/**
 * When messages are due. The n-th message of a lane is due at a fixed time after the beginning, even if earlier ones
 * are still waiting. The lanes take turns.
 */
export class Pacing {
  readonly #beganAt: number;
  readonly #stepMs: number;
  readonly #offsetMs: number;
  #next = 0;

  /** `rate`: messages per second over all lanes. */
  constructor(rate: number, lanes: number, lane: number, beganAt: number) {
    this.#beganAt = beganAt;
    this.#stepMs = (1000 * lanes) / rate;
    this.#offsetMs = (1000 * lane) / rate;
  }

  /** When the next message is due, in ms of the caller's clock. */
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
