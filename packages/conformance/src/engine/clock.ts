/** A timer that has not fired yet. */
export interface Timer {
  cancel(): void;
}

/** The only source of time in the suite; tests bring their own. */
export interface Clock {
  /** Monotonic microseconds. */
  now(): number;
  /** UTC, ISO 8601, milliseconds. */
  date(): string;
  /** Calls back once after `ms` milliseconds. Timers set earlier with the same delay fire earlier. */
  after(ms: number, callback: () => void): Timer;
  /** Calls back after the event loop has turned once, when what was written has gone out. */
  turn(callback: () => void): void;
}

export const systemClock: Clock = {
  now: () => Number(process.hrtime.bigint() / 1000n),
  date: () => new Date().toISOString(),
  after: (ms, callback) => {
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
  },
  turn: (callback) => {
    setImmediate(callback);
  },
};
