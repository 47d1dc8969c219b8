import { escapeText } from "../escape.js";
import type { PeerFindings } from "../../run/event.js";
import type { PeerFinding } from "../../run/finding.js";
import { indent, signed, wrap } from "../layout.js";
import { citationLine } from "../requirement-text.js";
import { count } from "../words.js";
import type { BlockStyle } from "./failures.js";
import { OUTCOME_SIGNS } from "./paint.js";

const MARGIN = 4;

/** What the connections of a peer showed together, as lines; empty if they showed nothing. */
export function findingLines(found: PeerFindings | null, style: BlockStyle): string[] {
  if (found === null || found.findings.length === 0) return [];
  const title = `Found on ${count(found.connections, "connection")}, whatever the case was about`;
  return [style.paint("bold", title), ...found.findings.flatMap((one) => findingBlock(one, style)), ""];
}

function findingBlock(finding: PeerFinding, style: BlockStyle): string[] {
  const { sign, colour } = OUTCOME_SIGNS[finding.outcome];
  const { requirement } = finding;
  const about = [
    ...(requirement === null
      ? []
      : [escapeText(`${citationLine(requirement)}  ${requirement.link}`.trimEnd())]),
    ...wrap(escapeText(whereText(finding)), style.width - MARGIN),
  ];
  return [
    ...signed(style.paint(colour, sign), capitalised(finding.because), style.width),
    ...indent(about, MARGIN),
  ];
}

/** Where it was seen, and whether a case says so too, in one sentence. */
function whereText({ first, connections, outcome, counted }: PeerFinding): string {
  const where = connections === 1 ? `In ${first}` : `First in ${first}, on ${connections} connections`;
  if (outcome !== "fail") return `${where}.`;
  return `${where}; ${counted ? "a case went wrong because of it" : "no case went wrong because of it"}.`;
}

function capitalised(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}.`;
}
