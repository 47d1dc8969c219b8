import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { before, test } from "node:test";

import { NO_CHROMIUM, mutants } from "@wireproof/peers";
import type { Page } from "playwright-core";

import { CASES } from "../../../src/cases/index.js";
import { liveReport } from "../../../src/live/live-report.js";
import { browserPage } from "../../../src/serve/browser-page.js";
import { overviewPage } from "../../../src/serve/overview-page.js";
import { startWebServer } from "../../../src/serve/web-server.js";
import { welcomePage } from "../../../src/serve/welcome-page.js";
import { Channel } from "../../../src/run/channel.js";
import { run } from "../../../src/run/run.js";
import { caseInfo } from "../../../src/run/case-info.js";
import type { RunEvent } from "../../../src/run/event.js";
import { temporaryFolder } from "../../cli/temporary-folder.js";
import { sampleRun } from "../sample-run.js";
import { newPage } from "./chromium.js";
import { writePage } from "./write-page.js";

/** The accessibility checker, as text for the page. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const skip = NO_CHROMIUM;
const folder = temporaryFolder();
let several = "";
let failing = "";

before(async () => {
  if (skip !== false) return;
  // Not all: axe takes a minute for a thousand cases.
  const catalogue = CASES.filter(({ id }) => /^[12]\./.test(id)).map(caseInfo);
  several = await writePage(`${folder}/several`, sampleRun(), { catalogue });
  const peer = await mutants.noclose.start();
  const cases = CASES.filter(({ id }) => /^(1\.1\.|7\.1\.|9\.7\.1$|12\.1\.1$)/.test(id));
  const events: RunEvent[] = [];
  const options = { urls: [peer.url], agents: ["noclose"], cases, timeoutScale: 0.2 };
  for await (const event of run(options)) events.push(event);
  await peer.close();
  failing = await writePage(`${folder}/failing`, events, { catalogue });
});

/** What axe finds on a page, a line each: the rule, and the first element. */
async function complaints(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate<readonly string[]>(
    `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(({ html }) => id + ": " + html.slice(0, 160))))`,
  );
}

/** In both colour schemes. `ready`: a selector of what has to be there. */
async function assertAccessible(page: Page, url: string, ready: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto("about:blank");
    await page.goto(url);
    await page.waitForSelector(ready);
    // What is folded is looked at too.
    await page.evaluate(`for (const one of document.querySelectorAll("details")) one.open = true`);
    assert.deepEqual(await complaints(page), [], `${url.replace(/.*\//, "")}, ${colorScheme}`);
  }
}

test("axe has a finding on a page that has a fault: the check works", { skip }, async () => {
  const { page } = await newPage();
  await page.setContent(`<html><body><img src="data:,"><p style="color:#ccc">pale</p></body></html>`);
  const found = (await complaints(page)).map((line) => line.slice(0, line.indexOf(":")));
  for (const rule of ["image-alt", "color-contrast", "html-has-lang"]) assert.ok(found.includes(rule), rule);
});

for (const [view, ready] of [
  ["", ".row.case"],
  ["#verdict=differs", ".row.case"],
  ["#case=6.3.1", ".wire-log .entry"],
] as const) {
  test(`several peers, ${view === "" ? "overview" : view}: axe has no finding`, { skip }, async () => {
    const { page } = await newPage();
    await assertAccessible(page, several + view, ready);
  });
}

for (const [view, ready] of [
  ["", ".finding .entry"],
  ["#case=7.1.1", ".wire-log .entry"],
  ["#plots", ".plots"],
  ["#catalogue=1.1.1", ".catalogue-case"],
] as const) {
  test(`one failing peer, ${view === "" ? "overview" : view}: axe has no finding`, { skip }, async () => {
    const { page } = await newPage();
    await assertAccessible(page, failing + view, ready);
  });
}

test(
  "a live page, before a run, during it, and when it is over: axe has no finding",
  { skip },
  async (context) => {
    const live = await liveReport({ command: "wireproof" });
    const web = await startWebServer({ host: "127.0.0.1", port: 0, handlers: [live.handler] });
    context.after(async () => {
      await live.close();
      await web.close();
    });
    const events = new Channel<RunEvent>(10_000);
    const read = live.follow(events);
    const { page } = await newPage();
    await assertAccessible(page, web.url, "text=Waiting for the run to begin");
    const whole = sampleRun();
    const end = whole.findIndex(({ type }) => type === "case-end");
    for (const event of whole.slice(0, end)) void events.push(event);
    await assertAccessible(page, web.url, ".live.is-on");
    const inFlight = whole
      .slice(0, end)
      .flatMap((event) => (event.type === "case-start" ? [event.case] : []));
    await assertAccessible(page, `${web.url}#case=${inFlight[0]}`, "text=This case is being played");
    for (const event of whole.slice(end)) void events.push(event);
    events.end();
    await read;
    await assertAccessible(page, web.url, "text=Run finished");
  },
);

test("the pages of the fuzzing server: axe has no finding", { skip }, async (context) => {
  const url = "ws://127.0.0.1:9001";
  const overview = { url, cases: 3, agents: ["a", "b"], missing: () => ["1.1.1"], live: "/live/" };
  const cases = CASES.filter(({ id }) => id.startsWith("1.1."));
  const web = await startWebServer({
    host: "127.0.0.1",
    port: 0,
    handlers: [
      (_request, response, path) => {
        if (path !== "/welcome") return false;
        response.setHeader("Content-Type", "text/html; charset=utf-8");
        response.end(welcomePage(url, 3));
        return true;
      },
      overviewPage(overview, folder),
      browserPage({ url, cases }),
    ],
  });
  context.after(() => web.close());
  const { page } = await newPage();
  await assertAccessible(page, web.url, "table");
  await assertAccessible(page, `${web.url}welcome`, "table");
  await assertAccessible(page, `${web.url}browser`, ".cells span");
  await page.setViewportSize({ width: 320, height: 844 });
  for (const path of ["", "welcome", "browser"]) {
    await page.goto(web.url + path);
    const wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert.equal(await page.evaluate(wider), 0, `${path} is wider than a small phone`);
  }
});
