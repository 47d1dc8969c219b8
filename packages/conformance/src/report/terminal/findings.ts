import { cut, escapeText } from "../escape.js";
import type { PeerFindings } from "../../run/event.js";
import type { FindingEvidence, PeerFinding, Severity } from "../../run/finding.js";
import { answerLines, knownText } from "../finding-text.js";
import { indent, labelled, signed, wrap } from "../layout.js";
import { citationLine } from "../requirement-text.js";
import { wireLine } from "../text.js";
import { count } from "../words.js";
import { shellQuote } from "./again.js";
import type { BlockStyle } from "./failures.js";
import type { Colour } from "./paint.js";

const MARGIN = 4;
const LABEL = 7;
/** More would push the first off the screen. */
const SHOWN = 10;

const SIGNS: Readonly<Record<Severity, { readonly sign: string; readonly colour: Colour }>> = {
  critical: { sign: "✗", colour: "red" },
  error: { sign: "✗", colour: "red" },
  warning: { sign: "~", colour: "yellow" },
  note: { sign: "i", colour: "cyan" },
};

/** What a block of a finding needs besides the finding. */
export interface FindingContext {
  readonly isClient: boolean;
  /** Where the records of the run are. */
  readonly runFile: string;
  /** The command that plays a case again, safe to show. */
  readonly again: (caseId: string) => string;
}

/** What is wrong with a peer, as lines, the worst first; empty if nothing is. */
export function findingLines(
  found: PeerFindings | null,
  context: FindingContext,
  style: BlockStyle,
): string[] {
  if (found === null || found.findings.length === 0) return [];
  const shown = found.findings.slice(0, SHOWN);
  const rest = found.findings.slice(SHOWN);
  const more = `${style.command} report ${shellQuote(context.runFile)}`;
  return [
    ...shown.flatMap((one) => [...findingBlock(one, context, style), ""]),
    ...(rest.length === 0
      ? []
      : [
          `And ${count(rest.length, "more finding")}; the report page has all of them (\`${escapeText(more)}\`):`,
          ...rest.flatMap((one) => signed(signOf(one, style), headline(one), style.width)),
          "",
        ]),
  ];
}

function findingBlock(
  finding: PeerFinding,
  { isClient, runFile, again }: FindingContext,
  style: BlockStyle,
): string[] {
  const { requirement, evidence, hint, observation } = finding;
  const known = knownText(finding);
  const width = Math.max(20, style.width - MARGIN);
  const show = `${style.command} show ${evidence.case} --run ${shellQuote(runFile)}`;
  const body = [
    ...(requirement === null ? [] : [citation(requirement, width)]),
    ...wrap(escapeText(whereText(finding)), width),
    ...indent(evidenceLines(evidence, isClient, width - 2), 2),
    ...(hint === undefined
      ? []
      : labelled("Hint", wrap(escapeText(hint), Math.max(20, width - LABEL)), LABEL)),
    ...(known === undefined ? [] : wrap(known, width)),
    // Of a case that was not played there is no record.
    ...(observation === "unreachable" ? [] : labelled("More", [escapeText(show)], LABEL)),
    ...labelled("Again", [again(evidence.case)], LABEL),
  ];
  return [...signed(signOf(finding, style), finding.because, style.width), ...indent(body, MARGIN)];
}

/** What a baseline accepts is no news, however bad it is. */
function signOf({ severity, known }: PeerFinding, { paint }: BlockStyle): string {
  const { sign, colour } = known === undefined ? SIGNS[severity] : SIGNS.note;
  return paint(colour, sign);
}

function headline({ because, requirement, cases, connections }: PeerFinding): string {
  const about = requirement === null ? "" : ` (${requirement.citation})`;
  return `${because.replace(/\.$/, "")}${about}: ${reach(cases.length, connections)}`;
}

/** The address of the section is left out where it does not fit. */
function citation(requirement: NonNullable<PeerFinding["requirement"]>, width: number): string {
  const short = escapeText(citationLine(requirement)).trimEnd();
  const long = `${short}  ${escapeText(requirement.link)}`;
  return long.length <= width ? long : short;
}

function reach(cases: number, connections: number): string {
  return cases === 0 ? `on ${count(connections, "connection")}` : `in ${count(cases, "case")}`;
}

/** Where it was seen, what mending it brings, and which case shows it, in a sentence. */
function whereText(finding: PeerFinding): string {
  const { cases, connections, fixes = 0, outcome, counted, evidence, observation } = finding;
  if (observation === "unreachable") return "No connection opened, so no case was played.";
  const where = reach(cases.length, connections);
  const seen = `${where.slice(0, 1).toUpperCase()}${where.slice(1)}`;
  const gain =
    cases.length < 2 || fixes === 0
      ? ""
      : fixes === cases.length
        ? ", which show nothing else"
        : `, ${fixes} of which ${fixes === 1 ? "shows" : "show"} nothing else`;
  const uncounted = outcome === "fail" && !counted ? "; no case went wrong because of it" : "";
  const said = evidence.because;
  // Of a fault that only one case can describe, the case's own words are the headline already.
  const why = said === undefined || finding.because.startsWith(said.replace(/\.$/, "")) ? "." : `: ${said}`;
  return `${seen}${gain}${uncounted}; see ${evidence.case}${why}`;
}

function evidenceLines(evidence: FindingEvidence, isClient: boolean, width: number): string[] {
  const role = isClient ? "server" : "client";
  const lines = evidence.wire.map(({ entry }) => wireLine(entry, { role }));
  // What an answer says is clearer than the notes around it.
  const quoted = answerLines(evidence);
  return (quoted.length > 0 ? quoted : lines).map((line) => cut(line, width - 1));
}
