import type { Case } from "../case/case.js";
import { reasonOf } from "../reason-of.js";
import { playingOrder } from "../run/playing-order.js";
import type { RunEvent } from "../run/event.js";
import { systemClock } from "../time/clock.js";

export interface ClientFunctionContext {
  /** Where the tester is. */
  readonly url: string;
  readonly cases: readonly Case[];
  readonly client: (url: string, signal: AbortSignal) => unknown;
  readonly agent: string;
  /** Cases in flight, 1 or more. */
  readonly parallel: number;
  /** How long the function may take to connect, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How often a case is tried, in all. */
const MOST_TRIES = 3;

/** Has a function connect for each case, and again for those whose result a limit decided. */
export class ClientFunction {
  readonly #context: ClientFunctionContext;
  /** Of the cases in flight: whether one has begun, and what to call when it is over. */
  readonly #results = new Set<string>();
  readonly #flights = new Map<string, { hasBegun: boolean; readonly over: () => void }>();
  /** The tests are over. */
  readonly #given: Promise<void>;
  #lastError: string | undefined;

  constructor(context: ClientFunctionContext) {
    this.#context = context;
    this.#given = new Promise((resolve) => {
      context.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** Has to see every event at once when it is emitted: a function that returns says nothing of what is in flight. */
  see(event: RunEvent): void {
    if (event.type !== "case-start" && event.type !== "case-end" && event.type !== "case-unconfirmed") return;
    if (event.type === "case-end") this.#results.add(event.case);
    const flight = this.#flights.get(event.case);
    if (flight === undefined) return;
    if (event.type === "case-start") flight.hasBegun = true;
    else flight.over();
  }

  /** Settles when every case has a result, or was tried often enough. Returns why cases have none, if some do not. */
  async drive(): Promise<string | undefined> {
    const { cases, parallel } = this.#context;
    const { light, load, alone } = playingOrder(cases);
    const shared = [...light, ...load].map(({ id }) => id);
    await Promise.all(Array.from({ length: parallel }, () => this.#lane(shared)));
    await this.#lane(alone.map(({ id }) => id));
    // Alone, so that nothing but the client can be to blame.
    for (let tries = 1; tries < MOST_TRIES; tries++) await this.#lane(this.#missing());
    if (this.#missing().length === 0) return undefined;
    return `the client did not connect${this.#lastError === undefined ? "" : `: ${this.#lastError}`}`;
  }

  #missing(): string[] {
    return this.#context.cases.map(({ id }) => id).filter((id) => !this.#results.has(id));
  }

  async #lane(waiting: string[]): Promise<void> {
    const { signal, url, agent } = this.#context;
    for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift()) {
      // When enough repeats agree, the others of their kind have a result, too.
      if (this.#results.has(id)) continue;
      await this.#play(id, `${url}/runCase?casetuple=${id}&agent=${encodeURIComponent(agent)}`);
    }
  }

  async #play(id: string, url: string): Promise<void> {
    const { client, timeoutMs, signal } = this.#context;
    const over = new Promise<void>((resolve) => this.#flights.set(id, { hasBegun: false, over: resolve }));
    const hasBegun = (): boolean => this.#flights.get(id)?.hasBegun === true;
    const begun = new AbortController();
    const late = new Promise<void>((resolve) => {
      const timer = systemClock.deadline(timeoutMs, resolve);
      begun.signal.addEventListener("abort", () => timer.cancel());
    });
    try {
      await Promise.race([this.#call(client, url, signal), over, late, this.#given]);
      // What it wrote last is still to be read.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (hasBegun() && !signal.aborted) await Promise.race([over, this.#given]);
    } finally {
      begun.abort();
      this.#flights.delete(id);
    }
  }

  async #call(client: ClientFunctionContext["client"], url: string, signal: AbortSignal): Promise<void> {
    try {
      await client(url, signal);
    } catch (error) {
      // Its way to say that it refused the connection; the case knows whether it had to.
      this.#lastError = reasonOf(error);
    }
  }
}
