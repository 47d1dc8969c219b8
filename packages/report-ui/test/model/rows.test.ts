import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTER, type Filter } from "../../src/model/route.js";
import { levelsOf, NO_FOLDS, rowsOf, sectionsOf, type Row } from "../../src/model/rows.js";
import { info, modelOf, peerUp, result, started } from "../sample.js";

const LEVEL = { id: "6455-5.2-1", citation: "RFC 6455 §5.2", text: "t", link: "l" };
const CASES = [
  info("1.1.1"),
  info("1.1.2"),
  info("1.2.1", { requirements: [{ ...LEVEL, level: "SHOULD" }] }),
  info("5.1", { title: "Ping in two fragments", requirements: [{ ...LEVEL, level: "MUST" }] }),
  info("5.10"),
];

/** `toggled`: keys of groups that the reader has folded or unfolded. */
function rows(filter: Partial<Filter>, toggled: readonly string[] = [], isRunning = false): string[] {
  const model = modelOf([
    started(CASES),
    peerUp("a"),
    peerUp("b"),
    result("a", "1.1.1"),
    result("b", "1.1.1", { outcome: "fail", because: "Nothing came back." }),
    result("a", "1.1.2", { closing: "unclean", durationMs: 90 }),
    result("a", "5.1", { outcome: "non-strict" }),
  ]);
  const all = rowsOf(model.cases, {
    filter: { ...NO_FILTER, ...filter },
    peers: model.peers,
    folds: { all: null, toggled: new Set(toggled) },
    isRunning,
    changes: [new Map([["5.10", { id: "5.10", kind: "worse", before: "", after: "" }]])],
  });
  return all.map(keyOf);
}

function keyOf(row: Row): string {
  return row.kind === "case" ? row.key : row.kind === "section" ? `${row.number}:` : row.title;
}

test("sections, families and cases in the order of the catalogue", () => {
  assert.deepEqual(rows({ sort: "id" }), [
    "1:",
    "1.1.*",
    "1.1.1",
    "1.1.2",
    "1.2.*",
    "1.2.1",
    "5:",
    "5.1",
    "5.10",
  ]);
});

test("a family has its cases in the order of the catalogue, however long their ids are", () => {
  const cases = ["30.1.1.1", "30.1.1.2", "30.1.2", "30.1.3.1", "30.2.1"].map((id) => info(id));
  const model = modelOf([started(cases), peerUp("a")]);
  const all = rowsOf(model.cases, {
    filter: NO_FILTER,
    peers: model.peers,
    folds: NO_FOLDS,
    changes: [],
    isRunning: true,
  });
  assert.deepEqual(all.map(keyOf), [
    "30:",
    "30.1.*",
    "30.1.1.1",
    "30.1.1.2",
    "30.1.2",
    "30.1.3.1",
    "30.2.*",
    "30.2.1",
  ]);
});

test("folded sections and families hide what is under them", () => {
  assert.deepEqual(rows({ sort: "id" }, ["s5", "f1.1"]), ["1:", "1.1.*", "1.2.*", "1.2.1", "5:"]);
});

test("by default what went wrong comes first, and what did not is folded", () => {
  assert.deepEqual(rows({}), ["1:", "1.1.1", "1.1.2", "1 more of section 1", "5:"]);
  assert.deepEqual(rows({}, ["r1", "s5"]), [
    "1:",
    "1.1.1",
    "1.1.2",
    "1 more of section 1",
    "1.2.*",
    "1.2.1",
    "5:",
    "5.1",
    "5.10",
  ]);
});

test("rows keep their places while results arrive", () => {
  assert.deepEqual(rows({}, [], true), rows({ sort: "id" }));
});

test("the differences between peers, alone and among what has a verdict", () => {
  assert.deepEqual(rows({ verdicts: ["differs"] }), ["1:", "1.1.*", "1.1.1"]);
  assert.deepEqual(rows({ verdicts: ["differs", "non-strict"] }), []);
});

test("a verdict shows the cases for which any peer has it", () => {
  assert.deepEqual(rows({ verdicts: ["fail"] }), ["1:", "1.1.*", "1.1.1"]);
  assert.deepEqual(rows({ verdicts: ["closing"] }), ["1:", "1.1.*", "1.1.2"]);
  assert.deepEqual(rows({ verdicts: ["changed"] }), ["5:", "5.10"]);
  assert.deepEqual(rows({ verdicts: ["fail", "non-strict"] }), ["1:", "1.1.*", "1.1.1", "5:", "5.1"]);
});

test("section, level, id and words narrow it down", () => {
  assert.deepEqual(rows({ section: "5" }), ["5:", "5.1", "5.10"]);
  assert.deepEqual(rows({ level: "MUST" }), ["5:", "5.1"]);
  assert.deepEqual(rows({ text: "5.1" }), ["5:", "5.1", "5.10"]);
  assert.deepEqual(rows({ text: "PING" }), ["5:", "5.1"]);
  assert.deepEqual(rows({ text: "nothing came" }), ["1:", "1.1.*", "1.1.1"]);
  assert.deepEqual(rows({ text: "no such words" }), []);
});

test("worst or slowest first, without headings", () => {
  assert.deepEqual(rows({ sort: "verdict", section: "1" }), ["1.1.1", "1.1.2", "1.2.1"]);
  assert.deepEqual(rows({ sort: "time" }), ["1.1.2", "1.1.1", "5.1", "1.2.1", "5.10"]);
});

test("what there is to choose from", () => {
  assert.deepEqual(
    [...sectionsOf(CASES)],
    [
      ["1", "Section 1"],
      ["5", "Section 5"],
    ],
  );
  assert.deepEqual(levelsOf(CASES), ["MUST", "SHOULD"]);
});
