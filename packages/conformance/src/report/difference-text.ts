import { SEVERITIES, type PeerFinding } from "../run/finding.js";
import { escapeText } from "./escape.js";
import { findingCitation, findingPlaces, findingTitle } from "./finding-text.js";
import { listIds } from "./layout.js";
import type { CaseChange, PeerDifference, RunDifference } from "./run-difference.js";
import { isUnexpected, type CaseResult, type RunResults } from "./run-results.js";
import { CLOSING_WORDS, OUTCOME_WORDS, count, isClosingInOrder, peerName } from "./words.js";

/** A group of changes with a title: lines that say what, and what is to be known about each. Safe to show. */
export interface ChangeGroup {
  readonly title: string;
  /** `+` is worse, `-` is better, `~` is neither. */
  readonly sign: "+" | "-" | "~";
  readonly entries: readonly { readonly text: string; readonly about: readonly string[] }[];
}

/** The changes of one peer, the worst first; groups without an entry are left out. */
export function changeGroups({ findings, cases }: PeerDifference, now: RunResults): readonly ChangeGroup[] {
  const groups: readonly ChangeGroup[] = [
    { title: "New findings", sign: "+", entries: findings.new.map((one) => findingEntry(one, now)) },
    {
      title: "Findings that are worse than before",
      sign: "+",
      entries: findings.changed.filter(isWorseNow).map(changedFinding),
    },
    { title: "New unexpected results", sign: "+", entries: cases.new.map((one) => caseEntry(one, now)) },
    { title: "No result any more", sign: "+", entries: idEntries(cases.lost, now) },
    {
      title: "Results that changed otherwise",
      sign: "~",
      entries: cases.changed.map((one) => caseEntry(one, now)),
    },
    { title: "Fixed findings", sign: "-", entries: findings.fixed.map((one) => findingEntry(one, now)) },
    {
      title: "Findings that are less bad than before",
      sign: "-",
      entries: findings.changed.filter((change) => !isWorseNow(change)).map(changedFinding),
    },
    { title: "Fixed results", sign: "-", entries: cases.fixed.map((one) => caseEntry(one, now)) },
    {
      title: "Findings that nothing was played for",
      sign: "~",
      entries: findings.unknown.map((one) => findingEntry(one, now)),
    },
    { title: "Cases in the later run only", sign: "~", entries: idEntries(cases.added, now) },
    { title: "Cases in the earlier run only", sign: "~", entries: idEntries(cases.removed, now) },
  ];
  return groups.filter(({ entries }) => entries.length > 0);
}

/** What changed of a peer, in one sentence. */
export function differenceSentence({ before, now, findings, cases }: PeerDifference): string {
  const name = peerName(now.agent, now.url);
  const renamed = before.agent === now.agent ? "" : `, ${peerName(before.agent, before.url)} before`;
  const parts = [
    ...(findings.new.length > 0
      ? [`${findings.new.length} new ${plural(findings.new.length, "finding")}`]
      : []),
    ...(findings.changed.length > 0 ? [`${findings.changed.length} with another severity`] : []),
    ...(findings.fixed.length > 0 ? [`${findings.fixed.length} fixed`] : []),
    ...(cases.new.length > 0 ? [`${count(cases.new.length, "case")} worse`] : []),
    ...(cases.lost.length > 0 ? [`${count(cases.lost.length, "case")} without a result`] : []),
    ...(cases.fixed.length > 0 ? [`${count(cases.fixed.length, "case")} better`] : []),
    ...(cases.changed.length > 0 ? [`${count(cases.changed.length, "case")} otherwise changed`] : []),
  ];
  return `${name}${renamed}: ${parts.length === 0 ? "nothing changed" : parts.join(", ")}`;
}

/** What to know about both runs before the changes are read. */
export function differenceRemarks(
  difference: RunDifference,
  before: RunResults,
  now: RunResults,
): readonly string[] {
  const profiles = [before.start?.profile ?? "", now.start?.profile ?? ""];
  const suites = [before.start?.suite ?? "", now.start?.suite ?? ""].map(escapeText);
  return [
    ...(profiles[0] === profiles[1] ? [] : [`The profiles differ: ${profiles.join(", then ")}.`]),
    ...(suites[0] === suites[1] ? [] : [`The versions of the suite differ: ${suites.join(", then ")}.`]),
    ...(before.totals === null ? ["The earlier run has no end."] : []),
    ...(now.totals === null ? ["The later run has no end."] : []),
    ...difference.gone.map(({ agent, url }) => `Not tested any more: ${peerName(agent, url)}.`),
    ...difference.added.map(({ agent, url }) => `Not tested before: ${peerName(agent, url)}.`),
  ];
}

function plural(number: number, noun: string): string {
  return number === 1 ? noun : `${noun}s`;
}

type Entry = ChangeGroup["entries"][number];

function findingEntry(finding: PeerFinding, { ids }: RunResults): Entry {
  const citation = findingCitation(finding);
  return {
    text: `${finding.severity}: ${findingTitle(finding)}${citation === "" ? "" : ` (${citation})`}`,
    about: [findingPlaces(finding, ids)],
  };
}

type ChangedFinding = PeerDifference["findings"]["changed"][number];

function isWorseNow({ before, now }: ChangedFinding): boolean {
  return SEVERITIES.indexOf(now.severity) < SEVERITIES.indexOf(before.severity);
}

function changedFinding({ before, now }: ChangedFinding): Entry {
  return { text: `${before.severity} → ${now.severity}: ${findingTitle(now)}`, about: [] };
}

function caseEntry({ id, before, now }: CaseChange, { infos }: RunResults): Entry {
  const title = escapeText(`${id} ${infos.get(id)?.title ?? ""}`.trimEnd());
  return {
    text: `${title}: ${resultText(before)} → ${resultText(now)}`,
    about: now === undefined || !isUnexpected(now) ? [] : [escapeText(reasonText(now))],
  };
}

function resultText(result: CaseResult | undefined): string {
  if (result === undefined) return "no result";
  const { outcome, closing, code } = result;
  const end = isClosingInOrder(closing) ? "" : `, ${CLOSING_WORDS[closing].toLowerCase()}`;
  return `${OUTCOME_WORDS[outcome]}${end}${code === null ? "" : `, code ${code}`}`;
}

function reasonText({ outcome, because, closing, closingBecause }: CaseResult): string {
  const isOutcome = isUnexpected({ outcome, closing: "ok" });
  return isOutcome || isClosingInOrder(closing) ? because : closingBecause;
}

function idEntries(ids: readonly string[], { ids: all }: RunResults): readonly Entry[] {
  return ids.length === 0 ? [] : [{ text: escapeText(listIds(ids, all)), about: [] }];
}
