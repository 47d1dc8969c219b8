/**
 * The whole way: small stacks are run, the run is killed and goes on, they meet in the grid, somebody reviews a finding, and
 * the site shows all of it.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { NO_CHROMIUM } from "@wireproof/peers";

import { storedResults } from "../../src/matrix/result-files.js";
import type { StackReviews } from "../../src/matrix/results.js";
import { wireproof } from "../cli/spawn-wireproof.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { makeStacks } from "../matrix/small-stacks.js";
import { newPage } from "../report/page/chromium.js";
import { complaints } from "./axe.js";
import { brokenLinks } from "./links.js";
import { write } from "./sample-site.js";

const folder = temporaryFolder();
const CASES = "1.1.1,1.1.2,7.1.1";
const data = ["--results", "results", "--stacks", "stacks"];
/** What the run said that went on after it was killed. */
let resumed = "";
/** The page of the stack that crashes, before and after somebody has looked at it. */
const crash = { unreviewed: "", reviewed: "" };

before(async () => {
  makeStacks(folder, ["absent", "crashes", "good"]);
  const run = ["run", "--runs", "runs", "--cases", CASES, "--jobs", "1", ...data];
  const killed = await wireproof(["matrix", ...run], {
    cwd: folder,
    onStdout: (soFar, child) => {
      if (soFar.includes("\ngood server: begins")) child.kill("SIGKILL");
    },
  });
  assert.equal(killed.code, null, killed.stderr);
  resumed = await assertRuns(...run);
  await assertRuns("grid", "--runs", "runs", "--scenario", "open", "--scenario", "text", ...data);
  await assertRuns("site", "out", "--runs", "runs", ...data);
  crash.unreviewed = page("stack/crashes/index.html");
  write(join(folder, "results"), "reviews/crashes.json", reviewOfCrash());
  await assertRuns("site", "out", "--runs", "runs", ...data);
  crash.reviewed = page("stack/crashes/index.html");
});

async function assertRuns(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await wireproof(["matrix", ...args], { cwd: folder });
  assert.equal(code, 0, stderr);
  return stdout;
}

function page(path: string): string {
  return readFileSync(join(folder, "out", path), "utf8");
}

function reviewOfCrash(): StackReviews {
  const role = storedResults(join(folder, "results"), "crashes")?.roles[0];
  const finding = role?.findings.find(({ observation }) => observation === "crash");
  assert.ok(role !== undefined && finding !== undefined, "the crash was not found");
  const review = {
    role: role.role,
    over: role.over,
    finding: finding.id,
    fault: "stack",
    by: "RFC 6455 §5.6",
    says: "It ends when a text of 125 octets arrives.",
    cases: finding.cases,
    version: role.version,
    day: "2026-11-30",
  } as const;
  return { stack: "crashes", reviews: [review] };
}

test("a run that was killed goes on where it was", () => {
  assert.match(resumed, /^crashes server: unchanged/m);
  assert.match(resumed, /^good server: 3 pass/m);
  assert.match(resumed, /^good client: 3 pass/m);
});

test("the grid shows who met whom", () => {
  const grid = page("grid/index.html");
  assert.match(grid, /good/);
  const met = page("grid/good/index.html");
  assert.match(met, /id="crashes"/);
  assert.match(met, /id="good"/);
});

test("every link of the site leads somewhere", () => {
  assert.deepEqual(brokenLinks(join(folder, "out")), []);
});

test("the front page shows what conforms, what is at fault, and what is not available", () => {
  const rows = page("index.html").split("<tr").slice(2);
  const standing = (name: string): string | undefined =>
    rows.find((row) => row.includes(`href="stack/${name}/`))?.match(/data-standing="(\w+)"/)?.[1];
  assert.equal(standing("good"), "conforms");
  assert.equal(standing("crashes"), "fault");
  assert.equal(standing("absent"), "unavailable");
});

test("a crash is nobody's fault until somebody has looked", () => {
  assert.match(crash.unreviewed, /nobody has looked whose fault it is/);
  assert.doesNotMatch(crash.unreviewed, /is at fault/);
  assert.match(crash.reviewed, /the implementation is at fault/);
});

test("the run files are there", () => {
  assert.match(crash.reviewed, /data\/runs\/crashes\.server\.ndjson/);
  assert.match(page("data/runs/crashes.server.ndjson"), /^\{"type":"run"/);
});

test("axe has no finding on what the run made", { skip: NO_CHROMIUM }, async () => {
  const { page: opened, problems } = await newPage();
  for (const path of ["index.html", "stack/crashes/index.html", "stack/good/index.html"]) {
    await opened.goto(pathToFileURL(join(folder, "out", path)).href);
    assert.deepEqual(await complaints(opened), [], path);
  }
  assert.deepEqual(problems, []);
});
