import { readFileSync } from "node:fs";

import { count } from "../report/words.js";

/** The page for a browser that opens the address of the tester: the address, and how a client uses it. */
export function welcomePage(url: string, cases: number): string {
  const rows = [
    ["/getCaseCount", "sends the number of cases"],
    ["/runCase?case=N&agent=NAME", "plays case N; casetuple=ID names a case by its id"],
    ["/getCaseInfo?case=N", "sends the id and the description of a case"],
    ["/getCaseStatus?case=N&agent=NAME", "sends the result of a case"],
    ["/updateReports?agent=NAME", "brings the reports up to date"],
  ].map(
    ([path = "", what = ""]) =>
      `<tr><th scope="row"><code>${escapeHtml(path)}</code></th><td>${escapeHtml(what)}</td></tr>`,
  );
  return page(
    "Test a WebSocket client",
    `<p class="lead">This server tests WebSocket clients with ${count(cases, "case")}. Connect a client to <code>${escapeHtml(url)}</code>.</p>
<section class="card"><h2>What a client opens</h2>
<table>${rows.join("\n")}</table></section>`,
  );
}

/** The frame of pages without script. The build puts it beside the compiled sources. */
const FRAME = new URL("../../report-ui/plain.html", import.meta.url);
const TITLE = "%TITLE%";
const CONTENT = "<!--CONTENT-->";

let read: string | undefined;

/** A page without script that looks like the report. `title` is text, `content` is HTML. */
export function page(title: string, content: string): string {
  read ??= readFrame();
  const heading = `<h1>${escapeHtml(title)}</h1>\n`;
  return read
    .replace(TITLE, () => `${escapeHtml(title)} · Wireproof`)
    .replace(CONTENT, () => heading + content);
}

/** An installation without the report page still says what it has to say. */
function readFrame(): string {
  try {
    return readFileSync(FRAME, "utf8");
  } catch {
    return `<!doctype html>\n<html lang="en"><title>${TITLE}</title>\n<main>${CONTENT}</main></html>\n`;
  }
}

/** Escapes text for HTML, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
