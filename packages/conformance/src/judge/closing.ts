import type { Case } from "../case/case.js";
import type { DifferenceId } from "../case/difference.js";
import { isDemand } from "../case/requirements.js";
import type { Verdict } from "./verdict.js";
import type { CaseRecord } from "../record/record.js";
import { isOverHttp2 } from "../record/http2-record.js";
import { hadNoRoom, mayBeLost } from "../record/close-record.js";
import { isMild, VIOLATIONS, type ViolationName } from "../record/violation.js";

export type ClosingVerdict = Pick<Verdict, "closing" | "closingBecause" | "closingRequirement">;

/** For cases that demand nothing of the end of the connection. */
export const NOT_APPLICABLE: ClosingVerdict = {
  closing: "not-applicable",
  closingBecause: "this case demands nothing of the end of the connection",
};

/** For connections that never opened. */
export const NOT_OPENED: ClosingVerdict = {
  closing: "not-opened",
  closingBecause: "the opening handshake was never completed",
};

export const ENDED_BY_TESTER = "the tester ended TCP after what the peer sent during the closing";

const AS_REQUIRED: ClosingVerdict = { closing: "ok", closingBecause: "the connection ended as it had to" };

/** The closing by the rules of `modern`: who ended the connection and how, and what the peer did illegally. */
export function closingOf(judged: Case, record: CaseRecord): ClosingVerdict {
  const verdict = problemOf(judged, record) ?? AS_REQUIRED;
  const broken = record.violations.find(({ violation, closing }) => closing === true && !isMild(violation));
  if (broken === undefined) return verdict;
  const name = broken.violation as ViolationName;
  const what = name === "close-code" ? closeCodeText(record) : `the peer ${VIOLATIONS[name].sentence}`;
  const ownClosing = name === "close-code" ? "wrong-code" : "unclean";
  // A code that no endpoint may send is worse than one that does not fit: only the former is reported.
  const isMoreImportant =
    verdict.closing === "ok" || (verdict.closing === ownClosing && name === "close-code");
  return {
    closing: verdict.closing === "ok" ? ownClosing : verdict.closing,
    closingBecause: isMoreImportant ? what : `${verdict.closingBecause}; besides, ${what}`,
    closingRequirement: broken.requirement,
  };
}

/** Whether the peer did anything to end the connection: a Close frame, or the end of TCP. */
export function hasPeerActed({ close }: CaseRecord): boolean {
  return close.remotePayload !== null || close.tcp === "ended-by-peer" || close.tcp === "reset-by-peer";
}

/** Whether the peer's close code is accepted. If the tester ended the connection, its own code may come back, too. */
export function mayAnswer(judged: Case, record: CaseRecord): boolean {
  const { close } = record;
  const { ending } = judged.expect;
  if (close.remoteCode === null || ending.codes.includes(close.remoteCode)) return true;
  if (LEAVES_CODE_OPEN.some((id) => judged.differs?.includes(id) === true)) return true;
  const ownDoing = close.failedByTester || record.timers.some((name) => name === "kill" || name === "close");
  return ownDoing && close.remoteCode === close.localCode;
}

/** In these cases RFC 6455 does not say which code is right. */
const LEAVES_CODE_OPEN: readonly DifferenceId[] = [
  "any-close-code",
  "close-code-not-used",
  "close-code-not-defined",
];

function closeCodeText({ close }: CaseRecord): string {
  return `the peer's close code is ${close.remoteCode}, which must not appear in a Close frame`;
}

/** What was wrong with the course of the closing; undefined if nothing was. */
function problemOf(judged: Case, record: CaseRecord): ClosingVerdict | undefined {
  const { ending } = judged.expect;
  const { close } = record;
  if ((ending.by === "tester") !== close.closedByTester) return wrongSide(judged, record);
  // A server that completed the closing handshake and then kept TCP open is judged below.
  const handshake = close.remotePayload !== null && close.localPayload !== null;
  if (ending.clean && !handshake) {
    const why = close.notCleanReason ?? ENDED_BY_TESTER;
    return {
      closing: "unclean",
      closingBecause: `the closing handshake was not completed: ${why}`,
      ...citing(unanswered(record)),
    };
  }
  if (!mayAnswer(judged, record)) {
    const codes = [...new Set(ending.codes)].join(" or ");
    const because = `the peer's close code is ${close.remoteCode}; only ${codes} or no code fits`;
    // No MUST says which code fits (RFC 6455 §7.1.7, §7.4.1).
    return { closing: "wrong-code", closingBecause: because };
  }
  if (record.role === "client" && close.droppedByTester) {
    return isGivenUp(record)
      ? { closing: "unclean", closingBecause: ENDED_BY_TESTER }
      : {
          closing: "dropped-by-tester",
          closingBecause: whyDropped(record),
          ...citing(close.remotePayload === null ? silence(judged, record) : "6455-5.5.1-8"),
        };
  }
  if (!hasPeerActed(record)) {
    const why = close.notCleanReason === null ? "" : `: ${close.notCleanReason}`;
    return {
      closing: "unclean",
      closingBecause: `the peer did nothing to end the connection${why}`,
      ...citing(silence(judged, record)),
    };
  }
  return undefined;
}

function citing(requirement: string | undefined): Pick<ClosingVerdict, "closingRequirement"> {
  return requirement === undefined ? {} : { closingRequirement: requirement };
}

/**
 * The tester's Close frame got no Close frame. After a reset nobody knows: the answer may be lost. A peer that makes no room for
 * the frame has not got it.
 */
function unanswered({ close }: CaseRecord): string | undefined {
  if (mayBeLost(close) || hadNoRoom(close)) return undefined;
  return close.localPayload !== null && close.remotePayload === null ? "6455-5.5.1-5" : undefined;
}

/** The peer neither closed nor answered: a Close frame, or what has to make it fail the connection. */
function silence(judged: Case, record: CaseRecord): string | undefined {
  return judged.expect.ending.by === "peer" ? obliging(judged) : unanswered(record);
}

/** What obliges the peer to fail the connection: the case is about it. */
function obliging({ requirements }: Case): string {
  return isDemand(requirements[0]) ? requirements[0] : "6455-7.1.7-1";
}

function wrongSide(judged: Case, { close }: CaseRecord): ClosingVerdict {
  if (!close.closedByTester) {
    // No MUST is broken: a peer may close whenever it wants to (RFC 6455 §7.3, §7.1.7).
    return {
      closing: "wrong-side",
      closingBecause: "the peer ended the connection; in this case the tester has to end it",
    };
  }
  const who = close.failedByTester
    ? "the tester failed the connection because of what the peer sent"
    : "the tester ended the connection, not the peer";
  return {
    closing: "wrong-side",
    closingBecause: `${who}; in this case the peer has to end it`,
    closingRequirement: obliging(judged),
  };
}

/** The tester closed TCP because of a violation, before the peer's time to close it was over. */
function isGivenUp({ close }: CaseRecord): boolean {
  return close.failedByTester && !close.dropTimeout && !close.closeTimeout;
}

function whyDropped(record: CaseRecord): string {
  const { close } = record;
  if (close.remotePayload === null) {
    return `the tester had to close TCP: ${close.notCleanReason ?? "the peer neither sent a Close frame nor closed TCP"}`;
  }
  return `the server did not close TCP after the closing handshake (RFC 6455 §5.5.1, ${isOverHttp2(record) ? "RFC 8441 §5" : "§7.1.1"})`;
}
