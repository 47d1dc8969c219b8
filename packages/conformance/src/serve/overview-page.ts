import { escapeText } from "../report/escape.js";
import { count } from "../report/words.js";
import { BROWSER_PATH } from "./browser-page.js";
import { REPORTS_PATH, reportNames } from "./report-files.js";
import { sendPage, type WebHandler } from "./web-server.js";
import { escapeHtml, page } from "./welcome-page.js";

/** The data of the page, read at every request. */
export interface Overview {
  /** The address to which clients connect. */
  readonly url: string;
  readonly cases: number;
  readonly agents: readonly string[];
  readonly missing: (agent: string) => readonly string[];
  /** Path of the live report page; undefined: there is none. */
  readonly live?: string | undefined;
}

/** The first page of the web port: what runs, which clients have come, and which reports there are. */
export function overviewPage(overview: Overview, folder: string): WebHandler {
  return (_request, response, path) => {
    if (path !== "/") return false;
    const body = page("WebSocket clients under test", content(overview, reportNames(folder)));
    sendPage(response, 200, { type: "text/html; charset=utf-8", body });
    return true;
  };
}

function content(overview: Overview, names: readonly string[]): string {
  const { url, cases } = overview;
  return `<p class="lead">WebSocket clients are tested at <code>${escapeHtml(url)}</code> with ${count(cases, "case")}.</p>
<p class="ways">${liveLink(overview)}<a class="way" href="${BROWSER_PATH}">Run them in this browser</a></p>
<section class="card"><h2>Clients</h2>
${agentTable(overview)}</section>
<section class="card"><h2>Reports</h2>
${reportList(names)}</section>`;
}

function liveLink({ live }: Overview): string {
  return live === undefined
    ? ""
    : `<a class="way is-first" href="${escapeHtml(live)}">Watch the results</a>\n`;
}

function agentTable({ agents, cases, missing }: Overview): string {
  if (agents.length === 0) return "<p>No client has come yet.</p>";
  const rows = agents.map((agent) => {
    const played = cases - missing(agent).length;
    return `<tr><td>${escapeHtml(escapeText(agent))}</td><td>${played} of ${count(cases, "case")}</td></tr>`;
  });
  return `<table>${rows.join("\n")}</table>`;
}

/** Without the pages of single cases, which the other reports link. */
function reportList(names: readonly string[]): string {
  const shown = names.filter((name) => !name.includes("_case_"));
  if (shown.length === 0) return "<p>No report has been written yet.</p>";
  const items = shown.map((name) => {
    const href = `${REPORTS_PATH}${encodeURIComponent(name)}`;
    return `<li><a href="${escapeHtml(href)}">${escapeHtml(escapeText(name))}</a></li>`;
  });
  return `<ul>${items.join("\n")}</ul>`;
}
