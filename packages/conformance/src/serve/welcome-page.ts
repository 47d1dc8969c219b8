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
      `<tr><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(what)}</td></tr>`,
  );
  return page(
    "Wireproof",
    `<p>This server tests WebSocket clients with ${count(cases, "case")}. Connect a client to <code>${escapeHtml(url)}</code>.</p>
<table>${rows.join("\n")}</table>`,
  );
}

/** A small page without script. `title` is text, `content` is HTML. */
export function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }
td { padding: 0.1rem 1.5rem 0.1rem 0; vertical-align: top; }
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${content}
</body>
</html>
`;
}

/** Escapes text for HTML, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
