import type { Outcome } from "../judge/verdict.js";
import { SERVE_LIMITS } from "./limits.js";

/** A client under test, by the name that it sends. */
export interface Agent {
  readonly name: string;
  /** Its key in the run. */
  readonly peer: string;
}

/** What is known about one agent. It is small, so that many agents need little memory. */
interface AgentState extends Agent {
  /** It has played a case more often than a run allows. */
  isExcessive: boolean;
  /** Ids of the requirements that its requests were seen to break. */
  readonly faults: Set<string>;
  readonly attempts: Map<string, number>;
  readonly outcomes: Map<string, Outcome>;
}

type Waiter = (outcome: Outcome) => void;

/** The clients that have come so far, and the last outcome of each of their cases. */
export class Agents {
  readonly #states = new Map<string, AgentState>();
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #onNew: (agent: Agent, from: string) => void;
  readonly #max: number;

  /** `onNew` is called for every new name. `max`: a client with more names than this is no real client under test. */
  constructor(onNew: (agent: Agent, from: string) => void, max: number = SERVE_LIMITS.agents) {
    this.#onNew = onNew;
    this.#max = max;
  }

  get size(): number {
    return this.#states.size;
  }

  get names(): readonly string[] {
    return [...this.#states.keys()];
  }

  find(name: string): Agent | undefined {
    return this.#states.get(name);
  }

  /** The agent of this name; null if there are too many. `from`: the address of the client. */
  enter(name: string, from: string): Agent | null {
    const known = this.#states.get(name);
    if (known !== undefined) return known;
    if (this.#states.size >= this.#max) return null;
    const peer = `peer-${this.#states.size + 1}`;
    const state: AgentState = {
      name,
      peer,
      isExcessive: false,
      faults: new Set(),
      attempts: new Map(),
      outcomes: new Map(),
    };
    this.#states.set(name, state);
    this.#onNew(state, from);
    return state;
  }

  /** True if this agent has exceeded the limit of plays for the first time. */
  isNewToExcess(name: string): boolean {
    const state = this.#states.get(name);
    if (state === undefined || state.isExcessive) return false;
    state.isExcessive = true;
    return true;
  }

  /** True if a request of this agent breaks this requirement for the first time. */
  isNewFault(name: string, requirement: string): boolean {
    const state = this.#states.get(name);
    if (state === undefined || state.faults.has(requirement)) return false;
    state.faults.add(requirement);
    return true;
  }

  /** How often a case was started. */
  plays(name: string, caseId: string): number {
    return this.#states.get(name)?.attempts.get(caseId) ?? 0;
  }

  /** The number of the next play: 1, and one more for every repeat. */
  nextAttempt(name: string, caseId: string): number {
    const attempts = this.#states.get(name)?.attempts;
    const attempt = (attempts?.get(caseId) ?? 0) + 1;
    attempts?.set(caseId, attempt);
    return attempt;
  }

  /** A case is over. If it was played several times, the last one to end counts. */
  settle(name: string, caseId: string, outcome: Outcome): void {
    this.#states.get(name)?.outcomes.set(caseId, outcome);
    const key = keyOf(name, caseId);
    const waiters = this.#waiters.get(key);
    this.#waiters.delete(key);
    for (const waiter of waiters ?? []) waiter(outcome);
  }

  outcome(name: string, caseId: string): Outcome | undefined {
    return this.#states.get(name)?.outcomes.get(caseId);
  }

  /** Calls back with the outcome, now or when it is known. Returns a function that cancels this. */
  whenSettled(name: string, caseId: string, waiter: Waiter): () => void {
    const outcome = this.outcome(name, caseId);
    if (outcome !== undefined) {
      waiter(outcome);
      return () => undefined;
    }
    const key = keyOf(name, caseId);
    const waiters = this.#waiters.get(key) ?? new Set();
    this.#waiters.set(key, waiters.add(waiter));
    return () => {
      waiters.delete(waiter);
      if (waiters.size === 0 && this.#waiters.get(key) === waiters) this.#waiters.delete(key);
    };
  }
}

function keyOf(name: string, caseId: string): string {
  return `${caseId} ${name}`;
}
