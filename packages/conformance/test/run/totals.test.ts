import assert from "node:assert/strict";
import { test } from "node:test";
import { RunTotals } from "../../src/run/totals.js";
import type { Closing, Outcome } from "../../src/judge/verdict.js";
import type { CaseEnd } from "../../src/run/event.js";
import { recordOf } from "../support/sample-record.js";

function end(peer: string, id: string, outcome: Outcome, closing: Closing, attempt = 1): CaseEnd {
  const verdict = { outcome, closing, because: "", closingBecause: "", expected: [] };
  return { type: "case-end", peer, case: id, attempt, record: recordOf(), verdict, verdicts: {} };
}

test("nothing was run", () => {
  assert.deepEqual(new RunTotals().totals(5, 12, true), {
    durationMs: 12,
    interrupted: true,
    outcomes: {},
    closings: {},
    notRun: 5,
  });
});

test("results are counted by outcome and by closing, each peer for itself", () => {
  const totals = new RunTotals();
  totals.see(end("a", "1.1.1", "pass", "ok"));
  totals.see(end("b", "1.1.1", "pass", "unclean"));
  totals.see(end("a", "1.1.2", "fail", "wrong-side"));
  totals.see({ type: "note", text: "no result" });
  const { outcomes, closings, notRun } = totals.totals(4, 0, false);
  assert.deepEqual(outcomes, { pass: 2, fail: 1 });
  assert.deepEqual(closings, { ok: 1, unclean: 1, "wrong-side": 1 });
  assert.equal(notRun, 1);
});

test("of a case that was played twice, the last play counts", () => {
  const totals = new RunTotals();
  totals.see(end("a", "1.1.1", "fail", "unclean", 1));
  totals.see(end("a", "1.1.1", "pass", "ok", 2));
  const { outcomes, closings, notRun } = totals.totals(1, 0, false);
  assert.deepEqual([outcomes, closings, notRun], [{ pass: 1 }, { ok: 1 }, 0]);
});
