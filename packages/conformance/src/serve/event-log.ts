import { Channel } from "../run/channel.js";
import type { Clock } from "../time/clock.js";
import { RunFindings } from "../run/findings.js";
import { RunTotals } from "../run/totals.js";
import type { RunEvent } from "../run/event.js";

/** How many events may wait for the reader. If there are more, no further case begins. */
const EVENTS_WAITING = 4096;

/** Estimated size of an event without the data of peers. That of a result has both verdicts and the handshake. */
const PLAIN_OCTETS = 256;
const RESULT_OCTETS = 6144;
const EVENT_OCTETS = 512;

/** The events of a run, on their way to the reader. They are counted for the last event, `run-end`. */
export class EventLog {
  readonly #clock: Clock;
  readonly #began: number;
  readonly #channel = new Channel<RunEvent>(EVENTS_WAITING);
  readonly #totals = new RunTotals();
  readonly #findings = new RunFindings();
  #octets = 0;
  #whenCaughtUp: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now();
  }

  /** Size of the events so far in a run file, in octets. The large parts are counted, the rest is estimated. */
  get octets(): number {
    return this.#octets;
  }

  emit(event: RunEvent): void {
    this.#octets += octetsOf(event);
    this.#totals.see(event);
    this.#findings.see(event);
    this.#whenCaughtUp = this.#channel.push(event) ?? this.#whenCaughtUp;
  }

  /** Settles when the reader has caught up. */
  async ready(): Promise<void> {
    const full = this.#whenCaughtUp;
    this.#whenCaughtUp = undefined;
    await full;
  }

  /** Emits what was found about each peer, and the last event. `selected`: how many results are possible. */
  end(selected: number, interrupted: boolean): void {
    for (const found of this.#findings.all()) this.emit(found);
    const durationMs = (this.#clock.now() - this.#began) / 1000;
    this.emit({ type: "run-end", totals: this.#totals.totals(selected, durationMs, interrupted) });
    this.#channel.end();
  }

  [Symbol.asyncIterator](): AsyncGenerator<RunEvent, void> {
    return this.#channel[Symbol.asyncIterator]();
  }
}

function octetsOf(event: RunEvent): number {
  if (event.type === "case-end") {
    const { handshake, events } = event.record;
    return RESULT_OCTETS + (handshake.request?.length ?? 0) + EVENT_OCTETS * events.length;
  }
  if (event.type !== "wire") return PLAIN_OCTETS;
  const { entry } = event;
  const shown = "hex" in entry ? entry.hex : "frame" in entry ? entry.frame.payload : "";
  return PLAIN_OCTETS + shown.length;
}
