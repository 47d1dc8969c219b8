import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { CASES } from "../../src/cases/index.js";
import type { Review, RoleResult } from "../../src/matrix/results.js";
import { findingModels } from "../../src/site/findings.js";
import { expandIds } from "../../src/site/id-list.js";
import { stackModel } from "../../src/site/stack-model.js";
import { FINDINGS, reviewsOf, storedRun } from "./sample-site.js";

const IDS = CASES.map(({ id }) => id);

describe("ids of a list", () => {
  for (const [list, ids] of [
    ["", []],
    ["2.1", ["2.1"]],
    ["2.1–2.4, 2.9", ["2.1", "2.2", "2.3", "2.4", "2.9"]],
    ["30.1.4.1–30.1.4.3", ["30.1.4.1", "30.1.4.2", "30.1.4.3"]],
    ["10.*", ["10.1.1"]],
    // Written by hand: families differ, or the end is before the begin.
    ["2.1–3.4", ["2.1", "3.4"]],
    ["2.1–2.999999999", ["2.1", "2.999999999"]],
  ] as const) {
    test(`"${list}" has ${ids.length}`, () => assert.deepEqual(expandIds(list, IDS), ids));
  }
});

describe("what a finding says of the implementation", () => {
  const run = storedRun();
  const standing = (id: string, reviews: readonly Review[]): string | undefined =>
    findingModels("real", run, reviews, IDS).find(({ finding }) => finding.id === id)?.standing;
  const [review] = reviewsOf(run);
  assert.ok(review);

  for (const [title, change, expected] of [
    ["its fault, in this version", {}, "fault"],
    ["its fault, in a case that is not of the finding", { cases: "1.1.1" }, "unreviewed"],
    ["its fault, in another version", { version: "0.1" }, "unreviewed"],
    ["the program's fault", { fault: "program" }, "cleared"],
    ["the suite's fault", { fault: "suite" }, "cleared"],
    ["allowed", { fault: "nobody" }, "cleared"],
    ["allowed, in another version", { fault: "nobody", version: "0.1" }, "cleared"],
    ["its fault, in the other role", { role: "client" }, "unreviewed"],
    ["its fault, over HTTP/2", { over: "http2" }, "unreviewed"],
  ] as const) {
    test(`reviewed as ${title}: ${expected}`, () =>
      assert.equal(standing(FINDINGS.fault, [{ ...review, ...change }]), expected));
  }

  test("without a review, what an RFC demands is unreviewed, and what it recommends is advice", () => {
    assert.equal(standing(FINDINGS.fault, []), "unreviewed");
    assert.equal(standing(FINDINGS.advice, []), "advice");
  });

  test("a review of this version wins over a newer one of another", () => {
    const newer = { ...review, version: "9.9", day: "2027-01-01", fault: "nobody" } as const;
    assert.equal(standing(FINDINGS.fault, [newer, review]), "fault");
  });
});

describe("a finding with several causes has a review for each", () => {
  const run = storedRun();
  const of = (
    ...reviews: readonly Partial<Review>[]
  ): ReturnType<typeof findingModels>[number] | undefined => {
    const [review] = reviewsOf(run);
    assert.ok(review);
    const all = reviews.map((one) => ({ ...review, finding: FINDINGS.oldReview, ...one }));
    return findingModels("real", run, all, IDS).find(({ finding }) => finding.id === FINDINGS.oldReview);
  };
  // Its cases: 2.4, 2.6, 7.3.6, 28.1.2, 28.1.10.
  test("it is a fault only in sections of which a review says so", () => {
    const found = of({ cases: "7.3.6" }, { cases: "2.4, 2.6", fault: "program" });
    assert.equal(found?.standing, "fault");
    assert.deepEqual(
      [...(found?.bySection ?? [])],
      [
        [2, "cleared"],
        [7, "fault"],
        [28, "unreviewed"],
      ],
    );
    assert.deepEqual(found?.unreviewed, ["28.1.2", "28.1.10"]);
    assert.equal(found?.reviews.length, 2);
  });

  test("it is cleared only if every case is", () => {
    assert.equal(of({ cases: "2.4, 2.6, 7.3.6", fault: "suite" })?.standing, "unreviewed");
    assert.equal(of({ cases: "2.4, 2.6, 7.3.6, 28.1.2, 28.1.10", fault: "suite" })?.standing, "cleared");
  });
});

describe("what a section says", () => {
  const run = storedRun();
  const state = (
    result: Partial<RoleResult>,
    section: number,
    reviews: readonly Review[] = [],
  ): string | undefined => {
    const about = {
      folder: "a",
      name: "A",
      language: "C",
      homepage: "",
      licence: "",
      packages: [],
      settings: [],
      limits: [],
    };
    const results = { stack: "a", roles: [{ ...run, ...result }], history: [] };
    const { roles } = stackModel({ about, programs: [], results, reviews, gridReviews: [] }, IDS);
    return roles[0]?.sections.find(({ number }) => number === section)?.cell.state;
  };
  const nothing = { findings: [], cases: {} };

  for (const [title, counts, expected] of [
    ["all passed", { pass: 3 }, "conforms"],
    ["only what it lacks", { unimplemented: 3, skipped: 1 }, "none"],
    ["some were not played", { pass: 3, "not-run": 1 }, "open"],
    ["some could not be judged", { pass: 3, blocked: 1 }, "open"],
  ] as const) {
    test(`${title}: ${expected}`, () =>
      assert.equal(state({ ...nothing, sections: { "7": counts } }, 7), expected));
  }

  test("a failed case that no finding explains is unreviewed, too", () => {
    assert.equal(
      state({ findings: [], cases: { fail: "7.1.1" }, sections: { "7": { fail: 1 } } }, 7),
      "unreviewed",
    );
  });

  test("a fault wins over what is unreviewed, and is counted beside it", () => {
    assert.equal(state({}, 25, reviewsOf(run)), "fault");
    assert.equal(state({}, 25), "unreviewed");
  });

  test("where every failure was cleared, it is not the fault of the stack", () => {
    const findings = run.findings.filter(({ id }) => id === FINDINGS.ofProgram);
    const result = { findings, cases: { fail: "20.5.6" }, sections: { "20": { pass: 9, fail: 1 } } };
    assert.equal(state(result, 20, reviewsOf(run)), "cleared");
    assert.equal(state(result, 20), "unreviewed");
  });
});
