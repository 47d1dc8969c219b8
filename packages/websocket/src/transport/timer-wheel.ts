/** Something that wants to be called at a time. The deadline may change at any moment; see `TimerWheel.add`. */
export interface Timed {
  /** In ms of the wheel's clock; Infinity: never. */
  readonly deadline: number;
  /** For the wheel: where the entry waits. Initially `NOT_ENTERED`. */
  wheelSlot: number;
  /** Called at the deadline or up to about `GRANULARITY_MS` after it, never before. */
  tick(now: number): void;
}

/** The clock of the wheel. */
export interface WheelClock {
  /** Monotonic, in ms. */
  now(): number;
  /** Calls back once after `delayMs`, and does not keep the process alive. Returns a function that cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** How late a deadline may be met. All deadlines here are seconds or more. */
export const GRANULARITY_MS: number = 64;
const SLOTS = 512;
const NEVER = Infinity;
/** The slot of an entry that is in none. */
export const NOT_ENTERED = -1;
/** The slot of an entry whose turn it is. */
const VISITED = -2;

/**
 * The deadlines of all connections on one timer: a timer for each connection costs more than the connection itself.
 * Nothing runs while there is no deadline, and a slot without entries is not visited. A deadline that has moved to a
 * later time is noticed when its old slot is visited. So a deadline may be put off often, for example with each
 * message, without a call.
 */
export class TimerWheel {
  readonly #clock: WheelClock;
  readonly #slots: (Set<Timed> | undefined)[] = Array.from({ length: SLOTS });
  /** How many entries wait. The slot of each, counted from the beginning of time, is in it: a Map costs 50 octets more. */
  #size = 0;
  /** All slots up to this one have been emptied. */
  #done = 0;
  #armedFor: number = NEVER;
  #disarm: () => void = () => {};
  readonly #onTimer = (): void => this.#advance();

  constructor(clock: WheelClock) {
    this.#clock = clock;
  }

  /** How many entries wait. */
  get size(): number {
    return this.#size;
  }

  /** Enters `entry` with its present deadline. Call it again when the deadline has moved to an earlier time. */
  add(entry: Timed): void {
    const { deadline } = entry;
    if (deadline === NEVER) return this.remove(entry);
    if (this.#size === 0) this.#done = Math.floor(this.#clock.now() / GRANULARITY_MS);
    this.#place(entry, deadline);
    this.#arm(entry.wheelSlot);
  }

  /** Forgets `entry`; nothing happens if it is not there. */
  remove(entry: Timed): void {
    const slot = entry.wheelSlot;
    if (slot === NOT_ENTERED) return;
    this.#leave(entry);
    if (slot !== VISITED) this.#slots[slot % SLOTS]?.delete(entry);
    if (this.#size === 0) this.#stop();
  }

  #place(entry: Timed, deadline: number): void {
    if (deadline === NEVER) return this.#leave(entry);
    // A deadline that is farther away than one round waits in the farthest slot and is placed again from there.
    const wanted = Math.ceil(deadline / GRANULARITY_MS);
    const slot = Math.min(Math.max(wanted, this.#done + 1), this.#done + SLOTS - 1);
    const before = entry.wheelSlot;
    if (before === slot) return;
    if (before === NOT_ENTERED) this.#size++;
    else if (before !== VISITED) this.#slots[before % SLOTS]?.delete(entry);
    entry.wheelSlot = slot;
    (this.#slots[slot % SLOTS] ??= new Set()).add(entry);
  }

  #leave(entry: Timed): void {
    if (entry.wheelSlot !== NOT_ENTERED) this.#size--;
    entry.wheelSlot = NOT_ENTERED;
  }

  #advance(): void {
    this.#armedFor = NEVER;
    try {
      const now = this.#clock.now();
      const last = Math.floor(now / GRANULARITY_MS);
      // After a long sleep of the machine, one round visits every slot.
      const end = Math.min(last, this.#done + SLOTS);
      while (this.#done < end) {
        this.#done++;
        this.#empty(this.#slots[this.#done % SLOTS], now);
      }
      this.#done = Math.max(this.#done, last);
    } finally {
      this.#armNext();
    }
  }

  /** `#done` is this slot already, so nothing is placed into it meanwhile. */
  #empty(slot: Set<Timed> | undefined, now: number): void {
    if (slot === undefined) return;
    try {
      for (const entry of slot) {
        slot.delete(entry);
        this.#visit(entry, now);
      }
    } finally {
      // When an entry has thrown, the others get their turn in the next slot.
      for (const entry of slot) {
        slot.delete(entry);
        this.#place(entry, entry.deadline);
      }
    }
  }

  #visit(entry: Timed, now: number): void {
    entry.wheelSlot = VISITED;
    try {
      if (entry.deadline <= now) entry.tick(now);
    } finally {
      // Unless it has removed or entered itself again.
      if (entry.wheelSlot === VISITED) this.#place(entry, entry.deadline);
    }
  }

  #armNext(): void {
    if (this.#size === 0) return this.#stop();
    let slot = this.#done + 1;
    while (slot < this.#done + SLOTS && !this.#slots[slot % SLOTS]?.size) slot++;
    this.#arm(slot);
  }

  #arm(slot: number): void {
    if (slot >= this.#armedFor) return;
    this.#disarm();
    this.#armedFor = slot;
    const delayMs = Math.max(1, Math.ceil(slot * GRANULARITY_MS - this.#clock.now()));
    this.#disarm = this.#clock.after(delayMs, this.#onTimer);
  }

  #stop(): void {
    this.#disarm();
    this.#disarm = () => {};
    this.#armedFor = NEVER;
  }
}

/** Milliseconds since the process began, never going back. */
export function monotonicNow(): number {
  return performance.now();
}

/** The wheel of this process. */
export const wheel: TimerWheel = new TimerWheel({
  now: monotonicNow,
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
});
