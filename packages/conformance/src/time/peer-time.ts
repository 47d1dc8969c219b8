import type { MachineLoad } from "./machine-load.js";

/** A timer that has not fired yet. */
export interface Timer {
  cancel(): void;
}

/** What peer time is computed from; tests use their own. */
export interface PeerTimeSources {
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  readonly load: () => MachineLoad;
  readonly after: (ms: number, callback: () => void) => Timer;
  /** Calls back again and again. Must not keep the process alive. */
  readonly every: (ms: number, callback: () => void) => Timer;
}

interface Deadline {
  /** In peer time. */
  readonly at: number;
  /** By the clock. */
  readonly latestAt: number;
  readonly callback: () => void;
}

/** How often the time is measured that the machine and the event loop have lost, in milliseconds. */
const MEASURE_EVERY_MS = 50;
/** At most this much peer time passes between two measurements: beyond it, our event loop stood still. */
const MAX_STEP_MS = 2 * MEASURE_EVERY_MS;
/** Milliseconds between two readings of the machine's load. Many deadlines that run out together share one. */
const READ_LOAD_EVERY_MS = 5;
/** However busy the machine is, a deadline comes after at most this many times its length. */
const MAX_STRETCH = 20;
const MIN_RATE = 0.01;

/**
 * Time as a peer can use it. On an idle machine it passes as the clock does. While processes wait for a processor, it
 * passes more slowly, as each process gets less done. While our own event loop stands still, it hardly passes at all.
 * So no deadline of the peer runs out because the tester or the machine was too slow.
 *
 * It does not know how busy another machine is on which the peer may run; `--timeout-scale` is for that.
 */
export class PeerTime {
  readonly #sources: PeerTimeSources;
  /** Peer time so far, and how far it is behind the clock, in milliseconds. Without a deadline neither changes. */
  #passedMs = 0;
  #lostMs = 0;
  #measuredAt = 0;
  #load: { readonly read: MachineLoad; readonly at: number; readonly rate: number } | null = null;
  /** Deadlines that neither came nor were cancelled, in the order in which they were set. */
  readonly #deadlines = new Set<Deadline>();
  #ticker: Timer | null = null;

  constructor(sources: PeerTimeSources) {
    this.#sources = sources;
  }

  /** Milliseconds by which the clock is ahead of peer time so far. */
  get lostMs(): number {
    return this.#lostMs;
  }

  /**
   * Calls back once when `ms` milliseconds of peer time have passed, or `maxMs` by the clock. If two deadlines are
   * over, the earlier one calls back first, whichever timer fires first.
   */
  deadline(ms: number, callback: () => void, maxMs: number = MAX_STRETCH * ms): Timer {
    if (this.#deadlines.size === 0) this.#begin();
    this.#measure();
    const set: Deadline = { at: this.#passedMs + ms, latestAt: this.#measuredAt + maxMs, callback };
    this.#deadlines.add(set);
    const look = (): void => {
      if (!this.#deadlines.has(set)) return;
      this.#measure();
      const leftMs = this.#left(set);
      // Timers count in whole milliseconds.
      if (leftMs >= 1) timer = this.#sources.after(leftMs, look);
      else this.#callBack(set);
    };
    let timer = this.#sources.after(ms, look);
    return {
      cancel: () => {
        timer.cancel();
        this.#deadlines.delete(set);
      },
    };
  }

  #left({ at, latestAt }: Deadline): number {
    return Math.min(at - this.#passedMs, latestAt - this.#measuredAt);
  }

  /** Only timers of the same length fire in the order in which they were set, so all due deadlines are sorted here. */
  #callBack(last: Deadline): void {
    const due = [...this.#deadlines].filter((one) => one.at <= last.at && this.#left(one) < 1);
    due.sort((a, b) => a.at - b.at);
    // A callback may cancel a later deadline.
    for (const one of due) if (this.#deadlines.delete(one)) one.callback();
  }

  #begin(): void {
    if (this.#ticker !== null) return;
    const now = this.#sources.nowMs();
    this.#measuredAt = now;
    this.#load = { read: this.#sources.load(), at: now, rate: 1 };
    this.#ticker = this.#sources.every(MEASURE_EVERY_MS, () => this.#tick());
  }

  #tick(): void {
    this.#measure();
    if (this.#deadlines.size > 0) return;
    this.#ticker?.cancel();
    this.#ticker = null;
  }

  /** Adds the time that has passed since the last measurement. */
  #measure(): void {
    const now = this.#sources.nowMs();
    const stepMs = now - this.#measuredAt;
    const passedMs = Math.min(stepMs, MAX_STEP_MS) * this.#rateAt(now);
    this.#measuredAt = now;
    this.#passedMs += passedMs;
    this.#lostMs += stepMs - passedMs;
  }

  #rateAt(now: number): number {
    const last = this.#load;
    if (last !== null && now - last.at < READ_LOAD_EVERY_MS) return last.rate;
    const read = this.#sources.load();
    const rate = last === null ? 1 : rateBetween(last.read, read, now - last.at);
    this.#load = { read, at: now, rate };
    return rate;
  }
}

/**
 * How fast a process runs, from 0.01 to 1, given the load before and after `ms` milliseconds. While processes wait,
 * each gets its share of the processors.
 */
export function rateBetween(before: MachineLoad, after: MachineLoad, ms: number): number {
  const { runnable, processors } = after;
  const pressure = part(before.pressureMs, after.pressureMs, ms);
  const own = part(before.ownWaitMs, after.ownWaitMs, ms);
  // If the system does not show how long processes wait, it shows at least how many there are.
  const waiting = Math.max(pressure ?? (runnable > processors ? 1 : 0), own ?? 0);
  const share = Math.min(1, processors / Math.max(1, runnable));
  return Math.max(MIN_RATE, 1 - waiting * (1 - share));
}

function part(before: number | null, after: number | null, ms: number): number | null {
  if (before === null || after === null) return null;
  return Math.min(1, Math.max(0, (after - before) / ms));
}
