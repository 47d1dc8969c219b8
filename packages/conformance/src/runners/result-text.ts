import { sectionOf } from "../case/case-id.js";
import type { LintRule } from "../case/lint-rules.js";
import { citation, requirement } from "../case/requirements.js";
import { FIRST_OWN_SECTION } from "../case/spec.js";
import { hasFailed } from "../judge/verdict.js";
import { expectedCourse, observedCourse } from "../report/course-text.js";
import { escapeText } from "../report/escape.js";
import { indent } from "../report/layout.js";
import { wireLine } from "../report/text.js";
import { isClosingInOrder } from "../report/words.js";
import type { CaseEnd, PeerDown, PeerExit } from "../run/event.js";
import type { FindingEvidence, PeerFinding } from "../run/finding.js";
import type { TestResult } from "./test-runner.js";

type Lines = FindingEvidence["wire"];

/** Outcomes that say nothing about the peer: it does not do what the case needs. */
const NOT_PLAYED: ReadonlySet<string> = new Set(["unimplemented", "skipped"]);

/** So many steps of a course are shown. */
const STEPS = 6;

/** What a case found: the verdict and the end of the connection both count, as in the exit code of the command. */
export function caseResult(event: CaseEnd, wire: Lines): TestResult {
  const { outcome, closing } = event.verdict;
  if (!hasFailed(outcome) && isClosingInOrder(closing))
    return NOT_PLAYED.has(outcome)
      ? { status: "skipped", text: escapeText(event.verdict.because) }
      : { status: "passed", text: "" };
  return { status: "failed", text: failureText(event, wire) };
}

function failureText({ case: id, record, verdict }: CaseEnd, wire: Lines): string {
  const { outcome, closing, because, closingBecause, requirement: broken, closingRequirement } = verdict;
  const [strict] = verdict.expected;
  const isCompared = outcome === "fail" && strict !== undefined && record.handshake.opened;
  return [
    ...(hasFailed(outcome) ? sentence(`${id} ${outcome}`, because, broken) : []),
    ...(isClosingInOrder(closing) ? [] : sentence(`${id} closing`, closingBecause, closingRequirement)),
    ...(isCompared
      ? [
          ...block("expected", shortened(expectedCourse(strict))),
          ...block("observed", shortened(observedCourse(record, verdict))),
        ]
      : []),
    ...wireBlock(wire, record.role),
    ...(sectionOf(id) < FIRST_OWN_SECTION ? [`All about this case: npx wireproof show ${id}`] : []),
  ].join("\n");
}

/** What the connections of a peer showed together. */
export interface Connections {
  readonly role: "client" | "server";
  readonly findings: readonly PeerFinding[];
  /** The peer sent something that the rule is about. */
  readonly wasSeen: boolean;
}

/** What a rule of every connection found. */
export function ruleResult(
  { id, requirements }: LintRule,
  { role, findings, wasSeen }: Connections,
): TestResult {
  const broken = findings.filter(
    ({ outcome, observation, rule, requirement: one }) =>
      outcome === "fail" &&
      observation === "violation" &&
      (rule === id || requirements.some((wanted) => wanted === one?.id)),
  );
  const text = broken.map((one) => findingText(id, one, role)).join("\n");
  if (broken.length > 0) return { status: "failed", text };
  if (wasSeen) return { status: "passed", text };
  return { status: "skipped", text: "the peer sent nothing that this rule is about" };
}

function findingText(id: string, finding: PeerFinding, role: Connections["role"]): string {
  const { because, requirement: broken, first, connections, evidence, hint } = finding;
  return [
    ...sentence(`${id} fail`, because, broken?.id),
    `On ${connections} ${connections === 1 ? "connection" : "connections"}, first in ${first}.`,
    ...(hint === undefined ? [] : [escapeText(hint)]),
    ...wireBlock(evidence.wire, role === "client" ? "server" : "client"),
  ].join("\n");
}

/** Why cases of a peer that is gone were not run. */
export function downText({ because }: PeerDown): string {
  return escapeText(because);
}

/** That a process ended, and what it printed last. */
export function crashText({ because, cases, output }: PeerExit): string {
  const during = cases.length === 0 ? [] : [`In flight: ${cases.join(", ")}`];
  return [escapeText(because), ...during, ...output.map(({ text }) => `  ${escapeText(text)}`)].join("\n");
}

function sentence(head: string, because: string, broken: string | undefined): readonly string[] {
  const text = `${head}: ${escapeText(because)}`;
  if (broken === undefined) return [text];
  const { level, text: demand } = requirement(broken);
  return [text, `${citation(broken)} ${level}: ${demand}`];
}

function block(label: string, lines: readonly string[]): readonly string[] {
  return [`${label}:`, ...indent(lines, 2)];
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= STEPS) return lines;
  return [...lines.slice(0, STEPS - 1), `… and ${lines.length - STEPS + 1} more`];
}

function wireBlock(wire: Lines, role: "client" | "server"): readonly string[] {
  if (wire.length === 0) return [];
  const lines = wire.map(
    ({ at, entry }) => `${(at / 1000).toFixed(1).padStart(8)} ms  ${wireLine(entry, { role })}`,
  );
  return block("wire log, the last lines", lines);
}
