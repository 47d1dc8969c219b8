import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ExitCodeWatch } from "../../src/cli/exit-code.js";
import { recordPages } from "../../src/cli/show-record.js";
import { RunTotals } from "../../src/run/totals.js";
import { autobahnReporter } from "../../src/report/autobahn.js";
import type { RunEvent } from "../../src/run/event.js";
import { jsonReporter } from "../../src/report/json.js";
import { PageFeed } from "../../src/report/page/feed.js";
import { runEventSchema } from "../../src/report/run-event-schema.js";
import { terminalReporter } from "../../src/report/terminal.js";
import { collect } from "./collect.js";
import { PEER, play, SAMPLE_START } from "./sample-run.js";

const IDS = ["1.1.1", "1.1.2", "1.1.3", "1.1.4"] as const;
const [INFO] = SAMPLE_START.cases;
const START: RunEvent = {
  ...SAMPLE_START,
  cases: IDS.map((id) => ({ ...(INFO ?? assert.fail()), id, title: `Title of ${id}` })),
};
const UP: RunEvent = { type: "peer-up", peer: PEER, agent: "peer", url: "ws://127.0.0.1:1" };
const FAILED = { outcome: "fail", because: "The peer did not answer within 1 s." } as const;

/** A play that went wrong and is not confirmed. */
function unconfirmed(id: string): RunEvent[] {
  const [begin, end] = play(id, { verdict: FAILED });
  if (begin === undefined || end?.type !== "case-end") return assert.fail();
  const { verdicts: _, ...seen } = end;
  return [begin, { ...seen, type: "case-unconfirmed" }];
}

function end(interrupted: boolean, notRun: number): RunEvent {
  return { type: "run-end", totals: { durationMs: 1, interrupted, outcomes: {}, closings: {}, notRun } };
}

/** Interrupted while three cases were not confirmed. */
const INTERRUPTED: readonly RunEvent[] = [
  START,
  UP,
  ...IDS.slice(0, 3).flatMap(unconfirmed),
  ...play("1.1.4"),
  end(true, 3),
];
/** One passes when it is played again, one goes wrong again, one is accepted because repeats agreed. */
const SETTLED: readonly RunEvent[] = [
  START,
  UP,
  ...IDS.slice(0, 3).flatMap(unconfirmed),
  ...play("1.1.4"),
  ...play("1.1.1", { attempt: 2 }),
  ...play("1.1.2", { attempt: 2, verdict: FAILED }),
  ...play("1.1.3", { verdict: FAILED }).slice(1),
  end(false, 0),
];

describe("a result that is not confirmed", () => {
  test("is in no report as one", async () => {
    const { files } = await collect(autobahnReporter, INTERRUPTED);
    const index = JSON.parse(files.get("index.json") ?? "") as Record<string, object>;
    assert.deepEqual(Object.keys(index["peer"] ?? {}), ["1.1.4"]);
    assert.ok(![...files.keys()].some((path) => path.includes("1_1_1")));
    const json = (await collect(jsonReporter, INTERRUPTED)).stream;
    assert.ok(!json.includes('"fail"'), json);
  });
  test("is not confirmed in the summary, and no failure", async () => {
    const { stream } = await collect(terminalReporter, INTERRUPTED);
    assert.match(stream, /Not confirmed \(3\)\s+1\.1\.1–1\.1\.3|Not confirmed \(3\)[^\n]*1\.1\.1/);
    assert.doesNotMatch(stream, /✗|1 fail|3 fail/);
  });
  test("counts as not run, in totals and in the exit code", () => {
    const totals = new RunTotals();
    const watch = new ExitCodeWatch();
    for (const event of [...INTERRUPTED.slice(0, -1), end(false, 3)]) {
      totals.see(event);
      watch.see(event);
    }
    assert.deepEqual([totals.totals(4, 1, false).notRun, watch.code()], [3, 1]);
  });
  test("leaves the case in flight no longer, on the page", () => {
    const feed = new PageFeed({ command: "wireproof" });
    const told = INTERRUPTED.flatMap((event) => feed.next(event) ?? []).map(({ event }) => event.type);
    assert.equal(told.filter((type) => type === "case-unconfirmed").length, 3);
  });
  test("is what show says of the case", async () => {
    const folder = mkdtempSync(join(tmpdir(), "wireproof-test-"));
    const file = join(folder, "run.ndjson");
    try {
      writeFileSync(file, INTERRUPTED.map((event) => `${JSON.stringify(event)}\n`).join(""));
      await assert.rejects(
        recordPages(file, "1.1.1", []),
        /case 1\.1\.1 was played, but a time limit decided/,
      );
      assert.equal((await recordPages(file, "1.1.4", [])).length, 1);
      writeFileSync(file, [START, UP, end(true, 4)].map((event) => `${JSON.stringify(event)}\n`).join(""));
      await assert.rejects(recordPages(file, "1.1.1", []), /case 1\.1\.1 was selected, but not run/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  test("is an event of a run file", () => {
    for (const event of SETTLED) assert.equal(runEventSchema.safeParse(event).success, true, event.type);
  });
});

test("the summary says what came of it, and a section is told when its last result is in", async () => {
  const { stream } = await collect(terminalReporter, SETTLED);
  const text = stream.replace(/\s+/g, " ");
  assert.match(
    text,
    /Repeats 3 results had to be confirmed; 1 passed only when played again; 1 went wrong again; 1 was accepted because repeats of similar cases agreed/,
  );
  assert.match(text, /✗ 1 [^:]+: 2 pass, 2 fail/);
  assert.doesNotMatch(text, /3 fail|played again:/);
});
