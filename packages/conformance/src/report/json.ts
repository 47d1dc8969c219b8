import { expectedCourse, observedCourse } from "./course-text.js";
import { safeJson } from "./escape.js";
import type { Verdict } from "../judge/verdict.js";
import type {
  CaseEnd,
  CaseInfo,
  PeerDown,
  PeerExit,
  PeerFindings,
  PeerUp,
  RunEvent,
  RunStart,
  Totals,
} from "../run/event.js";
import type { ReportChunk } from "./reporter.js";
import { citeRequirement, type CitedRequirement } from "./requirement-text.js";
import { untestedUrls } from "./untested.js";

/** The document that the `json` reporter writes. */
export interface JsonSummary {
  readonly suite: string;
  readonly profile: RunStart["profile"];
  readonly set: string;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  /** Null if the run file ends before the run did. */
  readonly totals: Totals | null;
  readonly peers: readonly JsonPeer[];
}

export interface JsonPeer {
  /** Null for a peer that never answered, or that the run never came to. */
  readonly agent: string | null;
  readonly url: string;
  /** Why it could not be reached, or no longer; null if it stayed. */
  readonly down: string | null;
  /** How its process ended before the run was over, each time, where the run had started it. */
  readonly exits: readonly JsonExit[];
  /** In catalogue order. */
  readonly cases: readonly JsonCase[];
  /** Ids of selected cases without a result. */
  readonly notRun: readonly string[];
  /** What its connections showed together; absent until its cases are over, and if it had no connection. */
  readonly found?: Omit<PeerFindings, "type" | "peer">;
}

export interface JsonExit extends Pick<PeerExit, "code" | "signal" | "because" | "cases" | "after"> {
  /** The last lines that it printed. */
  readonly output: readonly string[];
}

export interface JsonCase extends JsonVerdict {
  readonly id: string;
  readonly title: string;
  readonly because: string;
  readonly closingBecause: string;
  /** The requirement that was broken. */
  readonly requirement: CitedRequirement | null;
  /** The requirement that was broken while the connection ended. */
  readonly closingRequirement: CitedRequirement | null;
  /** The courses that would have been accepted, a step a line, the end of the connection included. */
  readonly expected: readonly (readonly string[])[];
  /** What happened, in the same form. */
  readonly observed: readonly string[];
  readonly durationMs: number;
  /** How often it was played; the last play counts. */
  readonly attempts: number;
  /** Of both profiles, where one play serves both. */
  readonly verdicts: { readonly autobahn?: JsonVerdict; readonly modern?: JsonVerdict };
}

export interface JsonVerdict {
  readonly outcome: Verdict["outcome"];
  readonly closing: Verdict["closing"];
}

interface PeerState {
  agent: string | null;
  url: string;
  down: string | null;
  readonly exits: JsonExit[];
  readonly cases: Map<string, JsonCase>;
  found?: JsonPeer["found"];
}

/** One JSON document about the whole run, written when it is over, and so far at every checkpoint. An empty stream of events writes nothing. */
export async function* jsonReporter(events: AsyncIterable<RunEvent>): AsyncGenerator<ReportChunk> {
  let start: RunStart | null = null;
  let totals: Totals | null = null;
  const infos = new Map<string, CaseInfo>();
  const peers = new Map<string, PeerState>();
  for await (const event of events) {
    if (event.type === "run") {
      start = event;
      for (const info of event.cases) infos.set(info.id, info);
    } else if (event.type === "run-end") totals = event.totals;
    else if (event.type === "checkpoint" && start !== null) {
      yield { data: `${safeJson(summary(start, totals, peers, false), 2)}\n`, draft: true };
    } else if (event.type === "peer-up" || event.type === "peer-down" || event.type === "peer-exit")
      notePeer(peers, event);
    else if (event.type === "case-end") {
      peers.get(event.peer)?.cases.set(event.case, caseSummary(event, infos.get(event.case)));
    } else if (event.type === "findings") noteFindings(peers.get(event.peer), event);
  }
  if (start !== null) yield { data: `${safeJson(summary(start, totals, peers, true), 2)}\n` };
}

function notePeer(peers: Map<string, PeerState>, event: PeerUp | PeerDown | PeerExit): void {
  const state: PeerState = peers.get(event.peer) ?? newPeer(event.url);
  if (event.type === "peer-up") state.agent = event.agent;
  else if (event.type === "peer-exit") state.exits.push(exitSummary(event));
  else state.down = event.because;
  peers.set(event.peer, state);
}

function newPeer(url: string): PeerState {
  return { agent: null, url, down: null, exits: [], cases: new Map() };
}

function noteFindings(
  peer: PeerState | undefined,
  { type: _type, peer: _key, ...found }: PeerFindings,
): void {
  if (peer !== undefined) peer.found = found;
}

function caseSummary(event: CaseEnd, info: CaseInfo | undefined): JsonCase {
  const { verdict, verdicts } = event;
  return {
    id: event.case,
    title: info?.title ?? "",
    outcome: verdict.outcome,
    closing: verdict.closing,
    because: verdict.because,
    closingBecause: verdict.closingBecause,
    requirement: cited(verdict.requirement, info),
    closingRequirement: cited(verdict.closingRequirement, info),
    expected: verdict.expected.map(expectedCourse),
    observed: observedCourse(event.record, verdict),
    durationMs: event.record.durationMs,
    attempts: event.attempt,
    verdicts: {
      ...(verdicts.autobahn === undefined ? {} : { autobahn: headline(verdicts.autobahn) }),
      ...(verdicts.modern === undefined ? {} : { modern: headline(verdicts.modern) }),
    },
  };
}

function cited(id: string | undefined, info: CaseInfo | undefined): CitedRequirement | null {
  return id === undefined ? null : citeRequirement(id, info);
}

function exitSummary({ code, signal, because, cases, after, output }: PeerExit): JsonExit {
  return { code, signal, because, cases, after, output: output.map(({ text }) => text) };
}

function headline(verdict: Verdict): JsonVerdict {
  return { outcome: verdict.outcome, closing: verdict.closing };
}

function untested(
  { config }: RunStart,
  totals: Totals | null,
  peers: ReadonlyMap<string, PeerState>,
): readonly PeerState[] {
  const seen = [...peers.values()].map(({ url }) => url);
  return untestedUrls(config, totals, seen).map(newPeer);
}

/** `isOver`: there are no more events. */
function summary(
  start: RunStart,
  totals: Totals | null,
  peers: ReadonlyMap<string, PeerState>,
  isOver: boolean,
): JsonSummary {
  const { suite, profile, set, startedAt } = start;
  const ids = start.cases.map((info) => info.id);
  return {
    suite,
    profile,
    set,
    startedAt,
    totals,
    peers: [...peers.values(), ...(isOver ? untested(start, totals, peers) : [])].map((peer) =>
      peerSummary(peer, ids),
    ),
  };
}

function peerSummary(peer: PeerState, ids: readonly string[]): JsonPeer {
  return {
    agent: peer.agent,
    url: peer.url,
    down: peer.down,
    exits: peer.exits,
    cases: ids.flatMap((id) => peer.cases.get(id) ?? []),
    notRun: ids.filter((id) => !peer.cases.has(id)),
    ...(peer.found === undefined ? {} : { found: peer.found }),
  };
}
