import type { Case } from "../case/case.js";
import type { Closing, Outcome } from "./verdict.js";
import type { CaseRecord } from "../record/record.js";
import { whatIsNotAgreed } from "./agreement.js";
import { NOT_APPLICABLE, NOT_OPENED } from "./closing.js";
import { sameTrace, traceView } from "../record/event-view.js";
import type { Judgement } from "./verdict.js";
import { describeDifference } from "./difference-text.js";
import { asTaken } from "./taken.js";
import { judgeHttp2 } from "./http2.js";
import { judgeLoad } from "./load.js";
import { judgeModern } from "./modern.js";
import { judgeNegotiation } from "./negotiation.js";
import { judgeOpening } from "./opening.js";

/**
 * The rules of Autobahn|Testsuite 25.10.1, verdict for verdict and in its order of precedence: an unclean end hides a
 * wrong code, and a wrong side hides both. A peer that sends nothing passes every case in which it has to fail the
 * connection.
 */
export function judgeAutobahn(judged: Case, record: CaseRecord): Judgement {
  // The original has no cases about the opening handshake.
  const opening =
    judgeHttp2(judged, record) ?? judgeNegotiation(judged, record) ?? judgeOpening(judged, record);
  if (opening !== undefined) return opening;
  const taken = asTaken(judged, record);
  if (taken !== undefined) return tolerated(judgeAutobahn(taken, record));
  const close = judged.expect.endIsOpen === true ? NOT_APPLICABLE : closing(judged, record);
  let { outcome, because } = behaviour(judged, record);
  const { ending, informational } = judged.expect;
  if (outcome === "unimplemented" && (informational === true || ending.by === "peer")) {
    return { ...NOT_APPLICABLE, outcome, because };
  }
  if (record.handshake.opened && ending.sideIsFatal === true && close.closing === "wrong-side") {
    ({ outcome, because } = { outcome: "fail", because: close.closingBecause });
  }
  if (ending.codeIsFatal === true && close.closing === "wrong-code") {
    ({ outcome, because } = { outcome: "fail", because: close.closingBecause });
  }
  if (informational === true) {
    return { ...NOT_APPLICABLE, outcome: "informational", because };
  }
  const requirement = outcome === "fail" ? brokenBy(judged, record) : undefined;
  return { ...close, outcome, because, ...(requirement === undefined ? {} : { requirement }) };
}

function tolerated(judgement: Judgement): Judgement {
  if (judgement.outcome !== "pass") return judgement;
  return { ...judgement, outcome: "non-strict", because: "the events are those of a tolerated trace" };
}

/**
 * The requirement of the case that the peer broke by the rules of the RFC; none if only the original fails the peer.
 */
function brokenBy(judged: Case, record: CaseRecord): string | undefined {
  const { outcome, requirement } = judgeModern(judged, record);
  const isOfTheCase = judged.requirements.some((id) => id === requirement);
  return outcome === "fail" && (isOfTheCase || !record.handshake.opened) ? requirement : undefined;
}

function behaviour(judged: Case, record: CaseRecord): { outcome: Outcome; because: string } {
  const { pass, nonStrict } = judged.expect;
  if (!record.handshake.opened) {
    return { outcome: "fail", because: record.handshake.problem ?? "the connection never opened" };
  }
  const because = whatIsNotAgreed(judged, record);
  if (because !== null) return { outcome: "unimplemented", because };
  const load = judgeLoad(judged, record, "length");
  if (load !== null) return load;
  if (record.eventCount === record.events.length) {
    if (sameTrace(record.events, traceView(pass))) {
      return { outcome: "pass", because: "the events are exactly those expected" };
    }
    if (nonStrict !== undefined && sameTrace(record.events, traceView(nonStrict))) {
      return { outcome: "non-strict", because: "the events are those of a tolerated trace" };
    }
  }
  return { outcome: "fail", because: describeDifference(traceView(pass), record) };
}

function closing(judged: Case, record: CaseRecord): { closing: Closing; closingBecause: string } {
  const { ending } = judged.expect;
  const { close } = record;
  if (!record.handshake.opened) {
    return NOT_OPENED;
  }
  if ((ending.by === "tester") !== close.closedByTester) {
    const who = ending.by === "tester" ? "the tester" : "the peer";
    return { closing: "wrong-side", closingBecause: `${who} had to start the closing, and did not` };
  }
  if (ending.clean && !close.clean) {
    const why = close.notCleanReason ?? "the tester ended the connection";
    return { closing: "unclean", closingBecause: `the closing handshake had to be complete: ${why}` };
  }
  if (close.remoteCode !== null && !ending.codes.includes(close.remoteCode)) {
    const codes = [...new Set(ending.codes)].join(" or ");
    return {
      closing: "wrong-code",
      closingBecause: `the peer's close code is ${close.remoteCode} instead of ${codes} or none`,
    };
  }
  if (record.role === "client" && close.droppedByTester) {
    return {
      closing: "dropped-by-tester",
      closingBecause: "the tester had to close TCP, although that is the server's task",
    };
  }
  return { closing: "ok", closingBecause: "the connection ended as it had to" };
}
