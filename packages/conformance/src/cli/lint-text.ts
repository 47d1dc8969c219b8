import { LINT_RULES } from "../case/lint-rules.js";
import type { LintFinding, LintReport, ListedConnection } from "../lint/lint.js";
import { escapeText, safeJson } from "../report/escape.js";
import { indent, signed } from "../report/layout.js";
import { citationLine } from "../report/requirement-text.js";
import { OUTCOME_SIGNS, painter, type Paint } from "../report/terminal/paint.js";
import { count } from "../report/words.js";
import { requirementInfo } from "../run/case-info.js";
import type { Io } from "./io.js";

const MARGIN = 4;
const MAX_WIDTH = 110;

/** What was found, for programs. */
export function lintJson(file: string, { findings, ...report }: LintReport): string {
  const described = findings.map(({ requirement, ...finding }) => {
    const rule = ruleOf(requirement);
    return {
      requirement: requirementInfo(requirement),
      ...(rule === undefined ? {} : { rule }),
      ...finding,
    };
  });
  return `${safeJson({ file, ...report, findings: described }, 2)}\n`;
}

/** What was found, for people: a line for each connection, then each requirement that was broken. */
export function lintText(file: string, report: LintReport, { hasColor, columns }: Io): string {
  const paint = painter(hasColor);
  const width = Math.min(MAX_WIDTH, Math.max(40, columns));
  const { packets, connections, listed, notListed, findings, notes, checked } = report;
  const lines = [
    `${escapeText(file)}: ${count(packets, "packet")}, ${count(connections, "TCP connection")}, ${checked} of them WebSocket`,
    "",
    ...listed.flatMap((one) => connectionLines(one, width)),
    ...(notListed === 0 ? [] : [`and ${count(notListed, "more connection")}`]),
    ...(listed.length === 0 ? [] : [""]),
    ...notes.flatMap((note) => signed(paint("yellow", "!"), capitalised(note), width)),
    ...(notes.length === 0 ? [] : [""]),
    ...findings.flatMap((finding) => findingLines(finding, paint, width)),
    ...(findings.length > 0 || checked === 0 ? [] : [`${paint("green", "✓")} Nothing was found.`]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function connectionLines(connection: ListedConnection, width: number): readonly string[] {
  const { number, client, server, notes } = connection;
  const what = `${number}  ${client} → ${server}  ${whatText(connection)}`;
  return [
    escapeText(what),
    ...notes.flatMap((note) => indent(signed("!", `${capitalised(note)}.`, width - MARGIN), MARGIN)),
  ];
}

function whatText({ kind, target, status, extension, frames }: ListedConnection): string {
  switch (kind) {
    case "open": {
      const sent = `${count(frames.client, "frame")} of the client, ${frames.server} of the server`;
      return [target, ...(extension === null ? [] : [extension]), sent].join("  ");
    }
    case "refused":
      return `${target}  refused with HTTP ${status}`;
    case "unanswered":
      return `${target}  no answer to the opening handshake was captured`;
    case "tls":
      return "TLS, which cannot be decrypted here";
    case "http2":
      return "HTTP/2, whose streams are not read here";
  }
}

function findingLines(finding: LintFinding, paint: Paint, width: number): readonly string[] {
  const { outcome, because, requirement } = finding;
  const { sign, colour } = OUTCOME_SIGNS[outcome];
  const info = requirementInfo(requirement);
  return [
    ...signed(paint(colour, sign), `${capitalised(because)}.`, width),
    ...indent([`${citationLine(info)}  ${info.link}`, whereText(finding)], MARGIN),
  ];
}

function whereText({ first, connections }: LintFinding): string {
  const { connection, packet, seconds } = first;
  const time = seconds === null ? "" : `, at ${seconds.toFixed(6)} s`;
  const often = connections === 1 ? "" : `; on ${connections} connections`;
  return `${connections === 1 ? "In" : "First in"} connection ${connection}, packet ${packet}${time}${often}.`;
}

function ruleOf(requirement: string): string | undefined {
  return LINT_RULES.find(({ requirements }) => requirements.some((one) => one === requirement))?.id;
}

function capitalised(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}`;
}
