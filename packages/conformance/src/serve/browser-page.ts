import { readFileSync } from "node:fs";

import type { Case } from "../case/case.js";
import { sectionOf } from "../case/case-id.js";
import { SECTIONS } from "../case/spec.js";
import { sendPage, type WebHandler } from "./web-server.js";

/** Where the page is that runs the cases in the browser it is opened in. */
export const BROWSER_PATH = "/browser";

/** Where the bundled page is: its build puts it beside the compiled sources. */
const PAGE = new URL("../../report-ui/browser.html", import.meta.url);
const CONNECT = "%CONNECT%";
const DATA = "<!--DATA-->";

/** What is tested, and where. */
export interface BrowserRun {
  /** Where clients connect to, under the name by which the tester knows itself. */
  readonly url: string;
  readonly cases: readonly Case[];
}

/**
 * Serves the page. It is allowed to connect to the tester and to nothing else, by the name under which the browser
 * knows this machine. It always comes over HTTP: from there a browser may use ws and wss.
 */
export function browserPage(run: BrowserRun): WebHandler {
  let page: string | undefined;
  return (request, response, path) => {
    if (path !== BROWSER_PATH) return false;
    page ??= readPage();
    if (page === undefined) {
      const body = "This page is missing from this installation; npm run build makes it.\n";
      sendPage(response, 503, { type: "text/plain; charset=utf-8", body });
      return true;
    }
    const url = testerUrl(run.url, request.headers.host);
    const connect = sourceOf(url);
    const body = page.replace(CONNECT, () => connect).replace(DATA, () => dataOf(url, run.cases));
    sendPage(response, 200, { type: "text/html; charset=utf-8", body, connect });
    return true;
  };
}

/** The address of the tester on the host that was asked for this page. */
export function testerUrl(url: string, host: string | undefined): string {
  const name = /^(\[[\da-f:.]+\]|[a-z\d.-]+)(:\d*)?$/i.exec(host ?? "")?.[1];
  const { protocol, port, hostname } = new URL(url);
  return `${protocol}//${name ?? hostname}:${port}`;
}

/** A content security policy has no word for an IPv6 address (CSP 3, §2.3.1). */
function sourceOf(url: string): string {
  return url.includes("[") ? url.slice(0, url.indexOf("/")) : url;
}

function dataOf(url: string, cases: readonly Case[]): string {
  const numbers = new Set(cases.map(({ id }) => sectionOf(id)));
  const setup = {
    url,
    cases: cases.map(({ id, title }) => ({ id, title })),
    sections: [...numbers].map((number) => ({ number: String(number), title: SECTIONS.get(number) ?? "" })),
  };
  // Nothing in it can end the element.
  const json = JSON.stringify(setup).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="setup">${json}</script>`;
}

function readPage(): string | undefined {
  try {
    return readFileSync(PAGE, "utf8");
  } catch {
    return undefined;
  }
}
