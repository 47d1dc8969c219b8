import { closingFacts, frameTable, octetTable } from "./case-page-tables.js";
import { escapeText } from "./escape.js";
import type { Verdict } from "../judge/verdict.js";
import type { CaseRecord, EarlierExchange } from "../record/record.js";
import { saidOf } from "../record/http2-record.js";
import type { CaseEnd, CaseInfo, WireEvent } from "../run/event.js";
import { processLines, type ProcessFacts } from "./case-page-process.js";
import { indent, labelled, wrap } from "./layout.js";
import { citationLine, citeRequirement } from "./requirement-text.js";
import { expectedCourse, observedCourse } from "./course-text.js";
import { wireLine } from "./text.js";
import { CLOSING_WORDS, OUTCOME_WORDS, TCP_ENDS } from "./words.js";

/** Everything a run file holds about one case of one peer. */
export interface CasePageInput {
  readonly info: CaseInfo;
  readonly agent: string;
  readonly url: string;
  readonly end: CaseEnd;
  /** The wire log of the play that counts. */
  readonly wire: readonly Pick<WireEvent, "at" | "entry">[];
  /** What the process of the peer did meanwhile, where the run had started it. */
  readonly process?: ProcessFacts;
}

const WIDTH = 100;
const LABEL = 12;
const SHARED = "Other cases were in flight too: these lines may be about them.";

/** The whole record of a case as text, ending in a line feed. Safe to show, whatever the peer sent. */
export function casePage(page: CasePageInput): string {
  const blocks = caseBlocks(page).map(({ title, lines }) => [title, ...indent(lines, 4)]);
  return `${[headline(page), ...blocks].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** A part of the record under its title. */
export interface CaseBlock {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The record of a case without its headline. Safe to show in a terminal, whatever the peer sent. */
export function caseBlocks(page: CasePageInput): readonly CaseBlock[] {
  const blocks = [
    block("Description", prose(page.info.description)),
    block("Expectation", prose(page.info.expectation)),
    outcomeBlock(page),
    closingBlock(page),
    profilesBlock(page),
    handshakeBlock(page.end.record),
    block("How the connection ended", closingFacts(page.end.record)),
    block("Octets received, by size of the read", octetTable(page.end.record.octets.received)),
    block("Octets sent, by size of the write", octetTable(page.end.record.octets.sent)),
    block("Frames received", frameTable(page.end.record.frames.received)),
    block("Frames sent", frameTable(page.end.record.frames.sent)),
    processBlock(page),
    block("Wire log", wireLog(page)),
  ];
  return blocks.filter((one) => one !== null);
}

function block(title: string, lines: readonly string[]): CaseBlock {
  return { title, lines };
}

function prose(text: string): string[] {
  return wrap(escapeText(text.replace(/\s+/g, " ")), WIDTH);
}

function headline({ info, agent, url, end }: CasePageInput): string[] {
  const { verdict, record } = end;
  const result = `${OUTCOME_WORDS[verdict.outcome]} – ${Math.round(record.durationMs)} ms @ ${record.startedAt}`;
  const played =
    end.attempt > 1 ? ", played again alone" : record.concurrent ? ", other cases in flight" : "";
  return [
    `${escapeText(agent)} – Case ${info.id}: ${result}`,
    escapeText(info.title),
    `${escapeText(url)}, profile ${record.profile}${played}`,
  ];
}

function outcomeBlock({ info, end }: CasePageInput): CaseBlock {
  const { verdict, record } = end;
  const lines = prose(verdict.because);
  if (verdict.requirement !== undefined) lines.push(...brokenRequirement(verdict.requirement, info));
  for (const trace of verdict.expected) {
    lines.push(
      ...labelled("Expected", courseLines(expectedCourse(trace), OUTCOME_WORDS[trace.outcome]), LABEL),
    );
  }
  lines.push(...labelled("Observed", courseLines(observedCourse(record, verdict)), LABEL));
  for (const undeclared of record.undeclared) {
    lines.push(...labelled("Our fault", prose(undeclared), LABEL));
  }
  return block(`Outcome: ${OUTCOME_WORDS[verdict.outcome]}`, lines);
}

function brokenRequirement(id: string, info: CaseInfo): string[] {
  const cited = citeRequirement(id, info);
  const text = cited.text === undefined ? "" : `: ${cited.text}`;
  const lines = wrap(escapeText(citationLine(cited) + text), WIDTH - LABEL);
  return labelled("Broken", cited.link === "" ? lines : [...lines, escapeText(cited.link)], LABEL);
}

function courseLines(steps: readonly string[], remark?: string): string[] {
  return steps.flatMap((step, i) =>
    wrap(escapeText(step + (i === 0 && remark !== undefined ? ` (${remark})` : "")), WIDTH - LABEL),
  );
}

function closingBlock({ info, end }: CasePageInput): CaseBlock {
  const { closing, closingBecause, closingRequirement } = end.verdict;
  return block(`Closing: ${CLOSING_WORDS[closing]}`, [
    ...prose(closingBecause),
    ...(closingRequirement === undefined ? [] : brokenRequirement(closingRequirement, info)),
  ]);
}

/** Both verdicts where one play serves both, and why they differ or could. */
function profilesBlock({ info, end }: CasePageInput): CaseBlock | null {
  const { autobahn, modern } = end.verdicts;
  const lines: string[] = [];
  if (autobahn !== undefined && modern !== undefined) {
    const [ours, theirs] = [verdictLines(modern), verdictLines(autobahn)];
    if (ours.join() === theirs.join()) lines.push(...labelled("Both", ours, LABEL));
    else lines.push(...labelled("modern", ours, LABEL), ...labelled("autobahn", theirs, LABEL));
  } else if (info.differs.length > 0) {
    lines.push(
      `Judged only under ${end.record.profile}, because the other profile plays this case differently.`,
    );
  }
  const reasons = info.differs.map((reason) => wrap(escapeText(reason), WIDTH - LABEL));
  for (const reason of reasons) lines.push(...labelled("Can differ", reason, LABEL));
  return lines.length === 0 ? null : block("The two profiles", lines);
}

function verdictLines(verdict: Verdict): string[] {
  const words = `${OUTCOME_WORDS[verdict.outcome]}, closing: ${CLOSING_WORDS[verdict.closing]}`;
  return [words, ...wrap(escapeText(verdict.because), WIDTH - LABEL)];
}

function handshakeBlock({ handshake }: CaseRecord): CaseBlock {
  return block("Opening handshake", [
    ...earlierLines(handshake.before),
    "Request",
    ...indent(headLines(handshake.request), 4),
    "Response",
    ...indent(headLines(handshake.response), 4),
    ...bodyLines(handshake.body),
    ...(handshake.problem === undefined ? [] : labelled("Problem", prose(handshake.problem), LABEL)),
  ]);
}

/** What came before on the same connection. */
function earlierLines(before: EarlierExchange | undefined): readonly string[] {
  if (before === undefined) return [];
  return [
    "Request that came first",
    ...indent(headLines(before.request), 4),
    "Response to it",
    ...indent(headLines(before.response), 4),
  ];
}

/** What a server said when it refused. */
function bodyLines(body: string | undefined): string[] {
  if (body === undefined) return [];
  return ["Body", ...indent(body.trimEnd().split(/\r?\n/).map(escapeText), 4)];
}

/** A raw head, a line each; the empty line that ends it is left out. */
function headLines(head: string | null): string[] {
  if (head === null || head === "") return ["none"];
  return head
    .replace(/(\r?\n)+$/, "")
    .split(/\r?\n/)
    .map(escapeText);
}

function processBlock({ process, end }: CasePageInput): CaseBlock | null {
  if (process === undefined) return null;
  return block("The process of the peer while this case was in flight", [
    ...(end.record.concurrent ? prose(SHARED) : []),
    ...processLines(process),
  ]);
}

function wireLog({ wire, end }: CasePageInput): string[] {
  const options = { role: end.record.role, detail: true } as const;
  const lines = wire.map(({ at, entry }) => `${milliseconds(at)}  ${wireLine(entry, options)}`);
  const tcp = TCP_ENDS[end.record.close.tcp];
  const last = `= ${saidOf(end.record, tcp)}`;
  if (lines.at(-1)?.endsWith(last) !== true) lines.push(`${" ".repeat(12)}  ${last}`);
  return lines.map((line, i) => `${String(i).padStart(3, "0")}  ${line}`);
}

function milliseconds(atMicros: number): string {
  return `${(atMicros / 1000).toFixed(3)} ms`.padStart(12);
}
