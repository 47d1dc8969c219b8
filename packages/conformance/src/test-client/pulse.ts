import { systemClock } from "../time/clock.js";

/**
 * Milliseconds as the client can use them: while somebody waits for a pulse, what the machine loses does not count.
 * Only differences mean something.
 */
export function clientNow(): number {
  return systemClock.now() / 1000 - systemClock.lostMs();
}

/** Wakes whoever waits for something to change. */
export class Pulse {
  readonly #waiting = new Set<() => void>();

  beat(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next beat, or when the client has had so many milliseconds; Infinity is no limit. */
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
