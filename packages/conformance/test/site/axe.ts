import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Page } from "playwright-core";

/** The accessibility checker, as text for the page. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on a page with everything unfolded, a line each: the rule, and the first elements. */
export async function complaints(page: Page): Promise<readonly string[]> {
  await page.evaluate(`for (const one of document.querySelectorAll("details")) one.open = true`);
  await page.evaluate(AXE);
  // Without preload: the pages let nobody ask for their style again.
  return page.evaluate<readonly string[]>(
    `axe.run(document, { resultTypes: ["violations"], preload: false }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => id + ": " + html.slice(0, 160))))`,
  );
}
