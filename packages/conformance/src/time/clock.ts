import { readMachineLoad } from "./machine-load.js";
import { PeerTime, type Timer } from "./peer-time.js";

export type { Timer } from "./peer-time.js";

/** The only source of time in the suite; tests use their own clock. */
export interface Clock {
  /** Monotonic microseconds. */
  now(): number;
  /** UTC, ISO 8601, milliseconds. */
  date(): string;
  /** Calls back once after `ms` milliseconds. Timers set earlier with the same delay fire earlier. */
  after(ms: number, callback: () => void): Timer;
  /**
   * Calls back once when the peer has had `ms` milliseconds. Time that a busy machine or our own event loop has lost is
   * added, up to `maxMs` milliseconds in total, which is twenty times `ms` if absent. Every limit for what a peer has
   * to do is such a deadline. Deadlines set earlier with the same delay fire earlier.
   */
  deadline(ms: number, callback: () => void, maxMs?: number): Timer;
  /** Milliseconds by which deadlines were made longer so far. */
  lostMs(): number;
  /** Calls back after one turn of the event loop, when what was written has gone out. */
  turn(callback: () => void): void;
}

const peerTime = new PeerTime({
  nowMs: () => performance.now(),
  load: readMachineLoad,
  after,
  every: (ms, callback) => {
    const interval = setInterval(callback, ms).unref();
    return { cancel: () => clearInterval(interval) };
  },
});

export const systemClock: Clock = {
  now: () => Number(process.hrtime.bigint() / 1000n),
  date: () => new Date().toISOString(),
  after,
  deadline: (ms, callback, maxMs) => peerTime.deadline(ms, callback, maxMs),
  lostMs: () => peerTime.lostMs,
  turn: (callback) => {
    setImmediate(callback);
  },
};

function after(ms: number, callback: () => void): Timer {
  // If the process did not run for a while, octets that came in time may still be unread when a timer fires. One turn
  // of the event loop reads them first, so that no peer misses a deadline because of us.
  let immediate: NodeJS.Immediate | undefined;
  const timeout = setTimeout(() => {
    immediate = setImmediate(callback);
  }, ms);
  return {
    cancel: () => {
      clearTimeout(timeout);
      if (immediate !== undefined) clearImmediate(immediate);
    },
  };
}
