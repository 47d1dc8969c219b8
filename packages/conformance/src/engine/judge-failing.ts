import type { Case } from "../case/case.js";
import type { CaseRecord, Closing, Outcome } from "../report/event.js";
import { describeDifference } from "./difference-text.js";
import { isPrefix, sameTrace, traceView } from "./event-view.js";
import { mayBeLost } from "./lost-to-reset.js";
import { isBehindClose, isMild, VIOLATIONS, type ViolationName } from "./violation.js";

export interface FailingVerdict {
  readonly outcome: Outcome;
  readonly because: string;
  readonly requirement?: string;
  readonly closing?: Closing;
}

/** Codes of an ordinary closing: a peer that uses one has not failed the connection. */
const ORDINARY = new Set([1000, 1001]);

/**
 * `modern` on cases in which the peer has to fail the connection (RFC 6455 §7.1.7): because of something illegal
 * (`mustFail`), or because of the tester's own illegal Close frame. It has to act itself: with a Close frame, or
 * at least by closing TCP.
 */
export function judgeFailing(judged: Case, record: CaseRecord, mustFail: boolean): FailingVerdict {
  const [requirement] = judged.requirements;
  const fail = (because: string, broken: string = requirement): FailingVerdict => ({
    outcome: "fail",
    because,
    requirement: broken,
  });
  const treatedAsLegal = echoed(judged, record, mustFail);
  if (treatedAsLegal !== null) return fail(treatedAsLegal);
  const violation = violated(record);
  if (violation !== null) return fail(violation.because, violation.requirement);
  const difference = eventsDiffer(judged, record);
  if (difference !== null) return fail(difference);
  if (mustFail && record.close.closedByTester)
    return fail(`the peer did not fail the connection${inTime(record)}`);
  return judgeEnd(judged, record, fail);
}

function judgeEnd(
  judged: Case,
  record: CaseRecord,
  fail: (because: string) => FailingVerdict,
): FailingVerdict {
  const { close } = record;
  const { codes } = judged.expect.ending;
  if (close.remotePayload === null) {
    if (close.tcp === "ended-by-tester") return fail("the peer neither sent a Close frame nor closed TCP");
    if (mayBeLost(close)) {
      const because =
        "the peer failed the connection by resetting TCP; a Close frame before that may be lost";
      return { outcome: "pass", because };
    }
    return {
      outcome: "non-strict",
      because: "the peer failed the connection by closing TCP, without a Close frame",
      requirement: "6455-7.1.7-3",
    };
  }
  if (close.remoteCode === null) {
    return { outcome: "pass", because: "the peer failed the connection with a Close frame without a code" };
  }
  if (codes.includes(close.remoteCode)) {
    return {
      outcome: "pass",
      because: `the peer failed the connection with code ${close.remoteCode}${moment(record)}`,
    };
  }
  if (ORDINARY.has(close.remoteCode)) {
    return fail(`the peer closed with ${close.remoteCode}, as if nothing were wrong`);
  }
  return {
    outcome: "non-strict",
    because: `the peer failed the connection with code ${close.remoteCode}; ${codes.join(" or ")} is meant for this`,
    requirement: "6455-7.1.7-3",
    closing: "wrong-code",
  };
}

/** The peer answered the illegal frame as a legal one: it sent it back, or answered it in the ordinary way. */
function echoed(judged: Case, record: CaseRecord, mustFail: boolean): string | null {
  const { close } = record;
  if (close.remotePayload === null) return null;
  const sent = mustFail ? illegalClose(judged) : close.localPayload;
  if (sent === null || close.remotePayload !== sent) return null;
  if (mustFail && close.closedByTester) return null;
  return "the peer answered the illegal Close frame with the same one, as if it were legal";
}

/** The payload of a Close frame that the script sends as a plain frame (3.7). */
function illegalClose(judged: Case): string | null {
  if (judged.differs?.includes("illegal-close-answered") !== true) return null;
  const step = judged.script.find((candidate) => candidate.do === "frame" && candidate.opcode === 8);
  return step?.do === "frame" ? Buffer.from(step.payload.pattern).toString("hex") : null;
}

function violated(record: CaseRecord): { because: string; requirement: string } | null {
  const first = record.violations.find(({ violation }) => !isMild(violation));
  if (first === undefined) return null;
  const { sentence } = VIOLATIONS[first.violation as ViolationName];
  // Behind its Close frame the peer has failed the connection, and did not leave it at that.
  const instead = isBehindClose(first.violation) ? "" : ", instead of failing the connection";
  return { because: `the peer ${sentence}${instead}`, requirement: first.requirement };
}

function eventsDiffer(judged: Case, record: CaseRecord): string | null {
  const { pass, nonStrict } = judged.expect;
  const accepted = [pass, ...(nonStrict === undefined ? [] : [nonStrict])].map(traceView);
  const complete = record.eventCount === record.events.length;
  if (complete && accepted.some((trace) => sameTrace(record.events, trace))) return null;
  // The peer was right to end the connection; what is missing may be lost.
  if (complete && mayBeLost(record.close) && accepted.some((trace) => isPrefix(record.events, trace)))
    return null;
  // Where the events went on behind the tolerated course (6.4.x), it is what they depart from.
  const followed = accepted.find((trace) => trace.length > pass.length && isPrefix(trace, record.events));
  return describeDifference(followed ?? traceView(pass), record);
}

function inTime(record: CaseRecord): string {
  return record.timers.includes("kill") || record.timers.includes("close") ? " in time" : "";
}

/** For cases with pauses (6.4.x): whether the peer waited for the end of the message. */
function moment(record: CaseRecord): string {
  const pauses = record.events.filter((event) => event.type === "timeout").length;
  if (pauses === 0) return "";
  return pauses === 1 ? ", as soon as the text was invalid" : ", only at the end of the message";
}
