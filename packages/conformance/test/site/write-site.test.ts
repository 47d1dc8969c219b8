import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { before, describe, test } from "node:test";

import { CASES } from "../../src/cases/index.js";
import { frontPage } from "../../src/site/front-model.js";
import type { SiteProgram } from "../../src/site/page-model.js";
import { stackModel } from "../../src/site/stack-model.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { brokenLinks, filesIn } from "./links.js";
import { FINDINGS, reviewsOf, sampleSite, storedRun, type SampleSite } from "./sample-site.js";

const folder = temporaryFolder();
let site: SampleSite;
/** Text by path, of everything that a browser shows. */
const pages = new Map<string, string>();

before(async () => {
  site = await sampleSite(folder);
  for (const file of filesIn(site.out)) {
    if (/\.(?:html|svg|atom|css|js)$/.test(file))
      pages.set(relative(site.out, file), readFileSync(file, "utf8"));
  }
});

function page(path: string): string {
  const text = pages.get(path);
  assert.ok(text !== undefined, `there is no ${path}`);
  return text;
}

const htmlPages = (): readonly (readonly [string, string])[] =>
  [...pages].filter(([path]) => path.endsWith(".html"));

/** The element with this id, up to where the next one of its kind begins. */
function element(path: string, id: string): string {
  const text = page(path);
  const start = text.indexOf(`id="${id}"`);
  assert.ok(start >= 0, `${path} has no ${id}`);
  const tag = text.slice(text.lastIndexOf("<", start) + 1).match(/^\w+/)?.[0] ?? "";
  const end = text.indexOf(`<${tag}`, start);
  return text.slice(start, end < 0 ? undefined : end);
}

describe("the whole site", () => {
  test("there is a page for each stack, requirement and case, a badge for each stack, and the data", () => {
    assert.equal(htmlPages().length, site.pages);
    assert.equal([...pages.keys()].filter((path) => /^case\/.+\/index/.test(path)).length, CASES.length);
    for (const path of [
      "stack/real/index.html",
      "stack/absent/index.html",
      "requirement/6455-6.2-1/index.html",
      "grid/real/index.html",
      "proxies/index.html",
      "changes/index.html",
      "changes.atom",
      "badge/absent.svg",
    ])
      page(path);
    assert.ok(statSync(join(site.out, "data/stacks/real.json")).size > 0);
  });

  test("every link leads to a file, and to an anchor in it", () => {
    assert.deepEqual(brokenLinks(site.out).slice(0, 10), []);
  });

  test("an id is in a page once", () => {
    for (const [path, text] of htmlPages()) {
      const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, path);
    }
  });

  test("no page asks for anything from elsewhere: only what is clicked leads there", () => {
    for (const [path, text] of htmlPages()) {
      assert.match(
        text,
        /content="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;/,
      );
      const outside = [...text.matchAll(/<(\w+)[^>]* (?:href|src)="(?:https?:)?\/\/[^>]*>/g)];
      for (const [tag, name] of outside) {
        assert.equal(name, "a", `${path}: ${tag}`);
        assert.match(tag, /rel="noreferrer noopener"/);
      }
      assert.doesNotMatch(text, /<[a-z][^>]* (?:style|on\w+)="/i, path);
    }
    assert.doesNotMatch(page("site.css"), /url\((?!["']?data:)|@import/);
  });

  test("what a peer or a manifest says is shown as text, whatever it is", () => {
    for (const [path, text] of pages) {
      if (path === "site.js") continue;
      assert.doesNotMatch(text, /<script>alert|<img src="https|\u202e/, path);
    }
    assert.match(page("stack/hostile/index.html"), /&lt;script>alert\(1\)|&lt;script&gt;alert\(1\)/);
  });
});

describe("nobody is accused by what nobody looked at", () => {
  const anchor = (id: string): string => id.replaceAll("/", "-");

  test("a finding says what was made of it", () => {
    const stack = "stack/real/index.html";
    assert.match(
      element(stack, anchor(FINDINGS.fault)),
      /reviewed: its fault.*the implementation is at fault/s,
    );
    assert.match(element(stack, anchor(FINDINGS.unreviewed)), /unreviewed.*nobody has looked/s);
    assert.match(
      element(stack, anchor(FINDINGS.ofProgram)),
      /reviewed: not its fault.*our program is at fault/s,
    );
    assert.match(
      element(stack, anchor(FINDINGS.oldReview)),
      /unreviewed.*review is of another version.*Unreviewed<\/b> in this version/s,
    );
  });

  test("a requirement says of each stack whether somebody looked", () => {
    const ofFault = page("requirement/6455-6.2-1/index.html");
    assert.match(ofFault, /reviewed: its fault/);
    assert.match(ofFault, /stack\/real\/index\.html#6455-6\.2-1-no-close-answer-server-evidence/);
    assert.doesNotMatch(page("requirement/6455-5.5.1-8/index.html"), /its fault/);
  });

  test("the grid fills its sign only if somebody looked at the same fault", () => {
    const grid = page("grid/index.html");
    assert.match(grid, /aria-label="The server is at fault, 1 scenario"/);
    assert.match(grid, /aria-label="The client is at fault, 2 scenarios, unreviewed"/);
    const signs = [...grid.matchAll(/<use href="(#s\d+)"\/><\/svg>\d<\/a>/g)].map(([, id]) => id);
    assert.equal(new Set(signs).size, 2);
  });

  test("the badge is red for a fault, and grey for what is unreviewed", () => {
    assert.match(page("badge/real.svg"), /1 fault</);
    assert.match(page("badge/hostile.svg"), /unreviewed/);
    assert.doesNotMatch(page("badge/hostile.svg"), /fault|#c03525/);
    assert.match(page("badge/absent.svg"), /not tested/);
  });

  test("what is not in a run that was cut is not said to be gone", () => {
    assert.match(page("stack/real/index.html"), /What became otherwise/);
    const change = page("changes.atom");
    assert.match(change, /Before: 1\.7\.1\. \d new findings, 3 unreviewed/);
    assert.doesNotMatch(change, /No longer found/);
  });
});

test("the front page of 60 stacks with 90 runs stays below 300 KB", async () => {
  const program = new URL("../../report-ui/site.mjs", import.meta.url);
  const { renderPage } = (await import(program.href)) as SiteProgram;
  const run = storedRun();
  const ids = CASES.map(({ id }) => id);
  const sections = { ...run.sections, "9": { pass: 54 }, "12": { pass: 90 }, "13": { pass: 126 } };
  const stacks = Array.from({ length: 60 }, (_, i) => {
    const about = {
      folder: `some-stack-${i}`,
      name: `some stack ${i}`,
      language: "Python",
      homepage: "https://example.org",
      licence: "MIT",
      packages: [],
      settings: [],
      limits: [],
    };
    const roles = (["server", "client"] as const).slice(0, 1 + (i % 2));
    const results = {
      stack: about.folder,
      roles: roles.map((role) => ({ ...run, role, sections })),
      history: [],
    };
    const programs = roles.map((role) => ({ role, over: "http1" }) as const);
    return stackModel({ about, programs, results, reviews: reviewsOf(run), gridReviews: [] }, ids);
  });
  const front = frontPage(stacks);
  assert.equal(front.rows.length, 90);
  const html = renderPage(front, "index.html", { day: "2026-11-30", hasGrid: true, hasProxies: true });
  assert.ok(html.length < 300_000, `${html.length} characters`);
});
