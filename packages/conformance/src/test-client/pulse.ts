import { systemClock } from "../time/clock.js";

/**
 * The time that the client could use, in milliseconds: while `Pulse.next` waits, time that the busy machine took away
 * does not count. Only differences are meaningful.
 */
export function clientNow(): number {
  return systemClock.now() / 1000 - systemClock.lostMs();
}

/** Wakes all code that waits for a change. */
export class Pulse {
  readonly #waiting = new Set<() => void>();

  beat(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next beat, or when the client had this many milliseconds. Infinity: no limit. */
  next(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const limit = Number.isFinite(withinMs)
        ? systemClock.deadline(Math.max(0, withinMs), () => wake())
        : undefined;
      const wake = (): void => {
        limit?.cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
  }
}
