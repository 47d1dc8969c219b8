import { readFileSync } from "node:fs";
import type { PageSource } from "./page-event.js";

/** Where the bundled page is: the build of the report page puts it beside the compiled sources. */
const PAGE = new URL("../../../report-ui/report.html", import.meta.url);
/** The placeholders in the page for the addresses that it may connect to, and for its data. */
const CONNECT = "%CONNECT%";
const DATA = "<!--DATA-->";

export interface PageTemplate {
  readonly head: string;
  readonly tail: string;
}

let read: string | undefined;

/** The page in two halves, between which its data go. Throws an Error if the page was not built. */
export function pageTemplate(source: PageSource): PageTemplate {
  read ??= readPage();
  const connect = source.source === "live" ? "'self'" : "'none'";
  const [head = "", tail = ""] = read.replace(CONNECT, connect).split(DATA);
  return {
    head: `${head}<script type="application/json" id="source">${JSON.stringify(source)}</script>\n`,
    tail,
  };
}

function readPage(): string {
  try {
    return readFileSync(PAGE, "utf8");
  } catch {
    throw new Error("the report page is missing from this installation; npm run build makes it");
  }
}
