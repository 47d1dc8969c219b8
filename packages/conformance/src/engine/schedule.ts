import type { Case } from "../case/case.js";
import type { CaseRecord, Verdict } from "../report/event.js";
import { DialError } from "./dial.js";

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
}

export interface ScheduleResult {
  /** The peer went away: the cases that were in flight when it did, and why. */
  readonly down?: { readonly after: string; readonly because: string };
}

interface Unsettled {
  readonly case: Case;
  readonly verdict: Verdict;
  readonly kind: string;
  readonly durationMs: number;
}

/** Repeats that have to agree with the first play before the others are believed without one. */
const AGREEING_REPEATS = 3;

/**
 * Plays cases, several at a time. A case that measures time is alone. A failure that a timer decided while other
 * cases were in flight may be our own doing: the case is played again alone, and that counts, until enough
 * repeats have agreed that this is what the peer is like.
 */
export async function schedule(context: ScheduleContext): Promise<ScheduleResult> {
  const run = new Schedule(context);
  return await run.run();
}

class Schedule {
  readonly #context: ScheduleContext;
  readonly #waiting: Case[];
  readonly #alone: Case[];
  /** In flight, and whether another case was in flight at any time meanwhile. */
  readonly #flying = new Map<Case, { concurrent: boolean }>();
  readonly #unsettled: Unsettled[] = [];
  /** Cases that could not connect while others were in flight. */
  readonly #unconnected: Case[] = [];
  #down: ScheduleResult["down"];

  constructor(context: ScheduleContext) {
    this.#context = context;
    const shared = context.cases.filter((candidate) => candidate.alone !== true);
    // What may take long is begun first and passes beside everything else.
    this.#waiting = shared.toSorted((a, b) => longestMs(b) - longestMs(a));
    this.#alone = context.cases.filter((candidate) => candidate.alone === true);
  }

  async run(): Promise<ScheduleResult> {
    const lanes = Math.min(this.#context.concurrency, this.#waiting.length);
    await Promise.all(Array.from({ length: lanes }, () => this.#lane()));
    for (const candidate of [...this.#unconnected, ...this.#alone]) await this.#play(candidate, 1);
    await this.#repeat();
    return this.#down === undefined ? {} : { down: this.#down };
  }

  get #over(): boolean {
    return this.#context.signal.aborted || this.#down !== undefined;
  }

  async #lane(): Promise<void> {
    while (!this.#over) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const played = await this.#play(next, 1);
      if (played !== undefined) this.#consider(next, played);
      await this.#context.ready();
    }
  }

  async #play(played: Case, attempt: number): Promise<Played | undefined> {
    if (this.#over) return undefined;
    const flight = { concurrent: this.#flying.size > 0 };
    for (const other of this.#flying.values()) other.concurrent = true;
    this.#flying.set(played, flight);
    try {
      return await this.#context.play(played, attempt, () => flight.concurrent);
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      this.#onUnconnected(played, flight.concurrent, error);
      return undefined;
    } finally {
      this.#flying.delete(played);
    }
  }

  /** A peer that turns a connection away while it serves others is asked again; one that is alone is gone. */
  #onUnconnected(played: Case, concurrent: boolean, error: DialError): void {
    if (this.#context.signal.aborted) return;
    if (concurrent) this.#unconnected.push(played);
    else this.#down ??= { after: played.id, because: error.message };
  }

  #consider(played: Case, { record, verdict }: Played): void {
    if (!record.concurrent || !isFailure(verdict)) return;
    const decidedByTime = record.timers.length > 0 || !record.handshake.opened;
    if (!decidedByTime) return;
    const kind = [verdict.outcome, verdict.closing, ...record.timers].join(" ");
    this.#unsettled.push({ case: played, verdict, kind, durationMs: record.durationMs });
  }

  async #repeat(): Promise<void> {
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

/** How long a case may take with a peer that does nothing: its pauses and its last timer. */
function longestMs(candidate: Case): number {
  return candidate.script.reduce((sum, step) => {
    if (step.do === "wait") return sum + 1000;
    if (step.do === "until") return sum + step.withinMs;
    return step.do === "kill" || step.do === "close-after" ? sum + 1000 * step.seconds : sum;
  }, 0);
}
