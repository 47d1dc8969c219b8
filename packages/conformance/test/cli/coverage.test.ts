import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { REQUIREMENTS } from "../../src/case/requirements.js";
import { CASES } from "../../src/cases/index.js";
import { coverageCommand } from "../../src/cli/coverage.js";
import { runCoverage, type PeerCoverage } from "../../src/covered/run-coverage.js";
import type { Verdict } from "../../src/judge/verdict.js";
import { caseInfo, requirementInfo } from "../../src/run/case-info.js";
import type { RunEvent } from "../../src/run/event.js";
import type { PeerFinding } from "../../src/run/finding.js";
import { arriving, RECORD, SAMPLE_START, sampleRun } from "../report/sample-run.js";
import { assertHarmless } from "../report/golden.js";
import { fakeIo } from "./fake-io.js";
import { temporaryFolder } from "./temporary-folder.js";

async function shown(...args: readonly string[]): Promise<string> {
  const io = fakeIo();
  assert.equal(await coverageCommand.run(args, io), 0);
  return io.written();
}

test("the figures of each document, and a reason for every requirement without a case", async () => {
  const text = await shown();
  assert.match(text, /^Requirements +testable +original +now\nRFC 6455, WebSocket +\d+ +\d+ +\d+\n {2}MUST/);
  assert.match(text, /\nall documents +\d+/);
  assert.match(text, /\d+ requirements: It needs a proxy as the peer under test\.\n +6455-5\.4-8, /);
});

test("the JSON form has every requirement with its cases and checks", async () => {
  const { requirements } = JSON.parse(await shown("--json")) as {
    readonly requirements: readonly { readonly id: string; readonly cases: readonly string[] }[];
  };
  assert.deepEqual(
    requirements.map(({ id }) => id),
    [...REQUIREMENTS.keys()],
  );
  assert.ok(requirements.find(({ id }) => id === "6455-5.1-2")?.cases.includes("24.1.1"));
});

const FINE: Verdict = {
  outcome: "pass",
  closing: "ok",
  because: "It is so.",
  closingBecause: "It is so.",
  expected: [],
};

/** What a run says of a peer in which the cases ended with these verdicts. */
async function covered(
  verdicts: Readonly<Record<string, Partial<Verdict>>>,
  role: PeerCoverage["role"] = "server",
  findings: readonly PeerFinding[] = [],
): Promise<(id: string) => PeerCoverage["requirements"][number] | undefined> {
  const ids = Object.keys(verdicts);
  const events: RunEvent[] = [
    { ...SAMPLE_START, cases: CASES.filter(({ id }) => ids.includes(id)).map(caseInfo) },
    { type: "peer-up", peer: "peer-1", agent: "echo", url: "ws://127.0.0.1:9001" },
    ...ids.map((id): RunEvent => {
      const record = {
        ...RECORD,
        eventCount: 1,
        role: role === "server" ? ("client" as const) : ("server" as const),
      };
      const verdict = { ...FINE, ...verdicts[id] };
      return { type: "case-end", peer: "peer-1", case: id, attempt: 1, record, verdict, verdicts: {} };
    }),
    { type: "findings", peer: "peer-1", connections: ids.length, findings },
  ];
  const [peer] = await runCoverage(arriving(events));
  return (wanted) => peer?.requirements.find(({ id }) => id === wanted);
}

test("a requirement passed if a case that names it passed", async () => {
  const of = await covered({ "24.1.1": {}, "24.1.2.1": {} });
  assert.deepEqual(of("6455-5.1-2"), {
    id: "6455-5.1-2",
    result: "passed",
    cases: ["24.1.1", "24.1.2.1"],
  });
  assert.equal(of("6455-5.5.2-1")?.result, "not exercised");
});

test("of a case that failed, only what the verdict names is broken", async () => {
  const of = await covered({
    "24.1.1": { outcome: "fail", requirement: "6455-7.1.7-1" },
    "24.1.2.1": { outcome: "non-strict", requirement: "6455-7.1.7-3" },
    "24.1.2.2": {},
  });
  assert.deepEqual(of("6455-7.1.7-1")?.result, "failed");
  assert.deepEqual(of("6455-7.1.7-3")?.result, "non-strict");
  assert.deepEqual(of("6455-5.1-2")?.cases, ["24.1.2.2"]);
});

test("a wrong end of the connection breaks what it names", async () => {
  const of = await covered({ "1.1.1": { closing: "unclean", closingRequirement: "6455-5.5.1-7" } });
  assert.equal(of("6455-5.5.1-7")?.result, "failed");
  assert.equal(of("6455-6.2-1")?.result, "passed");
});

test("a case that was blocked or could not be judged says nothing, one that only observes no more than that", async () => {
  const of = await covered({
    "24.1.1": { outcome: "blocked", closing: "not-opened" },
    "28.1.1": { outcome: "too-slow", closing: "not-applicable" },
    "7.1.6": { outcome: "informational", closing: "not-applicable" },
  });
  assert.equal(of("6455-5.1-2")?.result, "not exercised");
  assert.equal(of("6455-5.5.2-1")?.result, "not exercised");
  const [first = ""] = CASES.find(({ id }) => id === "7.1.6")?.requirements ?? [];
  assert.equal(of(first)?.result, "observed");
});

test("what is checked on every connection passed if nothing was found and no case asks for it", async () => {
  const of = await covered({ "1.1.1": {} });
  assert.deepEqual(of("6455-5.1-4"), { id: "6455-5.1-4", result: "passed", cases: ["24.3.4"] });
  assert.equal(of("7692-6.1-2")?.result, "not exercised");
});

test("what was found on some connection is broken, although no case failed", async () => {
  const finding: PeerFinding = {
    id: "6455-5.1-4/violation/server",
    observation: "violation",
    severity: "error",
    cases: [],
    evidence: { case: "1.1.1", attempt: 1, wire: [] },
    requirement: requirementInfo("6455-5.1-4"),
    rule: "24.3.4",
    outcome: "fail",
    because: "the peer sent a masked frame",
    first: "1.1.1",
    connections: 1,
    counted: false,
  };
  const of = await covered({ "1.1.1": {} }, "server", [finding]);
  assert.deepEqual(of("6455-5.1-4"), { id: "6455-5.1-4", result: "failed", cases: ["1.1.1"] });
});

test("a peer is asked only for what its role can keep", async () => {
  const server = await covered({ "1.1.1": {} });
  assert.ok(server("6455-5.1-1") === undefined && server("6455-5.1-4") !== undefined);
  const client = await covered({ "1.1.1": {} }, "client");
  assert.ok(client("6455-5.1-1") !== undefined && client("6455-5.1-4") === undefined);
});

test("a stored run is shown peer by peer, and nothing of a peer reaches the terminal as it is", async () => {
  const file = join(temporaryFolder(), "run.ndjson");
  writeFileSync(
    file,
    sampleRun()
      .map((event) => JSON.stringify(event))
      .join("\n"),
  );
  const text = await shown("--run", file);
  assertHarmless(text);
  assert.match(text, /, a server\n\n {2}The suite +covers \d+ of the \d+ requirements/);
  assert.match(text, /\n {2}This run +exercised \d+ of these \d+\n {2}The peer +(?:MUST|not exercised)/);
  assert.match(text, /\n\n {2}Not exercised\n {4}- [^]* were not selected: nothing of HTTP/);
  assert.match(text, /\n\n {2}Requirements +failed +non-strict +passed +observed +not exercised\n/);
  assert.match(text, /\n {2}Broken\n {4}6455-/);
  const { peers } = JSON.parse(await shown("--run", file, "--json")) as {
    readonly peers: readonly PeerCoverage[];
  };
  assert.equal(peers.length, 2);
});

test("a run without a result says so", async () => {
  const file = join(temporaryFolder(), "run.ndjson");
  writeFileSync(file, JSON.stringify(SAMPLE_START));
  assert.equal(await shown("--run", file), "No case of this run has a result.\n");
});
