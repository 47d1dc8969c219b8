import assert from "node:assert/strict";
import { before, test } from "node:test";

import type { Page } from "playwright-core";

import { startEchoServer } from "@wireproof/peers";
import { CASES } from "../../../src/cases/index.js";
import { run } from "../../../src/run/run.js";
import type { RunEvent } from "../../../src/run/event.js";
import { mergeRuns } from "../../../src/report/merge-runs.js";
import { temporaryFolder } from "../../cli/temporary-folder.js";
import { SAMPLE_START, arriving, sampleRun } from "../sample-run.js";
import { NO_CHROMIUM } from "@wireproof/peers";
import { newPage, type WatchedPage } from "./chromium.js";
import { writePage } from "./write-page.js";

const skip = NO_CHROMIUM;
const folder = temporaryFolder();
/** A real run of a section, and a run of everything that can happen. */
let real = "";
let sample = "";

before(async () => {
  if (skip !== false) return;
  const echo = await startEchoServer();
  const cases = CASES.filter(({ id }) => id.startsWith("5."));
  const events: RunEvent[] = [];
  for await (const event of run({ urls: [echo.url], agents: ["echo"], cases })) events.push(event);
  await echo.close();
  real = await writePage(`${folder}/real`, events);
  sample = await writePage(`${folder}/sample`, sampleRun());
});

async function opened(url: string, hash = ""): Promise<WatchedPage> {
  const watched = await newPage();
  await watched.page.goto(url + hash);
  return watched;
}

/** Waits until the matrix shows so many cases. */
async function caseRows(page: Page, number: number): Promise<void> {
  const rows = page.locator(".row.case");
  await rows.nth(number).waitFor({ state: "detached" });
  await rows.nth(number - 1).waitFor({ state: "attached" });
}

/** Nothing went wrong, and nothing was asked of anybody but the file itself. */
function assertQuiet({ problems, requests }: WatchedPage): void {
  assert.deepEqual(problems, []);
  assert.deepEqual(
    requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:")),
    [],
  );
}

test("overview and matrix: who, what, and a cell for every case and peer", { skip }, async () => {
  const watched = await opened(sample);
  const { page } = watched;
  await page.waitForSelector(".row.case");
  assert.match(await page.locator(".facts").innerText(), /2026-11-22 08:00:00 UTC[\s\S]*modern/);
  assert.equal(await page.locator(".peer").count(), 3);
  await page.getByRole("button", { name: "Unfold" }).click();
  await caseRows(page, SAMPLE_START.cases.length);
  assert.equal(await page.locator(".row.case .result").count(), 3 * SAMPLE_START.cases.length);
  const row = page.locator(".row.case", { hasText: "7.9.2" });
  assert.deepEqual(await row.locator(".result .word").allInnerTexts(), ["Fail", "Blocked", "Not run"]);
  assert.match(await row.locator(".result").first().innerText(), /Wrong code/);
  assertQuiet(watched);
});

test("the counts filter the matrix, and the address keeps the filter", { skip }, async () => {
  const watched = await opened(sample);
  const { page } = watched;
  await page.locator(".peer").first().locator(".count", { hasText: "fail" }).click();
  await page.waitForURL(/verdict=fail/);
  const ids = (): Promise<string[]> => page.locator(".row.case .id").allInnerTexts();
  await caseRows(page, 3);
  assert.deepEqual(await ids(), ["1.1.2", "6.3.1", "7.9.2"]);
  await page.getByLabel("Section").selectOption("7");
  await caseRows(page, 1);
  await page.reload();
  await page.waitForSelector(".row.case");
  assert.deepEqual(await ids(), ["7.9.2"]);
  await page.getByRole("button", { name: "Show all" }).click();
  await caseRows(page, 11);
  await page.getByLabel("Filter by id or words").fill("ten pings");
  await caseRows(page, 1);
  assertQuiet(watched);
});

test("sections fold, arrow keys walk through the cells, and an id leads to its case", { skip }, async () => {
  const watched = await opened(sample, "#sort=id");
  const { page } = watched;
  await page.locator(".row.section button").first().click();
  await caseRows(page, 10);
  await page.locator(".row.section button").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".case-page");
  assert.match(page.url(), /case=2\.1&agent=Evil/);
  await page.keyboard.press("/");
  await page.keyboard.type("5.20\n");
  await page.waitForURL(/case=5\.20/);
  await page.waitForSelector("h1:has-text('5.20')");
  assertQuiet(watched);
});

test("the page of 5.20 from its link has all its blocks", { skip }, async () => {
  const watched = await opened(real, "#case=5.20&agent=echo");
  const { page } = watched;
  await page.waitForSelector(".wire-log .entry");
  const headings = await page.locator(".case-page h2").allInnerTexts();
  for (const heading of [
    "Description",
    "Expectation",
    "Requirements",
    "Outcome",
    "Closing",
    "Play it again",
    "The connection",
    "Opening handshake",
    "How the connection ended",
    "Octets and frames",
    "Wire log",
  ]) {
    assert.ok(headings.includes(heading), heading);
  }
  assert.match(await page.locator(".headline").innerText(), /5\.20[\s\S]*Pass[\s\S]*profile modern/);
  assert.deepEqual(await page.locator(".trace h3").allInnerTexts(), ["Expected", "Observed"]);
  assert.match(await page.locator(".handshake").innerText(), /Sec-WebSocket-Key[\s\S]*101 Switching/);
  assert.equal(await page.locator(".closing-facts > .scroll tbody tr").count(), 10);
  assert.match(await page.locator(".closing-facts summary").innerText(), /^3 limits were not reached$/);
  assert.match(await page.locator(".again code").innerText(), /^wireproof test ws:.* --cases 5\.20$/);
  assert.equal(
    await page.locator(".requirements a").first().getAttribute("href"),
    "https://www.rfc-editor.org/rfc/rfc6455#section-5.4",
  );
  assert.ok((await page.locator(".size-chart rect").count()) >= 4);
  const names = await page.locator(".sequence .arrow .name").allTextContents();
  const frames = [
    "TEXT",
    "CONTINUATION",
    "PING",
    "PONG",
    "CONTINUATION",
    "CONTINUATION",
    "PING",
    "CONTINUATION",
  ];
  assert.deepEqual(names.slice(0, 10), ["HTTP", "HTTP", ...frames]);
  await page.keyboard.press("[");
  await page.waitForURL(/case=5\.19/);
  assertQuiet(watched);
});

test("the hex view takes headers apart, by pointer and by keyboard", { skip }, async () => {
  const watched = await opened(real, "#case=5.20");
  const { page } = watched;
  await page.locator(".entry.is-octets.is-sent summary").nth(1).click();
  await page.locator(".hex-view .octet").first().hover();
  const explained = page.locator(".hex-view .explained");
  assert.match(await explained.innerText(), /FIN 0, RSV 000, opcode 1 \(TEXT\)/);
  await page.locator(".hex-view .dump").focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await explained.innerText(), /MASK 1, payload of 9 octets/);
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  assert.match(await explained.innerText(), /unmasked 0x66, “f”/);
  assert.match(await page.locator(".hex-view .bits").innerText(), /FIN\s+0[\s\S]*Length\s+9/);
  assertQuiet(watched);
});

test("an arrow of the diagram leads to its entry in the wire log", { skip }, async () => {
  const watched = await opened(real, "#case=5.20");
  const { page } = watched;
  await page.locator(".sequence .arrow").nth(2).click();
  await page.waitForSelector(".entry.is-named details[open] .frame-view");
  assert.match(await page.locator(".entry.is-named").innerText(), /TEXT[\s\S]*FIN 0[\s\S]*fragment1/);
  assertQuiet(watched);
});

test("whatever a peer sends stays text, on every view", { skip }, async () => {
  const watched = await opened(sample);
  const { page } = watched;
  await page.waitForSelector(".row.case");
  const agent = "Evil/1.0 <script>alert(1)</script>\\u{1b}[31m\\u{202e}";
  assert.equal(await page.locator(".peer h2").first().innerText(), agent);
  await page.goto(`${sample}#case=6.3.1`);
  await page.waitForSelector(".wire-log .entry");
  const text = await page.locator(".case-page").innerText();
  assert.match(text, /<script>alert\("x"\)<\/script>\\u\{1b\}\]0;owned\\u\{7\}/);
  for (const entry of await page.locator(".entry summary").all()) await entry.click();
  await page.waitForSelector(".frame-view");
  assert.equal(await page.locator("#page script, #page iframe, #page img").count(), 0);
  const shown = await page.locator("body").innerText();
  assert.doesNotMatch(shown, /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069\u2028]/u);
  assertQuiet(watched);
});

test("a run without peers, a case without result, and a case that there is not", { skip }, async () => {
  const empty = await writePage(`${folder}/empty`, [SAMPLE_START]);
  const watched = await opened(empty);
  await watched.page.waitForSelector(".row.section");
  await watched.page.goto(`${empty}#case=5.20`);
  await watched.page.waitForSelector(".absent");
  await watched.page.goto(`${empty}#case=99.1`);
  await watched.page.waitForSelector("text=This report has no case 99.1");
  assertQuiet(watched);
});

test("several runs side by side, and the catalogue with what was not selected", { skip }, async () => {
  const [, , ...others] = SAMPLE_START.cases;
  const first = { ...SAMPLE_START, cases: others };
  const runs = ["one.ndjson", "two.ndjson"].map((file, index) => {
    const events = index === 0 ? sampleRun() : [first, ...sampleRun().slice(1)];
    return { file, first: index === 0 ? SAMPLE_START : first, events: arriving(events) };
  });
  const merged: RunEvent[] = [];
  for await (const event of mergeRuns(runs)) merged.push(event);
  const extra = { ...(SAMPLE_START.cases[0] ?? assert.fail()), id: "9.1.1", title: "Not in this run" };
  const url = await writePage(`${folder}/merged`, merged, { catalogue: [...SAMPLE_START.cases, extra] });
  const watched = await opened(url);
  const { page } = watched;
  await page.waitForSelector(".row.case");
  assert.match(await page.locator(".peer").nth(3).innerText(), /two\.ndjson/);
  const words = await page
    .locator(".row.case", { hasText: "1.1.2" })
    .first()
    .locator(".result .word")
    .allTextContents();
  assert.deepEqual([words[0], words[3]], ["Fail", "Fail"]);
  await page.goto(`${url}#catalogue`);
  await page.waitForSelector(".catalogue-case >> text=Not in this run");
  assertQuiet(watched);
});

test("small and dark screens: nothing is wider than the screen", { skip }, async () => {
  const watched = await opened(sample);
  const { page } = watched;
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 740 });
  for (const hash of ["", "#case=6.3.1", "#plots", "#catalogue"]) {
    await page.goto(sample + hash);
    await page.waitForSelector("main > *");
    const width = await page.evaluate<number>("document.documentElement.scrollWidth");
    assert.ok(width <= 360, `${hash}: ${width}`);
  }
  assertQuiet(watched);
});
