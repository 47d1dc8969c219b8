import type { Case } from "../case/case.js";
import type { CaseRecord, Profile, Verdict } from "../report/event.js";
import { traceView } from "./event-view.js";
import { judgeAutobahn } from "./judge-autobahn.js";
import { judgeModern } from "./judge-modern.js";

/** What a profile's rules produce; the rest of a verdict is the same for both. */
export type Judgement = Pick<Verdict, "outcome" | "closing" | "because" | "closingBecause"> &
  Partial<Pick<Verdict, "requirement">>;

/** The verdict on a case: a pure function of the case, its record, and the profile whose rules are asked. */
export function judge(judged: Case, record: CaseRecord, profile: Profile): Verdict {
  const rules = profile === "autobahn" ? judgeAutobahn : judgeModern;
  const judgement = { ...rules(judged, record), ...harnessFault(record) };
  return {
    ...judgement,
    because: sentence(judgement.because),
    closingBecause: sentence(judgement.closingBecause),
    expected: expectedOf(judged),
  };
}

/**
 * Whether the other profile would have played the case in the same way, so that one record serves both: no
 * timer of the case fired, and nothing in the script depends on the profile.
 */
export function servesBoth(played: Case, record: CaseRecord): boolean {
  if (played.differs?.includes("no-empty-last-fragment") === true) return false;
  if (played.script.some((step) => step.do === "wait")) return false;
  const { remoteCode } = record.close;
  if (remoteCode !== null && remoteCode >= 1012 && remoteCode <= 1014) return false;
  // The kill timer of the original fires just before the deadline for TCP, and judges a server that keeps TCP open.
  const keptOpen = record.profile === "modern" && record.timers.includes("drop-timeout");
  if (keptOpen && played.script.some((step) => step.do === "kill")) return false;
  return !record.timers.some((name) => name === "kill" || name === "close" || name === "settled");
}

/** The verdicts of the profile in force and, where the play serves it, of the other one. */
export function judgeBoth(played: Case, record: CaseRecord): { autobahn?: Verdict; modern?: Verdict } {
  const other: Profile = record.profile === "modern" ? "autobahn" : "modern";
  return {
    [record.profile]: judge(played, record, record.profile),
    ...(servesBoth(played, record) ? { [other]: judge(played, record, other) } : {}),
  };
}

function sentence(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}.`;
}

function harnessFault(record: CaseRecord): Pick<Verdict, "outcome" | "because"> | undefined {
  if (record.undeclared.length === 0) return undefined;
  const what = record.undeclared.join(", ");
  return {
    outcome: "harness-error",
    because: `the tester itself sent what the case does not declare (${what}): this says nothing about the peer`,
  };
}

function expectedOf(judged: Case): Verdict["expected"] {
  const { pass, nonStrict } = judged.expect;
  return [
    { outcome: "pass", events: traceView(pass) },
    ...(nonStrict === undefined ? [] : [{ outcome: "non-strict" as const, events: traceView(nonStrict) }]),
  ];
}
