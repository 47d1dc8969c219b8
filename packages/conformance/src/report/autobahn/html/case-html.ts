import { caseBlocks, type CasePageInput } from "../../case-page.js";
import { CLOSING_WORDS, OUTCOME_WORDS } from "../../words.js";
import { durationOf } from "../duration.js";
import { verdictMark } from "./cell.js";
import { document, html } from "./document.js";

/** The page of one case of one agent: what the record of the case says, block by block. */
export function caseHtml(page: CasePageInput): string {
  const { info, agent, end } = page;
  const { verdict, record } = end;
  const result = `${OUTCOME_WORDS[verdict.outcome]} – ${durationOf(record)} ms @ ${record.startedAt}`;
  const blocks = caseBlocks(page).map(
    ({ title, lines }) => `<h2>${html(title)}</h2>\n<pre>${lines.map(html).join("\n")}</pre>`,
  );
  const body = `<p><a href="index.html">All cases</a></p>
<h1 class="${verdictMark(verdict.outcome).className}">${html(agent)} – Case ${info.id}: ${html(result)}</h1>
<p>${html(info.title)}. Closing: ${html(CLOSING_WORDS[verdict.closing])}.</p>
${blocks.join("\n")}`;
  return document(`${agent} – Case ${info.id}`, body, STYLE);
}

const STYLE = `h1 { padding: 0.5rem 0.9rem; border-radius: 6px; color: #fff; overflow-wrap: anywhere; }
.case_ok { background: #17703f; }
.case_non_strict { background: #7a5c00; }
.case_info { background: #1d5f9e; }
.case_unimplemented { background: #74439b; }
.case_failed { background: #b3201b; }
`;
