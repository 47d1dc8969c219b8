import { sectionOf } from "../case/case-id.js";
import type { Outcome } from "../judge/verdict.js";
import type { PeerFinding, Severity } from "../run/finding.js";
import { escapeText } from "./escape.js";
import {
  findingCitation,
  findingEvidence,
  findingHint,
  findingPlaces,
  findingTitle,
} from "./finding-text.js";
import { findingsOf, isGrave, isNeverOpened } from "./headline.js";
import { citationLine, citeRequirement } from "./requirement-text.js";
import type { CaseResult, PeerResults, RunResults } from "./run-results.js";
import { CLOSING_WORDS, OUTCOME_WORDS, isClosingInOrder } from "./words.js";

/** What a test runner would call it: `error` where the peer was not judged, `skipped` where it need not be. */
export type CheckStatus = "passed" | "failed" | "error" | "skipped";

/** One line of a report for test runners: a finding, a case, or whether the peer could be reached. Safe to show. */
export interface Check {
  /** The same in every run of the same peer. */
  readonly name: string;
  readonly status: CheckStatus;
  /** A word for the kind of result, such as `MUST`, `blocked` or `wrong-code`. */
  readonly type: string;
  /** Why it has this status, in a sentence; empty where it passed. */
  readonly message: string;
  /** What more there is to know, a line each. */
  readonly details: readonly string[];
  readonly seconds: number;
}

/** Checks with one subject: what was found, or a section of the catalogue. */
export interface CheckGroup {
  readonly title: string;
  readonly checks: readonly Check[];
}

/** What keeps the run as a whole from being complete; null where it is. Nothing that was not run is ever green. */
export function runCheck({ peers, totals }: RunResults): Check | null {
  const [type, message] =
    totals === null
      ? ["no-end", "The run file ends before the end of the run."]
      : totals.interrupted && totals.notRun > 0
        ? ["interrupted", "The run was interrupted before all cases were played."]
        : peers.size === 0
          ? ["not-run", "No peer was tested."]
          : [];
  if (type === undefined || message === undefined) return null;
  const untested = [...peers.values()].filter(({ agent, down }) => agent === null && down === null);
  const details = untested.map(({ url }) => `${escapeText(url)} was not tested.`);
  return { name: "The run is complete", status: "error", type, message, details, seconds: 0 };
}

/** Everything that a run says about a peer: findings first, then the cases by section. */
export function checkGroups(run: RunResults, peer: PeerResults): readonly CheckGroup[] {
  const peerChecks = [...downChecks(peer), ...exitChecks(peer)];
  const found = findingsOf(peer);
  // That the peer cannot be reached is a check already.
  const findings = found
    .filter((finding) => peer.down === null || !isNeverOpened(finding))
    .map((finding) => findingCheck(finding, run.ids));
  return [
    ...(peerChecks.length === 0 ? [] : [{ title: "Peer", checks: peerChecks }]),
    ...(findings.length === 0 ? [] : [{ title: "Findings", checks: findings }]),
    ...caseGroups(run, peer, knownCases(found)),
  ];
}

/** Cases of which a baseline accepts everything that is a failure. */
function knownCases(found: readonly PeerFinding[]): ReadonlySet<string> {
  const grave = found.filter(isGrave);
  const open = new Set(grave.filter(({ known }) => known === undefined).flatMap(({ cases }) => cases));
  return new Set(grave.flatMap(({ cases }) => cases).filter((id) => !open.has(id)));
}

function downChecks(peer: PeerResults): readonly Check[] {
  if (peer.down === null) return [];
  const message = escapeText(peer.down);
  const details = findingsOf(peer)
    .filter(isNeverOpened)
    .flatMap((finding) => [findingHint(finding) ?? "", ...findingEvidence(finding)])
    .filter((line) => line !== "");
  return [{ name: "The peer answers", status: "error", type: "unreachable", message, details, seconds: 0 }];
}

function exitChecks({ exits, exitCount }: PeerResults): readonly Check[] {
  const [first] = exits;
  if (first === undefined) return [];
  return [
    {
      name: "The process of the peer stays",
      status: "failed",
      type: "exit",
      message: escapeText(first),
      details: [...exits.slice(1).map(escapeText), ...(exitCount > exits.length ? ["…"] : [])],
      seconds: 0,
    },
  ];
}

const FINDING_STATUS: Readonly<Record<Severity, CheckStatus>> = {
  critical: "failed",
  error: "failed",
  warning: "skipped",
  note: "skipped",
};

function findingCheck(finding: PeerFinding, ids: readonly string[]): Check {
  const { id, severity, requirement } = finding;
  const hint = findingHint(finding);
  const citation = findingCitation(finding);
  return {
    name: escapeText(id),
    status: finding.known === undefined ? FINDING_STATUS[severity] : "skipped",
    type: escapeText(requirement?.level ?? severity),
    message: citation === "" ? findingTitle(finding) : `${findingTitle(finding)} (${citation})`,
    details: [
      ...(requirement === null ? [] : [escapeText(requirement.text), escapeText(requirement.link)]),
      findingPlaces(finding, ids),
      ...(hint === undefined ? [] : [hint]),
      ...findingEvidence(finding),
    ],
    seconds: 0,
  };
}

function caseGroups(run: RunResults, peer: PeerResults, known: ReadonlySet<string>): readonly CheckGroup[] {
  const groups = new Map<number, { title: string; checks: Check[] }>();
  for (const info of run.infos.values()) {
    const section = sectionOf(info.id);
    const group = groups.get(section) ?? { title: escapeText(`${section} ${info.section}`), checks: [] };
    groups.set(section, group);
    const name = escapeText(`${info.id} ${info.title}`);
    const result = peer.results.get(info.id);
    group.checks.push(
      result === undefined ? notRun(name) : accepted(caseCheck(name, result, run), known.has(info.id)),
    );
  }
  return [...groups.values()];
}

function accepted(check: Check, isKnown: boolean): Check {
  return isKnown && check.status === "failed" ? { ...check, status: "skipped" } : check;
}

function notRun(name: string): Check {
  const message = "The case was selected and has no result.";
  return { name, status: "error", type: "not-run", message, details: [], seconds: 0 };
}

/** "Not judged" is an error, never a pass. */
const OUTCOME_STATUS: Readonly<Record<Outcome, CheckStatus>> = {
  pass: "passed",
  "non-strict": "passed",
  informational: "passed",
  unimplemented: "skipped",
  "too-slow": "error",
  fail: "failed",
  blocked: "failed",
  skipped: "skipped",
  "harness-error": "error",
};

function caseCheck(name: string, result: CaseResult, run: RunResults): Check {
  const { outcome, closing, because, closingBecause, requirement, closingRequirement } = result;
  const info = run.infos.get(result.id);
  const seconds = result.durationMs / 1000;
  const cite = (id: string | undefined): string =>
    id === undefined ? "" : ` (${escapeText(citationLine(citeRequirement(id, info)))})`;
  const details = [
    `${OUTCOME_WORDS[outcome]}: ${escapeText(because)}`,
    `${CLOSING_WORDS[closing]}: ${escapeText(closingBecause)}`,
    ...(info === undefined ? [] : [`Expected: ${escapeText(info.expectation)}`]),
  ];
  const status = OUTCOME_STATUS[outcome];
  if (status !== "passed") {
    const message = `${escapeText(because)}${cite(requirement)}`;
    return { name, status, type: outcome, message, details, seconds };
  }
  if (!isClosingInOrder(closing)) {
    const message = `${escapeText(closingBecause)}${cite(closingRequirement)}`;
    return { name, status: "failed", type: closing, message, details, seconds };
  }
  return {
    name,
    status,
    type: outcome,
    message: "",
    details: outcome === "pass" ? [] : [`${OUTCOME_WORDS[outcome]}: ${escapeText(because)}`],
    seconds,
  };
}
