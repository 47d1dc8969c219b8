import { Channel } from "../engine/channel.js";
import type { Clock } from "../engine/clock.js";
import { Tally } from "../engine/tally.js";
import type { RunEvent } from "../report/event.js";

/** Events that may wait for the reader before no further case is begun. */
const EVENTS_WAITING = 4096;

/** The events of a run on their way to whoever reads them, counted for the last one. */
export class EventLog {
  readonly #clock: Clock;
  readonly #began: number;
  readonly #channel = new Channel<RunEvent>(EVENTS_WAITING);
  readonly #tally = new Tally();
  #room: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now();
  }

  emit(event: RunEvent): void {
    this.#tally.see(event);
    this.#room = this.#channel.push(event) ?? this.#room;
  }

  /** Settles when the reader has caught up. */
  async ready(): Promise<void> {
    const full = this.#room;
    this.#room = undefined;
    await full;
  }

  /** Tells the last event. `selected`: how many results there could be. */
  end(selected: number, interrupted: boolean): void {
    const durationMs = (this.#clock.now() - this.#began) / 1000;
    this.emit({ type: "run-end", totals: this.#tally.totals(selected, durationMs, interrupted) });
    this.#channel.end();
  }

  [Symbol.asyncIterator](): AsyncGenerator<RunEvent, void> {
    return this.#channel[Symbol.asyncIterator]();
  }
}
