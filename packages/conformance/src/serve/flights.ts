import type { Case } from "../case/case.js";
import { judgeBoth } from "../judge/judge.js";
import type { PlaySettings } from "../play/opened.js";
import { playAsServer } from "../play/as-server.js";
import { largestMessage } from "../case/steps.js";
import type { IncomingRequest } from "../tester/read-request.js";
import { Semaphore } from "../run/semaphore.js";
import type { Transport, TransportEvents } from "../net/transport.js";
import type { CaseRecord } from "../record/record.js";
import type { RunEvent } from "../run/event.js";
import type { Agent, Agents } from "./agents.js";
import type { CaseAbout } from "./observer.js";
import { Repeats, type Turn } from "./repeats.js";

export interface FlightsContext extends PlaySettings {
  readonly agents: Agents;
  readonly emit: (event: RunEvent) => void;
  /** Settles when the reader of the events has caught up. */
  readonly ready: () => Promise<void>;
  /** Settles when the events that come before the result of a case have been emitted. */
  readonly settling: (record: CaseRecord, about: CaseAbout) => Promise<void>;
  /** Called when a result has been emitted. */
  readonly settled: () => void;
  /** Clients come again for cases whose result is not confirmed yet. */
  readonly repeats: boolean;
  /** Called when the tester itself has failed. */
  readonly fail: (fault: unknown) => void;
  /** Aborted: cases in flight are given up and have no result. */
  readonly signal: AbortSignal;
}

/**
 * Octets of load messages in flight over all connections. Each message exists several times, in our buffers and those
 * of the system. The clients decide how many connections there are.
 */
const LOAD_OCTETS = 24 * 1024 * 1024;

/** The URL that a client got, for a case that is about that. */
export interface GivenUrl {
  readonly url: string;
  /** The record with what was seen elsewhere than on the connection of the case. */
  readonly completed: (record: CaseRecord) => Promise<CaseRecord>;
}

/** The cases in flight, each on a connection that a client has opened for it. */
export class Flights {
  readonly #context: FlightsContext;
  readonly #memory = new Semaphore(LOAD_OCTETS);
  readonly #flights = new Set<{ concurrent: boolean }>();
  readonly #repeats: Repeats | null;
  /** Cases that are over, but whose result has not been emitted yet. */
  #landing = 0;

  constructor(context: FlightsContext) {
    this.#context = context;
    this.#repeats = context.repeats ? new Repeats(context.profile) : null;
  }

  get size(): number {
    return this.#flights.size + this.#landing;
  }

  /** Plays a case for the client that asked for it. Returns the handlers for its connection. */
  play(
    played: Case,
    agent: Agent,
    incoming: IncomingRequest,
    transport: Transport,
    given?: GivenUrl,
  ): TransportEvents {
    const { agents, emit, fail } = this.#context;
    const about = { peer: agent.peer, case: played.id, attempt: agents.nextAttempt(agent.name, played.id) };
    const turn = this.#repeats?.begin(agent, played, this.#context.timeouts);
    const flight = { concurrent: this.#flights.size > 0 };
    for (const other of this.#flights) other.concurrent = true;
    this.#flights.add(flight);
    emit({ type: "case-start", ...about });
    const { admitted, leave } = this.#admit(played, turn?.ready);
    const { events, record } = playAsServer({
      ...this.#context,
      timeouts: turn?.timeouts ?? this.#context.timeouts,
      case: played,
      transport,
      incoming,
      ...(given === undefined ? {} : { url: given.url }),
      admitted,
      wire: (at, entry) => emit({ type: "wire", ...about, at, entry }),
      // Repeats are played one at a time.
      wasConcurrent: () => flight.concurrent && turn?.isRepeat !== true,
    });
    const land = async (ended: CaseRecord | null): Promise<void> => {
      this.#flights.delete(flight);
      leave();
      turn?.leave();
      if (ended === null) return;
      this.#landing++;
      const whole = given === undefined ? ended : await given.completed(ended);
      await this.#context.settling(whole, about).finally(() => this.#landing--);
      if (!this.#context.signal.aborted) this.#settle(played, agent, about, whole, turn);
    };
    record.then(land).catch(fail);
    return events;
  }

  /** Emits a result without a play, from a record that says why there was none. */
  report(played: Case, agent: Agent, record: CaseRecord): void {
    const attempt = this.#context.agents.nextAttempt(agent.name, played.id);
    const about = { peer: agent.peer, case: played.id, attempt };
    this.#context.emit({ type: "case-start", ...about });
    this.#settle(played, agent, about, record, undefined);
  }

  /** Without a turn there was no play, and nothing to confirm. */
  #settle(played: Case, agent: Agent, about: CaseAbout, record: CaseRecord, turn: Turn | undefined): void {
    const { agents, emit, profile, settled } = this.#context;
    const verdicts = judgeBoth(played, record);
    const verdict = verdicts[profile];
    if (verdict === undefined) throw new Error(`no verdict for case ${played.id}`);
    const report = (): void => {
      emit({ type: "case-end", ...about, record, verdict, verdicts });
      settled();
    };
    const unconfirmed = { record, verdict, accept: report };
    const counts =
      turn === undefined || this.#repeats?.consider(agent, played, turn.isRepeat, unconfirmed) !== false;
    if (counts) report();
    else emit({ type: "case-unconfirmed", ...about, record, verdict });
    // The client may ask for the status of the case. The answer is in no report.
    agents.settle(agent.name, played.id, verdict.outcome);
  }

  /** When the script may begin: load cases wait for memory, and all cases for the reader of the events. */
  #admit(
    played: Case,
    turn: Promise<void> = Promise.resolve(),
  ): { readonly admitted: Promise<void>; readonly leave: () => void } {
    const { ready } = this.#context;
    if (played.quiet !== true) return { admitted: turn.then(ready), leave: () => undefined };
    const octets = largestMessage(played);
    const entered = this.#memory.acquire(octets);
    return {
      admitted: turn.then(() => entered).then(ready),
      leave: () => void entered.then(() => this.#memory.release(octets)),
    };
  }
}
