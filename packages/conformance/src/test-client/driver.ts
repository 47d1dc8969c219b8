import { hasLostPeer } from "../run/process-watch.js";
import type { CaseRecord } from "../record/record.js";
import type { PeerDown, RunEvent } from "../run/event.js";
import type { CaseAbout } from "../serve/observer.js";
import { clientCommand } from "./client-command.js";
import { ClientProcess } from "./client-process.js";
import type { DriverContext, Mode, ModeContext } from "./mode.js";
import { clientNow } from "./pulse.js";
import { Single } from "./single.js";
import { Visits } from "./visits.js";
import { Walker } from "./walker.js";

/** How long to wait after a lost connection for the end of its process. It usually takes a few milliseconds. */
const EXIT_MS = 500;

/** Runs the client: finds its mode, keeps its output, and ends it. */
export class Driver {
  readonly #context: DriverContext;
  readonly #stopped = new AbortController();
  #mode: Mode;
  readonly visits: Visits = new Visits();

  constructor(context: DriverContext) {
    this.#context = context;
    this.#mode = context.single ? new Single(this.#modeContext()) : new Walker(this.#modeContext());
  }

  /** Settles when the client has played its cases or was given up. */
  async drive(): Promise<void> {
    await this.#mode.run();
    if (!(this.#mode instanceof Walker) || !this.#mode.isSingle) return;
    this.#context.served.note(
      "The client opens the URL and asks for nothing: from now on it is started once for each case, as with --single.",
    );
    this.#mode = new Single(this.#modeContext());
    await this.#mode.run();
  }

  /** Ends the client as soon as possible. */
  stop(): void {
    this.#stopped.abort();
    this.#context.pulse.beat();
  }

  isExcluded(agent: string, caseId: string): boolean {
    return this.#mode.isExcluded(agent, caseId);
  }

  before(event: RunEvent): readonly RunEvent[] {
    return this.#mode.before(event);
  }

  /** Whether the client gets the URL of each case. */
  get givesUrls(): boolean {
    return this.#mode instanceof Single;
  }

  /** If the connection of a case was lost, waits until it is known whether the process has ended, too. */
  async settling(record: CaseRecord, about: CaseAbout): Promise<void> {
    const suspects = this.#mode.suspects(about.case);
    if (hasLostPeer(record) && (await this.#hasExited(suspects))) await this.#mode.exitsReported();
    // Its output is in our pipe by now.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /**
   * Settles when no case is in flight. A client may ask for reports while its last connections are still closing. Many
   * clients exit when they get the answer, and would break those connections; so the answer waits for this.
   */
  async landed(): Promise<void> {
    const { pulse, progress } = this.#context;
    while (progress.flights.length > 0 && !this.#stopped.signal.aborted) await pulse.next(Infinity);
  }

  async #hasExited(suspects: readonly ClientProcess[]): Promise<boolean> {
    const { pulse } = this.#context;
    const deadline = clientNow() + EXIT_MS;
    for (const suspect of suspects) void suspect.exited.then(() => pulse.beat());
    for (;;) {
      if (suspects.some(({ isRunning }) => !isRunning)) return true;
      const leftMs = deadline - clientNow();
      if (leftMs <= 0 || this.#stopped.signal.aborted) return false;
      await pulse.next(leftMs);
    }
  }

  #modeContext(): ModeContext {
    const { served, line, agent, caFile } = this.#context;
    return {
      ...this.#context,
      visits: this.visits,
      stopped: this.#stopped.signal,
      start: (url, graceMs) => {
        const facts = { url, agent, ...(caFile === undefined ? {} : { caFile }) };
        return new ClientProcess(clientCommand(line, facts), graceMs);
      },
      giveUp: (because, client) => {
        const down = this.#down(because);
        for (const output of client?.takeOutput(down.peer) ?? []) served.emit(output);
        served.emit(down);
      },
    };
  }

  #down(because: string): PeerDown {
    const { served, progress } = this.#context;
    const { peer, case: after } = progress.last ?? { peer: "peer-1", case: null };
    return { type: "peer-down", peer, url: served.url, after, because };
  }
}
