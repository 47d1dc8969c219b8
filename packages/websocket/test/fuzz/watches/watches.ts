import { until } from "../play/in-time.js";
import { Incidents } from "./incidents.js";
import { busyThings, leftBehind } from "./left-behind.js";
import { MemoryWatch, residentMib } from "./memory-watch.js";
import { StallWatch } from "./stall-watch.js";

/**
 * How long the event loop may stand still, in time that its thread has run: ten times what a good endpoint needs, with
 * collections of garbage and what the fuzzer itself does in a turn.
 */
export const LONGEST_STALL_MS = 100;
/** What may be held still when all is over, in MiB: pools and what is compiled meanwhile. */
export const MOST_LEFT_MIB = 16;
/** How much the process may grow beside what it holds, in MiB: allocators keep what they were given back. */
export const MOST_RESIDENT_MIB = 512;

/** What is closed goes within some turns of the event loop. */
const TICKS_TO_LEAVE = 100;

/** What was seen while plans were played. */
export interface Sight {
  readonly stallMs: number;
  readonly heldMib: number;
  readonly leftMib: number;
  readonly residentMib: number;
}

/** Everything that is watched while plans are played, whatever they are about. */
export class Watches {
  readonly #mostHeldMib: number;
  readonly #resident = residentMib();
  readonly #things = busyThings();
  readonly #incidents = new Incidents();
  readonly #memory: MemoryWatch;
  readonly #stalls: StallWatch;

  constructor(mostHeldMib: number) {
    this.#mostHeldMib = mostHeldMib;
    this.#memory = new MemoryWatch(mostHeldMib);
    this.#stalls = new StallWatch(() => this.#memory.look());
  }

  /** When all is over; throws for what must not have been. */
  async end(): Promise<Sight> {
    const things = this.#things;
    try {
      await until(() => leftBehind(things) === "", "something was left behind", TICKS_TO_LEAVE).catch(() => {
        throw new Error(`left behind: ${leftBehind(things)}`);
      });
    } finally {
      this.#stalls.stop();
      this.#incidents.stop();
    }
    const [incident] = this.#incidents.seen;
    if (incident !== undefined) throw new Error(incident);
    const sight = {
      stallMs: this.#stalls.longestMs,
      heldMib: this.#memory.heldMib,
      leftMib: await this.#memory.leftMib(MOST_LEFT_MIB),
      residentMib: residentMib() - this.#resident,
    };
    check("the event loop stood still", sight.stallMs, LONGEST_STALL_MS, "ms");
    check("too much memory was held", sight.heldMib, this.#mostHeldMib, "MiB");
    check("memory is still held", sight.leftMib, MOST_LEFT_MIB, "MiB");
    check("the process has grown", sight.residentMib, this.#mostHeldMib + MOST_RESIDENT_MIB, "MiB");
    return sight;
  }
}

function check(what: string, amount: number, most: number, unit: string): void {
  if (amount > most) throw new Error(`${what}: ${amount.toFixed(0)} ${unit}, the bound is ${most}`);
}
