import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";

import { wireproofHere } from "./run-here.js";
import type { Outcome } from "./spawn-wireproof.js";
import { eventsOf } from "./started.js";
import { temporaryFolder } from "./temporary-folder.js";
import { twoServers } from "./two-servers.js";

const root = temporaryFolder();
const servers = twoServers();
let files = 0;

interface StoredBaseline {
  readonly findings: { finding: string; reason: string; shownBy?: string[]; expires?: string }[];
  readonly cases: { case: string; reason: string }[];
  readonly flaky: { case: string; reason: string }[];
}

const out = join(root, "report");
const CASES = ["--cases", "1.1.1,2.5,3.1,3.2", "--out", out];

function tested(url: string, file: string, ...more: readonly string[]): Promise<Outcome> {
  return wireproofHere(["test", url, ...CASES, "--baseline", file, ...more]);
}

/** A baseline of the broken server, as --update-baseline writes it. */
async function written(): Promise<string> {
  const file = join(root, `baseline-${++files}.json`);
  const { code, stderr } = await tested(servers.broken.url, file, "--update-baseline");
  assert.deepEqual([code, /\d+ added; write a reason into each new one/.test(stderr)], [0, true], stderr);
  return file;
}

function baselineIn(file: string): StoredBaseline {
  return JSON.parse(readFileSync(file, "utf8")) as StoredBaseline;
}

/** The same with a reason everywhere. */
async function reasoned(
  change: (baseline: StoredBaseline) => StoredBaseline = (all) => all,
): Promise<string> {
  const file = await written();
  const { findings, cases, flaky } = baselineIn(file);
  const because = <E extends { reason: string }>(all: readonly E[]): E[] =>
    all.map((one) => ({ ...one, reason: "We know." }));
  const baseline = { findings: because(findings), cases: because(cases), flaky: because(flaky) };
  writeFileSync(file, JSON.stringify(change(baseline)));
  return file;
}

describe("a baseline", () => {
  test("without it the server is red", async () => {
    const { code } = await wireproofHere(["test", servers.broken.url, ...CASES]);
    assert.equal(code, 1);
  });

  test("is written without reasons, and refused until they are there", async () => {
    const file = await written();
    const { findings } = baselineIn(file);
    assert.ok(findings.length > 0);
    assert.deepEqual([...new Set(findings.map(({ reason }) => reason))], [""]);
    const { code, stdout, stderr } = await tested(servers.broken.url, file);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /baseline-\d+\.json: findings\[0\]\.reason is empty: say why "/);
  });

  test("makes what it knows expected, and lists it; the events say so too", async () => {
    const file = await reasoned();
    const { code, stdout, stderr } = await tested(servers.broken.url, file);
    assert.deepEqual([code, stderr], [0, ""], stdout);
    assert.match(stdout, /\nKnown \(\d+\), in .*baseline-\d+\.json\n {2}\S+: We know\.\n/);
    const found = eventsOf(out).flatMap((event) => (event.type === "findings" ? event.findings : []));
    assert.equal(found.find(({ outcome }) => outcome === "fail")?.known?.reason, "We know.");
  });

  test("hides nothing else: one finding fewer in it is red", async () => {
    const file = await reasoned((all) => ({ ...all, findings: all.findings.slice(1) }));
    assert.equal((await tested(servers.broken.url, file)).code, 1);
  });

  test("is stale where the server no longer does what it knows, and the run is red", async () => {
    const file = await reasoned();
    const { code, stdout, stderr } = await tested(servers.sound.url, file);
    assert.equal(code, 1);
    assert.match(stdout, /\nStale \(\d+\): no longer found\n/);
    assert.match(stderr, /stale/);
    const updated = await tested(servers.sound.url, file, "--update-baseline");
    assert.equal(updated.code, 0, updated.stderr);
    assert.deepEqual(baselineIn(file), { findings: [], cases: [], flaky: [] });
  });

  test("is not stale where the cases that show it were not played", async () => {
    const file = await reasoned();
    const only = ["test", servers.sound.url, "--cases", "1.1.1", "--out", out, "--baseline", file];
    const { code, stderr } = await wireproofHere(only);
    const shownByOther = baselineIn(file).findings.every(({ shownBy = [] }) =>
      shownBy.some((id) => id !== "1.1.1"),
    );
    assert.ok(shownByOther);
    assert.deepEqual([code, stderr], [0, ""]);
  });

  test("accepts nothing when its time is over", async () => {
    const file = await reasoned((all) => ({
      ...all,
      findings: all.findings.map((one) => ({ ...one, expires: "2020-02-29" })),
    }));
    const { code, stdout, stderr } = await tested(servers.broken.url, file);
    assert.equal(code, 1);
    assert.match(stdout, /\nExpired \(\d+\)\n/);
    assert.match(stderr, /expired/);
  });

  test("has an order of its own, so that the same faults give the same file", async () => {
    const [one, other] = [await written(), await written()];
    assert.equal(readFileSync(one, "utf8"), readFileSync(other, "utf8"));
    const before = readFileSync(one, "utf8");
    await tested(servers.broken.url, one, "--update-baseline");
    assert.equal(readFileSync(one, "utf8"), before);
  });
});

describe("a baseline is refused", () => {
  const rows: readonly (readonly [text: string, sentence: RegExp])[] = [
    ["[", /this is not JSON/],
    ["[]", /the file has to be an object, not a list/],
    ['{"finding": []}', /finding is no setting; did you mean findings\?/],
    ['{"findings": [{"finding": "x"}]}', /findings\[0\]\.reason is missing/],
    [
      '{"findings": [{"finding": "x", "reason": "y", "expire": "z"}]}',
      /findings\[0\]\.expire is no setting; did you mean expires\?/,
    ],
    [
      '{"findings": [{"finding": "x", "reason": "y", "expires": "soon"}]}',
      /findings\[0\]\.expires is not a day such as 2027-01-31/,
    ],
    [
      '{"cases": [{"case": "one", "reason": "y"}]}',
      /cases\[0\]\.case is not the id of a case, such as 7\.1\.1/,
    ],
    [
      '{"cases": [{"case": "1.1.1", "reason": "y", "outcome": "fall"}]}',
      /cases\[0\]\.outcome takes .*; did you mean fail\?/,
    ],
    [
      '{"cases": [{"case": "1.1.1", "reason": " "}]}',
      /cases\[0\]\.reason is empty: say why "1\.1\.1" is accepted/,
    ],
  ];
  for (const [text, sentence] of rows) {
    test(text, async () => {
      const file = join(root, `refused-${++files}.json`);
      writeFileSync(file, text);
      const { code, stderr } = await tested(servers.sound.url, file);
      assert.equal(code, 2);
      assert.match(stderr, sentence);
    });
  }

  test("that is not there", async () => {
    const { code, stderr } = await tested(servers.sound.url, join(root, "none.json"));
    assert.equal(code, 2);
    assert.match(stderr, /--baseline: cannot read/);
  });

  test("that is to be written nowhere", async () => {
    const { code, stderr } = await wireproofHere(["test", servers.sound.url, "--update-baseline"]);
    assert.deepEqual([code, /--update-baseline needs --baseline FILE/.test(stderr)], [2, true]);
  });
});
