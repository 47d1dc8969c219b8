/** Wakes whoever waits for something to change. */
export class Pulse {
  readonly #waiting = new Set<() => void>();

  beat(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Resolves at the next beat, or when the time is over; Infinity is no limit. */
  next(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      // Longer than Node's timers can be told is as good as for ever.
      const limit = Number.isFinite(withinMs) ? setTimeout(() => wake(), Math.max(0, withinMs)) : undefined;
      const wake = (): void => {
        clearTimeout(limit);
        this.#waiting.delete(wake);
        resolve();
      };
      this.#waiting.add(wake);
    });
  }
}
