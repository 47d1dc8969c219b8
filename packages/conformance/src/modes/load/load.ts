import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";

import { Lane } from "./lane.js";
import { LoadTotals } from "./load-totals.js";
import { loadMessages } from "./messages.js";
import type { LoadMessage } from "./messages.js";
import type { LoadOptions, LoadResult } from "./options.js";
import { Pacing } from "./pacing.js";

/** Connections that are opened at the same time. */
const OPENING = 64;
const PROGRESS_MS = 1000;
/** Timers of Node are this exact. For a shorter time, the event loop turns until it is over. */
const TIMER_MS = 2;
/** Longest time until an interruption is noticed. */
const LONGEST_SLEEP_MS = 100;
/** How long closing may take. After that, connections are dropped. */
const CLOSE_MS = 2000;

/**
 * Sends messages to an echo server and measures. Rejects if a connection does not open, or if the signal is aborted
 * before all are open.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  // Every connection listens to it until it is open.
  setMaxListeners(0, options.signal);
  const load = new Load(options);
  try {
    await load.open();
    return await load.run();
  } finally {
    await load.close();
  }
}

class Load {
  readonly #options: LoadOptions;
  readonly #messages: readonly LoadMessage[];
  readonly #lanes: Lane[] = [];
  #pacings: Pacing[] = [];
  #totals: LoadTotals;
  #isOver = false;
  #gone = 0;
  #wake: () => void = () => undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#messages = loadMessages(options.sizes, options.binary);
    this.#totals = new LoadTotals(0, 0);
  }

  async open(): Promise<void> {
    const { connections } = this.#options;
    for (let number = 0; number < connections; number += OPENING) {
      const batch = Array.from({ length: Math.min(OPENING, connections - number) }, () => this.#openLane());
      const settled = await Promise.allSettled(batch);
      const failed = settled.find((one) => one.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    }
  }

  async run(): Promise<LoadResult> {
    const { rate, warmupMs, durationMs, signal } = this.#options;
    const beganAt = performance.now();
    const endsAt = beganAt + warmupMs + durationMs;
    this.#totals = new LoadTotals(beganAt + warmupMs, endsAt);
    const progress = setInterval(() => this.#reportProgress(beganAt), PROGRESS_MS);
    const stop = (): void => this.#wake();
    signal.addEventListener("abort", stop, { once: true });
    if (rate === "max") await this.#atFullSpeed(endsAt);
    else await this.#paced(rate, beganAt, endsAt);
    const stoppedAt = Math.min(endsAt, performance.now());
    this.#isOver = true;
    await this.#echoes();
    clearInterval(progress);
    signal.removeEventListener("abort", stop);
    return this.#result(stoppedAt);
  }

  async close(): Promise<void> {
    this.#isOver = true;
    for (const lane of this.#lanes) lane.close();
    await this.#until(() => this.#gone >= this.#lanes.length, CLOSE_MS);
    for (const lane of this.#lanes) lane.terminate();
  }

  async #openLane(): Promise<void> {
    const lane = await Lane.open(this.#options, {
      echoed: (flight, isSame) => {
        const now = performance.now();
        this.#totals.echoed(flight, isSame, now);
        if (this.#options.rate === "max" && !this.#isOver) this.#sendNow(lane, now);
        if (this.#isOver) this.#wake();
      },
      gone: () => {
        this.#gone++;
        this.#wake();
      },
    });
    this.#lanes.push(lane);
  }

  get #isStopped(): boolean {
    return this.#options.signal.aborted || this.#gone >= this.#lanes.length;
  }

  /** Sends all messages that are due, and sleeps until the next one is. */
  async #paced(rate: number, beganAt: number, endsAt: number): Promise<void> {
    this.#pacings = this.#lanes.map((_, index) => new Pacing(rate, this.#lanes.length, index, beganAt));
    for (let now = performance.now(); now < endsAt && !this.#isStopped; now = performance.now()) {
      let nextAt = endsAt;
      for (const [index, pacing] of this.#pacings.entries()) {
        this.#sendDue(this.#lanes[index] as Lane, pacing, now, endsAt);
        // A lane that cannot send now is tried again soon.
        if (pacing.dueAt > now) nextAt = Math.min(nextAt, pacing.dueAt);
        else nextAt = Math.min(nextAt, now + 1);
      }
      await sleepUntil(nextAt);
    }
  }

  #sendDue(lane: Lane, pacing: Pacing, now: number, endsAt: number): void {
    while (pacing.dueAt <= now && pacing.dueAt < endsAt) {
      const { dueAt } = pacing;
      const message = this.#message(pacing.count);
      if (!lane.send(message, dueAt, performance.now())) return;
      this.#totals.sent(dueAt);
      pacing.advance();
    }
  }

  async #atFullSpeed(endsAt: number): Promise<void> {
    for (const lane of this.#lanes) this.#sendNow(lane, performance.now());
    await this.#until(() => this.#isStopped, endsAt - performance.now());
  }

  #sendNow(lane: Lane, now: number): void {
    if (lane.send(this.#message(this.#totals.allSent), now, now)) this.#totals.sent(now);
  }

  #message(number: number): LoadMessage {
    return this.#messages[number % this.#messages.length] as LoadMessage;
  }

  /** Waits for the echoes of messages in flight. */
  #echoes(): Promise<void> {
    return this.#until(
      () => this.#options.signal.aborted || this.#lanes.every((lane) => lane.idle || !lane.isOpen),
      this.#options.timeoutMs,
    );
  }

  /** Resolves when `isSo` returns true, which is checked at every event, or when the time is over. */
  #until(isSo: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, Math.max(0, timeoutMs));
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
      this.#wake = () => {
        if (isSo()) done();
      };
      this.#wake();
    });
  }

  #reportProgress(beganAt: number): void {
    const { allSent, allEchoed } = this.#totals;
    const elapsedMs = performance.now() - beganAt;
    this.#options.onProgress?.({ elapsedMs, sent: allSent, echoed: allEchoed });
  }

  /** Messages that were due and never sent count with their waiting time. */
  #result(stoppedAt: number): LoadResult {
    const now = performance.now();
    let late = 0;
    for (const pacing of this.#pacings) {
      for (; pacing.dueAt < stoppedAt; pacing.advance()) late += this.#totals.late(pacing.dueAt, now);
    }
    for (const lane of this.#lanes) for (const flight of lane.waiting) this.#totals.unanswered(flight, now);
    return {
      opened: this.#lanes.length,
      lostConnections: this.#gone,
      extensions: this.#lanes[0]?.extensions ?? "",
      late,
      ...this.#totals.figures(stoppedAt),
      interrupted: this.#options.signal.aborted,
    };
  }
}

function sleepUntil(at: number): Promise<void> {
  const leftMs = at - performance.now();
  return new Promise((resolve) => {
    if (leftMs > TIMER_MS) setTimeout(resolve, Math.min(LONGEST_SLEEP_MS, leftMs - TIMER_MS));
    else setImmediate(resolve);
  });
}
