import assert from "node:assert/strict";
import { test } from "node:test";

import type { Case } from "../../src/case/case.js";
import { CASES } from "../../src/cases/index.js";
import { conformanceLine, peerFigures } from "../../src/covered/figures.js";
import { gapText } from "../../src/covered/gaps.js";
import { RunCoverage, type PeerCoverage } from "../../src/covered/run-coverage.js";
import type { Verdict } from "../../src/judge/verdict.js";
import { caseInfo } from "../../src/run/case-info.js";
import { RECORD, SAMPLE_START } from "../report/sample-run.js";

const FINE: Verdict = {
  outcome: "pass",
  closing: "ok",
  because: "It is so.",
  closingBecause: "It is so.",
  expected: [],
};

const OF_SERVERS = CASES.filter(({ peer }) => peer !== "client");
const isCompression = ({ requirements }: Case): boolean => requirements.some((id) => id.startsWith("7692-"));

/** A server to which these cases were played; without a verdict of its own, a case passes. */
function played(
  selected: readonly Case[],
  verdicts: Readonly<Record<string, Partial<Verdict> | null>> = {},
): PeerCoverage {
  const coverage = new RunCoverage();
  coverage.see({ ...SAMPLE_START, cases: selected.map(caseInfo) });
  coverage.see({ type: "peer-up", peer: "peer-1", agent: "echo", url: "ws://127.0.0.1:9001" });
  for (const one of selected) {
    const { id } = one;
    const verdict = verdicts[id];
    if (verdict === null) continue;
    coverage.see({
      type: "case-end",
      peer: "peer-1",
      case: id,
      attempt: 1,
      record: { ...RECORD, role: "client", eventCount: 1, extension: isCompression(one) ? "x" : null },
      verdict: { ...FINE, ...verdict },
      verdicts: {},
    });
  }
  const [peer] = coverage.peers();
  assert.ok(peer !== undefined);
  return peer;
}

test("a run of everything exercises all that the suite covers, and its figures say so", () => {
  const { figures, documents, gaps } = played(OF_SERVERS);
  assert.deepEqual(gaps, []);
  const { suite, exercised, conformance } = figures;
  assert.ok(suite.count < suite.of);
  assert.deepEqual(exercised, { count: suite.count, of: suite.count });
  assert.equal(conformance.notExercised, 0);
  const total = documents.at(-1)?.all;
  assert.deepEqual([total?.testable, total?.covered, total?.exercised], [suite.of, suite.count, suite.count]);
  assert.deepEqual(conformance.must.count, conformance.must.of);
});

test("what was not selected is no longer exercised, and the sections are named", () => {
  const all = played(OF_SERVERS);
  const { figures, gaps } = played(OF_SERVERS.filter((one) => !isCompression(one)));
  // The figure of the suite is that of every run.
  assert.deepEqual(figures.suite, all.figures.suite);
  assert.ok(figures.exercised.count < all.figures.exercised.count);
  const gap = gaps.find(({ document, reason }) => document === "RFC 7692" && reason === "not selected");
  assert.ok(gap?.isWhole === true);
  assert.ok(gap.cases.includes("12.*") && gap.cases.includes("13.*"), gap.cases.join());
  assert.equal(
    gapText({ ...gap, cases: ["12.*", "13.*"] }),
    "12.*, 13.* were not selected: nothing of RFC 7692 is exercised.",
  );
});

test("a family without a case is named where its section has some, and a single case where its family has", () => {
  const { gaps } = played(OF_SERVERS.filter(({ id }) => id !== "20.1.2.1" && !id.startsWith("28.1.")));
  const cases = gaps.flatMap((gap) => gap.cases);
  assert.ok(
    cases.every((one) => one === "20.1.2.1" || one.startsWith("28.")),
    cases.join(),
  );
});

test("why a selected case exercised nothing is said: no result, blocked, unimplemented, skipped, failed otherwise", () => {
  const pings = OF_SERVERS.filter(({ requirements }) => requirements.includes("6455-5.5.2-1"));
  const reasonOf = (verdict: Partial<Verdict> | null): string | undefined => {
    const others = OF_SERVERS.slice(0, 1);
    const verdicts = Object.fromEntries(pings.map(({ id }) => [id, verdict]));
    const { gaps } = played([...others, ...pings], verdicts);
    return gaps.find(({ requirements }) => requirements.includes("6455-5.5.2-1"))?.reason;
  };
  assert.equal(reasonOf({}), undefined);
  assert.equal(reasonOf(null), "not run");
  assert.equal(reasonOf({ outcome: "skipped" }), "skipped");
  assert.equal(reasonOf({ outcome: "blocked", closing: "not-opened" }), "not judged");
  assert.equal(reasonOf({ outcome: "unimplemented" }), "unimplemented");
  assert.equal(reasonOf({ outcome: "fail", requirement: "6455-7.1.7-1" }), "failed otherwise");
});

test("a part of a run that was joined from several has the selection of its own run", () => {
  const coverage = new RunCoverage();
  const [first, second] = OF_SERVERS;
  assert.ok(first !== undefined && second !== undefined);
  const { type: _, cases: __, ...origin } = SAMPLE_START;
  coverage.see({ ...SAMPLE_START, cases: OF_SERVERS.map(caseInfo) });
  const run = { ...origin, file: "a.ndjson", selected: [first.id] };
  coverage.see({ type: "peer-up", peer: "peer-1", agent: "echo", url: "ws://127.0.0.1:9001", run });
  const record = { ...RECORD, role: "client" as const, eventCount: 1 };
  const end = { type: "case-end", peer: "peer-1", case: first.id, attempt: 1, record } as const;
  coverage.see({ ...end, verdict: FINE, verdicts: {} });
  const reasons = new Set(coverage.peers()[0]?.gaps.map(({ reason }) => reason));
  assert.ok(reasons.has("not selected") && !reasons.has("not run"), [...reasons].join());
});

test("three figures, never added up: broken, tolerated, observed and not exercised stay apart", () => {
  const one = (id: string, result: PeerCoverage["requirements"][number]["result"]) => ({
    id,
    result,
    cases: [],
  });
  const { suite, exercised, conformance } = peerFigures(
    [
      one("6455-5.1-2", "passed"),
      one("6455-5.1-4", "failed"),
      one("6455-7.1.1-1", "non-strict"),
      one("6455-5.1-6", "observed"),
      one("6455-5.2-2", "not exercised"),
      one("6455-4.2.2-1", "not exercised"),
    ],
    (id) => id !== "6455-4.2.2-1",
  );
  assert.deepEqual(suite, { count: 5, of: 6 });
  assert.deepEqual(exercised, { count: 4, of: 5 });
  assert.equal(conformanceLine(conformance), "MUST 1/2, SHOULD 0/1, only observed 1, not exercised 1");
});
