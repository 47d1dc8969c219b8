import { AsyncResource } from "node:async_hooks";

import type { TurnLimits, TurnTaker, Turns } from "../protocol/turns.js";
import { immediate } from "./wake.js";

/** The source of the time and of turns. */
export interface TurnClock {
  /** Monotonic, in ms. */
  now(): number;
  /** Calls back in the next turn of the event loop: every socket that had something to read was read meanwhile. */
  nextTurn(callback: () => void): void;
}

/**
 * The turns of the event loop. One lasts from a call of `nextTurn` to the next. First come those that wait, in their
 * order, each with an equal part of what is left of the turn and at least one step. Then the system's reads are
 * delivered. One that needs more than its part goes to the end of the queue.
 *
 * To let a read wait costs as much as a few dozen small messages. So when the turn is over, a read is still finished if
 * the rest takes less than an eighth of a turn, until the turn is four times as long as it should be. So what many
 * polite clients send at once is delivered at once.
 *
 * To read the clock takes 40 ns, a tenth of a small message. So it is read again after as many steps as fit into a
 * quarter of what is left, as long as steps take what they took lately. A single step that takes much longer than those
 * before counts only in part: most often the system has taken the processor away. A turn begins, with its callback,
 * only when reads have brought many messages: one or two echoes cost neither.
 */
export class LoopTurns implements Turns {
  readonly #clock: TurnClock;
  readonly #onTurn = (): void => this.#turn();
  /** Steps until the clock is read again, and how many they were at first. */
  #credit = 1;
  #credited = 1;
  /** What a step has taken lately, in ms. */
  #stepMs = UNKNOWN_STEP_MS;
  #hasBegun = false;
  #startedAt = 0;
  #lookedAt = 0;
  /** How much of this turn is used up. */
  #usedMs = 0;
  #octets = 0;
  /** The part of the present taker ends when so much is used up. */
  #partMs = Infinity;
  #present: Waiting | undefined = undefined;
  /** Those that wait, from `#head` on. */
  #line: Waiting[] = [];
  #head = 0;

  constructor(clock: TurnClock) {
    this.#clock = clock;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#line.length - this.#head;
  }

  spend(octets: number, left: number, limits: TurnLimits): boolean {
    this.#octets += octets;
    // Large messages take as long as several small ones.
    this.#credit -= 1 + (octets >> 12);
    return this.#credit > 0 || this.#look(octets, left, limits);
  }

  /**
   * The same for the application's own steps, such as those of a loop over messages, which may take any time: the clock
   * is read after every few of them.
   */
  mayGoOn(limits: TurnLimits): boolean {
    this.#credit -= STEPS_OF_APPLICATION;
    return this.#credit > 0 || this.#look(0, 0, limits);
  }

  wait(taker: TurnTaker, limits: TurnLimits): void {
    const present = this.#present;
    // A taker is called in the asynchronous context of its call of `wait` (AsyncLocalStorage).
    if (present?.taker === taker) this.#line.push(present);
    else this.#line.push({ taker, limits, context: new AsyncResource("WIREPROOF_TURN") });
    if (!this.#hasBegun) this.#begin(this.#clock.now());
  }

  #look(octets: number, left: number, { turnMs, turnOctets }: TurnLimits): boolean {
    const now = this.#clock.now();
    if (this.#hasBegun) this.#learn(now, this.#credited - this.#credit);
    else this.#begin(now);
    const leftMs = Math.min(turnMs, this.#partMs) - this.#usedMs;
    const isLate = now - this.#startedAt >= GRACE * turnMs || this.#octets >= GRACE * turnOctets;
    if (leftMs > 0 && this.#octets < turnOctets && !isLate) {
      this.#grant(now, Math.min(leftMs, turnMs) / 4, MOST_STEPS);
      return true;
    }
    const neededMs = (1 + left / octets) * this.#stepMs;
    const mayFinish = left > 0 && !isLate && neededMs < turnMs / 8;
    this.#grant(now, mayFinish ? neededMs : 0, MOST_STEPS);
    return mayFinish;
  }

  #begin(now: number): void {
    this.#hasBegun = true;
    this.#startedAt = now;
    this.#lookedAt = now;
    this.#usedMs = 0;
    this.#octets = 0;
    this.#clock.nextTurn(this.#onTurn);
  }

  /** On a busy machine the system takes the processor away for milliseconds, which is not the fault of a connection. */
  #learn(now: number, steps: number): void {
    const stepMs = (now - this.#lookedAt) / steps;
    const known = this.#stepMs;
    this.#usedMs += steps * Math.min(stepMs, 8 * known);
    this.#stepMs = Math.max(LEAST_STEP_MS, (3 / 4) * known, Math.min(stepMs, 2 * known));
  }

  #grant(now: number, ms: number, most: number): void {
    this.#lookedAt = now;
    // As an integer for the compiler, too: as a double it made 16 pipelined messages of 64 B cost 4 % more.
    this.#credit = Math.max(1, Math.min(ms / this.#stepMs, most)) | 0;
    this.#credited = this.#credit;
  }

  #turn(): void {
    const now = this.#clock.now();
    this.#hasBegun = false;
    // It says nothing about the next turn.
    if (this.waiting === 0) return this.#grant(now, IDLE_MS, IDLE_STEPS);
    this.#begin(now);
    try {
      this.#serve(now);
    } finally {
      this.#present = undefined;
      this.#partMs = Infinity;
    }
  }

  #serve(begun: number): void {
    let now = begun;
    for (let left = this.waiting; left > 0; left--) {
      const next = this.#line[this.#head]!;
      const { turnMs, turnOctets } = next.limits;
      const restMs = turnMs - this.#usedMs;
      const isFull = restMs <= 0 || this.#octets >= turnOctets;
      if (isFull && this.#present !== undefined) return;
      this.#shift();
      this.#present = next;
      this.#partMs = this.#usedMs + restMs / left;
      this.#grant(now, restMs / left / 4, MOST_STEPS);
      next.context.runInAsyncScope(takeTurn, next.taker);
      now = this.#clock.now();
      // The first step needs no permission, so there is always one.
      this.#learn(now, 1 + this.#credited - this.#credit);
    }
  }

  #shift(): void {
    this.#head++;
    if (this.#head * 2 < this.#line.length) return;
    this.#line = this.#line.slice(this.#head);
    this.#head = 0;
  }
}

interface Waiting {
  readonly taker: TurnTaker;
  readonly limits: TurnLimits;
  readonly context: AsyncResource;
}

function takeTurn(this: TurnTaker): void {
  this.takeTurn();
}

/** Reads that are nearly finished may make a turn so many times as long, or as large. */
const GRACE = 4;
const STEPS_OF_APPLICATION = 8;
const UNKNOWN_STEP_MS = 1 / 16;
const LEAST_STEP_MS = 1 / 16_384;
const MOST_STEPS = 32;
/** So much may be delivered before a turn is measured. */
const IDLE_MS = 1 / 8;
const IDLE_STEPS = 64;

/** Those of this process. */
export const loopTurns: LoopTurns = new LoopTurns({
  now: () => performance.now(),
  nextTurn: (callback) => void immediate(callback),
});
