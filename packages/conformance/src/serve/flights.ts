import type { Case } from "../case/case.js";
import { judgeBoth } from "../engine/judge.js";
import type { PlaySettings } from "../engine/play-opened.js";
import { playAsServer } from "../engine/play-server.js";
import { largestMessage } from "../engine/playing-order.js";
import type { Incoming } from "../engine/read-request.js";
import { Room } from "../engine/room.js";
import type { Transport, TransportEvents } from "../engine/transport.js";
import type { CaseRecord, RunEvent } from "../report/event.js";
import type { Agent, Agents } from "./agents.js";
import type { CaseAbout } from "./observer.js";

export interface FlightsContext extends PlaySettings {
  readonly agents: Agents;
  readonly emit: (event: RunEvent) => void;
  /** Settles when the reader of the events has caught up. */
  readonly ready: () => Promise<void>;
  /** Settles when what goes before the result of a case was told. */
  readonly settling: (record: CaseRecord, about: CaseAbout) => Promise<void>;
  /** A result was told. */
  readonly settled: () => void;
  /** Something of ours has failed. */
  readonly fail: (fault: unknown) => void;
  /** Aborted: cases in flight are given up, and leave no result. */
  readonly signal: AbortSignal;
}

/**
 * Octets of load messages in flight over all connections: each exists several times, in our buffers and the
 * system's. How many connections there are is up to the clients.
 */
const LOAD_OCTETS = 24 * 1024 * 1024;

/** The cases in flight, each on a connection that a client has opened for it. */
export class Flights {
  readonly #context: FlightsContext;
  readonly #room = new Room(LOAD_OCTETS);
  readonly #flights = new Set<{ concurrent: boolean }>();
  /** Cases that are over and whose result is not told yet. */
  #landing = 0;

  constructor(context: FlightsContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#flights.size + this.#landing;
  }

  /** Plays a case for the client that asked for it. Returns who takes what its connection reports from now on. */
  play(played: Case, agent: Agent, incoming: Incoming, transport: Transport): TransportEvents {
    const { agents, emit, fail } = this.#context;
    const about = { peer: agent.peer, case: played.id, attempt: agents.nextAttempt(agent.name, played.id) };
    const flight = { concurrent: this.#flights.size > 0 };
    for (const other of this.#flights) other.concurrent = true;
    this.#flights.add(flight);
    emit({ type: "case-start", ...about });
    const { admitted, leave } = this.#admit(played);
    const { events, record } = playAsServer({
      ...this.#context,
      case: played,
      transport,
      incoming,
      admitted,
      wire: (at, entry) => emit({ type: "wire", ...about, at, entry }),
      wasConcurrent: () => flight.concurrent,
    });
    const land = async (ended: CaseRecord | null): Promise<void> => {
      this.#flights.delete(flight);
      leave();
      if (ended === null) return;
      this.#landing++;
      await this.#context.settling(ended, about).finally(() => this.#landing--);
      if (!this.#context.signal.aborted) this.#settle(played, agent, about, ended);
    };
    record.then(land).catch(fail);
    return events;
  }

  #settle(played: Case, agent: Agent, about: CaseAbout, record: CaseRecord): void {
    const { agents, emit, profile, settled } = this.#context;
    const verdicts = judgeBoth(played, record);
    const verdict = verdicts[profile];
    if (verdict === undefined) throw new Error(`no verdict for case ${played.id}`);
    emit({ type: "case-end", ...about, record, verdict, verdicts });
    settled();
    agents.settle(agent.name, played.id, verdict.outcome);
  }

  /** When the script may begin: load cases wait for room, and all cases for the reader of the events. */
  #admit(played: Case): { readonly admitted: Promise<void>; readonly leave: () => void } {
    const { ready } = this.#context;
    if (played.quiet !== true) return { admitted: ready(), leave: () => undefined };
    const octets = largestMessage(played);
    const entered = this.#room.enter(octets);
    return {
      admitted: entered.then(ready),
      leave: () => void entered.then(() => this.#room.leave(octets)),
    };
  }
}
