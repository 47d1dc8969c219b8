import type { Outcome } from "../report/event.js";

/** A client under test, as it calls itself. */
export interface Agent {
  readonly name: string;
  /** Its key in the run. */
  readonly peer: string;
}

/** What is known of one agent: short, so that many agents take little. */
interface AgentState extends Agent {
  readonly attempts: Map<string, number>;
  readonly outcomes: Map<string, Outcome>;
}

type Waiter = (outcome: Outcome) => void;

/** Different names that one run takes: whoever invents more is no client under test. */
const MAX_AGENTS = 1000;

/** The clients that have come so far, and the last outcome of each of their cases. */
export class Agents {
  readonly #states = new Map<string, AgentState>();
  readonly #waiters = new Map<string, Set<Waiter>>();
  readonly #onNew: (agent: Agent, from: string) => void;

  /** `onNew` is called for every name that is new. */
  constructor(onNew: (agent: Agent, from: string) => void) {
    this.#onNew = onNew;
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

  /** The agent of this name; null if there are too many already. `from`: where it connects from. */
  enter(name: string, from: string): Agent | null {
    const known = this.#states.get(name);
    if (known !== undefined) return known;
    if (this.#states.size >= MAX_AGENTS) return null;
    const peer = `peer-${this.#states.size + 1}`;
    const state: AgentState = { name, peer, attempts: new Map(), outcomes: new Map() };
    this.#states.set(name, state);
    this.#onNew(state, from);
    return state;
  }

  /** The number of the play that begins: 1, and more for every repeat. */
  nextAttempt(name: string, caseId: string): number {
    const attempts = this.#states.get(name)?.attempts;
    const attempt = (attempts?.get(caseId) ?? 0) + 1;
    attempts?.set(caseId, attempt);
    return attempt;
  }

  /** A case is over; of several plays the last to end counts. */
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

  /** Calls back with the outcome, now or when there is one. Returns what takes the wish back. */
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
