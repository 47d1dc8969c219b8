import type { Clock, Timer } from "../../src/time/clock.js";

interface Waiting {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time that passes only when a test says so. Turns of the event loop are counted out one by one. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #order = 0;
  readonly #timers = new Set<Waiting>();
  #turns: (() => void)[] = [];

  now(): number {
    return this.#nowMs * 1000;
  }

  date(): string {
    return new Date(Date.UTC(2026, 0, 1) + this.#nowMs).toISOString();
  }

  after(ms: number, callback: () => void): Timer {
    const timer: Waiting = { atMs: this.#nowMs + ms, order: this.#order++, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** No machine is busy here, unless a test says so. */
  deadline(ms: number, callback: () => void): Timer {
    return this.after(ms, callback);
  }

  lostMs(): number {
    return 0;
  }

  turn(callback: () => void): void {
    this.#turns.push(callback);
  }

  /** Timers that would still fire. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** One turn of the event loop: what was waiting for it runs, what that adds waits for the next. */
  turnOnce(): void {
    const turns = this.#turns;
    this.#turns = [];
    for (const callback of turns) callback();
  }

  /** Turns until nothing waits for a turn any more. */
  settle(): void {
    while (this.#turns.length > 0) this.turnOnce();
  }

  /** Lets time pass; timers fire in order, and after each one the event loop turns until it is quiet. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    this.settle();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#nowMs = next.atMs;
      this.#timers.delete(next);
      next.callback();
      this.settle();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Waiting | undefined {
    return [...this.#timers]
      .filter((timer) => timer.atMs <= untilMs)
      .sort((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
  }
}
