import type { RunEvent } from "../../src/run/event.js";
import { requirementInfo } from "../../src/run/case-info.js";
import type { PeerFinding } from "../../src/run/finding.js";
import { HOSTILE_TEXT, PEER, frame, sampleRun } from "./sample-run.js";

/** Everything that could mean something to a reader of XML, Markdown, TAP or workflow commands. */
export const ACTING_TEXT =
  "]]> | `code` | <b>bold</b> [link](https://evil.example) @octocat #1 www.evil.example $x$ # SKIP \\ %0A::error::x\n::set-output name=a::b\n- item\n\n```";

/** Findings of the first peer of the sample run: of each severity one, with what a hostile peer had sent. */
export const FOUND: readonly PeerFinding[] = [
  {
    id: "none/crash/server",
    requirement: null,
    observation: "crash",
    severity: "critical",
    outcome: "fail",
    because: "The command ended with exit status 1.",
    hint: "Look at what it printed before it ended.",
    first: "1.1.2",
    cases: ["1.1.2"],
    connections: 1,
    counted: true,
    evidence: { case: "1.1.2", attempt: 1, wire: [] },
  },
  {
    id: "6455-5.5.1-5/no-close-frame/server",
    requirement: requirementInfo("6455-5.5.1-5"),
    observation: "no-close-frame",
    severity: "error",
    outcome: "fail",
    because: `the peer closed TCP without a Close frame: ${ACTING_TEXT}`,
    hint: `Answer a Close frame with a Close frame. ${ACTING_TEXT}`,
    first: "2.1",
    cases: ["2.1", "2.2", "7.9.2"],
    connections: 3,
    counted: true,
    evidence: {
      case: "2.1",
      attempt: 1,
      wire: [
        { at: 123, entry: { dir: ">", frame: frame(8, "\u0003\u00e8", { masked: true }, "latin1") } },
        { at: 1123, entry: { dir: "=", note: HOSTILE_TEXT } },
      ],
    },
  },
  {
    id: "6455-7.1.7-3/no-close-frame/server",
    requirement: requirementInfo("6455-7.1.7-3"),
    observation: "no-close-frame",
    severity: "warning",
    outcome: "non-strict",
    because: "the peer failed the connection by closing TCP, without a Close frame",
    first: "6.4.1",
    cases: ["6.4.1"],
    connections: 1,
    counted: true,
    evidence: { case: "6.4.1", attempt: 1, wire: [] },
  },
  {
    id: "4648-3.5-1/violation/server",
    requirement: requirementInfo("4648-3.5-1"),
    observation: "violation",
    severity: "note",
    outcome: "informational",
    because: HOSTILE_TEXT,
    first: "1.1.1",
    cases: [],
    connections: 2,
    counted: false,
    evidence: { case: "1.1.1", attempt: 1, wire: [] },
  },
];

/** The sample run, with findings of its first peer; a baseline accepts those that `known` names. */
export function foundRun(known: readonly string[] = []): RunEvent[] {
  const events = sampleRun();
  const findings = FOUND.map((one) =>
    known.includes(one.id) ? { ...one, known: { reason: "A proxy does it.", expires: "2027-01-31" } } : one,
  );
  const found: RunEvent = { type: "findings", peer: PEER, connections: 11, findings };
  return [...events.slice(0, -1), found, ...events.slice(-1)];
}

/** A run of one peer in which everything is in order. */
export function perfectRun(): RunEvent[] {
  const [start, up] = sampleRun();
  if (start?.type !== "run" || up === undefined) throw new Error("the sample run begins otherwise");
  const ids = new Set(["1.1.1", "2.10", "5.20"]);
  const played = sampleRun().filter(
    (event) => "case" in event && event.peer === PEER && ids.has(event.case) && event.type !== "wire",
  );
  return [
    { ...start, cases: start.cases.filter(({ id }) => ids.has(id)) },
    { type: "peer-up", peer: PEER, agent: "perfect", url: "ws://127.0.0.1:9001" },
    ...played,
    { type: "findings", peer: PEER, connections: 3, findings: [] },
    {
      type: "run-end",
      totals: { durationMs: 12, interrupted: false, outcomes: { pass: 3 }, closings: { ok: 3 }, notRun: 0 },
    },
  ];
}
