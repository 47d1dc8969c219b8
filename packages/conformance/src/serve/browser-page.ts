import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";

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
  /** Cases are played over HTTP/2. */
  readonly http2?: boolean;
}

/** The page, and where its scripts may connect to; undefined if it is missing from this installation. */
export interface BrowserDocument {
  readonly body: string;
  readonly connect: string;
}

/** `host`: the host name that the browser uses for this machine. */
export function browserDocument(run: BrowserRun, host: string | undefined): BrowserDocument | undefined {
  const page = readPage();
  if (page === undefined) return undefined;
  const url = testerUrl(run.url, host);
  // Over HTTP/2 the page asks for itself, so that the browser has a session.
  const connect = run.http2 === true ? `${sourceOf(url)} 'self'` : sourceOf(url);
  const body = page.replace(CONNECT, () => connect).replace(DATA, () => dataOf(url, run.cases));
  return { body, connect };
}

/**
 * Serves the page. It may connect only to the tester, by the host name that the browser uses for this machine. It is
 * always served over HTTP, because such a page may use ws and wss. A browser opens a WebSocket over HTTP/2 only on a session
 * that it has already (RFC 8441 §3): for that it is sent to the port of the tester, which has the page as well.
 */
export function browserPage(run: BrowserRun): WebHandler {
  return (request, response, path) => {
    if (path !== BROWSER_PATH) return false;
    if (run.http2 === true) return toTester(run, request.headers.host, response);
    const document = browserDocument(run, request.headers.host);
    if (document === undefined) {
      const body = "This page is missing from this installation; npm run build makes it.\n";
      sendPage(response, 503, { type: "text/plain; charset=utf-8", body });
      return true;
    }
    sendPage(response, 200, { type: "text/html; charset=utf-8", ...document });
    return true;
  };
}

/** No browser speaks HTTP/2 without TLS. */
function toTester({ url }: BrowserRun, host: string | undefined, response: ServerResponse): true {
  if (url.startsWith("ws:")) {
    const body = "Browsers speak HTTP/2 over TLS only: wireproof serve --http2 --tls\n";
    sendPage(response, 503, { type: "text/plain; charset=utf-8", body });
    return true;
  }
  response.writeHead(307, { Location: `${testerUrl(url, host).replace("wss:", "https:")}${BROWSER_PATH}` });
  response.end();
  return true;
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

let read: string | undefined;

function readPage(): string | undefined {
  try {
    read ??= readFileSync(PAGE, "utf8");
    return read;
  } catch {
    return undefined;
  }
}
