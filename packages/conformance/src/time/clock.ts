import { readMachineLoad } from "./machine-load.js";
import { PeerTime, type Timer } from "./peer-time.js";

export type { Timer } from "./peer-time.js";

/** The only source of time in the suite; tests bring their own. */
export interface Clock {
  /** Monotonic microseconds. */
  now(): number;
  /** UTC, ISO 8601, milliseconds. */
  date(): string;
  /** Calls back once after `ms` milliseconds. Timers set earlier with the same delay fire earlier. */
  after(ms: number, callback: () => void): Timer;
  /**
   * Calls back once when the peer has had `ms` milliseconds: what the machine and our own event loop lost meanwhile is
   * added, until `maxMs` milliseconds are over, twenty times as many if absent. Every limit for what a peer has to do
   * is one of these. Those set earlier with the same delay fire earlier.
   */
  deadline(ms: number, callback: () => void, maxMs?: number): Timer;
  /** Milliseconds that were added to deadlines so far. */
  lostMs(): number;
  /** Calls back after the event loop has turned once, when what was written has gone out. */
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
  // When the process was held up, octets that came in time may still be unread when a timer fires. One turn of
  // the event loop reads them first, so that a deadline is never missed by our own fault.
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
