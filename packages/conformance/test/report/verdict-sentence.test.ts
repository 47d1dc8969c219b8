import assert from "node:assert/strict";
import { test } from "node:test";

import { verdictSentence, type VerdictFacts } from "../../src/report/verdict-sentence.js";

type Result = VerdictFacts["results"][number];

function results(number: number, outcome: Result["outcome"], closing: Result["closing"] = "ok"): Result[] {
  return Array.from({ length: number }, () => ({ outcome, closing }));
}

function found(...ids: readonly string[]): VerdictFacts["findings"] {
  return ids.map((id) => ({
    requirement: { id, citation: "", level: "MUST", text: "", link: "" },
    severity: "error",
  }));
}

function said(facts: Partial<VerdictFacts>): readonly [string, string] {
  const { results: all = [] } = facts;
  const { text, tone } = verdictSentence({
    selected: all.length,
    results: all,
    findings: [],
    isOver: true,
    ...facts,
  });
  return [text, tone];
}

test("requirements count once each, and bad closings beside them", () => {
  const all = [...results(17, "fail"), ...results(500, "pass", "unclean")];
  const findings = [...found("6455-5.1-1", "6455-5.1-1", "6455-5.4-2")];
  assert.deepEqual(said({ results: all, findings }), [
    "breaks 2 requirements; 500 of 517 connections did not end cleanly",
    "fail",
  ]);
});

test("a note or a SHOULD breaks no requirement, and a failure without a finding is still said", () => {
  const findings = found("6455-5.1-1").map((one) => ({ ...one, severity: "warning" as const }));
  assert.deepEqual(said({ results: results(2, "fail"), findings }), ["fails 2 cases", "fail"]);
  assert.deepEqual(said({ results: results(2, "non-strict"), findings }), [
    "conforms: 2 of 2; 2 of them not as the RFC recommends",
    "non-strict",
  ]);
});

test("a wrong close code is no unclean end", () => {
  const all = [...results(1, "pass"), ...results(1, "pass", "wrong-code")];
  assert.deepEqual(said({ results: all }), ["1 of 2 connections did not end as required", "fail"]);
});

test("only what was judged is counted as conforming", () => {
  const all = [...results(1081, "pass"), ...results(3, "informational", "not-applicable")];
  assert.deepEqual(said({ results: all }), ["conforms: 1,081 of 1,081; 3 more only observe", "pass"]);
});

test("what was not run, or was too slow, never conforms", () => {
  const all = results(5, "pass");
  assert.deepEqual(said({ results: all, selected: 7 }), [
    "shows no failure in 5 cases; 2 of 7 cases were not run",
    "not-run",
  ]);
  assert.equal(said({ results: [...all, ...results(1, "too-slow")] })[1], "not-run");
  assert.deepEqual(said({ results: [], selected: 7 }), ["was not tested: no case has a result", "not-run"]);
});

test("while the run lasts, it says how far it has come", () => {
  assert.deepEqual(said({ results: results(37, "pass"), selected: 101, isOver: false }), [
    "37 of 101 cases have a result",
    "in-flight",
  ]);
});

test("a fault of the tester is not put on the peer", () => {
  assert.match(said({ results: results(1, "harness-error", "not-applicable") })[0], /^the tester itself/);
});

test("a peer that hangs has stopped working, and not ended", () => {
  const critical = { requirement: null, severity: "critical" } as const;
  const all = results(2, "pass");
  const hang = [{ ...critical, observation: "hang" }] as const;
  assert.deepEqual(said({ results: all, findings: hang }), ["stopped working", "fail"]);
  assert.deepEqual(said({ results: all, findings: [critical] }), [
    "ended, or stopped taking connections",
    "fail",
  ]);
});
