import * as z from "zod";

import { compareIds } from "../case/case-id.js";
import { CLOSINGS, OUTCOMES, type Closing, type Outcome } from "../judge/verdict.js";

/** What is known to be wrong, and why that is accepted. */
export interface Baseline {
  readonly findings: readonly KnownFinding[];
  readonly cases: readonly KnownCase[];
  /** Cases whose result is not the same every time: no result of theirs is unexpected. */
  readonly flaky: readonly FlakyCase[];
}

/** What every entry of a baseline has. */
export interface Entry {
  /** Name of the peer that it is about; any peer if absent. */
  readonly peer?: string | undefined;
  /** Why this is accepted. `--update-baseline` leaves it empty. */
  readonly reason: string;
  /** Where it is being worked on. */
  readonly issue?: string | undefined;
  /** The last day, UTC, on which it is accepted: `2027-01-31`. */
  readonly expires?: string | undefined;
}

export interface KnownFinding extends Entry {
  /** Id of the finding. */
  readonly finding: string;
  /** Cases that show it: where they were played and it was not found, the entry is stale. */
  readonly shownBy?: readonly string[] | undefined;
}

export interface KnownCase extends Entry {
  /** Id of the case. */
  readonly case: string;
  /** The result that is known; any result if absent. */
  readonly outcome?: Outcome | undefined;
  readonly closing?: Closing | undefined;
}

export interface FlakyCase extends Entry {
  /** Id of the case. */
  readonly case: string;
}

export const EMPTY_BASELINE: Baseline = { findings: [], cases: [], flaky: [] };

const caseId = z.string().regex(/^\d+(\.\d+)+$/, "is not the id of a case, such as 7.1.1");
const entry = {
  peer: z
    .string()
    .min(1, "is empty")
    .optional()
    .describe("Name of the peer that it is about; any if absent."),
  reason: z.string().describe("Why this is accepted."),
  issue: z.string().optional().describe("Where it is being worked on."),
  expires: z.iso
    .date("is not a day such as 2027-01-31")
    .optional()
    .describe("The last day, UTC, on which it is accepted."),
};

/** The schema of a baseline. Unknown keys are errors: a misspelt key would accept more than was meant. */
export const baselineSchema: z.ZodType<Baseline> = z
  .strictObject({
    $schema: z.string().optional(),
    findings: z
      .array(
        z.strictObject({
          finding: z.string().min(1, "is empty").describe("Id of the finding."),
          ...entry,
          shownBy: z.array(caseId).optional().describe("Cases that show it."),
        }),
      )
      .default([]),
    cases: z
      .array(
        z.strictObject({
          case: caseId.describe("Id of the case."),
          ...entry,
          outcome: z.enum(OUTCOMES).optional().describe("The outcome that is known; any if absent."),
          closing: z.enum(CLOSINGS).optional().describe("The closing that is known; any if absent."),
        }),
      )
      .default([]),
    flaky: z
      .array(z.strictObject({ case: caseId.describe("Id of the case."), ...entry }))
      .default([])
      .describe("Cases whose result is not the same every time."),
  })
  .transform(({ findings, cases, flaky }) => ({ findings, cases, flaky }));

/** The text of a baseline, in an order of its own, so that a change is a small difference. */
export function baselineText({ findings, cases, flaky }: Baseline): string {
  const byPeer = (a: Entry, b: Entry): number => compareTexts(a.peer ?? "", b.peer ?? "");
  const byCase = (a: FlakyCase, b: FlakyCase): number => compareIds(a.case, b.case) || byPeer(a, b);
  const content = {
    findings: findings.toSorted((a, b) => compareTexts(a.finding, b.finding) || byPeer(a, b)).map(ofFinding),
    cases: cases.toSorted(byCase).map(ofCase),
    flaky: flaky.toSorted(byCase).map((one) => ({ case: one.case, ...ofEntry(one) })),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Keys in the same order everywhere; those without a value are left out by JSON. */
function ofFinding(one: KnownFinding): KnownFinding {
  return { finding: one.finding, ...ofEntry(one), shownBy: one.shownBy };
}

function ofCase(one: KnownCase): KnownCase {
  return { case: one.case, outcome: one.outcome, closing: one.closing, ...ofEntry(one) };
}

function ofEntry({ peer, reason, issue, expires }: Entry): Entry {
  return { peer, reason, issue, expires };
}

/** Not by the rules of a language: the order is the same on every machine. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
