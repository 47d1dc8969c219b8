/** The static site of docs/: built as its README says, and read in a browser that reaches no other host. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { after, before, suite, test } from "node:test";
import { promisify } from "node:util";

import { NO_CHROMIUM } from "@wireproof/peers";
import type { Page } from "playwright-core";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { newPage, type WatchedPage } from "../report/page/chromium.js";
import { ROOT } from "./packed.js";

const DOCS = join(ROOT, "docs");
const BUILD_MS = 20 * 60_000;
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

const NOT_INSTALLED = existsSync(join(ROOT, "site/node_modules/vitepress"))
  ? false
  : "VitePress not installed: npm ci --ignore-scripts --prefix site";

/** Pages of the repository's docs/, with slashes, such as `reference/cli.md`. */
const pages = readdirSync(DOCS, { encoding: "utf8", recursive: true })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".md"));

test("the map of the documentation names every page", () => {
  const map = readFileSync(join(DOCS, "README.md"), "utf8");
  const named = new Set([...map.matchAll(/\]\(([^)#]+)/g)].map(([, path]) => path));
  for (const page of pages) {
    // The pages of the API are reached from their own index, and those of the cases too.
    const isBelow = /^reference\/(api|cases)\//.test(page) && page !== "reference/api/README.md";
    assert.ok(page === "README.md" || isBelow || named.has(page), `docs/README.md does not name ${page}`);
  }
  for (const path of named) assert.ok(existsSync(join(DOCS, path ?? "")), path);
});

suite("the static site of docs/", { skip: NOT_INSTALLED || NO_CHROMIUM }, () => {
  const folder = temporaryFolder();
  const server = fileServer(folder);
  let watched: WatchedPage;
  let address = "";

  before(async () => {
    await promisify(execFile)(
      process.execPath,
      [join(ROOT, "site/build.mjs"), "--outDir", folder, "--logLevel", "warn"],
      { timeout: BUILD_MS },
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    watched = await newPage();
    // Nothing but the site itself can be reached, as on a machine without a network.
    await watched.page.route(
      (url) => !url.href.startsWith(address),
      (route) => route.abort(),
    );
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test("has every page, and no link inside it is broken", async () => {
    const { page } = watched;
    /** By path: the anchors of a page. */
    const anchors = new Map<string, ReadonlySet<string>>();
    const links: { readonly from: string; readonly to: URL }[] = [];
    await page.goto(address);
    const waiting = [new URL(address).pathname];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (anchors.has(path)) continue;
      const { status, ids, hrefs } = await read(page, new URL(path, address).href);
      assert.equal(status, 200, `${path}, linked from ${from(links, path)}`);
      anchors.set(path, new Set(ids));
      for (const href of hrefs) {
        const to = new URL(href);
        if (!to.href.startsWith(address)) continue;
        links.push({ from: path, to });
        waiting.push(to.pathname);
      }
    }
    for (const { from, to } of links) {
      const anchor = decodeURIComponent(to.hash.slice(1));
      if (anchor !== "")
        assert.ok(anchors.get(to.pathname)?.has(anchor), `${from}: ${to.pathname}${to.hash}`);
    }
    for (const name of pages) {
      const path = `/${name.replace(/\.md$/, ".html").replace(/README\.html$/, "")}`;
      assert.ok(anchors.has(path) || anchors.has(`${path}index.html`), `no link leads to ${name}`);
    }
  });

  test("leads from source files that a page names to the repository", async () => {
    const { page } = watched;
    await page.goto(`${address}attacks.html`);
    const hrefs = await linksIn(page, "main td a[href]");
    const repository = "https://github.com/wireproof/wireproof/blob/main/";
    const sources = hrefs.filter((href) => href.startsWith(repository));
    assert.ok(sources.length > 0);
    for (const href of sources) assert.ok(existsSync(join(ROOT, href.slice(repository.length))), href);
  });

  test("finds a page by its words", async () => {
    const { page } = watched;
    await page.goto(address);
    await page.keyboard.press("Control+k");
    await page.fill("#localsearch-input", "massconnect serializer");
    await page.locator("#localsearch-list a[href*='wstest.html']").first().click();
    await page.locator("main h1", { hasText: "Replace Autobahn|Testsuite" }).waitFor();
  });

  test("says nothing on the console, and asks no other host for anything", () => {
    assert.deepEqual(watched.problems, []);
    assert.deepEqual(
      watched.requests.filter((url) => !url.startsWith(address) && !url.startsWith("data:")),
      [],
    );
  });
});

interface Read {
  readonly status: number;
  readonly ids: readonly string[];
  /** Whole addresses. */
  readonly hrefs: readonly string[];
}

/** What a page has before its scripts run: the browser reads it, without the second that it takes to show it. */
function read(page: Page, address: string): Promise<Read> {
  return page.evaluate<Read>(`(async (address) => {
    const answer = await fetch(address);
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    const all = (selector, name) => [...parsed.querySelectorAll(selector)].map((it) => it.getAttribute(name));
    const hrefs = all("a[href]", "href").map((href) => new URL(href, address).href);
    return { status: answer.status, ids: all("[id]", "id"), hrefs };
  })(${JSON.stringify(address)})`);
}

/** The whole addresses that links lead to. */
function linksIn(page: Page, selector: string): Promise<string[]> {
  return page.evaluate<string[]>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map(({ href }) => href)`,
  );
}

function from(links: readonly { readonly from: string; readonly to: URL }[], path: string): string {
  return links.find(({ to }) => to.pathname === path)?.from ?? "nowhere";
}

/** Serves the files of a folder, as any static web server does. */
function fileServer(folder: string): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = normalize(decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname));
    const file = join(folder, path);
    if (!existsSync(file)) return void response.writeHead(404).end();
    return void response
      .writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" })
      .end(readFileSync(file));
  });
}
