import assert from "node:assert/strict";
import { test } from "node:test";
import { NOT_ENTERED, GRANULARITY_MS, TimerWheel, monotonicNow } from "../../src/transport/timer-wheel.js";
import type { Timed, WheelClock } from "../../src/transport/timer-wheel.js";

/** A clock that stands still until the test lets it go on, with one timer, as the wheel promises to use it. */
class FakeClock implements WheelClock {
  time: number;
  timers = 0;
  timersSet = 0;
  #at = Infinity;
  #callback: () => void = () => {};

  constructor(time = 1_000_003) {
    this.time = time;
  }

  now(): number {
    return this.time;
  }

  after(delayMs: number, callback: () => void): () => void {
    assert.ok(delayMs >= 1 && Number.isInteger(delayMs), `a delay of ${delayMs} ms`);
    this.timers++;
    this.timersSet++;
    const at = this.time + delayMs;
    this.#at = at;
    this.#callback = callback;
    let isOver = false;
    return () => {
      if (isOver || this.#at !== at) return;
      isOver = true;
      this.timers--;
      this.#at = Infinity;
    };
  }

  /** Lets the timers fire that come due within `ms`. */
  pass(ms: number): void {
    const end = this.time + ms;
    while (this.#at <= end) {
      this.time = Math.max(this.time, this.#at);
      this.#fire();
    }
    this.time = end;
  }

  /** As after a suspend: nothing has fired for `ms`, then the timer does. */
  jump(ms: number): void {
    this.time += ms;
    this.#fire();
  }

  #fire(): void {
    this.#at = Infinity;
    this.timers--;
    this.#callback();
  }
}

class Entry implements Timed {
  deadline: number;
  wheelSlot: number = NOT_ENTERED;
  readonly ticks: number[] = [];
  onTick: (now: number) => void = () => {};

  constructor(deadline: number) {
    this.deadline = deadline;
  }

  tick(now: number): void {
    this.ticks.push(now);
    this.deadline = Infinity;
    this.onTick(now);
  }
}

function setUp(): { clock: FakeClock; wheel: TimerWheel } {
  const clock = new FakeClock();
  return { clock, wheel: new TimerWheel(clock) };
}

test("an entry is called once, at its deadline or a little later", () => {
  for (const delayMs of [
    0,
    1,
    GRANULARITY_MS - 1,
    GRANULARITY_MS,
    1000,
    5000,
    20_000,
    32_768,
    32_769,
    500_000,
  ]) {
    const { clock, wheel } = setUp();
    const entry = new Entry(clock.time + delayMs);
    const { deadline } = entry;
    wheel.add(entry);
    clock.pass(delayMs - 1);
    assert.deepEqual(entry.ticks, [], `${delayMs} ms: nothing before`);
    clock.pass(2 * GRANULARITY_MS + 1);
    assert.equal(entry.ticks.length, 1, `${delayMs} ms`);
    assert.ok(entry.ticks[0]! >= deadline && entry.ticks[0]! <= deadline + 2 * GRANULARITY_MS);
    assert.equal(wheel.size, 0);
    clock.pass(1_000_000);
    assert.equal(entry.ticks.length, 1);
  }
});

test("no timer runs while no deadline is there", () => {
  const { clock, wheel } = setUp();
  const [first, second] = [new Entry(clock.time + 5000), new Entry(clock.time + 90_000)];
  wheel.add(first);
  wheel.add(second);
  assert.equal(clock.timers, 1, "one timer for both");
  wheel.remove(first);
  wheel.remove(second);
  wheel.remove(second);
  assert.equal(clock.timers, 0);
  wheel.add(new Entry(Infinity));
  assert.equal(wheel.size, 0);
  assert.equal(clock.timers, 0);
});

test("slots without entries are not visited", () => {
  const { clock, wheel } = setUp();
  wheel.add(new Entry(clock.time + 20_000));
  clock.pass(60_000);
  assert.ok(clock.timersSet <= 2, `${clock.timersSet} timers`);
});

test("a deadline that moved later is noticed without a call", () => {
  const { clock, wheel } = setUp();
  const entry = new Entry(clock.time + 1000);
  wheel.add(entry);
  clock.pass(500);
  entry.deadline = clock.time + 3000;
  clock.pass(2990);
  assert.deepEqual(entry.ticks, []);
  clock.pass(200);
  assert.equal(entry.ticks.length, 1);
});

test("an entry that is added again moves to an earlier time", () => {
  const { clock, wheel } = setUp();
  const [entry, other] = [new Entry(clock.time + 30_000), new Entry(clock.time + 10_000)];
  wheel.add(entry);
  wheel.add(other);
  clock.pass(100);
  entry.deadline = clock.time + 500;
  wheel.add(entry);
  assert.equal(wheel.size, 2);
  clock.pass(700);
  assert.equal(entry.ticks.length, 1);
  assert.equal(other.ticks.length, 0);
  other.deadline = Infinity;
  wheel.add(other);
  assert.equal(wheel.size, 0, "an entry that needs nothing any more is forgotten");
});

test("a tick may give a new deadline, remove its own entry and others", () => {
  const { clock, wheel } = setUp();
  const again = new Entry(clock.time + 1000);
  again.onTick = (now) => (again.deadline = now + 1000);
  const victim = new Entry(clock.time + 1010);
  const gone = new Entry(clock.time + 1000);
  gone.onTick = (now) => {
    gone.deadline = now + 1000;
    wheel.remove(gone);
    wheel.remove(victim);
  };
  for (const entry of [again, gone, victim]) wheel.add(entry);
  clock.pass(10_500);
  assert.ok(again.ticks.length >= 9 && again.ticks.length <= 10, `${again.ticks.length} ticks`);
  assert.equal(gone.ticks.length, 1);
  assert.equal(victim.ticks.length, 0);
  assert.equal(wheel.size, 1);
});

test("a tick that asks for a time that has passed is called again later, not forever", () => {
  const { clock, wheel } = setUp();
  const eager = new Entry(clock.time);
  eager.onTick = (now) => {
    eager.deadline = now - 10;
    if (eager.ticks.length % 2 === 0) wheel.add(eager);
  };
  wheel.add(eager);
  clock.pass(10 * GRANULARITY_MS);
  assert.ok(eager.ticks.length >= 5 && eager.ticks.length <= 10, `${eager.ticks.length} ticks`);
});

test("an entry that throws does not take the others with it", () => {
  const { clock, wheel } = setUp();
  const at = clock.time + 1000;
  const [before, bad, after] = [new Entry(at), new Entry(at), new Entry(at)];
  bad.onTick = () => {
    throw new Error("on purpose");
  };
  for (const entry of [before, bad, after]) wheel.add(entry);
  assert.throws(() => clock.pass(2000), /on purpose/);
  clock.pass(1000);
  assert.deepEqual([before.ticks.length, bad.ticks.length, after.ticks.length], [1, 1, 1]);
  assert.equal(wheel.size, 0);
  assert.equal(clock.timers, 0);
});

test("after a suspend of hours everything that is due is called at once", () => {
  const { clock, wheel } = setUp();
  const entries = Array.from(
    { length: 600 },
    (_, index) => new Entry(clock.time + index * GRANULARITY_MS * 2),
  );
  for (const entry of entries) wheel.add(entry);
  const late = new Entry(clock.time + 100_000_000);
  wheel.add(late);
  clock.jump(50_000_000);
  assert.ok(entries.every((entry) => entry.ticks.length === 1));
  clock.pass(49_990_000);
  assert.equal(late.ticks.length, 0);
  clock.pass(20_000);
  assert.equal(late.ticks.length, 1);
});

test("a thousand entries in random motion keep their promises", () => {
  const { clock, wheel } = setUp();
  let seed = 12_345;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const entries = Array.from({ length: 1000 }, () => {
    const entry = new Entry(clock.time + random(60_000));
    let promised = entry.deadline;
    entry.onTick = (now) => {
      assert.ok(now >= promised && now <= promised + 2 * GRANULARITY_MS, `${now - promised} ms late`);
      promised = entry.deadline = now + random(60_000);
    };
    return entry;
  });
  for (const entry of entries) wheel.add(entry);
  clock.pass(300_000);
  assert.ok(entries.every((entry) => entry.ticks.length >= 5));
  assert.equal(wheel.size, 1000);
});

test("the time of the process never goes back", () => {
  const first = monotonicNow();
  assert.ok(monotonicNow() >= first);
});
