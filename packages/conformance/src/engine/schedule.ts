import type { Case } from "../case/case.js";
import type { CaseRecord, Verdict } from "../report/event.js";
import { DialError } from "./dial.js";
import { hasLostPeer } from "./process-watch.js";
import { largestMessage, playingOrder, type PlayingOrder } from "./playing-order.js";
import { Room } from "./room.js";

export interface Played {
  readonly record: CaseRecord;
  readonly verdict: Verdict;
}

export interface ScheduleContext {
  /** In catalogue order. */
  readonly cases: readonly Case[];
  /** Cases in flight at the same time, 1 or more. */
  readonly concurrency: number;
  /** Plays a case and reports it. `wasConcurrent` is asked at its end. Rejects with a DialError. */
  readonly play: (played: Case, attempt: number, wasConcurrent: () => boolean) => Promise<Played>;
  readonly signal: AbortSignal;
  /** Resolves when the reports have caught up. */
  readonly ready: () => Promise<void>;
  /** Of a peer whose process the run has started. */
  readonly process?: ScheduleProcess;
}

export interface ScheduleProcess {
  /** How often the peer was found gone so far. */
  readonly losses: number;
  /** Brings it up again if it is gone; null, or why that cannot be, in one sentence. */
  up(): Promise<string | null>;
}

export interface ScheduleResult {
  /** The peer went away: the cases that were in flight when it did, and why. */
  readonly down?: { readonly after: string; readonly because: string };
}

/**
 * Load cases in flight at the same time. Each is a ping-pong between us and the peer, so it takes several to keep two
 * cores busy, the more so where the peer works in several threads. Against a peer with two processes
 * 12 are the best: it leaves them idle for 8 % of the time, 8 for 10 %. Against `ws`, which has its hands full with few,
 * 24 cases of sections 12 and 13 took 52 s with 4, 55 s with 8 and 57 s with 12.
 */
const LOAD_LANES = 12;

/** Octets of messages in flight over all load cases: each exists several times, in our buffers and the system's. */
const LOAD_OCTETS = 24 * 1024 * 1024;

interface Unsettled {
  readonly case: Case;
  readonly verdict: Verdict;
  readonly kind: string;
  readonly durationMs: number;
}

/** Attempts to connect for one case, of which each finds the process of the peer gone. */
const MOST_MISSES = 3;

/** Repeats that have to agree with the first play before the others are believed without one. */
const AGREEING_REPEATS = 3;

/**
 * Plays cases, several at a time. A case that measures time is alone. A failure that a timer decided while other
 * cases were in flight may be our own doing: the case is played again alone, and that counts, until enough
 * repeats have agreed that this is what the peer is like. When the process of the peer ends while several cases are in
 * flight, each of them that it took along is played again alone, so that the one that ended it is found.
 */
export async function schedule(context: ScheduleContext): Promise<ScheduleResult> {
  const run = new Schedule(context);
  return await run.run();
}

class Schedule {
  readonly #context: ScheduleContext;
  readonly #order: PlayingOrder;
  /** In flight, and whether another case was in flight at any time meanwhile. */
  readonly #flying = new Map<Case, { concurrent: boolean }>();
  readonly #unsettled: Unsettled[] = [];
  /** Cases during whose last play the peer was lost. */
  readonly #lost = new Set<Case>();
  /** Those of them that the end of its process may have hit by chance. */
  readonly #hit: Case[] = [];
  /** Cases that could not connect while others were in flight. */
  readonly #unconnected: Case[] = [];
  #down: ScheduleResult["down"];
  /** The case that began last. */
  #begun: Case | undefined;

  constructor(context: ScheduleContext) {
    this.#context = context;
    this.#order = playingOrder(context.cases);
  }

  async run(): Promise<ScheduleResult> {
    const { light, load, alone } = this.#order;
    await this.#playTogether(light, this.#context.concurrency);
    await this.#playTogether(load, Math.min(this.#context.concurrency, LOAD_LANES));
    for (const candidate of [...this.#unconnected, ...alone]) await this.#play(candidate, 1);
    await this.#repeat();
    return this.#down === undefined ? {} : { down: this.#down };
  }

  get #over(): boolean {
    return this.#context.signal.aborted || this.#down !== undefined;
  }

  /** Plays these cases, as many at a time as there are lanes and as their messages leave memory for. */
  async #playTogether(cases: readonly Case[], lanes: number): Promise<void> {
    const waiting = [...cases];
    const room = new Room(LOAD_OCTETS);
    await Promise.all(Array.from({ length: Math.min(lanes, cases.length) }, () => this.#lane(waiting, room)));
  }

  async #lane(waiting: Case[], room: Room): Promise<void> {
    while (!this.#over) {
      const next = waiting.shift();
      if (next === undefined) return;
      await room.enter(largestMessage(next));
      const played = await this.#play(next, 1).finally(() => room.leave(largestMessage(next)));
      if (played !== undefined) this.#consider(next, played);
      await this.#context.ready();
    }
  }

  async #play(played: Case, attempt: number): Promise<Played | undefined> {
    for (let misses = 0; misses < MOST_MISSES; misses++) {
      const outcome = await this.#playOnce(played, attempt, misses === MOST_MISSES - 1);
      if (outcome !== "missed") return outcome;
    }
    return undefined;
  }

  /** `missed`: there was no connection, because the process of the peer was gone, and it is worth another try. */
  async #playOnce(played: Case, attempt: number, isLast: boolean): Promise<Played | "missed" | undefined> {
    const { process } = this.#context;
    if (process !== undefined && !this.#over) await this.#bringUp(process, played);
    if (this.#over) return undefined;
    this.#begun = played;
    const lossesBefore = process?.losses;
    const flight = { concurrent: this.#flying.size > 0 };
    for (const other of this.#flying.values()) other.concurrent = true;
    this.#flying.set(played, flight);
    try {
      const result = await this.#context.play(played, attempt, () => flight.concurrent);
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
    if (because !== null && !this.#over) this.#down = { after: (this.#begun ?? next).id, because };
  }

  /** A peer that turns a connection away while it serves others is asked again; one that is alone is gone. */
  #onUnconnected(played: Case, concurrent: boolean, error: DialError): void {
    if (this.#context.signal.aborted) return;
    if (concurrent) this.#unconnected.push(played);
    else this.#down ??= { after: played.id, because: error.message };
  }

  #consider(played: Case, { record, verdict }: Played): void {
    if (!record.concurrent) return;
    if (this.#lost.has(played) && (isFailure(verdict) || hasLostPeer(record))) {
      this.#hit.push(played);
      return;
    }
    if (!isFailure(verdict)) return;
    const decidedByTime = record.timers.length > 0 || !record.handshake.opened;
    if (!decidedByTime) return;
    const kind = [verdict.outcome, verdict.closing, ...record.timers].join(" ");
    this.#unsettled.push({ case: played, verdict, kind, durationMs: record.durationMs });
  }

  async #repeat(): Promise<void> {
    for (const hit of this.#hit) await this.#play(hit, 2);
    let agreeing = 0;
    for (const { case: played, verdict } of byKind(this.#unsettled)) {
      if (agreeing >= AGREEING_REPEATS || this.#over) return;
      const again = await this.#play(played, 2);
      if (again === undefined) continue;
      const agrees = again.verdict.outcome === verdict.outcome && again.verdict.closing === verdict.closing;
      agreeing = agrees ? agreeing + 1 : 0;
    }
  }
}

function isFailure({ outcome, closing }: Verdict): boolean {
  if (outcome === "fail" || outcome === "blocked") return true;
  return closing !== "ok" && closing !== "not-applicable";
}

/** One of each kind of failure first, so that the first repeats are of different kinds; of each the quickest. */
function byKind(items: readonly Unsettled[]): readonly Unsettled[] {
  const seen = new Map<string, number>();
  return items
    .toSorted((a, b) => a.durationMs - b.durationMs)
    .map((item) => {
      const rank = seen.get(item.kind) ?? 0;
      seen.set(item.kind, rank + 1);
      return { item, rank };
    })
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
