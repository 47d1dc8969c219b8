import type { Case } from "../case/case.js";
import { DIFFERENCES } from "../case/difference.js";
import { compareIds } from "../case/case-id.js";
import type { OldIndex, OldResult } from "../config/autobahn-index.js";
import { judge } from "../judge/judge.js";
import { servesBoth } from "../judge/serves-both.js";
import { BEHAVIORS, CLOSE_BEHAVIORS } from "../report/autobahn/words.js";
import type { Verdict } from "../judge/verdict.js";
import type { CaseRecord, Profile } from "../record/record.js";
import type { CaseEnd, RunEvent } from "../run/event.js";

/** The last record of each case, by agent. */
export type RunRecords = ReadonlyMap<string, ReadonlyMap<string, CaseRecord>>;

/** An agent of the old index, and the agent of the run that it is compared with. */
export interface AgentPair {
  readonly old: string;
  /** Undefined if the run has no such agent. */
  readonly now: string | undefined;
}

/** A case whose result differs from the index. */
export interface ChangedCase {
  readonly id: string;
  readonly old: string;
  readonly now: string;
  /** Sentences. */
  readonly reasons: readonly string[];
}

export interface AgentComparison {
  readonly same: number;
  readonly changed: readonly ChangedCase[];
  /** Cases of the index whose result under this profile is not known, by the reason. */
  readonly unknown: ReadonlyMap<string, readonly string[]>;
  /** Cases of the run that the index does not have. */
  readonly added: readonly string[];
}

/** Reads from a run what a comparison needs. If a case was played twice, the last play counts. */
export async function recordsOf(events: AsyncIterable<RunEvent>): Promise<RunRecords> {
  const names = new Map<string, string>();
  const found = new Map<string, Map<string, CaseRecord>>();
  for await (const event of events) {
    if (event.type === "peer-up") names.set(event.peer, event.agent);
    if (event.type === "case-end") keep(found, names.get(event.peer) ?? event.peer, event);
  }
  return found;
}

/** Pairs agents by name. If both sides have a single agent, it is the same one under any name. */
export function pairAgents(old: OldIndex, run: RunRecords): readonly AgentPair[] {
  const [only] = run.keys();
  if (old.size === 1 && run.size === 1) return [...old.keys()].map((name) => ({ old: name, now: only }));
  return [...old.keys()].map((name) => ({ old: name, now: run.has(name) ? name : undefined }));
}

/** Compares the results of an agent with the verdicts under a profile. */
export function compareAgent(
  old: ReadonlyMap<string, OldResult>,
  records: ReadonlyMap<string, CaseRecord>,
  profile: Profile,
  catalogue: ReadonlyMap<string, Case>,
): AgentComparison {
  let same = 0;
  const changed: ChangedCase[] = [];
  const unknown = new Map<string, readonly string[]>();
  for (const [id, before] of [...old].toSorted(([a], [b]) => compareIds(a, b))) {
    const judged = judgedAs(profile, catalogue.get(id), records.get(id));
    if (typeof judged === "string") unknown.set(judged, [...(unknown.get(judged) ?? []), id]);
    else {
      const one = changeOf(id, before, judged, profile);
      if (one === null) same++;
      else changed.push(one);
    }
  }
  const added = [...records.keys()].filter((id) => !old.has(id)).toSorted(compareIds);
  return { same, changed, unknown, added };
}

/** Cases that `modern` may judge differently, by the reason, for an index without a run. */
export function possibleChanges(
  old: ReadonlyMap<string, OldResult>,
  catalogue: ReadonlyMap<string, Case>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const id of [...old.keys()].toSorted(compareIds)) {
    for (const difference of catalogue.get(id)?.differs ?? []) {
      const reason = DIFFERENCES[difference];
      found.set(reason, [...(found.get(reason) ?? []), id]);
    }
  }
  return found;
}

interface Judged {
  readonly played: Case;
  readonly record: CaseRecord;
  readonly verdict: Verdict;
}

/** The verdict of a case, or the reason why it is not known. */
function judgedAs(
  profile: Profile,
  played: Case | undefined,
  record: CaseRecord | undefined,
): Judged | string {
  if (played === undefined) return "not in this suite";
  if (record === undefined) return "not played in this run";
  if (record.profile !== profile && !servesBoth(played, record)) {
    return `played differently under ${profile}: run with --profile ${profile} to compare`;
  }
  return { played, record, verdict: judge(played, record, profile) };
}

function changeOf(id: string, before: OldResult, judged: Judged, profile: Profile): ChangedCase | null {
  const { verdict, played, record } = judged;
  const old = `${before.behavior} / ${before.behaviorClose}`;
  const now = wordsOf(verdict);
  if (old === now) return null;
  const seen = [verdict.because, ...(closingMatters(before, verdict) ? [verdict.closingBecause] : [])];
  const other: Profile = profile === "modern" ? "autobahn" : "modern";
  // If the other profile gives the old result, the profile is the reason.
  if (wordsOf(judge(played, record, other)) !== old) return { id, old, now, reasons: [...seen, OTHERWISE] };
  const rules = (played.differs ?? []).map((difference) => DIFFERENCES[difference]);
  return { id, old, now, reasons: [...seen, profileSentence(other, old), ...rules] };
}

const OTHERWISE =
  "The rules are not the reason: the peer, or its timing, has changed since the index was made.";

/** Which profile gives the result in the index. */
function profileSentence(profile: Profile, old: string): string {
  return `The profile is the reason: ${profile} gives ${old} for the same record.`;
}

function closingMatters({ behaviorClose }: OldResult, { closing }: Verdict): boolean {
  return CLOSE_BEHAVIORS[closing] !== behaviorClose;
}

function wordsOf({ outcome, closing }: Verdict): string {
  return `${BEHAVIORS[outcome]} / ${CLOSE_BEHAVIORS[closing]}`;
}

function keep(
  found: Map<string, Map<string, CaseRecord>>,
  agent: string,
  { case: id, record }: CaseEnd,
): void {
  const records = found.get(agent) ?? new Map<string, CaseRecord>();
  found.set(agent, records.set(id, record));
}
