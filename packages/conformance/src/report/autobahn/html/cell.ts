import type { Outcome } from "../../../judge/verdict.js";
import type { CaseEnd, CaseInfo } from "../../../run/event.js";
import { durationOf } from "../duration.js";
import { reportFile } from "../file-name.js";

/** What the index shows of a case and an agent. Class names and words are those that scripts look for. */
export interface IndexCell {
  readonly verdict: Mark;
  /** Null where the original has one cell for both. */
  readonly closing: Mark | null;
  /** Milliseconds and ratios, of cases that report them. */
  readonly figures: readonly string[];
  /** The page of the case. */
  readonly page: string;
}

export interface Mark {
  readonly className: string;
  readonly text: string;
}

/** Outcomes as the original's table shows them. */
const VERDICTS: Readonly<Record<Outcome, Mark>> = {
  pass: { className: "case_ok", text: "Pass" },
  "non-strict": { className: "case_non_strict", text: "Non-Strict" },
  informational: { className: "case_info", text: "Info" },
  unimplemented: { className: "case_unimplemented", text: "Unimplemented" },
  "too-slow": { className: "case_failed", text: "Fail" },
  fail: { className: "case_failed", text: "Fail" },
  blocked: { className: "case_failed", text: "Fail" },
  skipped: { className: "case_unimplemented", text: "Unimplemented" },
  "harness-error": { className: "case_failed", text: "Fail" },
};

export const MISSING: Mark = { className: "case_missing", text: "Missing" };

export function verdictMark(outcome: Outcome): Mark {
  return VERDICTS[outcome];
}

export function indexCell(end: CaseEnd, info: CaseInfo | undefined, slug: string): IndexCell {
  const { verdict } = end;
  return {
    verdict: verdictMark(verdict.outcome),
    closing: isAbsent(verdict.outcome) ? null : closingMark(end),
    figures: figures(end, info),
    page: pageName(slug, end.case),
  };
}

/** The original shows one cell where a case was not played out. */
function isAbsent(outcome: Outcome): boolean {
  return outcome === "unimplemented" || outcome === "skipped";
}

/** The page of a case has the stem of its JSON file. */
export function pageName(slug: string, id: string): string {
  return reportFile(slug, id).replace(/\.json$/, ".html");
}

function closingMark({ verdict, record }: CaseEnd): Mark {
  const code = record.close.remoteCode;
  const text = code === null ? "None" : String(code);
  switch (verdict.closing) {
    case "ok":
      return { className: "case_ok", text };
    case "not-applicable":
      return { className: "case_info", text };
    case "wrong-code":
      return { className: "case_non_strict", text };
    case "dropped-by-tester":
      return { className: "case_almost", text };
    case "unclean":
      return { className: "case_failed", text: "Unclean" };
    case "wrong-side":
    case "not-opened":
      return { className: "case_failed", text: "Fail" };
  }
}

function figures({ record }: CaseEnd, info: CaseInfo | undefined): string[] {
  const { traffic } = record;
  const ratio = (counts: { payload: number; application: number } | undefined): string =>
    counts === undefined || counts.application === 0 ? "-" : (counts.payload / counts.application).toFixed(3);
  return [
    ...(info?.reports?.time === true ? [`${durationOf(record)} ms`] : []),
    ...(info?.reports?.ratio === true ? [`[${ratio(traffic?.received)}/${ratio(traffic?.sent)}]`] : []),
  ];
}
