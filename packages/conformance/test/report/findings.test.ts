import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { describe, test } from "node:test";
import { EventLog } from "../../src/live/event-log.js";
import { jsonReporter, type JsonSummary } from "../../src/report/json.js";
import { PageFeed } from "../../src/report/page/feed.js";
import { runEventSchema } from "../../src/report/run-event-schema.js";
import { terminalReporter } from "../../src/report/terminal.js";
import { requirementInfo } from "../../src/run/case-info.js";
import type { PeerFindings, RunEvent } from "../../src/run/event.js";
import type { PeerFinding } from "../../src/run/finding.js";
import { collect } from "./collect.js";
import { assertHarmless } from "./golden.js";
import { HOSTILE_TEXT, PEER, SAMPLE_START, play } from "./sample-run.js";

const FIXED: PeerFinding = {
  id: "6455-5.3-1/violation/client",
  observation: "violation",
  severity: "error",
  cases: [],
  evidence: { case: "1.1.1", attempt: 1, wire: [] },
  requirement: requirementInfo("6455-5.3-1"),
  rule: "24.3.2",
  outcome: "fail",
  because: "20 of 21 masking keys of the peer had been used before.",
  hint: "Draw four random octets for every frame.",
  first: "1.1.1",
  connections: 2,
  counted: false,
};
const MASKED: PeerFinding = {
  id: "6455-5.1-4/violation/client",
  observation: "violation",
  severity: "error",
  cases: ["1.1.2"],
  evidence: { case: "1.1.2", attempt: 1, wire: [{ at: 20, entry: { dir: "=", note: HOSTILE_TEXT } }] },
  requirement: requirementInfo("6455-5.1-4"),
  outcome: "fail",
  because: "The server sent a masked frame although it is the server.",
  fixes: 1,
  first: "1.1.2",
  connections: 1,
  counted: true,
};
const PAD_BITS: PeerFinding = {
  id: "4648-3.5-1/violation/client",
  observation: "violation",
  severity: "note",
  cases: [],
  evidence: { case: "1.1.1", attempt: 1, wire: [] },
  requirement: requirementInfo("4648-3.5-1"),
  outcome: "informational",
  because: HOSTILE_TEXT,
  first: "1.1.1",
  connections: 2,
  counted: false,
};

function found(...findings: readonly PeerFinding[]): PeerFindings {
  return { type: "findings", peer: PEER, connections: 2, maskingKeys: 21, findings };
}

function runWith(findings: PeerFindings): readonly RunEvent[] {
  return [
    { ...SAMPLE_START, cases: SAMPLE_START.cases.slice(0, 2) },
    { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" },
    ...play("1.1.1", {}),
    ...play("1.1.2", {}),
    findings,
    {
      type: "run-end",
      totals: { durationMs: 10, interrupted: false, outcomes: { pass: 2 }, closings: { ok: 2 }, notRun: 0 },
    },
  ];
}

describe("what the connections of a peer showed together", () => {
  test("on the terminal: the verdict, then what, the requirement, where, evidence, a hint, and the command", async () => {
    const { stream } = await collect(terminalReporter, runWith(found(FIXED, MASKED, PAD_BITS)));
    assertHarmless(stream);
    const text = stripVTControlCharacters(stream);
    assert.match(text, /\n\na breaks 2 requirements\.\n\n✗ 20 of 21/);
    const [first = "", second = ""] = text.slice(text.indexOf("✗ 20 of 21")).split("\n\n");
    assert.deepEqual(first.split("\n"), [
      "✗ 20 of 21 masking keys of the peer had been used before.",
      "    RFC 6455 §5.3 MUST  https://www.rfc-editor.org/rfc/rfc6455#section-5.3",
      "    On 2 connections; no case went wrong because of it; see 1.1.1.",
      "    Hint   Draw four random octets for every frame.",
      "    More   wireproof show 1.1.1 --run wireproof-report/run.ndjson",
      "    Again  wireproof test ws://x --cases 1.1.1 --insecure --header 'X-Token: it'\\''s me' --subprotocol chat",
    ]);
    assert.match(
      second,
      /^✗ The server sent a masked frame although it is the server\.\n.*\n {4}In 1 case; see 1\.1\.2\.\n {6}= \S/,
    );
    assert.match(text, /^i .*\n {4}RFC 4648 §3.5 MUST {2}\S+\n {4}On 2 connections; see 1\.1\.1\.$/ms);
  });

  test("at most ten in full, and the others with their reach", async () => {
    const many = Array.from({ length: 13 }, () => MASKED);
    const { stream } = await collect(terminalReporter, runWith(found(...many)));
    assert.equal(stream.match(/^ {4}More /gm)?.length, 10);
    assert.match(
      stream,
      /\nAnd 3 more findings; the report page has all of them \(`wireproof report \S+`\):\n/,
    );
    assert.equal(stream.match(/^✗ The server sent .*\(RFC 6455 §5\.1\): in 1 case$/gm)?.length, 3);
  });

  test("forty columns wide, no line but commands is wider", async () => {
    const wire = [{ at: 20, entry: { dir: "=", note: "a long remark ".repeat(20) } }] as const;
    const long = { ...MASKED, evidence: { ...MASKED.evidence, because: "It is so. ".repeat(9), wire } };
    const { stream } = await collect(terminalReporter, runWith(found(FIXED, long)), { columns: 40 });
    const wide = stream.split("\n").filter((line) => line.length > 40 && !/^ {4}(More|Again) {2}/.test(line));
    assert.deepEqual(
      wide.filter((line) => !line.startsWith("2 results")),
      [],
    );
  });

  test("what a peer said instead of opening the connection is quoted, and harmless", async () => {
    const answer = `HTTP/1.1 401 Unauthorized\r\nServer: ${HOSTILE_TEXT.replaceAll(/[\r\n]/g, "")}\r\n\r\nlog in first\n`;
    const refused = { ...MASKED, evidence: { case: "1.1.2", attempt: 1, wire: [], answer } };
    const { stream } = await collect(terminalReporter, runWith(found(refused)));
    assertHarmless(stream);
    assert.match(stream, /\n {6}< HTTP\/1\.1 401 Unauthorized\n {6}< Server: \S.*\n {6}< log in first\n/);
  });

  test("a peer of which nothing is found conforms", async () => {
    const { stream } = await collect(terminalReporter, runWith(found()));
    assert.match(stream, /\na conforms: 2 of 2\.\n/);
    assert.doesNotMatch(stream, /✗|More/);
  });

  test("a client that was summed up before is named again", async () => {
    const events = runWith(found(FIXED));
    const early: readonly RunEvent[] = [
      ...events.slice(0, -2),
      { type: "checkpoint", peer: PEER },
      ...events.slice(-2),
    ];
    const { stream } = await collect(terminalReporter, early);
    assert.equal(stream.match(/^ {2}Cases /gm)?.length, 1);
    assert.match(stream, /\n\na at ws:\/\/x\n\n✗ 20 of 21[^]*no case went wrong[^]*2 results/);
  });

  test("in the summary of the run, and the schema of the run file", async () => {
    const event = found(FIXED, PAD_BITS);
    assert.deepEqual(runEventSchema.parse(JSON.parse(JSON.stringify(event))), event);
    const { stream } = await collect(jsonReporter, runWith(event));
    const [peer] = (JSON.parse(stream) as JsonSummary).peers;
    assert.deepEqual(peer?.found, { connections: 2, maskingKeys: 21, findings: [FIXED, PAD_BITS] });
  });

  test("on the page, where later findings of a peer replace earlier ones", () => {
    assert.deepEqual(new PageFeed({ command: "wireproof" }).next(found(FIXED)), { event: found(FIXED) });
    const log = new EventLog();
    log.append(found());
    log.append(found(FIXED));
    assert.deepEqual([log.at(0), log.at(1)], [null, JSON.stringify(found(FIXED))]);
  });
});
