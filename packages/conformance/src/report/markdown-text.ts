import { escapeText } from "./escape.js";

/**
 * Text in Markdown, also in a cell of a table, that is nothing but text. Character references cannot act as structure
 * (CommonMark §2.5); a comment keeps GitHub from reading a mention or a reference to an issue.
 */
export function markdownText(text: string): string {
  return escapeText(text).replaceAll(ACTING, (found) => {
    if (/^([@#]|GH-|www\.)$/i.test(found)) return `${found.slice(0, 1)}<!-- -->${found.slice(1)}`;
    return `&#${found.charCodeAt(0)};`;
  });
}

/** What begins a list at the start of a text, what is structure anywhere, and what GitHub makes links of. */
const ACTING = /^[-+=]|(?<=^\d{1,9})\.(?=\s|$)|[\\`*_{}[\]<>()!|~&$]|:(?=\/\/|[\w+-]+:)|[@#]|GH-|www\./gi;

/** Text as code in a line; in a cell of a table, too. */
export function markdownCode(text: string): string {
  const safe = escapeText(text).replaceAll("|", "\\|");
  const fence = "`".repeat(longestRun(safe) + 1);
  const space = safe.startsWith("`") || safe.endsWith("`") || safe === "" ? " " : "";
  return `${fence}${space}${safe}${space}${fence}`;
}

/** Lines as a block of code, at this indentation. They are escaped. */
export function markdownBlock(lines: readonly string[], indentation = ""): readonly string[] {
  const safe = lines.map(escapeText);
  const fence = "`".repeat(Math.max(3, ...safe.map((line) => longestRun(line) + 1)));
  return [`${fence}text`, ...safe, fence].map((line) => `${indentation}${line}`);
}

/** A table with a row of titles; cells are Markdown already. */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [row(titles), row(titles.map(() => "---")), ...rows.map(row)];
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
