import { blamedMs } from "./thread-time.js";

/** How long the event loop was kept from going round, at worst, in time that its thread has run. */
export class StallWatch {
  longestMs = 0;
  readonly #eachTurn: () => void;
  #before = blamedMs();
  #isOver = false;
  readonly #turn = (): void => {
    const now = blamedMs();
    this.longestMs = Math.max(this.longestMs, now - this.#before);
    this.#eachTurn();
    this.#before = blamedMs();
    if (!this.#isOver) setImmediate(this.#turn);
  };

  /** `eachTurn` is called in each turn of the event loop; what it takes does not count. */
  constructor(eachTurn: () => void = () => {}) {
    this.#eachTurn = eachTurn;
    setImmediate(this.#turn);
  }

  stop(): void {
    this.#isOver = true;
  }
}
