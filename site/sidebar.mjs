import { readFileSync } from "node:fs";

/** The map of the pages, docs/README.md, as the sidebar: its second-level headings, and the first link of each line. */
export function sidebarFromMap() {
  const map = readFileSync(new URL("../docs/README.md", import.meta.url), "utf8");
  const groups = [{ text: "All pages", link: "/" }];
  for (const line of map.split("\n")) {
    const [, heading] = /^## (.+)$/.exec(line) ?? [];
    if (heading !== undefined) groups.push({ text: heading, items: [] });
    const [, text, page] = /^- \[([^\]]+)\]\(([^):]+\.md)\)/.exec(line) ?? [];
    if (page !== undefined && !page.startsWith(".."))
      groups.at(-1).items.push({ text, link: `/${page.replace(/README\.md$/, "index.md")}` });
  }
  return groups;
}
