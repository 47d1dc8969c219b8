import assert from "node:assert/strict";
import { test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { judge } from "../../src/judge/judge.js";
import type { Closing, Outcome, Verdict } from "../../src/judge/verdict.js";
import type { CloseRecord } from "../../src/record/record.js";
import { idealRecord, type RecordChanges } from "../support/sample-record.js";
import { caseOf } from "../support/some-case.js";

/** What happened in some cases, and what `modern` says of it. */
export interface Row {
  readonly name: string;
  readonly ids: string;
  readonly changes: RecordChanges | ((judged: Case) => RecordChanges);
  readonly outcome: Outcome;
  /** `ok` if absent. */
  readonly closing?: Closing;
  readonly because?: RegExp;
  /** Of the case itself if it fails and nothing is said here. */
  readonly requirement?: string;
}

/** The peer said nothing and did nothing: the tester closed, waited, and gave up. */
export const SILENT: RecordChanges = {
  trace: [],
  timers: ["kill", "close-timeout"],
  close: {
    closedByTester: true,
    droppedByTester: true,
    clean: false,
    closeTimeout: true,
    notCleanReason: "the peer did not answer the Close frame within 1000 ms",
    remoteCode: null,
    remotePayload: null,
    tcp: "ended-by-tester",
  },
};
/** TCP ended without a word. */
export const DROPPED: Partial<CloseRecord> = {
  remoteCode: null,
  remotePayload: null,
  localCode: null,
  localPayload: null,
  clean: false,
};
export const EMPTY_CLOSE: Partial<CloseRecord> = { remoteCode: null, remotePayload: "" };

/** The verdict on an ideal record, except for what is changed. */
export function verdictOf(judged: Case, changes: RecordChanges): Verdict {
  return judge(judged, idealRecord(judged, changes), "modern");
}

/** A test for each case of each row. */
export function check(rows: readonly Row[]): void {
  for (const { name, ids, changes, outcome, closing = "ok", because, requirement } of rows) {
    for (const id of ids.split(" ")) {
      test(`${name}: ${id}`, () => {
        const judged = caseOf(id);
        const verdict = verdictOf(judged, typeof changes === "function" ? changes(judged) : changes);
        assert.deepEqual([verdict.outcome, verdict.closing], [outcome, closing], verdict.because);
        if (because !== undefined) assert.match(verdict.because, because);
        const own = outcome === "fail" ? judged.requirements[0] : undefined;
        assert.equal(verdict.requirement, requirement ?? own);
      });
    }
  }
}
