import { invalidArgument } from "../errors.js";
import { changeTime, presentTime } from "../transport/time.js";
import type { Deadlines, Time } from "../transport/time.js";
import type { Timed } from "../transport/timer-wheel.js";
import { immediate } from "../transport/wake.js";

/**
 * Time that passes only when a test says so. It drives what servers and clients of this package wait for: heartbeats,
 * `closeMs`, `handshakeMs`, `drainMs` and the latency of a {@link Link}. Nothing else in the process is touched, so sockets
 * and the timers of the test go on. {@link fakeTime} makes one.
 *
 * @example
 * ```ts
 * import { fakeTime, pair, type FakeTime } from "@wireproof/websocket/testing";
 *
 * const time: FakeTime = fakeTime();
 * await using both = await pair({ time, server: { heartbeat: { intervalMs: 10_000 } } });
 * await time.advance(10_000);
 * console.assert(both.client.counters.pingsReceived === 1);
 * ```
 */
export interface FakeTime {
  /** Milliseconds that have passed. */
  readonly nowMs: number;
  /**
   * Lets time pass. What is due happens in its order, each at its own time. Before and after each step the event loop turns
   * until nothing is on its way over any {@link Link}, so a Ping at 20 s is answered before the next thing happens. What
   * goes over sockets takes real time: await what it causes.
   *
   * @param ms - Milliseconds, 0 or more.
   * @returns A promise that resolves when all of it has happened.
   * @throws {@link WebSocketError} (InvalidArgument) for anything else.
   */
  advance(ms: number): Promise<void>;
  /**
   * From now on all servers and clients that are made in this process follow this time, whoever makes them, also over
   * sockets. Those that are there already keep the time they have. Only one can be installed.
   *
   * @returns This time.
   * @throws {@link WebSocketError} (InvalidArgument) when another is installed.
   */
  install(): this;
  /** Undoes `install`. What was made meanwhile keeps this time. Nothing happens if it is not installed. */
  uninstall(): void;
  /** As `uninstall()`; for `using`. */
  [Symbol.dispose](): void;
}

/**
 * Makes a time that stands still. Give it to {@link pair}, or `install` it.
 *
 * @returns The time, at 0 ms.
 *
 * @example
 * A client of the application notices in no time that its server has gone silent:
 *
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { fakeTime, scriptedServer } from "@wireproof/websocket/testing";
 *
 * await using server = await scriptedServer((peer) => peer.stall());
 * const time = fakeTime().install();
 * const ws = await connect(server.url, { heartbeat: { intervalMs: 20_000, timeoutMs: 5_000 } });
 * await time.advance(25_000);
 * const ended = await ws[Symbol.asyncIterator]().next().catch((error: Error) => error.message);
 * console.assert(ended === "Nothing came in answer to a ping in time.");
 * time.uninstall();
 * ```
 */
export function fakeTime(): FakeTime {
  return new SteppedTime();
}

/** The time that a test has made. */
export class SteppedTime implements FakeTime, Time, Deadlines {
  readonly deadlines: Deadlines = this;
  nowMs = 0;
  readonly now = (): number => this.nowMs;
  /** Each with the earliest time at which it may be called again. */
  readonly #entries = new Map<Timed, number>();
  readonly #timers = new Set<Timer>();
  #before: Time | undefined = undefined;
  #stirs = 0;
  readonly #moves = (): number => this.#stirs;

  /** Something has moved: it may take further turns of the event loop until all is quiet. */
  stir(): void {
    this.#stirs++;
  }

  add(entry: Timed): void {
    if (!this.#entries.has(entry)) this.#entries.set(entry, 0);
  }

  remove(entry: Timed): void {
    this.#entries.delete(entry);
  }

  readonly after = (delayMs: number, callback: () => void): (() => void) => {
    const timer = { at: this.nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  async advance(ms: number): Promise<void> {
    if (!(ms >= 0 && Number.isFinite(ms)))
      throw invalidArgument("Time advances by a number of ms that is 0 or more.");
    const end = this.nowMs + ms;
    await quiet(this.#moves);
    for (let next = this.#next(); next.at <= end; next = this.#next()) {
      this.nowMs = Math.max(this.nowMs, next.at);
      next.happen();
      await quiet(this.#moves);
    }
    this.nowMs = end;
    await quiet(this.#moves);
  }

  install(): this {
    const present = presentTime();
    if (present === this) return this;
    if (present instanceof SteppedTime)
      throw invalidArgument("Another fake time is installed: uninstall it first.");
    this.#before = changeTime(this);
    return this;
  }

  uninstall(): void {
    if (this.#before !== undefined && presentTime() === this) changeTime(this.#before);
    this.#before = undefined;
  }

  [Symbol.dispose](): void {
    this.uninstall();
  }

  /** What is due first. Of two things at the same time, the one that was entered first. */
  #next(): Due {
    let next: Due = { at: Infinity, happen: () => {} };
    for (const [entry, notBefore] of this.#entries) {
      const at = Math.max(entry.deadline, notBefore);
      if (at < next.at) next = { at, happen: () => this.#visit(entry) };
    }
    for (const timer of this.#timers) {
      if (timer.at < next.at) next = { at: timer.at, happen: () => this.#fire(timer) };
    }
    return next;
  }

  #visit(entry: Timed): void {
    // Unless its deadline moves, it would be due for ever.
    this.#entries.set(entry, this.nowMs + 1);
    entry.tick(this.nowMs);
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    timer.callback();
  }
}

/** Resolves when nothing has moved for some turns of the event loop. `moves` counts what moves. */
export async function quiet(moves: () => number): Promise<void> {
  let quietTurns = 0;
  for (let turns = 0; turns < MOST_TURNS && quietTurns < QUIET_TURNS; turns++) {
    const before = moves();
    await new Promise<void>((resolve) => void immediate(resolve));
    quietTurns = moves() === before ? quietTurns + 1 : 0;
  }
}

/** Makes something that follows `time` from then on. */
export function madeWith<T>(time: Time | undefined, make: () => T): T {
  if (time === undefined) return make();
  const before = changeTime(time);
  try {
    return make();
  } finally {
    changeTime(before);
  }
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

interface Due {
  readonly at: number;
  readonly happen: () => void;
}

/** Between a read and the answer to it there are up to three turns. */
const QUIET_TURNS = 4;
/** Two sides that answer one another for ever must not stop the test. */
const MOST_TURNS = 2_000;
