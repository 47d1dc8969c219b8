import { lackedBy, type Lacks } from "../case/capability.js";
import type { Case } from "../case/case.js";
import { judge } from "../judge/judge.js";
import type { CaseRecord, Profile } from "../record/record.js";
import type { CaseEnd, CaseStart } from "./event.js";
import { notPlayed } from "./sanity.js";

/** A case that is not played, and the capability that it needs. */
export interface SkippedCase {
  readonly case: Case;
  readonly lacked: string;
}

/** Cases that a peer can be asked to play, and those that need what it lacks; both in their order. */
export function withoutSkipped(
  cases: readonly Case[],
  peer: "client" | "server",
  lacks: Lacks = {},
): { readonly played: readonly Case[]; readonly skipped: readonly SkippedCase[] } {
  const played: Case[] = [];
  const skipped: SkippedCase[] = [];
  for (const one of cases) {
    const lacked = lackedBy(one, peer, lacks);
    if (lacked === null) played.push(one);
    else skipped.push({ case: one, lacked });
  }
  return { played, skipped };
}

/**
 * The events of a skipped case: it has a record, so that it can be judged again like any other. `role`: that of the
 * tester.
 */
export function skippedEvents(
  { case: one, lacked }: SkippedCase,
  peer: string,
  about: { readonly profile: Profile; readonly role: CaseRecord["role"]; readonly startedAt: string },
): readonly [CaseStart, CaseEnd] {
  const { profile, role, startedAt } = about;
  const record = { ...notPlayed(profile, startedAt, `skipped: capability ${lacked}`), role, lacked };
  const verdict = judge(one, record, profile);
  const play = { peer, case: one.id, attempt: 1 };
  return [
    { type: "case-start", ...play },
    { type: "case-end", ...play, record, verdict, verdicts: { [profile]: verdict } },
  ];
}
