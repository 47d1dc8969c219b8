import type { Case } from "../case/case.js";
import type { ChildEnd } from "../child/child.js";
import { playingOrder } from "../run/playing-order.js";
import { Sanity } from "../run/sanity.js";
import type { Played } from "../run/unconfirmed.js";
import { hasFailed, type Verdict } from "../judge/verdict.js";
import type { CaseEnd, CaseUnconfirmed, PeerExit, RunEvent } from "../run/event.js";
import type { ClientProcess } from "./client-process.js";
import type { Mode, ModeContext } from "./mode.js";
import { clientNow } from "./pulse.js";

/**
 * How long a client may take to exit after its case. If one client has not exited in this time, later ones get none.
 */
const PATIENCE_MS = 1000;
/** Time between SIGTERM and SIGKILL. If one client needed SIGKILL, later ones get the short time. */
const GRACE_MS = 3000;
const SHORT_GRACE_MS = 200;
/** How many processes in a row may end without opening a connection. */
const MOST_IN_VAIN = 3;
/** How often a case is tried if the process does not connect. */
const MOST_TRIES = 2;
/** Shells report the end of a program by a signal as an exit status above this. */
const SIGNAL_STATUS = 128;

/** How a process of the client went. */
interface Ran {
  /** Its case has ended. */
  readonly isPlayed: boolean;
  /** Null if it had to be ended, and has not opened its URL. */
  readonly end: ChildEnd | null;
}

/** Runs a client that opens one URL and echoes: one process for every case, with the URL of that case. */
export class Single implements Mode {
  readonly #context: ModeContext;
  /** Cases on which the others depend, with their results where these count. */
  readonly #asked = new Map<string, Played | undefined>();
  readonly #processes = new Map<string, ClientProcess>();
  /** Processes whose end has been emitted. */
  readonly #reported = new WeakSet<ClientProcess>();
  #inVain = 0;
  #isGivenUp = false;
  #patienceMs = PATIENCE_MS;
  #graceMs = GRACE_MS;

  constructor(context: ModeContext) {
    this.#context = context;
  }

  async run(): Promise<void> {
    const { parallel } = this.#context;
    const useless = await this.#whatIsUseless();
    const playable = this.#context.cases.filter((one) => !useless.has(one));
    const cases = playable.filter(({ url }) => url === undefined);
    const { light, load, alone } = playingOrder(cases);
    const shared = new Set([...light, ...load]);
    const inOrder = parallel === 1 ? [...cases] : cases.filter((one) => shared.has(one));
    await Promise.all(Array.from({ length: Math.min(parallel, inOrder.length) }, () => this.#lane(inOrder)));
    if (parallel > 1) await this.#lane([...alone]);
    // One at a time; when enough of them agree, the others are confirmed.
    await this.#lane(cases.filter(({ id }) => this.#context.progress.isUnconfirmed(this.#context.agent, id)));
    // The others have shown what the client does with a usual URL.
    for (const one of playable) if (one.url !== undefined && !this.#isOver) await this.#giveUrl(one);
  }

  /** Plays the first case alone. If no message comes back, reports what needs an echo as blocked, and returns it. */
  async #whatIsUseless(): Promise<ReadonlySet<Case>> {
    const { cases, profile = "modern", progress, agent, served } = this.#context;
    if (profile !== "modern") return new Set();
    const sanity = new Sanity(cases, {
      play: (one) => this.#resultOf(one),
      look: (one) => this.#resultOf(one),
    });
    const because = await sanity.before();
    if (because === null) return new Set();
    const useless = cases.filter((one) => !progress.hasResult(agent, one.id) && sanity.needsEcho(one));
    for (const one of useless) served.report(one, agent, { notPlayed: because });
    return new Set(useless);
  }

  /** The result of a case. One that is not confirmed is tried again at once, since the others depend on it. */
  async #resultOf({ id }: Case): Promise<Played | undefined> {
    const { progress, agent } = this.#context;
    this.#asked.set(id, undefined);
    for (let tries = 0; tries < MOST_TRIES && !this.#isOver; tries++) {
      if ((await this.#play(id)) && !progress.isUnconfirmed(agent, id)) break;
    }
    return this.#asked.get(id);
  }

  /** A client that connects again must not replace the result of its case. */
  readonly isExcluded = (agent: string, caseId: string): boolean =>
    this.#context.progress.hasResult(agent, caseId);

  readonly before = (event: RunEvent): readonly RunEvent[] => {
    if (event.type !== "case-end" && event.type !== "case-unconfirmed") return [];
    const client = this.#processes.get(event.case);
    if (client === undefined) return [];
    if (event.type === "case-end" && this.#asked.has(event.case)) this.#asked.set(event.case, event);
    const exit = client.end === null ? [] : this.#exit(client, client.end, event);
    return [...client.takeOutput(event.peer), ...exit];
  };

  readonly suspects = (caseId: string): readonly ClientProcess[] => {
    const client = this.#processes.get(caseId);
    return client === undefined ? [] : [client];
  };

  readonly exitsReported = async (): Promise<void> => {
    const ending = [...this.#processes.values()].filter(({ isRunning }) => !isRunning);
    await Promise.all(ending.map(({ ended }) => ended));
  };

  get #isOver(): boolean {
    return this.#isGivenUp || this.#context.stopped.aborted;
  }

  async #lane(waiting: Case[]): Promise<void> {
    for (let next = waiting.shift(); next !== undefined && !this.#isOver; next = waiting.shift()) {
      if (this.#context.progress.hasResult(this.#context.agent, next.id)) continue;
      for (let tries = 0; tries < MOST_TRIES && !this.#isOver; tries++) {
        if (await this.#play(next.id)) break;
      }
    }
  }

  /** True if the case has ended, with a confirmed result or without. */
  async #play(id: string): Promise<boolean> {
    return (await this.#runWith(id, this.#urlOf(id))).isPlayed;
  }

  /** Lets the client open the URL of a case that is about that. It may refuse to. */
  async #giveUrl(one: Case): Promise<void> {
    const { served, agent, progress, timeoutMs } = this.#context;
    const port = await served.openUrl(one, agent);
    if (typeof port === "string") return served.report(one, agent, { untried: port });
    try {
      const { isPlayed, end } = await this.#runWith(one.id, port.url);
      if (isPlayed || this.#isOver || !progress.hasBegun) return;
      const how = end === null ? ` within ${timeoutMs / 1000} s` : `: it ${end.how}`;
      if (port.hasConnected) {
        return served.report(one, agent, { untried: "the client connected, and sent no whole request" });
      }
      served.report(one, agent, { url: port.url, unopened: `the client did not open the URL${how}` });
    } finally {
      await port.close();
    }
  }

  async #runWith(id: string, url: string): Promise<Ran> {
    const { start, agent, progress, pulse, cases } = this.#context;
    const isUrlGiven = cases.some((one) => one.id === id && one.url !== undefined);
    const client = start(url, this.#graceMs);
    this.#processes.set(id, client);
    void client.exited.then(() => pulse.beat());
    try {
      const endsBefore = progress.ends(agent, id);
      const isOver = (): boolean => progress.ends(agent, id) > endsBefore;
      await this.#untilPlayed(id, client, isOver);
      const isPlayed = isOver();
      const end = isPlayed ? await this.#endBehind(client) : await this.#endInVain(client);
      if (end !== null) this.#reportEnd(id, client, end);
      if (isPlayed) this.#inVain = 0;
      else if (!isUrlGiven || !progress.hasBegun) this.#failToPlay(client, end);
      return { isPlayed, end };
    } finally {
      await client.stop();
      this.#processes.delete(id);
    }
  }

  #urlOf(id: string): string {
    const { served, agent } = this.#context;
    return `${served.url}/runCase?casetuple=${id}&agent=${encodeURIComponent(agent)}`;
  }

  /** Waits for a result, or until none is possible: no connection, and the process has ended or its time is over. */
  async #untilPlayed(id: string, client: ClientProcess, isOver: () => boolean): Promise<void> {
    const { progress, pulse, timeoutMs, stopped } = this.#context;
    const deadline = clientNow() + timeoutMs;
    while (!stopped.aborted && !isOver()) {
      const isPlaying = progress.flights.some((flight) => flight.case === id);
      if (!isPlaying && !client.isRunning) {
        // Data that it sent at the last moment must still be read.
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (!progress.flights.some((flight) => flight.case === id)) return;
        continue;
      }
      const leftMs = deadline - clientNow();
      if (!isPlaying && leftMs <= 0) return;
      await pulse.next(isPlaying ? Infinity : leftMs);
    }
  }

  /** Waits for the end of a client that has played its case, or ends it. */
  async #endBehind(client: ClientProcess): Promise<ChildEnd> {
    if (client.isRunning && this.#patienceMs > 0) {
      const { pulse, stopped } = this.#context;
      const deadline = clientNow() + this.#patienceMs;
      while (client.isRunning && !stopped.aborted && clientNow() < deadline) {
        await pulse.next(deadline - clientNow());
      }
      if (client.isRunning) this.#patienceMs = 0;
    }
    const end = client.isRunning ? await client.stop() : await client.ended;
    if (end.isAsked && end.signal === "SIGKILL") this.#graceMs = SHORT_GRACE_MS;
    return end;
  }

  async #endInVain(client: ClientProcess): Promise<ChildEnd | null> {
    return client.isRunning ? null : await client.ended;
  }

  #reportEnd(id: string, client: ClientProcess, end: ChildEnd): void {
    const { served, progress } = this.#context;
    const peer = progress.last?.peer;
    if (peer === undefined) return;
    for (const event of client.takeOutput(peer)) served.emit(event);
    if (!this.#reported.has(client) && hasCrashed(end)) served.emit(this.#exitEvent(client, end, peer, id));
  }

  #failToPlay(client: ClientProcess, end: ChildEnd | null): void {
    const { giveUp, timeoutMs } = this.#context;
    if (this.#isOver || ++this.#inVain < MOST_IN_VAIN) return;
    this.#isGivenUp = true;
    const how = end === null ? `did not open the URL of its case within ${timeoutMs / 1000} s` : end.how;
    const when = end === null ? "" : " before it had opened the URL of its case";
    giveUp(`${MOST_IN_VAIN} times in a row the command ${how}${when}.`, client);
  }

  /** A crash is always a finding; an exit status only if the case failed. */
  #exit(
    client: ClientProcess,
    end: ChildEnd,
    { peer, case: id, verdict }: CaseEnd | CaseUnconfirmed,
  ): readonly PeerExit[] {
    if (end.isAsked || (!hasCrashed(end) && (end.code === 0 || isFine(verdict)))) return [];
    this.#reported.add(client);
    return [this.#exitEvent(client, end, peer, id)];
  }

  #exitEvent(client: ClientProcess, end: ChildEnd, peer: string, id: string): PeerExit {
    const { served, progress } = this.#context;
    return {
      type: "peer-exit",
      peer,
      url: served.url,
      code: end.code,
      signal: end.signal,
      because: `The command ${end.how}.`,
      cases: [id],
      after: progress.last?.case ?? null,
      output: client.lastLines,
    };
  }
}

function hasCrashed({ isAsked, signal, code }: ChildEnd): boolean {
  return !isAsked && (signal !== null || (code !== null && code > SIGNAL_STATUS));
}

function isFine({ outcome, closing }: Verdict): boolean {
  return !hasFailed(outcome) && (closing === "ok" || closing === "not-applicable");
}
