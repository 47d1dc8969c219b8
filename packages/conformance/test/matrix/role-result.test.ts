import assert from "node:assert/strict";
import { test } from "node:test";
import { stackResults } from "../../src/matrix/results.js";
import { failedResult, roleResult, totalsOf, type RunContext } from "../../src/matrix/role-result.js";
import type { RunEnd, RunEvent } from "../../src/run/event.js";
import type { PeerFinding } from "../../src/run/finding.js";
import { FOUND } from "../report/found-run.js";
import { PEER, SAMPLE_START, arriving, play } from "../report/sample-run.js";

const CONTEXT: RunContext = {
  role: "server",
  over: "http1",
  version: "1.2.3",
  packages: ["stack 1.2.3"],
  folder: "f".repeat(64),
  suite: SAMPLE_START.suite,
  set: "5".repeat(64),
  profile: "modern",
};
const IDS = ["1.1.1", "1.1.2", "2.1", "2.2", "7.9.2"];
const START: RunEvent = { ...SAMPLE_START, cases: SAMPLE_START.cases.filter(({ id }) => IDS.includes(id)) };
const UP: RunEvent = { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" };
const END: RunEnd = {
  type: "run-end",
  totals: { durationMs: 61_240, interrupted: false, outcomes: {}, closings: {}, notRun: 0 },
};
const FAILED = { verdict: { outcome: "fail", because: "It did not." } } as const;

function findings(...found: readonly PeerFinding[]): RunEvent {
  return { type: "findings", peer: PEER, connections: 5, findings: found };
}

test("counts the cases of each section, and names those that did not pass", async () => {
  const events = [
    START,
    UP,
    ...IDS.flatMap((id) => play(id, id.startsWith("2.") ? FAILED : {})),
    findings(),
    END,
  ];
  const result = await roleResult(arriving(events), CONTEXT);
  assert.deepEqual(result, {
    ...CONTEXT,
    startedAt: SAMPLE_START.startedAt,
    seconds: 61.2,
    status: "tested",
    sections: { "1": { pass: 2 }, "2": { fail: 2 }, "7": { pass: 1 } },
    cases: { fail: "2.1, 2.2" },
    findings: [],
  });
  assert.deepEqual(totalsOf(result), { pass: 3, fail: 2 });
});

test("keeps each finding, in the form that the schema of results allows", async () => {
  const events = [START, UP, ...IDS.flatMap((id) => play(id, FAILED)), findings(...FOUND), END];
  const result = await roleResult(arriving(events), CONTEXT);
  assert.deepEqual(
    result.findings.map(({ id, requirement, cases }) => [id, requirement, cases]),
    FOUND.map(({ id, requirement, cases }) => [id, requirement?.id ?? null, cases.join(", ")]),
  );
  const file = { stack: "a", roles: [result], history: [] };
  assert.deepEqual(stackResults.parse(JSON.parse(JSON.stringify(file))), JSON.parse(JSON.stringify(file)));
});

test("is bounded whatever the peer sent", async () => {
  const long = "x".repeat(100_000);
  const frame = {
    opcode: 2,
    fin: true,
    rsv: 0,
    masked: false,
    mask: null,
    length: 1e6,
    payload: "ab".repeat(5000),
  };
  const huge: PeerFinding = {
    id: `none/crash/server`,
    requirement: null,
    observation: "crash",
    severity: "critical",
    outcome: "fail",
    because: long,
    hint: long,
    first: "1.1.1",
    cases: ["1.1.1"],
    connections: 1,
    counted: true,
    evidence: {
      case: "1.1.1",
      attempt: 1,
      because: long,
      answer: long,
      wire: Array.from({ length: 50 }, () => ({ at: 1, entry: { dir: "<", frame } as const })),
    },
  };
  const events = [
    START,
    UP,
    ...play("1.1.1", FAILED),
    findings(...Array.from({ length: 1000 }, () => huge)),
    END,
  ];
  const result = await roleResult(arriving(events), CONTEXT);
  assert.equal(result.findings.length, 200);
  const [first] = result.findings;
  assert.ok(JSON.stringify(first).length < 8000);
  assert.equal(first?.evidence.wire.length, 8);
});

test("a run that a limit ended is cut, and what was not played is not run", async () => {
  const events = [START, UP, ...play("1.1.1"), ...play("1.1.2")];
  const result = await roleResult(arriving(events), { ...CONTEXT, cut: "It took too long." });
  assert.equal(result.status, "cut");
  assert.equal(result.because, "It took too long.");
  assert.deepEqual(totalsOf(result), { pass: 2, "not-run": 3 });
  assert.deepEqual(result.cases, { "not-run": "2.1, 2.2, 7.9.2" });
});

test("a peer that went away for good is cut, with the reason", async () => {
  const because = "It ended 3 times in a row.";
  const down: RunEvent = { type: "peer-down", peer: PEER, url: "ws://x", after: "1.1.1", because };
  const result = await roleResult(arriving([START, UP, ...play("1.1.1"), down, END]), CONTEXT);
  assert.deepEqual([result.status, result.because], ["cut", because]);
});

test("a client that left out cases is cut, and the note of the run says it", async () => {
  const note: RunEvent = { type: "note", text: "The client ended and left out 4 cases." };
  const events = [START, UP, ...play("1.1.1"), note, { ...note, peer: PEER, text: "Something else." }, END];
  const result = await roleResult(arriving(events), { ...CONTEXT, role: "client" });
  assert.deepEqual([result.status, result.because], ["cut", note.text]);
  const server = await roleResult(arriving(events), CONTEXT);
  assert.deepEqual([server.status, server.because], ["cut", "4 cases have no result."]);
});

test("a run that was interrupted is cut, and says nothing else", async () => {
  const note: RunEvent = { type: "note", text: "Something else." };
  const { totals } = END;
  const end: RunEvent = { type: "run-end", totals: { ...totals, interrupted: true } };
  const result = await roleResult(arriving([START, UP, ...play("1.1.1"), note, end]), CONTEXT);
  assert.deepEqual([result.status, result.because], ["cut", "The run was interrupted."]);
});

test("a peer that never answered has failed, with the reason", async () => {
  const because = "The command ended with exit status 1 before it accepted connections.";
  const down: RunEvent = { type: "peer-down", peer: PEER, url: "ws://x", after: null, because };
  const result = await roleResult(arriving([START, down, END]), CONTEXT);
  assert.deepEqual([result.status, result.because], ["failed", because]);
  assert.deepEqual(totalsOf(result), { "not-run": 5 });
});

test("what could not be built has failed, and no case is counted", () => {
  const result = failedResult(CONTEXT, SAMPLE_START.startedAt, "It cannot be built: no compiler.");
  assert.equal(result.status, "failed");
  assert.deepEqual(totalsOf(result), {});
  stackResults.parse({ stack: "a", roles: [result], history: [] });
});
