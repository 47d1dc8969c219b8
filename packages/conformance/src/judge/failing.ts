import { toHex } from "../case/payload.js";
import type { Case, Illegality } from "../case/case.js";
import type { CaseRecord, EventView } from "../record/record.js";
import { firstDifference, describeDifference, withinLimit } from "./difference-text.js";
import { isPrefix, sameTrace, traceView } from "../record/event-view.js";
import { firstViolation, type Finding } from "./finding.js";
import { mayBeLost } from "../record/close-record.js";
import { countedEvents } from "../record/unsolicited-pongs.js";
import { isBehindClose, VIOLATIONS, type ViolationName } from "../record/violation.js";

/** Codes of an ordinary closing: a peer that sends one has not failed the connection. */
export const ORDINARY_CODES: ReadonlySet<number> = new Set([1000, 1001]);

/**
 * The rules of `modern` for cases in which the peer has to fail the connection (RFC 6455 §7.1.7): because the tester
 * sent something illegal (`mustFail`), or because its Close frame is illegal. The peer has to act: with a Close frame,
 * or at least by closing TCP. A close code that the RFC does not forbid may also be accepted.
 */
export function judgeFailing(judged: Case, record: CaseRecord, mustFail: boolean): Finding {
  const accepts = acceptanceOf(judged);
  if (accepts === undefined && echoed(judged, record, mustFail)) {
    // The payload was legal, and so is what came back, unless the frame has the same fault.
    const how =
      mustFail && !hasSameFault(judged, record)
        ? "answered the illegal Close frame"
        : "sent the illegal Close frame back,";
    return fail(`the peer ${how} as if it were legal`, judged);
  }
  const found = violated(record, mustFail) ?? eventsDiffer(judged, record);
  if (found !== null) return found;
  if (mustFail && record.close.closedByTester) {
    return fail(`the peer did not fail the connection${withinLimit(record)}`, judged);
  }
  if (record.close.remotePayload === null) return judgeDrop(judged, record);
  return judgeClose(judged, record, accepts);
}

function fail(because: string, judged: Case, requirement: string = judged.requirements[0]): Finding {
  return { outcome: "fail", because, requirement };
}

function judgeDrop(judged: Case, { close }: CaseRecord): Finding {
  if (close.tcp === "ended-by-tester")
    return fail("the peer neither sent a Close frame nor closed TCP", judged);
  if (mayBeLost(close)) {
    const because = "the peer failed the connection by resetting TCP; a Close frame before that may be lost";
    return { outcome: "pass", because };
  }
  return {
    outcome: "non-strict",
    because: "the peer failed the connection by closing TCP, without a Close frame",
    requirement: "6455-7.1.7-3",
  };
}

function judgeClose(judged: Case, record: CaseRecord, accepts: "pass" | "non-strict" | undefined): Finding {
  const { remoteCode } = record.close;
  const { codes } = judged.expect.ending;
  if (remoteCode === null) {
    const what = accepts === undefined ? "failed the connection" : "closed";
    return { outcome: "pass", because: `the peer ${what} with a Close frame without a code` };
  }
  if (codes.includes(remoteCode)) {
    const because = `the peer failed the connection with code ${remoteCode}${whenFailed(record)}`;
    return { outcome: "pass", because };
  }
  if (accepts === "pass") {
    return {
      outcome: "pass",
      because: `the peer accepted the code, which RFC 6455 allows, and closed with ${remoteCode}`,
    };
  }
  if (accepts === "non-strict") {
    return {
      outcome: "non-strict",
      because: `the peer closed with ${remoteCode}; for a code that is not used, ${codes.join(" or ")} is recommended`,
      requirement: "6455-10.7-2",
    };
  }
  if (ORDINARY_CODES.has(remoteCode)) {
    return fail(`the peer closed with ${remoteCode}, as if nothing were wrong`, judged);
  }
  return {
    outcome: "non-strict",
    because: `the peer failed the connection with code ${remoteCode}; the code for this is ${codes.join(" or ")}`,
    requirement: "6455-7.1.7-3",
  };
}

/** The outcome for a peer that accepts a close code which RFC 6455 §7.4 does not forbid. */
function acceptanceOf({ differs = [] }: Case): "pass" | "non-strict" | undefined {
  if (differs.includes("close-code-not-defined")) return "pass";
  return differs.includes("close-code-not-used") ? "non-strict" : undefined;
}

/** The peer answered the illegal frame as if it were legal: it sent it back. */
function echoed(judged: Case, record: CaseRecord, mustFail: boolean): boolean {
  const { close } = record;
  const isAboutFrame = mustFail && illegalClose(judged) !== null && !close.closedByTester;
  if (isAboutFrame && close.remotePayload !== null && hasSameFault(judged, record)) return true;
  // An empty Close frame may be the answer to an empty one, or that of a peer that never sends a code.
  if (close.remotePayload === null || close.remotePayload === "") return false;
  if (mustFail && close.closedByTester) return false;
  if (!mustFail && judged.illegal?.some((name) => OF_CLOSE.has(name)) !== true) return false;
  return close.remotePayload === (mustFail ? illegalClose(judged) : close.localPayload);
}

/** What the peer sent breaks the same rule as what it got: it has sent it back. */
function hasSameFault({ illegal = [] }: Case, { violations }: CaseRecord): boolean {
  return violations.some(({ violation }) => illegal.some((name) => name === violation));
}

/** What can be illegal about the Close frame of a script. Elsewhere a peer that sends its code back answers a legal one. */
const OF_CLOSE: ReadonlySet<Illegality> = new Set(["close-payload", "close-code", "long-control"]);

/** The payload of a Close frame that the script sends as a plain frame (3.7). */
function illegalClose(judged: Case): string | null {
  if (judged.differs?.includes("illegal-close-answered") !== true) return null;
  const step = judged.script.find((candidate) => candidate.do === "frame" && candidate.opcode === 8);
  return step?.do === "frame" ? toHex(step.payload.pattern) : null;
}

/** A case about a Close frame is about closing: a violation there decides it too. */
function violated(record: CaseRecord, mustFail: boolean): Finding | null {
  // After it has failed the connection, a peer must not send more (RFC 6455 §5.5.1, §7.1.7).
  const first = firstViolation(record, mustFail ? "behind-close" : "all");
  if (first === undefined) return null;
  const { sentence } = VIOLATIONS[first.violation as ViolationName];
  const instead =
    first.closing === true || isBehindClose(first.violation) ? "" : ", instead of failing the connection";
  return { outcome: "fail", because: `the peer ${sentence}${instead}`, requirement: first.requirement };
}

function eventsDiffer(judged: Case, record: CaseRecord): Finding | null {
  const { pass, nonStrict } = judged.expect;
  const accepted = [pass, ...(nonStrict === undefined ? [] : [nonStrict])].map(traceView);
  const counted = countedEvents(judged, record.events);
  const complete = record.eventCount === record.events.length;
  if (complete && accepted.some((trace) => sameTrace(counted, trace))) return null;
  // The peer was right to end the connection; the missing events may be lost.
  if (complete && mayBeLost(record.close) && accepted.some((trace) => isPrefix(counted, trace))) return null;
  // If the events follow the tolerated trace and go beyond it (6.4.x), they are compared with that trace.
  const followed = accepted.find((trace) => trace.length > pass.length && isPrefix(trace, counted));
  const expected = followed ?? traceView(pass);
  const at = firstDifference(expected, counted);
  const behindClose = cameBehindClose(record, counted[at]);
  const because = `${describeDifference(expected, record, counted)}${behindClose ? ", after the peer's Close frame" : ""}`;
  if (behindClose) return fail(because, judged, "6455-7.1.7-4");
  // The peer failed the connection before anything was wrong.
  const isEarly = at < 0 && expected[counted.length]?.type === "timeout";
  return isEarly ? fail(because, judged, "6455-5.4-6") : fail(because, judged);
}

/** The event came after the peer had failed the connection. */
function cameBehindClose({ events, close }: CaseRecord, event: EventView | undefined): boolean {
  if (event === undefined || close.closedByTester || close.remoteAfterEvents === undefined) return false;
  return events.indexOf(event) >= close.remoteAfterEvents;
}

/** For cases with pauses (6.4.x): whether the peer waited for the end of the message. */
function whenFailed(record: CaseRecord): string {
  const pauses = record.events.filter((event) => event.type === "timeout").length;
  if (pauses === 0) return "";
  return pauses === 1 ? ", as soon as the text was invalid" : ", only at the end of the message";
}
