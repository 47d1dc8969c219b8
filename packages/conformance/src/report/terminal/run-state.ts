import type { Closing, Outcome, Verdict } from "../../judge/verdict.js";
import type { CaseRecord } from "../../record/record.js";
import { isCarriage, type WireEntry } from "../../record/wire-log.js";
import type {
  CaseInfo,
  CaseUnconfirmed,
  OutputLine,
  PeerDown,
  PeerExit,
  PeerFindings,
  RunEvent,
  RunStart,
  Totals,
  WireEvent,
} from "../../run/event.js";
import { wireLine } from "../text.js";
import { saidOf } from "../../record/http2-record.js";
import { TCP_ENDS } from "../words.js";

/** Wire lines kept of a case in flight, and shown of a failure. */
const LAST_LINES = 8;
/** Ends of a process kept with all that the report of them shows; more are counted. */
const KEPT_EXITS = 20;
/** Lines of output kept of a peer, and shown of an end of its process: a stack trace with what it is about. */
const LAST_OUTPUT = 20;
/** Results kept with everything that a full block shows; the others keep their headline. */
const DETAILED_RESULTS = 60;

/** The result of one case as the end of a run needs it. */
export interface CaseResult {
  readonly id: string;
  readonly outcome: Outcome;
  readonly closing: Closing;
  /** Null where nothing went wrong, or too much did. */
  readonly detail: {
    readonly verdict: Verdict;
    readonly lastLines: readonly string[];
    readonly undeclared: readonly string[];
  } | null;
  /** What a collapsed block says; empty where nothing went wrong. */
  readonly because: string;
}

export interface PeerState {
  readonly peer: string;
  readonly url: string;
  /** Null for a peer that never answered. */
  agent: string | null;
  down: PeerDown | null;
  /** How its process ended, the first times. */
  readonly exits: PeerExit[];
  exitCount: number;
  /** What its connections showed together; null until its cases are over. */
  found: PeerFindings | null;
  readonly results: Map<string, CaseResult>;
  /** Cases that were not confirmed at first: the last attempt that was not, and the one that counts, if there is one. */
  readonly repeats: Map<string, { readonly unconfirmed: number; readonly counts: number | null }>;
  details: number;
}

/** What the terminal reporter knows of a run: bounded by the cases in flight and one short result a case. */
export class RunState {
  start: RunStart | null = null;
  totals: Totals | null = null;
  readonly infos: Map<string, CaseInfo> = new Map();
  readonly peers: Map<string, PeerState> = new Map();
  readonly #lastEntries: Map<string, WireEntry[]> = new Map();
  readonly #lastOutput: Map<string, readonly OutputLine[]> = new Map();

  take(event: RunEvent): void {
    switch (event.type) {
      case "run":
        this.start = event;
        for (const info of event.cases) this.infos.set(info.id, info);
        break;
      case "peer-up":
        this.#peer(event.peer, event.url).agent = event.agent;
        break;
      case "peer-output":
        this.#lastOutput.set(event.peer, event.lines.slice(-LAST_OUTPUT));
        break;
      case "peer-exit":
        this.#takeExit(event);
        break;
      case "peer-down":
        this.#peer(event.peer, event.url).down = event;
        break;
      case "case-start":
        this.#lastEntries.set(inFlight(event), []);
        break;
      case "wire":
        this.#takeWire(event);
        break;
      case "case-end":
        this.#takeEnd(event);
        break;
      case "case-unconfirmed":
        this.#takeUnconfirmed(event);
        break;
      case "findings": {
        const peer = this.peers.get(event.peer);
        if (peer !== undefined) peer.found = event;
        break;
      }
      case "run-end":
        this.totals = event.totals;
        break;
      case "checkpoint":
      case "note":
        break;
    }
  }

  /** Ids of the selected cases in catalogue order. */
  get ids(): readonly string[] {
    return this.start?.cases.map((info) => info.id) ?? [];
  }

  /** Results of all peers, as many as there are so far. */
  get resultCount(): number {
    let total = 0;
    for (const peer of this.peers.values()) total += peer.results.size;
    return total;
  }

  /** The last lines that the process of a peer printed. */
  lastOutput(peer: string): readonly OutputLine[] {
    return this.#lastOutput.get(peer) ?? [];
  }

  #takeExit(event: PeerExit): void {
    const peer = this.#peer(event.peer, event.url);
    peer.exitCount++;
    if (peer.exits.length < KEPT_EXITS)
      peer.exits.push({ ...event, output: event.output.slice(-LAST_OUTPUT) });
  }

  #peer(key: string, url: string): PeerState {
    const known = this.peers.get(key);
    if (known !== undefined) return known;
    const peer: PeerState = {
      peer: key,
      url,
      agent: null,
      down: null,
      exits: [],
      exitCount: 0,
      found: null,
      results: new Map(),
      repeats: new Map(),
      details: 0,
    };
    this.peers.set(key, peer);
    return peer;
  }

  #takeWire(event: WireEvent): void {
    const entries = this.#lastEntries.get(inFlight(event));
    // Frames say it better than octets; what does not make a frame is a violation and has its own line.
    if (entries === undefined || "octets" in event.entry || isCarriage(event.entry)) return;
    entries.push(event.entry);
    if (entries.length > LAST_LINES) entries.shift();
  }

  #takeUnconfirmed({ peer, case: id, attempt }: CaseUnconfirmed): void {
    this.peers.get(peer)?.repeats.set(id, { unconfirmed: attempt, counts: null });
  }

  #takeEnd(event: Extract<RunEvent, { type: "case-end" }>): void {
    const peer = this.peers.get(event.peer);
    const entries = this.#lastEntries.get(inFlight(event)) ?? [];
    this.#lastEntries.delete(inFlight(event));
    if (peer === undefined) return;
    const repeat = peer.repeats.get(event.case);
    if (repeat !== undefined) peer.repeats.set(event.case, { ...repeat, counts: event.attempt });
    if (peer.results.get(event.case)?.detail) peer.details--;
    const { verdict, record } = event;
    const isDetailed = isBroken(verdict) && peer.details < DETAILED_RESULTS;
    if (isDetailed) peer.details++;
    peer.results.set(event.case, {
      id: event.case,
      outcome: verdict.outcome,
      closing: verdict.closing,
      because: isBroken(verdict) || verdict.outcome === "blocked" ? verdict.because : "",
      detail: isDetailed
        ? { verdict, lastLines: lastLines(entries, record), undeclared: record.undeclared }
        : null,
    });
  }
}

function lastLines(entries: readonly WireEntry[], record: CaseRecord): string[] {
  const lines = entries.map((entry) => wireLine(entry, { role: record.role }));
  const last = `= ${saidOf(record, TCP_ENDS[record.close.tcp])}`;
  return lines.at(-1) === last ? lines : [...lines, last].slice(-LAST_LINES);
}

function isBroken(verdict: Verdict): boolean {
  return verdict.outcome === "fail" || verdict.outcome === "harness-error";
}

/** A client may run a case on several connections at once: each connection is a separate play. */
function inFlight(event: { readonly peer: string; readonly case: string; readonly attempt: number }): string {
  return `${event.peer}\n${event.case}\n${event.attempt}`;
}
