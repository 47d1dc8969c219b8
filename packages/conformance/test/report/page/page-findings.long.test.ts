import assert from "node:assert/strict";
import { before, test } from "node:test";

import { NO_CHROMIUM } from "@wireproof/peers";
import { requirementInfo } from "../../../src/run/case-info.js";
import type { RunEvent } from "../../../src/run/event.js";
import type { PeerFinding } from "../../../src/run/finding.js";
import { temporaryFolder } from "../../cli/temporary-folder.js";
import { PEER, SAMPLE_START, frame, play, sampleRun } from "../sample-run.js";
import { newPage, type WatchedPage } from "./chromium.js";
import { writePage } from "./write-page.js";

const skip = NO_CHROMIUM;
const folder = temporaryFolder();
const HOSTILE = `the peer sent <img src=x onerror=alert(1)>\u{202e}`;

/** A run of this peer alone. */
const START: RunEvent = {
  ...SAMPLE_START,
  config: { ...SAMPLE_START.config, urls: ["ws://127.0.0.1:9001"] },
};
const UP: RunEvent = { type: "peer-up", peer: PEER, agent: "naive", url: "ws://127.0.0.1:9001" };
const END = sampleRun().findLast((event) => event.type === "run-end");

function finding(number: number, facts: Partial<PeerFinding> = {}): PeerFinding {
  return {
    id: `6455-5.5.1-5/no-close-frame-${number}/server`,
    requirement: requirementInfo("6455-5.5.1-5"),
    observation: "no-close-frame",
    severity: "error",
    outcome: "fail",
    because: `the peer did thing ${number}`,
    first: "1.1.1",
    cases: ["2.1", "1.1.2"],
    connections: 5,
    counted: true,
    evidence: { case: "1.1.1", attempt: 1, wire: [{ at: 1500, entry: { dir: "<", frame: frame(8, "") } }] },
    ...facts,
  };
}

let failing = "";
let perfect = "";

before(async () => {
  if (skip !== false) return;
  assert.ok(END !== undefined);
  const findings = [
    finding(0, { because: HOSTILE, hint: HOSTILE, severity: "critical" }),
    ...Array.from({ length: 11 }, (_, index) => finding(index + 1)),
  ];
  const found: RunEvent = { type: "findings", peer: PEER, connections: 5, findings };
  const fail = { outcome: "fail", because: `${"x ".repeat(120)}the decisive words` } as const;
  const ids = SAMPLE_START.cases.map(({ id }) => id);
  const plays = ids.flatMap((id) => play(id, id === "2.1" ? { verdict: fail } : {}));
  failing = await writePage(`${folder}/failing`, [START, UP, ...plays, found, END]);
  const fine = ids.flatMap((id) => play(id));
  perfect = await writePage(`${folder}/perfect`, [START, UP, ...fine, END]);
});

async function opened(url: string): Promise<WatchedPage> {
  const watched = await newPage();
  await watched.page.goto(url);
  await watched.page.waitForSelector(".row");
  return watched;
}

test("the answer comes first: a sentence, then findings with their evidence", { skip }, async () => {
  const { page, problems } = await opened(failing);
  assert.match(await page.locator("h1").innerText(), /^naive breaks 1 requirement/);
  assert.equal(await page.locator(".finding").count(), 10);
  const first = page.locator(".finding").first();
  const text = await first.innerText();
  assert.match(text, /^Critical The peer sent <img src=x onerror=alert\(1\)>\\u\{202e\}/);
  assert.match(text, /RFC 6455 §5\.5\.1[^]*MUST[^]*How to mend it: the peer sent <img/);
  assert.match(text, /In 2 cases: 1\.1\.2, 2\.1; seen on 5 connections/);
  assert.match(text, /1\.500\s*recv\s*CLOSE/);
  await page.getByRole("button", { name: "Show 2 more findings" }).click();
  assert.equal(await page.locator(".finding").count(), 12);
  await first.getByRole("link", { name: "In 2 cases" }).click();
  await page.waitForURL(/finding=/);
  await page.locator(".row.case").nth(2).waitFor({ state: "detached" });
  assert.deepEqual(await page.locator(".row.case .id").allTextContents(), ["1.1.2", "2.1"]);
  assert.deepEqual(problems, []);
});

test(
  "what failed is the first row, with its whole reason; the other sections are folded",
  { skip },
  async () => {
    const { page } = await opened(failing);
    assert.equal(await page.locator(".row.section .number").first().innerText(), "2");
    const row = page.locator(".row.case").first();
    assert.equal(await row.locator(".id").textContent(), "2.1");
    const reason = row.locator(".because");
    assert.match((await reason.textContent()) ?? "", /the decisive words$/);
    await row.scrollIntoViewIfNeeded();
    const isCut = await reason.evaluate<boolean, HTMLElementLike>(
      (element) =>
        element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1,
    );
    assert.equal(isCut, false);
    assert.equal(await page.locator(".row.section [aria-expanded=true]").count(), 1);
  },
);

/** What the test asks of an element; the tests have no types of a browser. */
interface HTMLElementLike {
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
}

test("a perfect peer conforms, in so many of so many cases, and everything is folded", { skip }, async () => {
  const { page } = await opened(perfect);
  const cases = SAMPLE_START.cases.length;
  assert.match(await page.locator("h1").innerText(), new RegExp(`^naive conforms: ${cases} of ${cases}$`));
  assert.equal(await page.locator(".finding").count(), 0);
  assert.equal(await page.locator(".row.case").count(), 0);
});

test("three figures of requirements, each for itself", { skip }, async () => {
  const { page } = await opened(perfect);
  const headings = await page.locator(".coverage thead th").allInnerTexts();
  const words = ["Document", "testable", "covered", "exercised", "broken", "tolerated", "kept", "observed"];
  assert.deepEqual(
    headings.map((text) => text.trim()),
    words,
  );
  const last = await page.locator(".coverage tr.whole").last().locator("td").allInnerTexts();
  const [testable = 0, covered = 0, exercised = 0, ...results] = last.map(Number);
  assert.ok(exercised > 0 && exercised < covered && covered < testable, last.join());
  assert.equal(
    results.reduce((sum, number) => sum + number, 0),
    exercised,
  );
});

test("a small screen has its filters behind a button", { skip }, async () => {
  const { page } = await opened(failing);
  await page.setViewportSize({ width: 390, height: 800 });
  const field = page.getByLabel("Filter by id or words");
  assert.equal(await field.isVisible(), false);
  await page.getByRole("button", { name: "Filters" }).click();
  assert.equal(await field.isVisible(), true);
  assert.ok((await page.evaluate<number>("document.documentElement.scrollWidth")) <= 390);
});

test("on paper there is nothing to press", { skip }, async () => {
  const { page } = await opened(failing);
  await page.emulateMedia({ media: "print" });
  const seen = await page.locator("button:visible").allInnerTexts();
  // Headings of sections are text there; nothing else is left.
  const headings = await page.locator(".heading button:visible").allInnerTexts();
  assert.deepEqual(seen, headings);
  assert.equal(await page.locator("input:visible, select:visible").count(), 0);
});

test("several peers: only differences, and the reasons on demand", { skip }, async () => {
  const { page } = await opened(await writePage(`${folder}/several`, sampleRun()));
  assert.equal(await page.locator(".row.case .because").count(), 0);
  await page.getByRole("button", { name: "Reasons" }).click();
  assert.ok((await page.locator(".row.case .because").count()) > 0);
  await page.getByRole("button", { name: "Only differences" }).click();
  await page.waitForURL(/verdict=differs/);
  const rows = await page.locator(".row.case").all();
  assert.ok(rows.length > 0);
  for (const row of rows) {
    const words = (await row.locator(".result .word").allTextContents()).filter((word) => word !== "Not run");
    assert.ok(new Set(words).size > 1, words.join());
  }
});
