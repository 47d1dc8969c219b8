import assert from "node:assert/strict";
import { test } from "node:test";

import { ExitCode, ExitCodeWatch, worst } from "../../src/cli/exit-code.js";
import type { Closing, Outcome } from "../../src/judge/verdict.js";
import type { RunEvent } from "../../src/run/event.js";

/** Of an event only what an exit code is made from. */
type Sketch = { readonly [key: string]: unknown };

const RUN: Sketch = { type: "run", cases: [{ id: "1.1.1" }, { id: "1.1.2" }] };
const UP: Sketch = { type: "peer-up", peer: "p1" };
const END: Sketch = { type: "run-end", totals: { interrupted: false } };
const DOWN: Sketch = { type: "peer-down", peer: "p1", after: null };

function caseEnd(id: string, outcome: Outcome, closing: Closing = "ok", opened = true, peer = "p1"): Sketch {
  return {
    type: "case-end",
    peer,
    case: id,
    verdict: { outcome, closing },
    record: { handshake: { opened } },
  };
}

function codeOf(events: readonly Sketch[]): ExitCode {
  const watch = new ExitCodeWatch();
  for (const event of events) watch.see(event as unknown as RunEvent);
  return watch.code();
}

/** A run of two cases of which the first passes. */
function withSecond(...second: readonly Sketch[]): ExitCode {
  return codeOf([RUN, UP, caseEnd("1.1.1", "pass"), ...second, END]);
}

const OUTCOMES: readonly (readonly [Outcome, ExitCode])[] = [
  ["pass", 0],
  ["non-strict", 0],
  ["informational", 0],
  ["unimplemented", 0],
  ["fail", 1],
  ["blocked", 1],
  ["harness-error", 4],
];

for (const [outcome, code] of OUTCOMES) {
  test(`a case with the outcome ${outcome} means ${code}`, () => {
    assert.equal(withSecond(caseEnd("1.1.2", outcome)), code);
  });
}

const CLOSINGS: readonly (readonly [Closing, ExitCode])[] = [
  ["ok", 0],
  ["not-applicable", 0],
  ["unclean", 1],
  ["wrong-code", 1],
  ["wrong-side", 1],
  ["dropped-by-tester", 1],
  ["not-opened", 1],
];

for (const [closing, code] of CLOSINGS) {
  test(`a passed case with the closing ${closing} means ${code}`, () => {
    assert.equal(withSecond(caseEnd("1.1.2", "pass", closing)), code);
  });
}

test("a selected case without a result is unexpected", () => assert.equal(withSecond(), 1));

test("the last result of a case counts", () => {
  assert.equal(withSecond(caseEnd("1.1.2", "fail"), caseEnd("1.1.2", "pass")), 0);
  assert.equal(withSecond(caseEnd("1.1.2", "pass"), caseEnd("1.1.2", "fail")), 1);
});

test("a peer that is down is unreachable, even if it was up before", () => {
  assert.equal(codeOf([RUN, DOWN, END]), 3);
  assert.equal(withSecond(DOWN), 3);
});

test("a peer that opened no connection is unreachable", () => {
  const blocked = [
    caseEnd("1.1.1", "blocked", "not-opened", false),
    caseEnd("1.1.2", "blocked", "not-opened", false),
  ];
  assert.equal(codeOf([RUN, UP, ...blocked, END]), 3);
});

test("one peer among several decides", () => {
  const second = [{ type: "peer-up", peer: "p2" }, caseEnd("1.1.1", "pass", "ok", true, "p2")];
  assert.equal(withSecond(caseEnd("1.1.2", "pass"), ...second), 1);
});

test("a server that ended early is unexpected, whatever its cases came to", () => {
  assert.equal(withSecond(caseEnd("1.1.2", "pass"), { type: "peer-exit", peer: "p1", cases: [] }), 1);
});

test("a run that was interrupted or never ended is unexpected", () => {
  const all = [RUN, UP, caseEnd("1.1.1", "pass"), caseEnd("1.1.2", "pass")];
  assert.equal(codeOf(all), 1);
  assert.equal(codeOf([...all, { type: "run-end", totals: { interrupted: true } }]), 1);
  assert.equal(codeOf([...all, END]), 0);
  assert.equal(codeOf([]), 1);
});

test("4 wins over 2, 2 over 3, 3 over 1, and 1 over 0", () => {
  assert.equal(worst([0, 1, 2, 3, 4]), ExitCode.harness);
  assert.equal(worst([0, 1, 2, 3]), ExitCode.usage);
  assert.equal(worst([0, 1, 3]), ExitCode.unreachable);
  assert.equal(worst([0, 1]), ExitCode.unexpected);
  assert.equal(worst([]), ExitCode.expected);
});

for (const [what, finding, profile, code] of [
  ["a MUST that no case counts means 1", { outcome: "fail", counted: false }, "modern", 1],
  ["a MUST that a case counts means what the case means", { outcome: "fail", counted: true }, "modern", 0],
  ["a SHOULD means 0", { outcome: "non-strict", counted: false }, "modern", 0],
  ["what is only mentioned means 0", { outcome: "informational", counted: false }, "modern", 0],
  ["the original checks no more than its cases", { outcome: "fail", counted: false }, "autobahn", 0],
] as const) {
  test(`on every connection, ${what}`, () => {
    const found = { type: "findings", peer: "p1", findings: [finding] };
    const cases = [caseEnd("1.1.1", "pass"), caseEnd("1.1.2", "pass")];
    assert.equal(codeOf([{ ...RUN, profile }, UP, ...cases, found, END]), code);
  });
}
