/** The reviews of findings, interop/results/reviews, as `scripts/check-reviews.mjs` sees them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import type {
  GridResults,
  GridReview,
  Review,
  RoleResult,
  StackResults,
  StackReviews,
  StoredFinding,
} from "../../src/matrix/results.js";
import { ROOT } from "./packed.js";

const folder = mkdtempSync(join(tmpdir(), "wireproof-reviews-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const FINDING: StoredFinding = {
  id: "6455-5.1-2/illegal-accepted/server",
  requirement: "6455-5.1-2",
  observation: "illegal-accepted",
  severity: "error",
  outcome: "fail",
  because: "The server does not fail the connection for frames that are not masked.",
  cases: "24.1.1, 24.1.2.1–24.1.2.3",
  connections: 4,
  evidence: { case: "24.1.1", wire: [] },
};

const RESULT: RoleResult = {
  role: "server",
  over: "http1",
  version: "8.23.0",
  packages: [],
  folder: "",
  suite: "0.1.0",
  set: "",
  profile: "modern",
  startedAt: "2026-11-30T20:00:00.000Z",
  seconds: 1,
  status: "tested",
  sections: {},
  cases: {},
  findings: [FINDING],
};

const REVIEW: Review = {
  role: "server",
  over: "http1",
  finding: FINDING.id,
  fault: "stack",
  by: "RFC 6455 §5.1",
  says: "It takes frames that are not masked.",
  cases: FINDING.cases,
  version: RESULT.version,
  day: "2026-11-30",
};

function check(results: string, ...options: readonly string[]): ReturnType<typeof spawnSync> {
  const script = join(ROOT, "scripts/check-reviews.mjs");
  return spawnSync(process.execPath, [script, "--results", results, ...options], { encoding: "utf8" });
}

/** What the script says of one review of ws, and of what a run found in ws. */
function checkOne(changes: Partial<Review>, findings: readonly StoredFinding[] = [FINDING]): string {
  return checkAll([changes], findings);
}

/** A folder of results: what a run found in ws, and reviews of it. */
function resultsOf(changes: readonly Partial<Review>[], findings: readonly StoredFinding[]): string {
  const results = mkdtempSync(join(folder, "results-"));
  const reviews: StackReviews = { stack: "ws", reviews: changes.map((each) => ({ ...REVIEW, ...each })) };
  const stacks: StackResults = { stack: "ws", roles: [{ ...RESULT, findings }], history: [] };
  for (const [name, content] of Object.entries({ reviews, stacks })) {
    mkdirSync(join(results, name));
    writeFileSync(join(results, name, "ws.json"), JSON.stringify(content));
  }
  return results;
}

function checkAll(changes: readonly Partial<Review>[], findings: readonly StoredFinding[]): string {
  const results = resultsOf(changes, findings);
  const { status, stdout, stderr } = check(results);
  assert.equal(status, stderr === "" ? 0 : 1);
  return `${String(stdout)}${String(stderr)}`;
}

test("every review is valid, names stacks, cases and requirements that there are, and speaks in a sentence", () => {
  const results = join(ROOT, "interop/results");
  if (existsSync(join(results, "reviews"))) assert.ok(readdirSync(join(results, "reviews")).length > 0);
  const { status, stderr } = check(results, "--brief");
  assert.equal(stderr, "");
  assert.equal(status, 0);
});

test("a finding is reviewed if a review of its version speaks of all its cases", () => {
  assert.equal(
    checkOne({}),
    [
      "ws server 8.23.0: 1 of 1 reviewed",
      "Findings of all: 1 reviewed, 0 in part, 0 older, 0 unreviewed, 0 not found",
      "",
    ].join("\n"),
  );
  assert.match(checkOne({ cases: "24.*" }), /1 of 1 reviewed/);
  assert.match(
    checkOne({ cases: "24.1.1" }),
    /in part {5}6455.*no review speaks of 24\.1\.2\.1–24\.1\.2\.3\n/,
  );
  assert.match(checkOne({ version: "8.22.0" }), /older {7}6455.*reviewed at 8\.22\.0\n/);
});

test("a review of another role says nothing of a finding, which is unreviewed", () => {
  const said = checkOne({ role: "client", finding: "6455-5.1-5/illegal-accepted/client" });
  assert.match(
    said,
    /unreviewed {2}6455-5\.1-2\/illegal-accepted\/server: The server does not .*See 24\.1\.1\.\n/,
  );
  assert.match(checkOne({ over: "http2" }), /0 reviewed, 0 in part, 0 older, 1 unreviewed, 0 not found/);
});

test("what is only mentioned needs no review, and a review of what is gone is shown", () => {
  const note: StoredFinding = { ...FINDING, severity: "note", outcome: "informational" };
  assert.match(
    checkOne({}, [note]),
    /Findings of all: 0 reviewed, 0 in part, 0 older, 0 unreviewed, 0 not found/,
  );
  assert.match(
    checkOne({}, []),
    /not found {3}6455-5\.1-2\/illegal-accepted\/server: tested, and not seen\n/,
  );
});

/** What the script says of the grid in which aiohttp met ws, with a review of ws. */
function checkGrid(changes: Partial<GridReview> | null): string {
  const results = resultsOf([{}], [FINDING]);
  const grid: GridResults = {
    day: "2026-11-30",
    suite: "0.1.0",
    clients: { aiohttp: "3.8.4" },
    servers: { ws: "8.23.0" },
    scenarios: {},
    pairs: [
      {
        client: "aiohttp",
        server: "ws",
        scenarios: [
          { scenario: "open", outcome: "fails", fault: "server", because: "no answer", wire: [] },
          {
            scenario: "text",
            outcome: "fails",
            fault: "both",
            requirement: "6455-5.1-2",
            because: "no mask",
            wire: [],
          },
        ],
      },
    ],
  };
  writeFileSync(join(results, "grid.json"), JSON.stringify(grid));
  if (changes !== null) {
    const file: StackReviews = { stack: "ws", reviews: [REVIEW], grid: [{ ...GRID_REVIEW, ...changes }] };
    writeFileSync(join(results, "reviews/ws.json"), JSON.stringify(file));
  }
  const { status, stdout, stderr } = check(results);
  assert.equal(status, stderr === "" ? 0 : 1);
  return `${String(stdout)}${String(stderr)}`;
}

const GRID_REVIEW: GridReview = {
  role: "server",
  requirement: null,
  scenarios: ["open"],
  fault: "stack",
  says: "It does not answer.",
  version: "8.23.0",
  day: "2026-11-30",
};

test("what the grid accuses a side of needs a review in the grid, or one of the same requirement", () => {
  const waiting = "unreviewed  aiohttp client, 6455-5.1-2: no mask. In text, with ws\n";
  const said = checkGrid(null);
  assert.match(said, /Accusations of the grid: 1 reviewed, 2 unreviewed\n/);
  assert.match(said, /unreviewed {2}ws server, null: no answer\. In open, with aiohttp\n/);
  assert.ok(said.includes(waiting));
  const reviewed = checkGrid({});
  assert.match(reviewed, /Accusations of the grid: 2 reviewed, 1 unreviewed\n/);
  assert.ok(reviewed.includes(waiting));
  assert.match(checkGrid({ version: "8.22.0" }), /1 reviewed, 2 unreviewed/);
  assert.match(checkGrid({ version: "8.22.0", fault: "program" }), /2 reviewed, 1 unreviewed/);
  assert.match(checkGrid({ scenarios: ["text"] }), /1 reviewed, 2 unreviewed/);
  assert.match(checkGrid({ scenarios: ["opened"] }), /there is no scenario opened/);
  assert.match(checkGrid({ requirement: "6455-99-1" }), /there is no requirement 6455-99-1/);
  assert.match(checkGrid({ by: "section 5" }), /"section 5" is no section of an RFC/);
  assert.match(checkGrid({ says: "no answer" }), /what it says is no sentence/);
  assert.match(checkGrid({ scenarios: ["open", "open"] }), /two reviews are about open/);
});

test("a review that names what there is not, or says no sentence, is an error", () => {
  const said = checkAll(
    [
      { cases: "24.1.1, 99.1" },
      { cases: "" },
      { finding: "6455-99-1/illegal-accepted/server" },
      { finding: "6455-5.1-2/asleep/server" },
      { role: "client" },
      { by: "5.1" },
      { says: "takes frames", cases: "24.1.2.2" },
      { says: `It ${"very ".repeat(60)}long.`, cases: "24.1.2.3" },
    ],
    [FINDING],
  );
  assert.match(said, /there is no case 99\.1/);
  assert.match(said, /it names no case/);
  assert.match(said, /there is no requirement 6455-99-1/);
  assert.match(said, /there is no observation asleep/);
  assert.match(said, /its id is not that of a finding about a client/);
  assert.match(said, /"5\.1" is no section of an RFC/);
  assert.match(said, /what it says is no sentence/);
  assert.match(said, /its sentence has 308 characters/);
  assert.match(checkOne({ day: "yesterday" }), /reviews\/ws\.json: /);
});

/** The rows of the tables of docs/findings.md, as these reviews make it. */
function pageRows(
  changes: readonly Partial<Review>[],
  findings: readonly StoredFinding[],
): readonly string[] {
  const results = resultsOf(changes, findings);
  const script = pathToFileURL(join(ROOT, "scripts/findings-page.mjs")).href;
  const code = `import { findingsPage } from ${JSON.stringify(script)}; console.log(findingsPage(process.argv[1]))`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", code, results], {
    encoding: "utf8",
  });
  assert.equal(stderr, "");
  return stdout.split("\n").filter((line) => /^\| (server|\[)|^Not reviewed/.test(line));
}

test("the page of findings lists what was reviewed as a fault of this version, each cause once, and counts the rest", () => {
  const advice: StoredFinding = {
    ...FINDING,
    id: "6455-10.7-2/illegal-accepted/server",
    requirement: "6455-10.7-2",
    outcome: "non-strict",
    cases: "25.1.2.1, 25.1.2.2",
  };
  const open: StoredFinding = { ...FINDING, id: "6455-5.2-3/illegal-accepted/server", cases: "4.1.1" };
  const about = (cases: string): string =>
    `| server | ${cases} | [RFC 6455 §5.1](https://www.rfc-editor.org/rfc/rfc6455#section-5.1) | It takes frames that are not masked. |`;
  const first = { cases: "24.1.1" };
  const second = { cases: "24.1.2.1–24.1.2.3" };
  const third = {
    finding: advice.id,
    by: "RFC 6455 §10.7",
    says: "It takes long lengths.",
    cases: advice.cases,
  };
  assert.deepEqual(pageRows([third, first, second], [FINDING, advice, open]), [
    "| [ws](#ws) | JavaScript | 8.23.0 | 1 and 1 (SHOULD), 1 not reviewed | – |",
    about("24.1.1, 24.1.2.1–24.1.2.3"),
    "| server | 25.1.2.1, 25.1.2.2 | [RFC 6455 §10.7](https://www.rfc-editor.org/rfc/rfc6455#section-10.7) (SHOULD) | It takes long lengths. |",
    "Not reviewed so far: 1 finding.",
  ]);
  for (const cleared of [
    { fault: "nobody" as const },
    { fault: "program" as const },
    { fault: "suite" as const },
  ])
    assert.deepEqual(pageRows([cleared], [FINDING]), ["| [ws](#ws) | JavaScript | 8.23.0 | 0 | – |"]);
  assert.deepEqual(pageRows([{ version: "8.22.0" }], [FINDING]), [
    "| [ws](#ws) | JavaScript | 8.23.0 | 0, 1 not reviewed | – |",
    "Not reviewed so far: 1 finding.",
  ]);
});
