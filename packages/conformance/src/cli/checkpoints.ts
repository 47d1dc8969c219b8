import type { RunEvent } from "../run/event.js";
import type { Reader } from "./fan-out.js";

/** Knows when all reports are written up to the point at which a client asked for them. */
export class Checkpoints {
  readonly #readers = new Set<{ passed: number }>();
  #asked = 0;
  #wake: () => void = () => undefined;
  #changed = this.#next();

  /** Wraps a reader so that its progress is known. A reader that stops or fails is no longer waited for. */
  follow(reader: Reader<RunEvent>): Reader<RunEvent> {
    const state = { passed: 0 };
    this.#readers.add(state);
    return async (events) => {
      try {
        await reader(this.#counted(events, state));
      } finally {
        this.#readers.delete(state);
        this.#wakeAll();
      }
    };
  }

  /** Call this once after every checkpoint. Settles when all readers have read the checkpoint. */
  async passed(): Promise<void> {
    const mine = ++this.#asked;
    while ([...this.#readers].some(({ passed }) => passed < mine)) await this.#changed;
  }

  /** A reader asks for the next event when it has handled the last one, so its output for that one is written. */
  async *#counted(
    events: AsyncIterable<RunEvent>,
    state: { passed: number },
  ): AsyncGenerator<RunEvent, void> {
    for await (const event of events) {
      yield event;
      if (event.type !== "checkpoint") continue;
      state.passed++;
      this.#wakeAll();
    }
  }

  #wakeAll(): void {
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
