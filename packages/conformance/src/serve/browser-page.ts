import { readFileSync } from "node:fs";

import type { Case } from "../case/case.js";
import { sectionOf } from "../case/case-id.js";
import { SECTIONS } from "../case/spec.js";
import { sendPage, type WebHandler } from "./web-server.js";

/** Path of the page that runs the cases in the browser that opens it. */
export const BROWSER_PATH = "/browser";

/** The bundled page. The build puts it beside the compiled sources. */
const PAGE = new URL("../../report-ui/browser.html", import.meta.url);
const CONNECT = "%CONNECT%";
const DATA = "<!--DATA-->";

/** What the page runs, and where. */
export interface BrowserRun {
  /** The address of the tester, with the host to which it is bound. */
  readonly url: string;
  readonly cases: readonly Case[];
}

/**
 * Serves the page. It may connect only to the tester, by the host name that the browser uses for this machine. It is
 * always served over HTTP, because such a page may use ws and wss.
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

/** The address of the tester, with the host from which this page was requested. */
export function testerUrl(url: string, host: string | undefined): string {
  const name = /^(\[[\da-f:.]+\]|[a-z\d.-]+)(:\d*)?$/i.exec(host ?? "")?.[1];
  const { protocol, port, hostname } = new URL(url);
  return `${protocol}//${name ?? hostname}:${port}`;
}

/** A content security policy cannot name an IPv6 address (CSP 3, §2.3.1). */
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
  // Without <, the text cannot end the element.
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
