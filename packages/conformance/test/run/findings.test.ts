import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { message } from "../../src/case/expect.js";
import { CASES } from "../../src/cases/index.js";
import type { CaseRecord } from "../../src/record/record.js";
import type { RunEvent } from "../../src/run/event.js";
import { caseInfo } from "../../src/run/case-info.js";
import { EVIDENCE_LINES } from "../../src/run/finding.js";
import { RunFindings } from "../../src/run/findings.js";
import type { Profile } from "../../src/record/record.js";
import { SAMPLE_START } from "../report/sample-run.js";
import { recordOf } from "../support/sample-record.js";
import { found, played, type Play } from "./found.js";

function ofClient(key: string, keys: readonly string[] = []): CaseRecord {
  const request = `GET / HTTP/1.1\r\nSec-WebSocket-Key: ${key}\r\n\r\n`;
  const maskingKeys = keys.length === 0 ? {} : { maskingKeys: { frames: keys.length, keys, foreseen: 0 } };
  return recordOf({ role: "server", handshake: { opened: true, request, response: "" }, ...maskingKeys });
}

function freshKey(): string {
  return randomBytes(16).toString("base64");
}

const MASKED = recordOf({ violations: ["masked-frame"] });
const BROKEN = { outcome: "fail", requirement: "6455-5.1-4" } as const;

test("a peer without a connection has no findings, one without a fault an empty list", () => {
  assert.equal(found(), undefined);
  assert.deepEqual(found({ id: "1.1.1" }, { id: "1.1.2" }), {
    type: "findings",
    peer: "p",
    connections: 2,
    findings: [],
  });
});

test("a case that was not played is no connection", () => {
  const record = recordOf({ notPlayed: "not played, because no connection opens" });
  assert.equal(found({ id: "1.1.1" }, { id: "1.1.2", record })?.connections, 1);
});

test("a requirement is reported once, with its first connection and how many there were", () => {
  const [finding, ...others] =
    found({ id: "1.1.1" }, { id: "1.1.2", record: MASKED }, { id: "2.1", record: MASKED })?.findings ?? [];
  assert.deepEqual(others, []);
  assert.deepEqual(
    [finding?.requirement?.id, finding?.rule, finding?.outcome, finding?.first, finding?.connections],
    ["6455-5.1-4", "24.3.4", "fail", "1.1.2", 2],
  );
  assert.deepEqual(
    [finding?.requirement?.citation, finding?.requirement?.level, finding?.because, finding?.counted],
    ["RFC 6455 §5.1", "MUST NOT", "The server sent a masked frame although it is the server.", false],
  );
});

test("peers are kept apart", () => {
  const findings = new RunFindings();
  findings.see(played({ id: "1.1.1", record: MASKED, peer: "a" }));
  findings.see(played({ id: "1.1.1", peer: "b" }));
  assert.deepEqual(
    findings.all().map(({ peer, findings: all }) => [peer, all.length]),
    [
      ["a", 1],
      ["b", 0],
    ],
  );
});

test("a finding is counted if a case went wrong because of it", () => {
  const isCounted = (...plays: readonly Play[]): boolean | undefined =>
    found(...plays)?.findings.find(({ requirement }) => requirement?.id === "6455-5.1-4")?.counted;
  const id = "1.1.1";
  assert.equal(isCounted({ id, record: MASKED, verdict: BROKEN }), true);
  const closing = { closing: "unclean", closingRequirement: "6455-5.1-4" } as const;
  assert.equal(isCounted({ id, record: MASKED, verdict: closing }), true);
  assert.equal(
    isCounted({ id, record: MASKED, verdict: { outcome: "fail", requirement: "6455-5.6-1" } }),
    false,
  );
  assert.equal(isCounted({ id, record: MASKED, verdict: { outcome: "informational" } }), false);
  // The last result of a case counts.
  const again = { id, attempt: 2, record: MASKED } as const;
  assert.equal(isCounted({ id, record: MASKED, verdict: BROKEN }, again), false);
  assert.equal(isCounted(again, { id, attempt: 3, record: MASKED, verdict: BROKEN }), true);
});

test("a result that is confirmed later is the same connection: its key is not taken for a repeated one", () => {
  const record = ofClient(freshKey(), ["01020304"]);
  const plays = [
    { id: "1.1.1", record, type: "case-unconfirmed" },
    { id: "1.1.1", record },
  ] as const;
  assert.deepEqual(found(...plays), {
    type: "findings",
    peer: "p",
    connections: 1,
    maskingKeys: 1,
    findings: [],
  });
});

test("a connection whose result is never confirmed is one too", () => {
  const key = freshKey();
  const plays = [
    { id: "1.1.1", record: ofClient(key), type: "case-unconfirmed" },
    { id: "1.1.1", record: ofClient(key), attempt: 2 },
  ] as const;
  const { connections, findings } = found(...plays) ?? assert.fail();
  assert.deepEqual([connections, findings[0]?.rule, findings[0]?.first], [2, "22.1.6", "1.1.1"]);
});

test("masking keys are judged together, and the first case is the one where it showed", () => {
  const keys = Array.from({ length: 4 }, () => randomBytes(4).toString("hex"));
  const { maskingKeys, findings } =
    found(
      { id: "1.1.1", record: ofClient(freshKey(), keys) },
      { id: "1.1.2", record: ofClient(freshKey(), keys) },
      { id: "1.1.3", record: ofClient(freshKey(), keys) },
    ) ?? assert.fail();
  assert.equal(maskingKeys, 12);
  assert.deepEqual(
    findings.map(({ rule, first, connections, because }) => [rule, first, connections, because]),
    [["24.3.2", "1.1.2", 2, "8 of 12 masking keys of the client had been used before."]],
  );
});

test("a server that masks has no masking keys that could be judged", () => {
  const record = { ...MASKED, maskingKeys: { frames: 3, keys: ["00000000"], foreseen: 1 } };
  const { maskingKeys, findings } = found({ id: "1.1.1", record }) ?? assert.fail();
  assert.equal(maskingKeys, undefined);
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    ["24.3.4"],
  );
});

test("a record of an earlier version, without masking keys, is judged by what it has", () => {
  const key = freshKey();
  const plays = [
    { id: "1.1.1", record: ofClient(key) },
    { id: "1.1.2", record: ofClient(key) },
  ] as const;
  assert.deepEqual(
    found(...plays)?.findings.map(({ rule }) => rule),
    ["22.1.6"],
  );
});

test("failures and bad closings with one cause are one finding, the worst first, then what shows in most cases", () => {
  const closing = {
    closing: "unclean",
    closingRequirement: "6455-5.5.1-5",
    closingBecause: "TCP ended",
  } as const;
  const advice = {
    outcome: "non-strict",
    requirement: "6455-7.1.7-3",
    because: "without a Close frame",
  } as const;
  const { findings } =
    found(
      { id: "1.1.1", verdict: advice },
      { id: "1.1.2", verdict: { outcome: "fail", requirement: "6455-5.6-1", because: "nothing came" } },
      { id: "1.1.3", verdict: closing },
      { id: "1.1.4", verdict: closing },
    ) ?? assert.fail();
  assert.deepEqual(
    findings.map(({ requirement, severity, cases, counted }) => [requirement?.id, severity, cases, counted]),
    [
      ["6455-5.5.1-5", "error", ["1.1.3", "1.1.4"], true],
      ["6455-5.6-1", "error", ["1.1.2"], true],
      ["6455-7.1.7-3", "warning", ["1.1.1"], true],
    ],
  );
});

test("what an earlier verdict of a case said is taken back", () => {
  const failed = { outcome: "fail", requirement: "6455-5.6-1", because: "nothing came" } as const;
  assert.deepEqual(found({ id: "1.1.1", verdict: failed }, { id: "1.1.1", attempt: 2 })?.findings, []);
});

test("the evidence is the last lines of the first connection, without octets", () => {
  const findings = new RunFindings();
  const at = { peer: "p", case: "1.1.1", attempt: 1 } as const;
  for (let i = 0; i < EVIDENCE_LINES + 2; i++)
    findings.see({ type: "wire", ...at, at: i, entry: { dir: "=", note: `line ${i}` } });
  findings.see({ type: "wire", ...at, at: 99, entry: { dir: "<", octets: 1, hex: "00" } });
  findings.see(played({ id: "1.1.1", record: MASKED }));
  const { evidence } = findings.of("p")?.findings[0] ?? assert.fail();
  assert.equal(evidence.case, "1.1.1");
  assert.deepEqual(
    evidence.wire.map((line) => line.at),
    Array.from({ length: EVIDENCE_LINES }, (_, i) => i + 2),
  );
});

test("the evidence of a fault is its clearest case: failed outright, with a short log", () => {
  const findings = new RunFindings();
  const failed = { outcome: "fail", requirement: "6455-5.6-1", because: "nothing came" } as const;
  for (const [id, lines] of [
    ["1.1.1", 7],
    ["1.1.2", 2],
    ["1.1.3", 4],
  ] as const) {
    for (let i = 0; i < lines; i++)
      findings.see({ type: "wire", peer: "p", case: id, attempt: 1, at: i, entry: { dir: "=", note: "x" } });
    findings.see(played({ id, verdict: failed }));
  }
  const { evidence, fixes } = findings.of("p")?.findings[0] ?? assert.fail();
  assert.deepEqual(
    [evidence.case, evidence.because, evidence.wire.length, fixes],
    ["1.1.2", "nothing came", 2, 3],
  );
});

test("a result that is accepted without another play keeps its wire log", () => {
  const findings = new RunFindings();
  const failed = { outcome: "fail", requirement: "6455-5.6-1", because: "nothing came" } as const;
  findings.see({ type: "wire", peer: "p", case: "1.1.1", attempt: 1, at: 1, entry: { dir: "=", note: "x" } });
  findings.see(played({ id: "1.1.1", verdict: failed, type: "case-unconfirmed" }));
  findings.see(played({ id: "1.1.1", verdict: failed }));
  assert.equal(findings.of("p")?.findings[0]?.evidence.wire.length, 1);
});

test("the echo of what is illegal is told once, with the case about it, and other connections count for themselves", () => {
  const cases = [{ id: "4.1.1", ending: { by: "peer" }, requirements: [{ id: "6455-5.2-3" }] }];
  const echo = recordOf({ violations: ["reserved-opcode"], close: { failedByTester: true } });
  const verdict = { outcome: "fail", requirement: "6455-5.2-3", because: "it came back" } as const;
  const see = (...plays: readonly Play[]): readonly string[] => {
    const findings = new RunFindings();
    findings.see({ ...SAMPLE_START, cases } as unknown as RunEvent);
    for (const play of plays) findings.see(played(play));
    return findings.of("p")?.findings.map(({ id, connections }) => `${id} ${connections}`) ?? [];
  };
  const illegal = { id: "4.1.1", record: echo, verdict };
  assert.deepEqual(see(illegal), ["6455-5.2-3/illegal-accepted/server 1"]);
  assert.deepEqual(see(illegal, { id: "1.1.1", record: echo }), [
    "6455-5.2-3/illegal-accepted/server 1",
    "6455-5.2-3/violation/server 1",
  ]);
});

test("every message as late as a delayed acknowledgement is worth a note", () => {
  const record = (min: number): CaseRecord =>
    recordOf({
      loop: { wanted: 10, sent: 10, matched: 10, latency: { min, mean: min, p50: min, p99: min, max: min } },
    });
  const notesOf = (...mins: readonly number[]): readonly string[] | undefined =>
    found(...mins.map((min, i) => ({ id: `9.7.${i + 1}`, record: record(min) })))?.findings.map(
      ({ id, severity }) => `${severity} ${id}`,
    );
  assert.deepEqual(notesOf(41_000, 40_500), ["note none/delayed/server"]);
  assert.deepEqual(notesOf(41_000, 900), []);
  assert.deepEqual(notesOf(41_000), []);
});

test("under the profile of the original, what no case counts is a note, as for the exit code", () => {
  const severities = (profile: Profile, ...plays: readonly Play[]): readonly unknown[] => {
    const findings = new RunFindings();
    findings.see({ ...SAMPLE_START, profile });
    for (const play of plays) findings.see(played(play));
    return findings.of("p")?.findings.map(({ severity, counted }) => [severity, counted]) ?? [];
  };
  const quiet = { id: "1.1.1", record: MASKED } as const;
  assert.deepEqual(severities("autobahn", quiet), [["note", false]]);
  assert.deepEqual(severities("modern", quiet), [["error", false]]);
  assert.deepEqual(severities("autobahn", { ...quiet, verdict: BROKEN }), [["error", true]]);
});

test("a length that is taken and a close code that is answered break one advice, and are two findings", () => {
  const verdict = { outcome: "non-strict", requirement: "6455-10.7-2" } as const;
  const echoed = recordOf({ trace: [message("Hi")] });
  const findings = found({ id: "25.1.2.1", record: echoed, verdict }, { id: "7.9.1", verdict })?.findings;
  assert.deepEqual(
    findings?.map(({ id, because, cases }) => [id, because, cases]),
    [
      [
        "6455-10.7-2/illegal-accepted/server",
        "The server takes lengths that are not in the shortest form.",
        ["25.1.2.1"],
      ],
      [
        "6455-10.7-2/wrong-close-code/server",
        "The server answers what is not valid, such as a close code that is not in use, with an ordinary Close frame.",
        ["7.9.1"],
      ],
    ],
  );
});

test("an illegal message that is sent back is taken, even if the tester's Close frame came right behind it", () => {
  const verdict = {
    outcome: "fail",
    requirement: "6455-5.2-2",
    expected: [{ outcome: "pass", events: [] }],
  } as const;
  const findings = new RunFindings();
  findings.see({ ...SAMPLE_START, cases: CASES.filter(({ id }) => id === "29.1.15").map(caseInfo) });
  findings.see(played({ id: "29.1.15", record: recordOf({ trace: [message("bad")] }), verdict }));
  assert.deepEqual(
    findings.of("p")?.findings.map(({ id }) => id),
    ["6455-5.2-2/illegal-accepted/server"],
  );
});

test("of cases that are as clear, the first in the list of cases is the evidence, whichever ended first", () => {
  const plays = ["4.1.2", "4.1.1", "4.1.10"].map((id) => {
    const because = `the peer took it in ${id}`;
    return { id, verdict: { outcome: "fail", requirement: "6455-5.2-3", because } } as const;
  });
  const evidenceOf = (all: readonly Play[]): unknown =>
    found(...all)?.findings.map(({ evidence }) => evidence.case);
  assert.deepEqual(evidenceOf(plays), ["4.1.1"]);
  assert.deepEqual(evidenceOf(plays.toReversed()), ["4.1.1"]);
});

test("what was agreed on for compression is broken at the answer, or with the messages behind it", () => {
  const failed = { outcome: "fail", requirement: "7692-5-7", because: "the peer closed TCP" } as const;
  const of = (
    role: "client" | "server",
    received: Readonly<Record<number, number>>,
    closedByTester = false,
  ): unknown => {
    const record = recordOf({ role, frames: { received, sent: {} }, close: { closedByTester } });
    const { findings } = found({ id: "13.7.1", record, verdict: failed }) ?? assert.fail();
    return findings.map(({ id, because }) => [id, because]);
  };
  const lost = "does not echo every compressed message as it was sent.";
  assert.deepEqual(of("server", { 1: 1, 8: 1 }), [["7692-6.2-1/wrong-answer/client", `The client ${lost}`]]);
  assert.deepEqual(of("client", { 8: 1 }), [["7692-6.2-1/wrong-answer/server", `The server ${lost}`]]);
  assert.deepEqual(of("server", { 8: 1 }), [["7692-6.2-1/wrong-answer/client", `The client ${lost}`]]);
  assert.deepEqual(of("server", {}, true), [["7692-6.2-1/wrong-answer/client", `The client ${lost}`]]);
  assert.deepEqual(of("server", {}), [
    [
      "7692-5-7/handshake-refused/client",
      "The client refuses an opening handshake whose answer has parameters of permessage-deflate that fit its offer.",
    ],
  ]);
});

test("a title says what a peer does with an opening handshake where the case is about that, and not where it is about messages", () => {
  const verdict = { outcome: "fail", closing: "not-opened", requirement: "7692-7-4" } as const;
  const saidOf = (id: string): unknown => {
    const findings = new RunFindings();
    findings.see({ ...SAMPLE_START, cases: CASES.map((one) => caseInfo(one)) });
    const record = recordOf({ handshake: { opened: false, request: "", response: "" } });
    findings.see(played({ id, record, verdict: { ...verdict, because: "the peer answered HTTP 400" } }));
    return findings.of("p")?.findings.map(({ because }) => because);
  };
  const required = "Required: A server declines an offer with a configuration that it does not support.";
  assert.deepEqual(saidOf("12.1.1"), [`The server answered HTTP 400. ${required}`]);
  const title = "Offer with server_no_context_takeover=1";
  assert.deepEqual(saidOf("31.1.9.1"), [
    `The server refuses a valid opening handshake: "${title}". ${required}`,
  ]);
});

test("a Close frame that answers one with too long a payload loses no message", () => {
  const because = "the peer closed with 1000, as if nothing were wrong";
  const expected = [{ outcome: "pass", events: [], ending: "then the peer fails the connection" }] as const;
  const verdict = { outcome: "fail", requirement: "6455-5.5-1", because, expected } as const;
  const close = { closedByTester: true, remoteCode: 1000, remotePayload: "03e8" } as const;
  const findings = new RunFindings();
  findings.see({ ...SAMPLE_START, cases: CASES.map((one) => caseInfo(one)) });
  findings.see(played({ id: "7.3.6", record: recordOf({ close }), verdict }));
  assert.deepEqual(
    findings.of("p")?.findings.map(({ id }) => id),
    ["6455-5.5-1/wrong-answer/server"],
  );
});
