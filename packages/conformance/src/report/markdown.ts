import { sectionOf } from "../case/case-id.js";
import { OUTCOMES } from "../judge/verdict.js";
import type { RunEvent, RunStart } from "../run/event.js";
import type { PeerFinding, Severity } from "../run/finding.js";
import {
  findingCitation,
  findingEvidence,
  findingHint,
  findingPlaces,
  findingTitle,
  safeLink,
} from "./finding-text.js";
import { downOf, findingsOf, headlineOf, type Standing } from "./headline.js";
import { listIds } from "./layout.js";
import { markdownBlock, markdownCode, markdownTable, markdownText } from "./markdown-text.js";
import type { ReportChunk, ReportContext } from "./reporter.js";
import {
  isUnexpected,
  resultsOf,
  type CaseResult,
  type PeerResults,
  type RunResults,
} from "./run-results.js";
import { againCommand } from "./terminal/again.js";
import { CLOSING_WORDS, OUTCOME_WORDS, count, duration, isClosingInOrder, peerName } from "./words.js";

/** Findings with everything about them, for each peer; a job summary of GitHub has at most 1 MiB. */
const FULL_FINDINGS = 30;
/** Unexpected results with their reason, for each peer. */
const FULL_RESULTS = 100;

const STANDING_SIGNS: Readonly<Record<Standing, string>> = {
  breaks: "❌",
  incomplete: "⚪",
  warned: "⚠️",
  conforms: "✅",
};

const SEVERITY_SIGNS: Readonly<Record<Severity, string>> = {
  critical: "🔥",
  error: "❌",
  warning: "⚠️",
  note: "ℹ️",
};

/** The run in Markdown, as GitHub and GitLab show it: for each peer a sentence, what was found, then its results. */
export async function* markdownReporter(
  events: AsyncIterable<RunEvent>,
  { command }: ReportContext,
): AsyncGenerator<ReportChunk> {
  const run = await resultsOf(events);
  if (run.start === null) return;
  yield { data: lines(["# WebSocket conformance", "", ...overview(run)]) };
  for (const peer of run.peers.values()) yield { data: lines(peerLines(run, peer, command)) };
  yield { data: lines(["", ending(run)]) };
}

function lines(parts: readonly string[]): string {
  return parts.map((line) => `${line}\n`).join("");
}

function overview(run: RunResults): readonly string[] {
  const peers = [...run.peers.values()];
  if (peers.length === 0) return ["No peer was tested."];
  return peers.map((peer) => {
    const { standing, text } = headlineOf(run, peer);
    return `- ${STANDING_SIGNS[standing]} **${markdownText(peerName(peer.agent, peer.url))}** ${markdownText(text)}`;
  });
}

function peerLines(run: RunResults, peer: PeerResults, command: string): readonly string[] {
  const findings = findingsOf(peer);
  const rest = findings.slice(FULL_FINDINGS);
  return [
    "",
    `## ${markdownText(peerName(peer.agent, peer.url))}`,
    ...[downOf(peer), ...peer.exits].flatMap((because) =>
      because === null ? [] : ["", `❌ ${markdownText(because)}`],
    ),
    ...(findings.length === 0 ? [] : ["", "### Findings", ""]),
    ...findings
      .slice(0, FULL_FINDINGS)
      .flatMap((finding, index) => findingLines(run, peer, finding, index + 1, command)),
    ...(rest.length === 0 ? [] : ["", `And ${rest.length} more, which the run file has.`]),
    ...results(run, peer),
  ];
}

function findingLines(
  run: RunResults,
  peer: PeerResults,
  finding: PeerFinding,
  number: number,
  command: string,
): readonly string[] {
  const margin = " ".repeat(`${number}. `.length);
  const link = safeLink(finding.requirement?.link ?? "");
  const citation = markdownText(findingCitation(finding));
  const cited = citation === "" || link === null ? citation : `[${citation}](${link})`;
  const hint = findingHint(finding);
  const evidence = findingEvidence(finding);
  const again =
    run.start === null ? [] : [againWithoutSecrets(run.start, peer.url, finding.evidence.case, command)];
  return [
    `${number}. ${SEVERITY_SIGNS[finding.severity]} **${markdownText(findingTitle(finding))}** ${cited}`.trimEnd(),
    "",
    `${margin}${markdownText(findingPlaces(finding, run.ids))}`,
    ...(hint === undefined ? [] : ["", `${margin}${markdownText(hint)}`]),
    "",
    ...markdownBlock([...evidence, ...again.map((text) => `$ ${text}`)], margin),
    "",
  ];
}

/** The command that shows it again. This report is published: what header lines say may be a secret. */
function againWithoutSecrets(start: RunStart, url: string, id: string, command: string): string {
  const headers = start.config.headers.map((line) => `${line.slice(0, line.indexOf(":") + 1)} …`);
  return againCommand(command, { ...start, config: { ...start.config, headers } }, url, id);
}

function results(run: RunResults, peer: PeerResults): readonly string[] {
  const all = run.resultsOf(peer);
  const notRun = run.notRunOf(peer);
  const unexpected = all.filter((result) => isUnexpected(result));
  const rest = unexpected.slice(FULL_RESULTS).map(({ id }) => id);
  return [
    ...(all.length === 0 ? [] : ["", "### Results", "", ...sectionTable(run, all)]),
    ...(unexpected.length === 0
      ? []
      : [
          "",
          `<details><summary>${count(unexpected.length, "result")} not as expected</summary>`,
          "",
          ...markdownTable(
            ["Case", "Outcome", "End of the connection"],
            unexpected.slice(0, FULL_RESULTS).map(row),
          ),
          ...(rest.length === 0 ? [] : ["", `And ${markdownText(listIds(rest, run.ids))}.`]),
          "",
          "</details>",
        ]),
    ...(notRun.length === 0
      ? []
      : ["", `**Not run (${notRun.length}):** ${markdownText(listIds(notRun, run.ids))}`]),
  ];
}

function row({ id, outcome, because, closing, closingBecause }: CaseResult): readonly string[] {
  const end = isClosingInOrder(closing) ? "" : `: ${closingBecause}`;
  return [
    markdownCode(id),
    markdownText(`${OUTCOME_WORDS[outcome]}: ${because}`),
    markdownText(`${CLOSING_WORDS[closing]}${end}`),
  ];
}

function sectionTable(run: RunResults, all: readonly CaseResult[]): readonly string[] {
  const shown = OUTCOMES.filter((outcome) => all.some((result) => result.outcome === outcome));
  const sections = new Map<number, CaseResult[]>();
  for (const result of all) {
    const section = sectionOf(result.id);
    sections.set(section, [...(sections.get(section) ?? []), result]);
  }
  const rows = [...sections].map(([section, found]) => [
    markdownText(`${section} ${run.infos.get(found[0]?.id ?? "")?.section ?? ""}`),
    ...shown.map((outcome) => numberText(found.filter((result) => result.outcome === outcome).length)),
    numberText(found.filter(({ closing }) => !isClosingInOrder(closing)).length),
  ]);
  return markdownTable(["Section", ...shown.map((outcome) => OUTCOME_WORDS[outcome]), "Bad end"], rows);
}

function numberText(number: number): string {
  return number === 0 ? "" : String(number);
}

function ending({ start, totals }: RunResults): string {
  const about = `Wireproof ${start?.suite ?? ""}, profile ${start?.profile ?? ""}, set ${start?.set ?? ""}`;
  if (totals === null) return markdownText(`${about}. The run file ends before the end of the run.`);
  const interrupted = totals.interrupted ? " It was interrupted before all cases were played." : "";
  return markdownText(`${about}, ${duration(totals.durationMs)}.${interrupted}`);
}
