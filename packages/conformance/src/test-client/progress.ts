import type { RunEvent } from "../run/event.js";

/** A case that a client has asked for. */
export interface Flight {
  readonly agent: string;
  readonly peer: string;
  readonly case: string;
}

/** The progress of a run so far, read from its events. */
export class Progress {
  readonly #cases: number;
  /** Agents by the key of their peer. */
  readonly #agents = new Map<string, string>();
  readonly #results = new Map<string, Set<string>>();
  /** How often a case has ended, by agent and case. */
  readonly #ends = new Map<string, number>();
  readonly #unconfirmed = new Map<string, Set<string>>();
  readonly #flights = new Map<string, Flight>();
  /** How many pairs of an agent and a case have a result. */
  news = 0;
  /** The case that ended last, and the peer that played it. */
  last: { readonly peer: string; readonly case: string } | null = null;

  /** `cases`: how many cases each agent has. */
  constructor(cases: number) {
    this.#cases = cases;
  }

  take(event: RunEvent): void {
    if (event.type === "peer-up") {
      this.#agents.set(event.peer, event.agent);
      this.#results.set(event.agent, new Set());
      this.#unconfirmed.set(event.agent, new Set());
    } else if (event.type === "case-start") {
      this.#flights.set(keyOf(event), this.flightOf(event));
    } else if (event.type === "case-unconfirmed") {
      this.#flights.delete(keyOf(event));
      this.last = { peer: event.peer, case: event.case };
      const agent = this.#agents.get(event.peer) ?? "";
      this.#countEnd(agent, event.case);
      if (!this.isUnconfirmed(agent, event.case)) this.news++;
      this.#unconfirmed.get(agent)?.add(event.case);
    } else if (event.type === "case-end") {
      this.#flights.delete(keyOf(event));
      this.last = { peer: event.peer, case: event.case };
      const agent = this.#agents.get(event.peer) ?? "";
      this.#countEnd(agent, event.case);
      const results = this.#results.get(agent);
      if (results?.has(event.case) === false) this.news++;
      results?.add(event.case);
      this.#unconfirmed.get(agent)?.delete(event.case);
    }
  }

  flightOf(event: Pick<Flight, "peer" | "case">): Flight {
    return { agent: this.#agents.get(event.peer) ?? "", peer: event.peer, case: event.case };
  }

  get hasBegun(): boolean {
    return this.#agents.size > 0;
  }

  /** At least one agent has come, and every agent has a result for every case. */
  get isComplete(): boolean {
    return this.hasBegun && [...this.#results.values()].every((results) => results.size >= this.#cases);
  }

  /** As `isComplete`, but results that are not confirmed yet count, too. */
  get isThrough(): boolean {
    return this.hasBegun && this.missing <= this.unconfirmed;
  }

  /** How many results are not confirmed yet. */
  get unconfirmed(): number {
    return [...this.#unconfirmed.values()].reduce((sum, cases) => sum + cases.size, 0);
  }

  /** How often this case has ended, with a confirmed result or without. */
  ends(agent: string, caseId: string): number {
    return this.#ends.get(`${agent}\n${caseId}`) ?? 0;
  }

  #countEnd(agent: string, caseId: string): void {
    this.#ends.set(`${agent}\n${caseId}`, this.ends(agent, caseId) + 1);
  }

  isUnconfirmed(agent: string, caseId: string): boolean {
    return this.#unconfirmed.get(agent)?.has(caseId) ?? false;
  }

  /** How many results are missing, of all agents that have come. */
  get missing(): number {
    return [...this.#results.values()].reduce((sum, results) => sum + this.#cases - results.size, 0);
  }

  /** Cases without a `case-end`, each once. */
  get flights(): readonly Flight[] {
    const once = [...this.#flights.values()].map(
      (flight) => [`${flight.peer} ${flight.case}`, flight] as const,
    );
    return [...new Map(once).values()];
  }

  /** Whether an agent that has come has no result for a case, not even one that is not confirmed. */
  isMissing(caseId: string): boolean {
    return [...this.#results].some(([agent, had]) => !had.has(caseId) && !this.isUnconfirmed(agent, caseId));
  }

  hasResult(agent: string, caseId: string): boolean {
    return this.#results.get(agent)?.has(caseId) ?? false;
  }
}

function keyOf(event: { readonly peer: string; readonly case: string; readonly attempt: number }): string {
  return `${event.peer} ${event.case} ${event.attempt}`;
}
