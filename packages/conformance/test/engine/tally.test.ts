import assert from "node:assert/strict";
import { test } from "node:test";
import { Tally } from "../../src/engine/tally.js";
import type { CaseEnd, Closing, Outcome } from "../../src/report/event.js";
import { recordOf } from "./sample-record.js";

function end(peer: string, id: string, outcome: Outcome, closing: Closing, attempt = 1): CaseEnd {
  const verdict = { outcome, closing, because: "", closingBecause: "", expected: [] };
  return { type: "case-end", peer, case: id, attempt, record: recordOf(), verdict, verdicts: {} };
}

test("nothing was run", () => {
  assert.deepEqual(new Tally().totals(5, 12, true), {
    durationMs: 12,
    interrupted: true,
    outcomes: {},
    closings: {},
    notRun: 5,
  });
});

test("results are counted by outcome and by closing, each peer for itself", () => {
  const tally = new Tally();
  tally.see(end("a", "1.1.1", "pass", "ok"));
  tally.see(end("b", "1.1.1", "pass", "unclean"));
  tally.see(end("a", "1.1.2", "fail", "wrong-side"));
  tally.see({ type: "note", text: "no result" });
  const { outcomes, closings, notRun } = tally.totals(4, 0, false);
  assert.deepEqual(outcomes, { pass: 2, fail: 1 });
  assert.deepEqual(closings, { ok: 1, unclean: 1, "wrong-side": 1 });
  assert.equal(notRun, 1);
});

test("of a case that was played twice, the last play counts", () => {
  const tally = new Tally();
  tally.see(end("a", "1.1.1", "fail", "unclean", 1));
  tally.see(end("a", "1.1.1", "pass", "ok", 2));
  const { outcomes, closings, notRun } = tally.totals(1, 0, false);
  assert.deepEqual([outcomes, closings, notRun], [{ pass: 1 }, { ok: 1 }, 0]);
});
