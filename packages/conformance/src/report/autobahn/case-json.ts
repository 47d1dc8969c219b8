import type { Verdict } from "../../judge/verdict.js";
import type { CaseRecord, EventView } from "../../record/record.js";
import type { WireEntry } from "../../record/wire-log.js";
import type { CaseEnd, CaseInfo, RunStart } from "../../run/event.js";
import { globalIndex } from "./catalogue.js";
import { durationOf } from "./duration.js";
import { payloadRule } from "./payload-rule.js";
import { byNumber, type PythonValue } from "./python-json.js";
import { resultTexts } from "./result-text.js";
import { trafficStats } from "./traffic-stats.js";
import { isLogOnAtEnd, wireRows } from "./wire-rows.js";
import { BEHAVIORS, CLOSE_BEHAVIORS } from "./words.js";

export interface CaseJsonInput {
  readonly start: RunStart;
  readonly agent: string;
  readonly end: CaseEnd;
  /** The wire log of the play that just ended. */
  readonly wire: readonly WireEntry[];
}

/** The 39 keys of a case's JSON file. Keys are sorted when they are written. */
export function caseJson({ start, agent, end, wire }: CaseJsonInput): PythonValue {
  const { record, verdict } = end;
  const info = start.cases.find(({ id }) => id === end.case);
  return {
    agent,
    case: caseNumber(start, end),
    id: end.case,
    description: info?.description ?? "",
    expectation: info?.expectation ?? "",
    behavior: BEHAVIORS[verdict.outcome],
    behaviorClose: CLOSE_BEHAVIORS[verdict.closing],
    ...resultTexts(info, end),
    ...expectations(info, record, verdict),
    received: record.events.map(eventRow),
    started: record.startedAt,
    duration: durationOf(record),
    isServer: record.role === "server",
    httpRequest: record.handshake.request ?? "?",
    httpResponse: record.handshake.response ?? "?",
    ...closingFacts(record),
    ...statistics(record, wire),
    reportTime: info?.reports?.time === true,
    reportCompressionRatio: info?.reports?.ratio === true,
  };
}

/** The original's client counts in its whole catalogue, its server in the cases of the run. */
function caseNumber(start: RunStart, end: CaseEnd): number {
  if (end.record.role === "client") return globalIndex(end.case);
  return start.cases.findIndex(({ id }) => id === end.case) + 1;
}

/** Both are filled in when the connection opens: without that they stay empty. */
function expectations(
  info: CaseInfo | undefined,
  record: CaseRecord,
  verdict: Verdict,
): { expected: PythonValue; expectedClose: PythonValue } {
  if (!record.handshake.opened || info === undefined) return { expected: {}, expectedClose: {} };
  const expected = new Map<string, PythonValue>();
  for (const { outcome, events } of verdict.expected) {
    const behavior = BEHAVIORS[outcome];
    // The strictest trace of an outcome comes first; the format has room for one.
    if (!expected.has(behavior)) expected.set(behavior, events.map(eventRow));
  }
  const { by, codes, clean, sideIsFatal } = info.ending;
  const expectedClose = {
    closeCode: codes,
    closedByMe: by === "tester",
    requireClean: clean,
    ...(sideIsFatal === true ? { closedByWrongEndpointIsFatal: true } : {}),
  };
  return { expected, expectedClose };
}

function eventRow(event: EventView): PythonValue {
  if (event.type === "timeout") return ["timeout", event.tag];
  const payload = payloadRule(event.head, event.length);
  return event.type === "message" ? ["message", payload, event.binary] : ["pong", payload];
}

function closingFacts({ close }: CaseRecord): Record<string, PythonValue> {
  return {
    closedByMe: close.closedByTester,
    failedByMe: close.failedByTester,
    droppedByMe: close.droppedByTester,
    wasClean: close.clean,
    wasNotCleanReason: close.notCleanReason,
    wasOpenHandshakeTimeout: close.openTimeout,
    wasCloseHandshakeTimeout: close.closeTimeout,
    wasServerConnectionDropTimeout: close.dropTimeout,
    localCloseCode: close.localCode,
    localCloseReason: close.localReason,
    remoteCloseCode: close.remoteCode,
    remoteCloseReason: close.remoteReason,
  };
}

function statistics(record: CaseRecord, wire: readonly WireEntry[]): Record<string, PythonValue> {
  return {
    createStats: true,
    createWirelog: isLogOnAtEnd(wire),
    rxOctetStats: byNumber(record.octets.received),
    txOctetStats: byNumber(record.octets.sent),
    rxFrameStats: byNumber(record.frames.received),
    txFrameStats: byNumber(record.frames.sent),
    trafficStats: trafficStats(record),
    wirelog: wireRows(wire),
  };
}
