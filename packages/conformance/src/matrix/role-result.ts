import { sectionOf } from "../case/case-id.js";
import { OUTCOMES, type Outcome } from "../judge/verdict.js";
import { SHOWN_OCTETS, type WireEntry } from "../record/wire-log.js";
import { cut } from "../report/escape.js";
import { findingsOf, isNeverOpened } from "../report/headline.js";
import { compressIds } from "../report/layout.js";
import { resultsOf, type PeerResults, type RunResults } from "../report/run-results.js";
import { count } from "../report/words.js";
import type { RunEvent } from "../run/event.js";
import { EVIDENCE_LINES, type FindingEvidence, type PeerFinding } from "../run/finding.js";
import type { Counts, RoleResult, StoredEvidence, StoredFinding } from "./results.js";

/** What was run, and how; the run file does not say it. */
export type RunContext = Pick<
  RoleResult,
  "role" | "over" | "version" | "packages" | "folder" | "suite" | "set" | "profile"
> & {
  /** Why the run was cut off, in a sentence; absent where no limit ended it. */
  readonly cut?: string;
};

/** Characters kept of a sentence: it may quote what the peer sent. */
const SENTENCE_LIMIT = 400;
/** Characters kept of what a peer said instead of opening the connection. */
const ANSWER_LIMIT = 1024;
/** Findings that are kept, the worst first: no real peer has nearly as many. */
const MOST_FINDINGS = 200;
/** Octets kept of the payload of a frame: enough to see what was sent. Those of opening handshakes are kept as they are. */
const PAYLOAD_OCTETS = 64;
/** Fields kept of a head of HTTP/2, and characters of each value. */
const MOST_FIELDS = 40;
const FIELD_LIMIT = 256;

/** What is kept of a run against one role: a pure function of its events, bounded whatever the peer did. */
export async function roleResult(
  events: AsyncIterable<RunEvent>,
  { cut: limit, ...context }: RunContext,
): Promise<RoleResult> {
  let note: string | undefined;
  const run = await resultsOf(
    seen(events, (event) => {
      // What the suite notes of the process of a client, such as that it ended and left out some cases.
      if (context.role === "client" && event.type === "note" && event.peer === undefined) note = event.text;
    }),
  );
  const peer = testedPeer(run);
  const status = peer === undefined ? nobody(run, limit ?? note) : statusOf(run, peer, limit, note);
  return {
    ...context,
    startedAt: run.start?.startedAt ?? "",
    seconds: Math.round((run.totals?.durationMs ?? 0) / 100) / 10,
    ...status,
    sections: sectionsOf(run, peer),
    cases: idsByOutcome(run, peer),
    findings: (peer === undefined ? [] : findingsOf(peer))
      .slice(0, MOST_FINDINGS)
      .map((one) => storedFinding(one, run.ids)),
  };
}

async function* seen(
  events: AsyncIterable<RunEvent>,
  see: (event: RunEvent) => void,
): AsyncGenerator<RunEvent, void> {
  for await (const event of events) {
    see(event);
    yield event;
  }
}

/** What is kept of a role that could not be built or started. `startedAt`: UTC, ISO 8601. */
export function failedResult(
  context: Omit<RunContext, "cut">,
  startedAt: string,
  because: string,
): RoleResult {
  return {
    ...context,
    startedAt,
    seconds: 0,
    status: "failed",
    because: sentence(because),
    sections: {},
    cases: {},
    findings: [],
  };
}

/** Number of cases by outcome, all sections together. */
export function totalsOf({ sections }: Pick<RoleResult, "sections">): Counts {
  const totals: Partial<Record<Outcome | "not-run", number>> = {};
  for (const counts of Object.values(sections)) {
    for (const key of KEYS) {
      const more = counts[key];
      if (more !== undefined) totals[key] = (totals[key] ?? 0) + more;
    }
  }
  return totals;
}

const KEYS: readonly (Outcome | "not-run")[] = [...OUTCOMES, "not-run"];

/** A run has one peer. If a client came under several names, the one with the most results is it. */
function testedPeer(run: RunResults): PeerResults | undefined {
  return [...run.peers.values()].toSorted((a, b) => b.results.size - a.results.size)[0];
}

type Status = Pick<RoleResult, "status" | "because">;

function nobody(run: RunResults, because: string = "Nothing was tested."): Status {
  if (run.start !== null && run.ids.length === 0) return { status: "tested" };
  return { status: "failed", because: sentence(because) };
}

function statusOf(run: RunResults, peer: PeerResults, limit?: string, note?: string): Status {
  const neverOpened = findingsOf(peer).find(isNeverOpened);
  if (neverOpened !== undefined || peer.results.size === 0) {
    const because = peer.down ?? neverOpened?.because ?? limit ?? "No case was played.";
    return { status: "failed", because: sentence(because) };
  }
  if (limit !== undefined) return { status: "cut", because: sentence(limit) };
  const left = run.notRunOf(peer).length;
  if (left === 0) return { status: "tested" };
  if (run.totals === null) return { status: "cut", because: "The run has no end." };
  if (run.totals.interrupted) return { status: "cut", because: "The run was interrupted." };
  return { status: "cut", because: sentence(peer.down ?? note ?? `${count(left, "case")} have no result.`) };
}

function outcomeOf(peer: PeerResults | undefined, id: string): Outcome | "not-run" {
  return peer?.results.get(id)?.outcome ?? "not-run";
}

function sectionsOf(run: RunResults, peer: PeerResults | undefined): RoleResult["sections"] {
  const sections: Record<string, Partial<Record<Outcome | "not-run", number>>> = {};
  for (const id of run.ids) {
    const counts = (sections[String(sectionOf(id))] ??= {});
    const outcome = outcomeOf(peer, id);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return sections;
}

function idsByOutcome(run: RunResults, peer: PeerResults | undefined): RoleResult["cases"] {
  const lists = KEYS.filter((key) => key !== "pass").map((key) => {
    return [key, run.ids.filter((id) => outcomeOf(peer, id) === key)] as const;
  });
  return Object.fromEntries(
    lists.filter(([, ids]) => ids.length > 0).map(([key, ids]) => [key, compressIds(ids, run.ids)]),
  );
}

function storedFinding(finding: PeerFinding, ids: readonly string[]): StoredFinding {
  const { id, requirement, observation, severity, outcome, because, hint, cases, connections } = finding;
  return {
    id,
    requirement: requirement?.id ?? null,
    observation,
    severity,
    outcome,
    because: sentence(because),
    ...(hint === undefined ? {} : { hint: cut(hint, 2 * SENTENCE_LIMIT) }),
    cases: compressIds(cases, ids),
    connections,
    evidence: storedEvidence(finding.evidence),
  };
}

/** What is kept of the evidence of a finding. */
export function storedEvidence({ case: id, because, answer, wire }: FindingEvidence): StoredEvidence {
  return {
    case: id,
    ...(because === undefined ? {} : { because: sentence(because) }),
    ...(answer === undefined ? {} : { answer: cut(answer, ANSWER_LIMIT) }),
    wire: wire.slice(0, EVIDENCE_LINES).map(({ at, entry }) => ({ at, entry: shortEntry(entry) })),
  };
}

/** The same line with less of the octets; how many there were stays. */
function shortEntry(entry: WireEntry): WireEntry {
  if ("frame" in entry) {
    const { frame } = entry;
    return { ...entry, frame: { ...frame, payload: frame.payload.slice(0, 2 * PAYLOAD_OCTETS) } };
  }
  if ("http2" in entry) {
    const { payload, fields, ...frame } = entry.http2;
    const kept = fields?.slice(0, MOST_FIELDS).map(([name, value]): readonly [string, string] => {
      return [cut(name, FIELD_LIMIT), cut(value, FIELD_LIMIT)];
    });
    return {
      ...entry,
      http2: {
        ...frame,
        ...(payload === undefined ? {} : { payload: payload.slice(0, 2 * PAYLOAD_OCTETS) }),
        ...(kept === undefined ? {} : { fields: kept }),
      },
    };
  }
  if ("hex" in entry) return { ...entry, hex: entry.hex.slice(0, 2 * SHOWN_OCTETS) };
  if ("note" in entry) return { ...entry, note: sentence(entry.note) };
  if ("violation" in entry) return { ...entry, violation: sentence(entry.violation) };
  return entry;
}

function sentence(text: string): string {
  return cut(text.trim() === "" ? "No reason is known." : text, SENTENCE_LIMIT);
}
