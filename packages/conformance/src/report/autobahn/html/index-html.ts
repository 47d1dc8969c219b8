import type { CaseInfo, RunStart } from "../../../run/event.js";
import { globalIndex } from "../catalogue.js";
import { MISSING, type IndexCell, type Mark } from "./cell.js";
import { document, html } from "./document.js";

/** An agent and what is shown of its cases, by id. */
export interface IndexAgent {
  readonly agent: string;
  readonly cells: ReadonlyMap<string, IndexCell>;
}

export interface IndexInput {
  readonly start: RunStart;
  readonly agents: readonly IndexAgent[];
  /** Cases that are described although they were not selected. */
  readonly catalogue: readonly CaseInfo[];
}

/** The table of all agents and cases, and below it what each case is about. */
export function indexHtml({ start, agents, catalogue }: IndexInput): string {
  const sorted = agents.toSorted((a, b) => (a.agent < b.agent ? -1 : 1));
  const described = withOthers(start.cases, catalogue);
  const body = `<h1>WebSocket protocol test report</h1>
<p>Made by wireproof ${html(start.suite)}, profile ${html(start.profile)}, of a run that started at ${html(start.startedAt)}.</p>
${legend()}
<p><input type="checkbox" id="closings" checked><label for="closings"> Show how connections were closed</label></p>
<table>
${rows(start.cases, sorted)}
</table>
<h2>What the cases are about</h2>
${described.map(description).join("\n")}`;
  return document("WebSocket protocol test report", body, STYLE);
}

/** The name of the class for failures has to occur here once, in the style once, and nowhere else but in results. */
function legend(): string {
  const entries: readonly (readonly [string, string, string])[] = [
    ["case_ok", "Pass", "What was required happened."],
    ["case_non_strict", "Non-Strict", "Acceptable, but not what the RFC recommends."],
    ["case_failed", "Fail", "What was required did not happen."],
    ["case_info", "Info", "An observation; nothing is required."],
    ["case_missing", "Missing", "Selected, but not run."],
  ];
  const lines = entries.map(
    ([className, word, meaning]) => `<tr><td class="${className}">${word}</td><td>${meaning}</td></tr>`,
  );
  return `<table class="legend">\n${lines.join("\n")}\n</table>`;
}

function rows(cases: readonly CaseInfo[], agents: readonly IndexAgent[]): string {
  const lines: string[] = [];
  let section = "";
  let family = "";
  for (const info of cases) {
    const [number = ""] = info.id.split(".");
    const familyNow = info.id.slice(0, info.id.lastIndexOf("."));
    if (number !== section) lines.push(heading("section", `${number} ${info.section}`, agents));
    if (familyNow !== family) lines.push(agentRow(familyNow, agents));
    section = number;
    family = familyNow;
    lines.push(caseRow(info, agents));
  }
  return lines.join("\n");
}

function heading(className: string, text: string, agents: readonly IndexAgent[]): string {
  return `<tr class="${className}"><th colspan="${1 + 2 * agents.length}">${html(text)}</th></tr>`;
}

function agentRow(family: string, agents: readonly IndexAgent[]): string {
  const names = agents.map(({ agent }) => `<th colspan="2">${html(agent)}</th>`).join("");
  return `<tr class="agents"><th>${html(family)}</th>${names}</tr>`;
}

function caseRow({ id }: CaseInfo, agents: readonly IndexAgent[]): string {
  const cells = agents.map(({ cells: known }) => cellPair(known.get(id))).join("");
  return `<tr><td><a href="#${anchor(id)}">${id}</a></td>${cells}</tr>`;
}

function cellPair(cell: IndexCell | undefined): string {
  if (cell === undefined) return `<td class="${MISSING.className}" colspan="2">${MISSING.text}</td>`;
  const figures = cell.figures.length === 0 ? "" : `<br><small>${cell.figures.map(html).join(" ")}</small>`;
  const link = `<a href="${html(cell.page)}">${cell.verdict.text}</a>${figures}`;
  if (cell.closing === null) return `<td class="${cell.verdict.className}" colspan="2">${link}</td>`;
  return `<td class="${cell.verdict.className}">${link}</td>${closingCell(cell.closing)}`;
}

function closingCell({ className, text }: Mark): string {
  return `<td class="close ${className}"><span>${text}</span></td>`;
}

function description({ id, title, description: text, expectation }: CaseInfo): string {
  return `<section id="${anchor(id)}"><h3>${id} ${html(title)}</h3>
<p>${html(text)}</p>
<p><b>Expected:</b> ${html(expectation)} <a href="#">Up</a></p></section>`;
}

/** The original's anchors. */
function anchor(id: string): string {
  return `case_desc_${id.replaceAll(".", "_")}`;
}

/** The cases of the run and the rest of the original's catalogue, in its order; other cases stay where they are. */
function withOthers(cases: readonly CaseInfo[], catalogue: readonly CaseInfo[]): readonly CaseInfo[] {
  const known = new Set(cases.map(({ id }) => id));
  const others = catalogue.filter(({ id }) => globalIndex(id) > 0 && !known.has(id));
  if (others.length === 0) return cases;
  const place = ({ id }: CaseInfo): number => globalIndex(id) || Infinity;
  return [...cases, ...others].toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

const STYLE = `table { border-collapse: collapse; }
td, th { padding: 0.15rem 0.7rem; border: 1px solid var(--line); text-align: left; font-weight: 400; }
.section th { background: var(--ink); color: var(--paper); font-weight: 600; }
.agents th { background: var(--sunken); font-weight: 600; }
.legend td:last-child { border: 0; }
td[class] { color: #fff; }
td[class] small { color: inherit; }
.case_ok { background: #17703f; }
.case_almost { background: #3f7d57; }
.case_non_strict, .case_no_close { background: #7a5c00; }
.case_info { background: #1d5f9e; }
.case_unimplemented { background: #74439b; }
.case_failed { background: #b3201b; }
.case_missing { background: #8a4a22; }
h3 { font-size: 0.95rem; margin: 1.1rem 0 0; }
section p { margin: 0.1rem 0; }
section:target { background: var(--sunken); }
body:has(#closings:not(:checked)) .close { visibility: hidden; }
`;
