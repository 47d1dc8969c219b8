import type { RunEvent } from "../run/event.js";
import type { Reader } from "./fan-out.js";

/** Knows when every report has caught up with what a client asked for. */
export class Checkpoints {
  readonly #readers = new Set<{ passed: number }>();
  #asked = 0;
  #wake: () => void = () => undefined;
  #changed = this.#next();

  /** A reader that tells how far it has come. One that stops or fails is no longer waited for. */
  follow(reader: Reader<RunEvent>): Reader<RunEvent> {
    const state = { passed: 0 };
    this.#readers.add(state);
    return async (events) => {
      try {
        await reader(this.#counted(events, state));
      } finally {
        this.#readers.delete(state);
        this.#tell();
      }
    };
  }

  /** To be called behind every checkpoint, once each. Settles when all readers have done with it. */
  async passed(): Promise<void> {
    const mine = ++this.#asked;
    while ([...this.#readers].some(({ passed }) => passed < mine)) await this.#changed;
  }

  /** A reader asks for the next event when it has done with the last: what it made of that is written. */
  async *#counted(
    events: AsyncIterable<RunEvent>,
    state: { passed: number },
  ): AsyncGenerator<RunEvent, void> {
    for await (const event of events) {
      yield event;
      if (event.type !== "checkpoint") continue;
      state.passed++;
      this.#tell();
    }
  }

  #tell(): void {
    const wake = this.#wake;
    this.#changed = this.#next();
    wake();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
