import type { ChildEnd } from "../child/child.js";
import { count } from "../report/words.js";
import { hasLostPeer } from "../run/process-watch.js";
import type { CaseEnd, PeerExit, RunEvent } from "../run/event.js";
import type { ClientProcess } from "./client-process.js";
import type { Mode, ModeContext } from "./mode.js";
import type { Flight } from "./progress.js";
import { clientNow } from "./pulse.js";

/** How often a client that keeps ending is started. */
const MOST_STARTS = 100;
/** How many starts in a row may bring no new result. */
const MOST_IN_VAIN = 3;
/** How often a client that has become silent is ended and started again. */
const MOST_SILENCES = 12;
/** A client that was silent once hangs: from then on it is waited for a third of the time, so that all its silences take little. */
const AGAIN_SILENT = 1 / 3;
/** How long a client that has all its results may take to exit after its last connection. */
const LINGER_MS = 5000;

/** Why a process is no longer waited for. */
type Reason = "stopped" | "ended" | "single" | "complete" | "silent";

/**
 * Runs a client that walks through the cases with the control URLs. If it ends in a case it is started again, and can
 * play only those cases that have no result yet. If several cases were in flight, each is first played in a separate
 * process, to find the case that ended the client.
 */
export class Walker implements Mode {
  /** It opened the bare URL and asked for nothing: it must be started once for each case. */
  isSingle = false;
  readonly #context: ModeContext;
  /** The process that runs, or ran last. */
  #process: ClientProcess | null = null;
  #exitReported: Promise<void> = Promise.resolve();
  #settleExitReported: () => void = () => undefined;
  #starts = 0;
  #inVain = 0;
  #silences = 0;
  #lastNewsAt = 0;
  #news = 0;
  /** When a play of a case ended last. A confirmed result is no news. */
  #lastEndAt = 0;
  /** What `#news` was when the process was started. */
  #newsAtStart = 0;
  readonly #suspects: Flight[] = [];
  /** Cases that were in flight when the process ended, and cases whose requests were read after its end. */
  readonly #hit = new Map<string, Flight>();
  /** The only case that this process may play; null: any. */
  #only: Flight | null = null;
  /** Cases whose connection was lost when a process that had finished exited. */
  readonly #cutOff = new Map<string, Flight>();
  /** How many results were not confirmed when the client was last started for them. */
  #unconfirmedBefore = 0;
  #hadSecondChance = false;
  /** The only cases that this process may play, because the last process has cut them off; null: any. */
  #again: ReadonlyMap<string, Flight> | null = null;

  constructor(context: ModeContext) {
    this.#context = context;
  }

  async run(): Promise<void> {
    while (!this.#context.stopped.aborted) {
      const isOver = await this.#runOnce();
      if (isOver && (this.#takeCutOff() || this.#takeUnconfirmed() || this.#takeLost())) continue;
      if (this.#suspects.length === 0 && (isOver || this.#context.progress.isComplete)) return;
      const because = this.#refusal();
      if (because !== null)
        return this.#context.giveUp(`The command is not started again: ${because}.`, this.#process);
    }
  }

  readonly isExcluded = (agent: string, caseId: string): boolean => {
    const only = this.#only;
    if (only !== null) return only.agent !== agent || only.case !== caseId;
    const again = this.#again;
    if (again !== null) return ![...again.values()].some((one) => one.agent === agent && one.case === caseId);
    return this.#starts > 1 && this.#context.progress.hasResult(agent, caseId);
  };

  readonly before = (event: RunEvent): readonly RunEvent[] => {
    if (!("case" in event) || event.type === "wire") return [];
    if (event.type !== "case-start") this.#lastEndAt = clientNow();
    if (event.type === "case-start" && this.#process?.isRunning === false) {
      this.#addHits([this.#context.progress.flightOf(event)]);
    }
    if (event.type === "case-end" && this.#process?.isRunning === false && isLost(event)) {
      const flight = this.#context.progress.flightOf(event);
      this.#cutOff.set(`${flight.peer} ${flight.case}`, flight);
    }
    return this.#process?.takeOutput(event.peer) ?? [];
  };

  readonly suspects = (): readonly ClientProcess[] => (this.#process === null ? [] : [this.#process]);

  readonly exitsReported = (): Promise<void> => this.#exitReported;

  /** Starts the client and waits for its end. True if it need not be started again. */
  async #runOnce(): Promise<boolean> {
    const { start, served, visits, pulse, progress } = this.#context;
    const only = this.#suspects.shift() ?? null;
    this.#only = only;
    this.#starts++;
    visits.begin();
    this.#lastNewsAt = clientNow();
    this.#news = progress.news;
    const client = start(served.url);
    this.#process = client;
    this.#exitReported = new Promise((resolve) => {
      this.#settleExitReported = resolve;
    });
    this.#cutOff.clear();
    void client.exited.then(() => pulse.beat());
    const newsBefore = progress.news;
    this.#newsAtStart = newsBefore;
    try {
      return await this.#after(await this.#wait(client), client);
    } finally {
      this.#settleExitReported();
      await this.#untilLanded();
      // The result of the case in which it ended comes behind its end.
      this.#inVain = progress.news > newsBefore || only !== null ? 0 : this.#inVain + 1;
      if (this.#hit.size > 1) this.#suspects.push(...this.#hit.values());
      this.#hit.clear();
    }
  }

  /**
   * True if the client should run again for results that are not confirmed yet. False if the last time did not help.
   */
  #takeUnconfirmed(): boolean {
    const { unconfirmed } = this.#context.progress;
    const isWorthIt = unconfirmed > 0 && unconfirmed !== this.#unconfirmedBefore;
    this.#unconfirmedBefore = unconfirmed;
    return isWorthIt && !this.#context.stopped.aborted;
  }

  /** True if the client should run again for cases whose request it may have lost. It gets this chance once. */
  #takeLost(): boolean {
    const lost = this.#lost();
    if (lost.length === 0 || this.#context.stopped.aborted) return false;
    this.#hadSecondChance = true;
    const [each, it] = lost.length === 1 ? ["", "it"] : ["each ", "them"];
    this.#context.served.note(
      `The client left out ${lost.join(", ")}, ${each}behind a case whose answer it need not take. It is started again for ${it}.`,
    );
    return true;
  }

  /**
   * The cases that a client left out, if each follows one whose answer it need not take: a client with a pool of connections
   * may send its next request on the connection of an answer that is not 101, where no case can begin. Otherwise none.
   */
  #lost(): readonly string[] {
    const { cases, progress } = this.#context;
    if (this.#hadSecondChance || this.#only !== null) return [];
    const missing = cases.map(({ id }) => id).filter((id) => progress.isMissing(id));
    const isBehindAnswer = (id: string): boolean => {
      const before = cases[cases.findIndex((one) => one.id === id) - 1];
      return before?.answer !== undefined && !missing.includes(before.id);
    };
    return missing.every(isBehindAnswer) ? missing : [];
  }

  async #wait(client: ClientProcess): Promise<Reason> {
    const { pulse, visits, progress, stopped } = this.#context;
    for (;;) {
      if (stopped.aborted) return "stopped";
      if (!client.isRunning) return "ended";
      if (visits.silentInMs === 0) return "single";
      const leftMs = this.#patienceMs();
      if (leftMs <= 0) return progress.isThrough ? "complete" : "silent";
      await pulse.next(Math.min(leftMs, visits.silentInMs));
    }
  }

  /** How much longer to wait for progress, in milliseconds. */
  #patienceMs(): number {
    const { progress, visits } = this.#context;
    if (progress.news !== this.#news) {
      this.#news = progress.news;
      this.#lastNewsAt = clientNow();
    }
    // A new case has its own deadlines. A case that the client repeats does not count: it may repeat it for ever.
    if (progress.flights.some((flight) => this.#isNew(flight))) return Infinity;
    const stalledAt = this.#lastNewsAt + this.#silenceMs();
    const { flights, isThrough } = progress;
    const isIdle = isThrough && flights.length === 0 && this.#only === null;
    const idleSince = Math.max(visits.lastAt, this.#lastEndAt);
    const at = isIdle ? Math.min(stalledAt, idleSince + LINGER_MS) : stalledAt;
    return at - clientNow();
  }

  /** How long a client may bring nothing new, in milliseconds: whole seconds if it was silent before. */
  #silenceMs(): number {
    const { timeoutMs } = this.#context;
    if (this.#silences === 0) return timeoutMs;
    return Math.min(timeoutMs, Math.ceil((timeoutMs * AGAIN_SILENT) / 1000) * 1000);
  }

  #isNew(flight: Flight): boolean {
    return this.#only !== null || !this.#context.progress.hasResult(flight.agent, flight.case);
  }

  /** True if the client need not be started again. */
  async #after(reason: Reason, client: ClientProcess): Promise<boolean> {
    const { served, visits, progress } = this.#context;
    const end = reason === "ended" ? await client.ended : await client.stop();
    const { flights } = progress;
    if (reason === "stopped") return true;
    if (reason === "complete") {
      served.note("The client has a result for every case but did not exit: it was ended.");
      return true;
    }
    if (visits.isBare) {
      this.isSingle = true;
      return true;
    }
    const silence = `The command brought no new result for ${this.#silenceMs() / 1000} s and was ended`;
    const how = reason === "silent" ? silence : `The command ${end.how}`;
    if (!progress.hasBegun) return this.#neverCame(how, client);
    if (reason === "ended" && this.#gaveUpAtAnswer(end)) return false;
    if (flights.length === 0 && reason === "ended" && this.#mayEnd(end)) return this.#isThrough();
    if (reason === "ended" && this.#hasWalked(end)) return this.#landed();
    if (reason === "silent") this.#silences++;
    this.#reportExit(`${how}.`, end, flights, client);
    return false;
  }

  #neverCame(how: string, client: ClientProcess): true {
    const { visits, giveUp } = this.#context;
    const what = visits.count === 0 ? "opened a connection" : "asked for a case";
    giveUp(`${how} before it had ${what}.`, client);
    return true;
  }

  /**
   * True if it has ended in or behind a case whose answer it need not take, with others left: a loop that ends at the
   * first connection that cannot be opened. That is no finding, and it goes on with the next case. It has to bring a new
   * result every time.
   */
  #gaveUpAtAnswer({ signal }: ChildEnd): boolean {
    const { progress, visits, cases } = this.#context;
    if (signal !== null || visits.hasFinished || progress.isComplete || this.#only !== null) return false;
    const at = progress.flights.length > 0 ? progress.flights : [progress.last];
    const isAboutAnswer = at.every((one) =>
      cases.some(({ id, answer }) => id === one?.case && answer !== undefined),
    );
    return isAboutAnswer && (progress.news > this.#newsAtStart || progress.flights.length > 0);
  }

  /** Whether this end is all right if no case is in flight. */
  #mayEnd({ code }: ChildEnd): boolean {
    const { progress, visits } = this.#context;
    return code === 0 || visits.hasFinished || progress.isComplete || this.#only !== null;
  }

  /**
   * True if it ended as a finished client does, although cases were in flight. An asynchronous client may go on while
   * connections are closing, and does not wait for the last of them.
   */
  #hasWalked({ code }: ChildEnd): boolean {
    const { progress, visits } = this.#context;
    const open = progress.flights.filter((flight) => !progress.hasResult(flight.agent, flight.case));
    return code === 0 && (visits.hasFinished || open.length === progress.missing);
  }

  /** Waits for the results of the cases that were in flight. They do not count as findings about the process. */
  async #landed(): Promise<boolean> {
    this.#settleExitReported();
    await this.#untilLanded();
    this.#hit.clear();
    return this.#isThrough();
  }

  /**
   * Whether to play cases again because the end of the client has broken their connections. They are played again
   * once.
   */
  #takeCutOff(): boolean {
    const cutOff = new Map(this.#cutOff);
    const wasAgain = this.#again !== null || this.#only !== null;
    this.#again = null;
    if (cutOff.size === 0 || this.#context.stopped.aborted) return false;
    const ids = [...cutOff.values()].map((flight) => flight.case).join(", ");
    const { served } = this.#context;
    if (wasAgain) {
      served.note(`The client ended again before the connection of ${ids} was closed.`);
      return false;
    }
    served.note(
      `The client ended before the connections of its last cases were closed; played again: ${ids}.`,
    );
    this.#again = cutOff;
    return true;
  }

  /** It exited normally. If it was allowed to play one case only, it is not known whether it would have gone on. */
  #isThrough(): boolean {
    const { progress, served } = this.#context;
    if (this.#only !== null) return progress.isComplete;
    const missing = progress.missing - progress.unconfirmed;
    if (missing > 0 && this.#lost().length === 0)
      served.note(`The client ended and left out ${count(missing, "case")}.`);
    return true;
  }

  #reportExit(because: string, end: ChildEnd, flights: readonly Flight[], client: ClientProcess): void {
    const { served, progress } = this.#context;
    for (const peer of new Set(flights.map(({ peer }) => peer).concat(progress.last?.peer ?? "peer-1"))) {
      const event = this.#exitEvent(peer, flights, end);
      if (event.cases.length === 0 && flights.length > 0) continue;
      for (const output of client.takeOutput(peer)) served.emit(output);
      served.emit({ ...event, because, output: client.lastLines });
    }
    this.#addHits(flights);
  }

  #addHits(flights: readonly Flight[]): void {
    for (const flight of flights) this.#hit.set(`${flight.peer} ${flight.case}`, flight);
  }

  #exitEvent(peer: string, flights: readonly Flight[], end: ChildEnd): PeerExit {
    const { served, progress } = this.#context;
    const { last } = progress;
    return {
      type: "peer-exit",
      peer,
      url: served.url,
      code: end.isAsked ? null : end.code,
      signal: end.isAsked ? null : end.signal,
      because: "",
      cases: flights.filter((flight) => flight.peer === peer).map((flight) => flight.case),
      after: last?.peer === peer ? last.case : null,
      output: [],
    };
  }

  #refusal(): string | null {
    if (this.#context.stopped.aborted) return null;
    if (this.#inVain >= MOST_IN_VAIN) return `it ended ${MOST_IN_VAIN} times in a row without a new result`;
    if (this.#silences >= MOST_SILENCES) return `it became silent ${MOST_SILENCES} times`;
    return this.#starts < MOST_STARTS
      ? null
      : `it was started ${MOST_STARTS} times and always ended too early`;
  }

  /** The process and its connections are gone. Waits for the results of their cases. */
  async #untilLanded(): Promise<void> {
    const { pulse, progress, stopped } = this.#context;
    while (progress.flights.length > 0 && !stopped.aborted) await pulse.next(Infinity);
  }
}

/** The connection ended without a closing handshake, and the result shows it. */
function isLost({ record, verdict }: CaseEnd): boolean {
  // A client that refuses an answer closes TCP, as it has to.
  if (verdict.outcome === "pass" && verdict.closing === "not-applicable") return false;
  const isSpoilt = verdict.outcome === "fail" || verdict.outcome === "blocked" || verdict.closing !== "ok";
  return isSpoilt && verdict.outcome !== "informational" && hasLostPeer(record);
}
