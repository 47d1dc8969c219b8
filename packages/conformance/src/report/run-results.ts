import { hasFailed, type Closing, type Outcome } from "../judge/verdict.js";
import type { CaseEnd, CaseInfo, PeerFindings, RunEvent, RunStart, Totals } from "../run/event.js";
import { cut } from "./escape.js";
import { untestedUrls } from "./untested.js";
import { isClosingInOrder } from "./words.js";

/** Characters kept of a sentence of a verdict: it may quote what the peer sent. */
const SENTENCE_LIMIT = 400;
/** Ends of a process that are kept; more are counted. */
const KEPT_EXITS = 20;

/** The result of a case in short. */
export interface CaseResult {
  readonly id: string;
  readonly outcome: Outcome;
  readonly closing: Closing;
  /** At most 400 characters, as all sentences here. */
  readonly because: string;
  readonly closingBecause: string;
  /** Ids of requirements. */
  readonly requirement: string | undefined;
  readonly closingRequirement: string | undefined;
  /** The close code of the peer; null for none. */
  readonly code: number | null;
  readonly durationMs: number;
  readonly attempt: number;
}

/** Everything about one peer that reports of a finished run say. */
export interface PeerResults {
  readonly peer: string;
  url: string;
  /** Null for a peer that never answered, or was never asked. */
  agent: string | null;
  /** Why it could not be reached, or no longer; null if it stayed. */
  down: string | null;
  /** How its process ended, in a sentence each, the first times. */
  readonly exits: string[];
  exitCount: number;
  /** By id; the last play of a case counts. */
  readonly results: Map<string, CaseResult>;
  /** Null until its cases are over, and if it had no connection. */
  found: PeerFindings | null;
}

/**
 * What a run came to, for reports that are written when it is over. It holds one short result for each case of each peer,
 * and no wire log.
 */
export class RunResults {
  start: RunStart | null = null;
  /** Null if the run file ends before the run did. */
  totals: Totals | null = null;
  readonly infos: Map<string, CaseInfo> = new Map();
  readonly peers: Map<string, PeerResults> = new Map();

  see(event: RunEvent): void {
    switch (event.type) {
      case "run":
        this.start = event;
        for (const info of event.cases) this.infos.set(info.id, info);
        break;
      case "peer-up":
        this.#peer(event.peer, event.url).agent = event.agent;
        break;
      case "peer-down":
        this.#peer(event.peer, event.url).down = sentence(event.because);
        break;
      case "peer-exit": {
        const peer = this.#peer(event.peer, event.url);
        peer.exitCount++;
        if (peer.exits.length < KEPT_EXITS) peer.exits.push(sentence(event.because));
        break;
      }
      case "case-end":
        this.peers.get(event.peer)?.results.set(event.case, resultOf(event));
        break;
      case "findings": {
        const peer = this.peers.get(event.peer);
        if (peer !== undefined) peer.found = event;
        break;
      }
      case "run-end":
        this.totals = event.totals;
        break;
      default:
        break;
    }
  }

  /** Ids of the selected cases in catalogue order. */
  get ids(): readonly string[] {
    return this.start?.cases.map(({ id }) => id) ?? [];
  }

  /** The results of a peer in catalogue order. */
  resultsOf(peer: PeerResults): readonly CaseResult[] {
    return this.ids.flatMap((id) => peer.results.get(id) ?? []);
  }

  /** Ids of selected cases without a result. */
  notRunOf(peer: PeerResults): readonly string[] {
    return this.ids.filter((id) => !peer.results.has(id));
  }

  /** Call this when there are no more events. */
  addUntested(): void {
    if (this.start === null) return;
    const seen = [...this.peers.values()].map(({ url }) => url);
    for (const [index, url] of untestedUrls(this.start.config, this.totals, seen).entries())
      this.#peer(`untested-${index}`, url);
  }

  #peer(key: string, url: string): PeerResults {
    const known = this.peers.get(key);
    if (known !== undefined) return known;
    const peer: PeerResults = {
      peer: key,
      url,
      agent: null,
      down: null,
      exits: [],
      exitCount: 0,
      results: new Map(),
      found: null,
    };
    this.peers.set(key, peer);
    return peer;
  }
}

/** Reads a run to its end. Servers that it never came to are peers without a result. */
export async function resultsOf(events: AsyncIterable<RunEvent>): Promise<RunResults> {
  const results = new RunResults();
  for await (const event of events) results.see(event);
  results.addUntested();
  return results;
}

/** True where a result is worse than "as expected" (exit code 1). */
export function isUnexpected({ outcome, closing }: Pick<CaseResult, "outcome" | "closing">): boolean {
  return hasFailed(outcome) || !isClosingInOrder(closing);
}

function resultOf({ case: id, attempt, verdict, record }: CaseEnd): CaseResult {
  return {
    id,
    attempt,
    outcome: verdict.outcome,
    closing: verdict.closing,
    because: sentence(verdict.because),
    closingBecause: sentence(verdict.closingBecause),
    requirement: verdict.requirement,
    closingRequirement: verdict.closingRequirement,
    code: record.close.remoteCode,
    durationMs: record.durationMs,
  };
}

function sentence(text: string): string {
  return cut(text, SENTENCE_LIMIT);
}
