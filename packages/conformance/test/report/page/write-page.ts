import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { htmlReporter } from "../../../src/report/html.js";
import type { RunEvent } from "../../../src/run/event.js";
import type { ReportContext } from "../../../src/report/reporter.js";
import { collect } from "../collect.js";

/** Writes the report page of these events into a folder and returns its address. */
export async function writePage(
  folder: string,
  events: readonly RunEvent[],
  about: Partial<ReportContext> = {},
): Promise<string> {
  const { stream } = await collect(htmlReporter, events, about);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "report.html");
  writeFileSync(path, stream);
  return pathToFileURL(path).href;
}
