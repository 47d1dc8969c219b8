import { monotonicNow, wheel } from "./timer-wheel.js";
import type { Timed } from "./timer-wheel.js";

/** Where an endpoint gets its time from. */
export interface Time {
  /** Monotonic, in ms. */
  readonly now: () => number;
  /** Where entries wait for their deadlines; see `TimerWheel`. */
  readonly deadlines: Deadlines;
  /** Calls back once after `delayMs`. Returns a function that cancels it. `keepsAlive`: the process waits for it. */
  readonly after: (delayMs: number, callback: () => void, keepsAlive?: boolean) => () => void;
}

/** Entries that wait for their deadlines. */
export interface Deadlines {
  add(entry: Timed): void;
  remove(entry: Timed): void;
}

/** The longest that Node's timers take. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/** The time of this process. */
export const processTime: Time = {
  now: monotonicNow,
  deadlines: wheel,
  after(delayMs, callback, keepsAlive = false) {
    const timer = setTimeout(callback, Math.min(delayMs, LONGEST_TIMER_MS));
    if (!keepsAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};

let present: Time = processTime;

/** The time for servers and clients that are made now. They keep it. */
export function presentTime(): Time {
  return present;
}

/** From now on servers and clients are made with `time`. Returns what they had before. */
export function changeTime(time: Time): Time {
  const before = present;
  present = time;
  return before;
}
