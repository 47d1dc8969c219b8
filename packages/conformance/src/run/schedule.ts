import type { Case } from "../case/case.js";
import { hasFailed, type Verdict } from "../judge/verdict.js";
import type { Profile } from "../record/record.js";
import type { Clock } from "../time/clock.js";
import { confirm, type UnconfirmedResult } from "./confirm.js";
import { DialError } from "../net/dial.js";
import { needsConfirmation, isHurried, type Played } from "./unconfirmed.js";
import { RepeatLimits } from "./repeat-limits.js";
import { Pace } from "./pace.js";
import { hasLostPeer } from "./process-watch.js";
import { largestMessage } from "../case/steps.js";
import { phases, type Phase } from "./playing-order.js";
import { Sanity } from "./sanity.js";
import { Semaphore } from "./semaphore.js";
import type { Timeouts } from "../tester/timeouts.js";

/** How to play a case this time. */
export interface AttemptOptions {
  /** 1, and one more each time it is played again. */
  readonly attempt: number;
  readonly timeouts: Timeouts;
  /** Called at its end: was another case in flight at the same time? */
  readonly wasConcurrent: () => boolean;
  /** Call this whenever octets come or go. */
  readonly onTraffic: () => void;
}

export interface ScheduleContext {
  /** In catalogue order. */
  readonly cases: readonly Case[];
  readonly profile: Profile;
  /** Play 1.1.1 before all others, and once more behind them (`Sanity`). */
  readonly sanityFirst: boolean;
  readonly timeouts: Timeouts;
  readonly clock: Clock;
  /** Cases in flight at the same time, 1 or more. */
  readonly concurrency: number;
  /** Plays a case. Rejects with a DialError. */
  readonly play: (played: Case, order: AttemptOptions) => Promise<Played>;
  /** Reports a result: one that counts, or an unconfirmed one. */
  readonly report: (played: Case, attempt: number, result: Played, counts: boolean) => void;
  /** Reports that a case is not played, and why: one clause. */
  readonly block: (one: Case, because: string) => void;
  /** Plays a case without reporting anything of it. Rejects with a DialError. */
  readonly look: (one: Case, timeouts: Timeouts) => Promise<Played>;
  /** Emits a note of one sentence; `damaged`: a case that the peer passed at first, and no longer at the end. */
  readonly note: (text: string, damaged?: string) => void;
  /** Checks by an opening handshake whether the peer answers: null, or one sentence that says why it does not. */
  readonly whyUnreachable: () => Promise<string | null>;
  readonly signal: AbortSignal;
  /** Resolves when the reports have caught up. */
  readonly whenDrained: () => Promise<void>;
  /** The process of the peer, if the run has started it. */
  readonly process?: ScheduleProcess;
}

export interface ScheduleProcess {
  /** How often the peer was lost so far. */
  readonly losses: number;
  /** Starts the process unless it runs. Null, or one sentence that says why it cannot be started. */
  up(): Promise<string | null>;
}

export interface ScheduleResult {
  /** The peer went away: the case that began last, and the reason. */
  readonly down?: { readonly after: string; readonly because: string };
}

/**
 * Load cases in flight at the same time. In each, either we or the peer work, so several are needed to keep two cores
 * busy, especially when the peer is multi-threaded. For a peer with two processes 12 are the best: with 12 the cores
 * are idle for 8 % of the time, with 8 for 10 %. For `ws`, which a few cases keep busy, 24 cases of sections 12 and 13
 * took 52 s with 4, 55 s with 8 and 57 s with 12.
 */
const LOAD_LANES = 12;

/**
 * Octets of messages in flight in all load cases. Each message exists several times: in our buffers and the system's.
 */
const LOAD_OCTETS = 24 * 1024 * 1024;

/** Cases in flight when unconfirmed results are played again together. */
const SECOND_LOOK_LANES = 4;

/** Attempts to connect for one case, if each finds that the process of the peer has ended. */
const MAX_MISSES = 3;

/** If no octet came or went on the connection of a case for so long, the case only waits for a limit. */
const IDLE_MS = 100;

/**
 * Plays cases, several at a time. A case that measures time is played alone. If a case goes wrong because a limit ran
 * out, the cause may be ours: the case is played again alone before its result counts (`confirm`). When opening
 * handshakes run out of time, the run goes on with fewer cases in flight (`Pace`). When the process of the peer ends
 * while several cases are in flight, those that lost their connection are played again alone. That shows which case
 * ended the process.
 */
export async function schedule(context: ScheduleContext): Promise<ScheduleResult> {
  const run = new Schedule(context);
  return await run.run();
}

/** A case in flight. */
interface Flight {
  /** Another case was in flight at some time during this one. */
  concurrent: boolean;
  /** When octets last came or went, in microseconds. */
  lastTrafficAt: number;
  /** The case only waits for a limit: it does not disturb other cases, and they do not disturb it. */
  isIdle: boolean;
}

/** There is no result: there was no connection, or the process had ended. */
type NoResult = undefined;

class Schedule {
  readonly #context: ScheduleContext;
  readonly #repeatLimits: RepeatLimits;
  readonly #flying = new Map<Case, Flight>();
  readonly #attempts = new Map<Case, number>();
  #unconfirmed: UnconfirmedResult[] = [];
  /** Cases during whose last play the peer was lost. */
  readonly #lost = new Set<Case>();
  /** Those of them that may have failed only because the process ended. */
  #hit: Case[] = [];
  /** Cases that could not connect while others were in flight. */
  #unconnected: Case[] = [];
  #down: ScheduleResult["down"];
  /** The case that began last. */
  #begun: Case | undefined;
  #isSlowed = false;
  /** Gets every result that counts while a case is played before all others. */
  #onCounted: ((result: Played) => void) | undefined;

  constructor(context: ScheduleContext) {
    this.#context = context;
    this.#repeatLimits = new RepeatLimits(context.profile);
  }

  async run(): Promise<ScheduleResult> {
    const { cases, profile, process, sanityFirst } = this.#context;
    // The original plays one case after the other: if a peer ends in between, all cases before that have results.
    const inOrder = profile === "autobahn" && process === undefined;
    const sanity = new Sanity(sanityFirst ? cases : [], {
      play: (one) => this.#playFirst(one),
      look: (one, isPatient) => this.#look(one, isPatient),
    });
    const because = await sanity.before();
    const others = cases.filter((one) => !sanity.isFirst(one));
    const blocked = because === null ? [] : others.filter((one) => sanity.needsEcho(one));
    for (const one of blocked) this.#context.block(one, because ?? "");
    await this.#context.whenDrained();
    for (const phase of phases(without(others, blocked), inOrder)) {
      await this.#playPhase(phase);
      await this.#replay();
    }
    const damage = await sanity.after();
    if (damage !== null) this.#context.note(damage.text, damage.case);
    return this.#down === undefined ? {} : { down: this.#down };
  }

  /** Plays a case before all others; undefined if it has no result that counts. */
  async #playFirst(one: Case): Promise<Played | undefined> {
    let counted: Played | undefined;
    this.#onCounted = (result) => (counted = result);
    this.#consider(one, await this.#play(one));
    await this.#replay();
    this.#onCounted = undefined;
    return counted;
  }

  /**
   * Plays a case of which nothing is reported. A string says why there was no connection. Undefined if the run is over, or
   * if the process of the peer may have ended, which is reported elsewhere.
   */
  async #look(one: Case, isPatient: boolean): Promise<Played | string | undefined> {
    const { timeouts, look, process } = this.#context;
    if (this.#isOver) return undefined;
    try {
      const result = await look(one, isPatient ? this.#repeatLimits.stretch(timeouts) : timeouts);
      return this.#isOver ? undefined : result;
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      return this.#isOver || process !== undefined ? undefined : error.message;
    }
  }

  get #isOver(): boolean {
    return this.#context.signal.aborted || this.#down !== undefined;
  }

  async #playPhase({ cases, how }: Phase): Promise<void> {
    const { concurrency } = this.#context;
    switch (how) {
      case "together":
        return await this.#playTogether(cases, concurrency, (one, result) => this.#consider(one, result));
      case "load":
        return await this.#playTogether(cases, Math.min(concurrency, LOAD_LANES), (one, result) =>
          this.#consider(one, result),
        );
      case "in order":
        return await this.#playInOrder(cases);
      case "alone":
        for (const one of cases) this.#consider(one, await this.#play(one));
    }
  }

  /** Plays these cases, as many at a time as there are lanes and as the memory for their messages allows. */
  async #playTogether(
    cases: readonly Case[],
    lanes: number,
    played: (one: Case, result: Played) => void,
  ): Promise<void> {
    const waiting = [...cases];
    const shared = { waiting, memory: new Semaphore(LOAD_OCTETS), pace: new Pace(lanes), played };
    await Promise.all(Array.from({ length: Math.min(lanes, cases.length) }, () => this.#lane(shared)));
  }

  async #lane({ waiting, memory, pace, played }: Lanes): Promise<void> {
    while (!this.#isOver) {
      const entered = await pace.enter();
      const next = waiting.shift();
      if (next === undefined || this.#isOver) {
        if (next !== undefined) waiting.unshift(next);
        return pace.leave();
      }
      await memory.acquire(largestMessage(next));
      const result = await this.#play(next).finally(() => {
        memory.release(largestMessage(next));
        pace.leave();
      });
      if (isLate(result)) await this.#onLate(pace, entered, result);
      else pace.opened();
      if (result !== undefined) played(next, result);
      await this.#context.whenDrained();
    }
  }

  /**
   * An opening handshake ran out of time, or there was no connection: the peer gets fewer cases at a time. If it does
   * not even take one, it is gone.
   */
  async #onLate(pace: Pace, entered: number, result: Played | NoResult): Promise<void> {
    if (pace.late(entered)) {
      // A peer that refuses connections does not lack time.
      if (result === undefined) return;
      if (!this.#isSlowed) this.#context.note(slowedDown(pace.limit));
      this.#isSlowed = true;
    } else if (pace.limit === 1 && !this.#isOver) await this.#requireFree();
  }

  /** Begins the next case when the last one is over or only waits for a limit. */
  async #playInOrder(cases: readonly Case[]): Promise<void> {
    const flights = new Set<Promise<void>>();
    for (const one of cases) {
      if (one.alone === true || one.quiet === true) await Promise.all(flights);
      while (flights.size >= this.#context.concurrency) await Promise.race(flights);
      if (this.#isOver) break;
      const flight: Promise<void> = this.#play(one).then((result) => {
        flights.delete(flight);
        this.#consider(one, result);
        return isLate(result) ? this.#requireFree().then(() => undefined) : undefined;
      });
      flights.add(flight);
      await Promise.race([flight, this.#whenIdle(one)]);
      await this.#context.whenDrained();
    }
    await Promise.all(flights);
  }

  /** Resolves when no octet came or went on the connection of a case for a while; never if the case is over before. */
  #whenIdle(one: Case): Promise<void> {
    const { clock } = this.#context;
    if (one.quiet === true || one.alone === true) return new Promise(() => undefined);
    return new Promise((resolve) => {
      const look = (): void => {
        const flight = this.#flying.get(one);
        if (flight === undefined) return;
        const leftMs = IDLE_MS - (clock.now() - flight.lastTrafficAt) / 1000;
        if (leftMs <= 0) {
          flight.isIdle = true;
          resolve();
        } else clock.after(leftMs, look);
      };
      clock.after(IDLE_MS, look);
    });
  }

  async #play(played: Case, timeouts = this.#context.timeouts): Promise<Played | NoResult> {
    for (let misses = 0; misses < MAX_MISSES; misses++) {
      const outcome = await this.#playOnce(played, timeouts, misses === MAX_MISSES - 1);
      if (outcome !== "missed") return outcome;
    }
    return undefined;
  }

  /** `missed`: there was no connection because the process of the peer had ended, and another attempt makes sense. */
  async #playOnce(played: Case, timeouts: Timeouts, isLast: boolean): Promise<Played | "missed" | NoResult> {
    const { process, clock } = this.#context;
    if (process !== undefined && !this.#isOver) await this.#bringUp(process, played);
    if (this.#isOver) return undefined;
    this.#begun = played;
    const lossesBefore = process?.losses;
    const others = [...this.#flying.values()].filter(({ isIdle }) => !isIdle);
    const flight: Flight = { concurrent: others.length > 0, lastTrafficAt: clock.now(), isIdle: false };
    for (const other of others) other.concurrent = true;
    this.#flying.set(played, flight);
    const attempt = (this.#attempts.get(played) ?? 0) + 1;
    try {
      const result = await this.#context.play(played, {
        attempt,
        timeouts,
        wasConcurrent: () => flight.concurrent,
        onTraffic: () => {
          flight.lastTrafficAt = clock.now();
        },
      });
      this.#attempts.set(played, attempt);
      if (process?.losses === lossesBefore) this.#lost.delete(played);
      else this.#lost.add(played);
      return result;
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      if (process?.losses !== lossesBefore && !isLast) return "missed";
      this.#onUnconnected(played, flight.concurrent, error);
      return undefined;
    } finally {
      this.#flying.delete(played);
    }
  }

  async #bringUp(process: ScheduleProcess, next: Case): Promise<void> {
    const because = await process.up();
    if (because !== null && !this.#isOver) this.#down = { after: (this.#begun ?? next).id, because };
  }

  /**
   * A peer that refuses a connection while it serves others is tried again. If no other case was in flight, it is gone.
   */
  #onUnconnected(played: Case, concurrent: boolean, error: DialError): void {
    if (this.#context.signal.aborted) return;
    if (concurrent) this.#unconnected.push(played);
    else this.#down ??= { after: played.id, because: error.message };
  }

  /** Reports the result of a first play. If it does not count, the case is played again. */
  #consider(one: Case, result: Played | NoResult): void {
    if (result === undefined) return;
    const { record, verdict } = result;
    const isHit = record.concurrent && this.#lost.has(one) && (isFailure(verdict) || hasLostPeer(record));
    if (isHit) this.#hit.push(one);
    else if (this.#mustConfirm(result)) this.#unconfirmed.push({ case: one, played: result });
    else return this.#report(one, result, true);
    this.#report(one, result, false);
  }

  /** Under `autobahn` a repeat of a case that was alone on an idle machine would be the same, so there is none. */
  #mustConfirm({ record, verdict }: Played): boolean {
    if (!needsConfirmation(record, verdict)) return false;
    return record.concurrent || this.#context.profile === "modern" || isHurried(record);
  }

  #report(one: Case, result: Played, counts: boolean): void {
    if (counts) this.#onCounted?.(result);
    this.#context.report(one, this.#attempts.get(one) ?? 1, result, counts);
  }

  /** Plays cases again that have no result yet, or only an unconfirmed one. */
  async #replay(): Promise<void> {
    const unconnected = this.#unconnected;
    this.#unconnected = [];
    for (const one of unconnected) this.#consider(one, await this.#play(one));
    const hit = this.#hit;
    this.#hit = [];
    for (const one of hit) {
      const result = await this.#play(one);
      if (result !== undefined) this.#report(one, result, true);
    }
    const unconfirmed = this.#unconfirmed;
    this.#unconfirmed = [];
    await confirm(unconfirmed, {
      alone: (one) => this.#playAlone(one),
      together: (cases, played) => this.#playTogether(cases, SECOND_LOOK_LANES, played),
      accept: (one, result) => this.#report(one, result, true),
      isOver: () => this.#isOver,
    });
  }

  /** A repeat. The peer may still be busy with the case before, so the tester first waits until it answers. */
  async #playAlone(one: Case): Promise<Played | NoResult> {
    if (this.#isOver || !(await this.#requireFree())) return undefined;
    const result = await this.#play(one, this.#repeatLimits.stretch(this.#context.timeouts));
    if (result !== undefined) this.#repeatLimits.learn(result.record);
    return result;
  }

  async #requireFree(): Promise<boolean> {
    const because = await this.#context.whyUnreachable();
    // If the run has started the process, it starts it again before the next case.
    if (because !== null && !this.#isOver && this.#context.process === undefined) {
      this.#down = { after: this.#begun?.id ?? "", because };
    }
    return because === null && !this.#isOver;
  }
}

function without(cases: readonly Case[], left: readonly Case[]): readonly Case[] {
  const unwanted = new Set(left);
  return cases.filter((one) => !unwanted.has(one));
}

function slowedDown(limit: number): string {
  return `opening handshakes run out of time: from now on at most ${limit === 1 ? "one case is" : `${limit} cases are`} in flight, and fewer if that does not help`;
}

/** What all lanes share. */
interface Lanes {
  readonly waiting: Case[];
  readonly memory: Semaphore;
  readonly pace: Pace;
  readonly played: (one: Case, result: Played) => void;
}

function isLate(result: Played | undefined): boolean {
  return result === undefined || result.record.timers.includes("open-timeout");
}

function isFailure({ outcome, closing }: Verdict): boolean {
  if (hasFailed(outcome)) return true;
  return closing !== "ok" && closing !== "not-applicable";
}
