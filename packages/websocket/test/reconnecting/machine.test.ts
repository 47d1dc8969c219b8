/** Every row of the machine's table, with time and random numbers of the test. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { DEFAULT_BACKOFF } from "../../src/reconnecting/backoff.js";
import { Machine } from "../../src/reconnecting/machine.js";
import type {
  Effects,
  MachineOptions,
  ReconnectQuestion,
  StateChange,
} from "../../src/reconnecting/machine.js";
import { failure, mayRetry } from "../../src/reconnecting/verdict.js";
import type { ConnectionEnd } from "../../src/reconnecting/verdict.js";

const LOST = failure(undefined, true);

/** A machine, and what it has had done. */
class Bench implements Effects {
  readonly log: string[] = [];
  readonly changes: StateChange[] = [];
  readonly questions: ReconnectQuestion[] = [];
  readonly machine: Machine;
  time = 0;
  drawn = 0.5;
  timerAt: number | undefined = undefined;
  answer: ((question: ReconnectQuestion) => boolean) | undefined = undefined;
  onChange: ((change: StateChange) => void) | undefined = undefined;

  constructor(options: Partial<MachineOptions> = {}) {
    this.machine = new Machine(
      {
        backoff: DEFAULT_BACKOFF,
        maxAttempts: Infinity,
        stableMs: 5_000,
        handshakeMs: 10_000,
        ping: undefined,
        ...options,
      },
      this,
    );
  }

  now(): number {
    return this.time;
  }

  random(): number {
    return this.drawn;
  }

  open(): void {
    this.log.push("open");
  }

  drop(): void {
    this.log.push("drop");
  }

  ping(): void {
    this.log.push("ping");
  }

  setTimer(delayMs: number | undefined): void {
    this.timerAt = delayMs === undefined ? undefined : this.time + delayMs;
  }

  mayRetry(end: ConnectionEnd): boolean {
    return mayRetry(end);
  }

  shouldReconnect(question: ReconnectQuestion): boolean {
    this.questions.push(question);
    return this.answer?.(question) ?? question.wouldReconnect;
  }

  changed(change: StateChange): void {
    this.changes.push(change);
    const { state, attempt, nextDelayMs } = change;
    this.log.push(`${state} ${attempt}${nextDelayMs === undefined ? "" : ` ${Math.round(nextDelayMs)}`}`);
    this.onChange?.(change);
  }

  /** Lets the timer run out. */
  runOut(): void {
    assert.ok(this.timerAt !== undefined, "a timer runs");
    this.time = this.timerAt;
    this.timerAt = undefined;
    this.machine.timer();
  }

  /** What was logged since the last call. */
  news(): string[] {
    return this.log.splice(0);
  }

  /** Until a connection is open. */
  connected(): this {
    this.machine.connect();
    this.machine.opened();
    this.news();
    return this;
  }

  /** Until it waits after a connection that did not last. */
  waiting(end: ConnectionEnd = LOST): this {
    this.connected().machine.ended(end);
    this.news();
    return this;
  }
}

describe("connecting", () => {
  test("begins an attempt, with a deadline", () => {
    const bench = new Bench();
    bench.machine.connect();
    assert.deepEqual(bench.news(), ["open", "connecting 0"]);
    assert.equal(bench.timerAt, 10_000);
    assert.equal(bench.machine.state, "connecting");
  });

  test("opened: open, and without a ping no timer runs", () => {
    const bench = new Bench();
    bench.machine.connect();
    bench.machine.opened();
    assert.deepEqual(bench.news(), ["open", "connecting 0", "open 0"]);
    assert.equal(bench.timerAt, undefined);
  });

  test("ended: waits at random within the cap", () => {
    for (const [drawn, delayMs] of [
      [0, 0],
      [0.5, 2_500],
      [0.999, 4_995],
    ] as const) {
      const bench = new Bench();
      bench.drawn = drawn;
      bench.machine.connect();
      bench.machine.ended(failure(new Error("refused"), false));
      assert.deepEqual(bench.news(), ["open", "connecting 0", `waiting 1 ${delayMs}`]);
      assert.equal(bench.timerAt, delayMs);
      assert.equal((bench.changes.at(-1)!.cause!.error as Error).message, "refused");
    }
  });

  test("too slow: is given up, and counts as failed", () => {
    const bench = new Bench({ handshakeMs: 300 });
    bench.machine.connect();
    bench.runOut();
    assert.deepEqual(bench.news(), ["open", "connecting 0", "drop", "waiting 1 2500"]);
    const { wasOpen, error } = bench.changes.at(-1)!.cause!;
    assert.equal(wasOpen, false);
    assert.equal((error as { code?: string }).code, "WIREPROOF_HANDSHAKE_TIMEOUT");
  });

  test("close: closed", () => {
    const bench = new Bench();
    bench.machine.connect();
    bench.machine.close();
    assert.deepEqual(bench.news(), ["open", "connecting 0", "closed 0"]);
    assert.equal(bench.timerAt, undefined);
  });

  test("retry, online and offline change nothing", () => {
    const bench = new Bench();
    bench.machine.connect();
    bench.news();
    bench.machine.retry();
    bench.machine.offline();
    bench.machine.online();
    assert.deepEqual(bench.news(), []);
    assert.equal(bench.timerAt, 10_000);
  });
});

describe("open", () => {
  test("ended soon: counts as a failed attempt, so that nobody is hammered", () => {
    const bench = new Bench();
    bench.connected();
    for (const delayMs of [2_500, 4_045, 6_545]) {
      bench.time += 4_999;
      bench.machine.ended(LOST);
      assert.equal(Math.round(bench.changes.at(-1)!.nextDelayMs!), delayMs);
      bench.runOut();
      bench.machine.opened();
    }
    assert.equal(bench.machine.attempt, 3);
  });

  test("ended after it has lasted: counts from 0 again", () => {
    const bench = new Bench();
    bench.connected();
    for (let round = 0; round < 5; round++) {
      bench.machine.ended(LOST);
      bench.runOut();
      bench.machine.opened();
    }
    assert.equal(bench.machine.attempt, 5);
    bench.time += 5_000;
    bench.machine.ended(LOST);
    assert.equal(bench.changes.at(-1)!.attempt, 1);
    assert.equal(bench.changes.at(-1)!.nextDelayMs, 2_500);
  });

  test("ended with a code that says so: closed, with the reason", () => {
    const bench = new Bench().connected();
    const end = { ...LOST, code: 1008, reason: "no", wasClean: true };
    bench.machine.ended(end);
    assert.deepEqual(bench.news(), ["closed 0"]);
    assert.equal(bench.changes.at(-1)!.cause, end);
  });

  test("close: closed, without a cause", () => {
    const bench = new Bench().waiting();
    bench.runOut();
    bench.machine.opened();
    assert.equal(bench.changes.at(-1)!.cause, LOST);
    bench.machine.close();
    assert.equal(bench.changes.at(-1)!.state, "closed");
    assert.equal(bench.changes.at(-1)!.cause, undefined);
  });

  test("a network that goes leaves the connection alone", () => {
    const bench = new Bench().connected();
    bench.machine.offline();
    bench.machine.retry();
    assert.deepEqual(bench.news(), []);
    bench.machine.ended(LOST);
    assert.deepEqual(bench.news(), ["waiting 1"]);
  });

  test("a timer without a ping does nothing", () => {
    const bench = new Bench().connected();
    bench.machine.timer();
    assert.deepEqual(bench.news(), []);
  });
});

describe("open, with a ping", () => {
  const ping = { intervalMs: 1_000, timeoutMs: 300 };

  test("silence: a ping, then the end", () => {
    const bench = new Bench({ ping }).connected();
    bench.runOut();
    assert.deepEqual(bench.news(), ["ping"]);
    assert.equal(bench.timerAt, 1_300);
    bench.runOut();
    assert.deepEqual(bench.news(), ["drop", "waiting 1 2500"]);
    const { wasOpen, error } = bench.changes.at(-1)!.cause!;
    assert.equal(wasOpen, true);
    assert.equal((error as { problem?: string }).problem, "heartbeat-timeout");
  });

  test("an answer: another ping after the next silence", () => {
    const bench = new Bench({ ping }).connected();
    bench.runOut();
    bench.time += 100;
    bench.machine.heard();
    assert.deepEqual(bench.news(), ["ping"]);
    assert.equal(bench.timerAt, 2_100);
    bench.runOut();
    assert.deepEqual(bench.news(), ["ping"]);
  });

  test("messages: no ping", () => {
    const bench = new Bench({ ping }).connected();
    bench.time = 400;
    bench.machine.heard();
    bench.runOut();
    assert.deepEqual(bench.news(), []);
    assert.equal(bench.timerAt, 1_400);
  });

  test("a ping that fails, and closes: no timer runs", () => {
    const bench = new Bench({ ping }).connected();
    bench.ping = () => bench.machine.close();
    bench.runOut();
    assert.equal(bench.timerAt, undefined);
  });

  test("a new connection owes no answer to the ping of the last", () => {
    const bench = new Bench({ ping }).connected();
    bench.runOut();
    bench.machine.ended(LOST);
    bench.runOut();
    bench.machine.opened();
    bench.news();
    bench.runOut();
    assert.deepEqual(bench.news(), ["ping"]);
  });
});

describe("waiting", () => {
  test("timer: the next attempt, with its number", () => {
    const bench = new Bench().waiting();
    bench.runOut();
    assert.deepEqual(bench.news(), ["open", "connecting 1"]);
    assert.equal(bench.timerAt, bench.time + 10_000);
  });

  test("retry: the next attempt at once", () => {
    const bench = new Bench().waiting();
    bench.machine.retry();
    assert.deepEqual(bench.news(), ["open", "connecting 1"]);
    assert.equal(bench.time, 0);
  });

  test("close: closed, and no timer runs", () => {
    const bench = new Bench().waiting();
    bench.machine.close();
    assert.deepEqual(bench.news(), ["closed 1"]);
    assert.equal(bench.timerAt, undefined);
  });

  test("offline: waits for the network; online: comes soon", () => {
    const bench = new Bench().waiting();
    bench.machine.offline();
    bench.machine.offline();
    assert.deepEqual(bench.news(), ["waiting 1"]);
    assert.equal(bench.timerAt, undefined);
    assert.equal(bench.changes.at(-1)!.cause, LOST);
    bench.time = 60_000;
    bench.machine.online();
    bench.machine.online();
    assert.deepEqual(bench.news(), ["waiting 1 500"]);
    bench.runOut();
    assert.deepEqual(bench.news(), ["open", "connecting 1"]);
  });

  test("online: not before the time that the server has asked for", () => {
    const bench = new Bench().waiting({ ...LOST, retryAfterMs: 30_000 });
    bench.machine.offline();
    bench.time = 10_000;
    bench.machine.online();
    assert.equal(bench.changes.at(-1)!.nextDelayMs, 20_000);
  });

  test("retry does not ask whether there is a network", () => {
    const bench = new Bench().waiting();
    bench.machine.offline();
    bench.machine.retry();
    assert.equal(bench.machine.state, "connecting");
  });

  test("the caps grow by the factor, up to the largest", () => {
    const bench = new Bench();
    bench.drawn = 1;
    bench.machine.connect();
    const delays = Array.from({ length: 9 }, () => {
      bench.machine.ended(failure(undefined, false));
      const { nextDelayMs } = bench.changes.at(-1)!;
      bench.runOut();
      return Math.round(nextDelayMs! / 100) / 10;
    });
    assert.deepEqual(delays, [5, 8.1, 13.1, 21.2, 34.3, 55.4, 89.7, 90, 90]);
  });
});

describe("giving up", () => {
  test("after as many attempts as are allowed", () => {
    const bench = new Bench({ maxAttempts: 2 });
    bench.machine.connect();
    for (let attempt = 1; attempt <= 2; attempt++) {
      bench.machine.ended(failure(undefined, false));
      bench.runOut();
    }
    bench.machine.ended(failure(undefined, false));
    assert.equal(bench.machine.state, "closed");
    assert.equal(bench.questions.length, 2, "the application is not asked about what is not allowed");
  });

  test("when the application says so, and not when it says otherwise", () => {
    const bench = new Bench();
    bench.answer = ({ end, attempt, wouldReconnect }) => {
      assert.equal(wouldReconnect, end.code !== 1000);
      return end.code === 1000 && attempt === 1;
    };
    bench.connected();
    bench.machine.ended({ ...LOST, code: 1000 });
    assert.equal(bench.machine.state, "waiting");
    bench.runOut();
    bench.machine.ended(LOST);
    assert.equal(bench.machine.state, "closed");
  });

  test("only once, when the application closes while it is asked", () => {
    for (const answer of [true, false]) {
      const bench = new Bench().connected();
      bench.answer = () => {
        bench.machine.close();
        return answer;
      };
      bench.machine.ended(LOST);
      assert.deepEqual(bench.news(), ["closed 0"]);
      assert.equal(bench.timerAt, undefined);
    }
  });

  test("closed stays closed", () => {
    const bench = new Bench().waiting();
    bench.machine.close();
    bench.news();
    bench.machine.retry();
    bench.machine.timer();
    bench.machine.offline();
    bench.machine.online();
    assert.deepEqual(bench.news(), []);
    assert.equal(bench.timerAt, undefined);
  });
});

test("a handler that closes in each state ends it there", () => {
  for (const state of ["connecting", "open", "waiting"]) {
    const bench = new Bench();
    bench.onChange = (change) => {
      if (change.state === state) bench.machine.close();
    };
    bench.machine.connect();
    if (state !== "connecting") bench.machine.opened();
    if (state === "waiting") bench.machine.ended(LOST);
    assert.equal(bench.machine.state, "closed");
    assert.equal(bench.timerAt, undefined);
    assert.match(bench.log.at(-1)!, /^closed/);
  }
});
