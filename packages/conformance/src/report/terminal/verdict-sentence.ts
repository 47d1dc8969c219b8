import { hasFailed } from "../../judge/verdict.js";
import type { PeerFinding } from "../../run/finding.js";
import { isClosingInOrder } from "../words.js";
import { isUnexpected, type CaseResult, type PeerState } from "./run-state.js";

/** What a run says of a peer, in one sentence, to follow its name: `conforms: 1,081 of 1,081 cases`. */
export function verdictSentence(peer: PeerState, selected: number): string {
  const results = [...peer.results.values()];
  const ended = results.filter(({ closing }) => closing !== "not-opened" && closing !== "not-applicable");
  const findings = peer.found?.findings ?? [];
  const unclean = ended.filter(({ closing }) => !isClosingInOrder(closing)).length;
  const parts = [
    ...crashes(findings),
    ...broken(results, findings),
    ...(unclean === 0
      ? []
      : [`${number(unclean)} of ${number(ended.length)} connections did not end cleanly`]),
  ];
  if (results.length > 0 && results.every(({ closing }) => closing === "not-opened"))
    return "opens no connection.";
  if (parts.length > 0) return `${parts.join("; ")}.`;
  const advice = findings.filter(({ severity }) => severity === "warning").length;
  const but =
    advice === 0 ? "" : `; ${number(advice)} ${advice === 1 ? "finding is" : "findings are"} about advice`;
  const fine = results.filter((result) => !isUnexpected(result)).length;
  if (fine === selected) return `conforms: ${number(fine)} of ${number(selected)} cases${but}.`;
  return `breaks nothing in ${number(fine)} of ${number(selected)} cases, and the others have no result that counts${but}.`;
}

function crashes(findings: readonly PeerFinding[]): string[] {
  return findings.some(({ severity }) => severity === "critical")
    ? ["ended, or stopped taking connections"]
    : [];
}

function broken(results: readonly CaseResult[], findings: readonly PeerFinding[]): string[] {
  const requirements = new Set(
    findings.flatMap(({ severity, requirement }) =>
      severity === "error" && requirement !== null ? [requirement.id] : [],
    ),
  ).size;
  if (requirements > 0)
    return [`breaks ${number(requirements)} ${requirements === 1 ? "requirement" : "requirements"}`];
  const failed = results.filter(({ outcome }) => hasFailed(outcome) && outcome !== "harness-error").length;
  return failed === 0 ? [] : [`fails ${number(failed)} ${failed === 1 ? "case" : "cases"}`];
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
