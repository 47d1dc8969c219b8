import type { Case } from "../case/case.js";
import type { DifferenceId } from "../case/difference.js";
import type { CaseRecord, Closing, EventView, Outcome } from "../report/event.js";
import { describeDifference } from "./difference-text.js";
import { sameEvent, sameTrace, traceView } from "./event-view.js";
import type { Judgement } from "./judge.js";
import { mayBeLost, RESET } from "./lost-to-reset.js";
import { judgeLoad } from "./judge-load.js";
import { largestMessage } from "./playing-order.js";
import { judgeFailing, type FailingVerdict } from "./judge-failing.js";
import { isMild, VIOLATIONS, type ViolationName } from "./violation.js";

type Found = { outcome: Outcome; because: string; requirement?: string; closing?: Closing };

/**
 * The rules of the RFCs: nothing is demanded that they leave open, and silence is no evidence. Where this differs
 * from the original, the case says so in `differs`.
 */
export function judgeModern(judged: Case, record: CaseRecord): Judgement {
  if (!record.handshake.opened) return blocked(record);
  const close = closingOf(judged, record);
  const found = softened(outcomeOf(judged, record, close.closing), record);
  if (found.outcome === "informational") {
    return { ...close, outcome: "informational", closing: "not-applicable", because: found.because };
  }
  const { outcome, because, requirement, closing = close.closing } = found;
  const closingBecause =
    closing === "not-applicable" ? "nothing is demanded of the end of this connection" : close.closingBecause;
  return {
    closing,
    closingBecause,
    outcome,
    because,
    ...(requirement ? { requirement } : {}),
  };
}

function blocked(record: CaseRecord): Judgement {
  const { problem = "the connection never opened", requirement } = record.handshake;
  return {
    outcome: "blocked",
    closing: "not-opened",
    because: problem,
    closingBecause: "the opening handshake was never completed",
    ...(requirement === undefined ? {} : { requirement }),
  };
}

function outcomeOf(judged: Case, record: CaseRecord, closing: Closing): Found {
  const { expect } = judged;
  if (expect.informational === true) return { outcome: "informational", because: observation(record) };
  if (has(judged, "code-1010-is-for-clients") && record.role === "server") {
    return { outcome: "informational", because: observation(record) };
  }
  const mustFail = expect.ending.by === "peer";
  const badClose = expect.ending.by === "tester" && !expect.ending.clean;
  if (mustFail || badClose) return judgeFailing(judged, record, mustFail) satisfies FailingVerdict;
  return (
    violated(record) ??
    load(judged, record) ??
    events(judged, record) ??
    closingHandshake(judged, record, closing) ??
    PASSED
  );
}

/** Load has to come back whole; a peer that refuses it as too big has a limit, which is its right (§10.4). */
function load(judged: Case, record: CaseRecord): Found | undefined {
  const found = judgeLoad(judged, record, "content");
  if (found === null) return undefined;
  const { remoteCode, closedByTester } = record.close;
  if (found.outcome === "fail" && !closedByTester && (remoteCode === 1009 || remoteCode === 1008)) {
    return { outcome: "unimplemented", closing: "not-applicable", because: limitOf(judged, record) };
  }
  if (found.outcome !== "fail") return found;
  const slow = tooSlow(record);
  if (slow !== null) return { outcome: "too-slow", closing: "not-applicable", because: slow };
  return { ...found, requirement: judged.requirements[0] };
}

/** No requirement says how fast a peer has to be: a load that is not back in time was not judged. */
function tooSlow({ timers, limits = {}, loop, events: seen, octets }: CaseRecord): string | null {
  const isOther = loop?.mismatch !== undefined || seen.some(({ type }) => type === "message");
  const name = ["stalled", "kill", "close"].find((one) => timers.includes(one));
  if (isOther || name === undefined) return null;
  const came = Object.entries(octets.received).reduce((sum, [size, often]) => sum + Number(size) * often, 0);
  const part = loop === undefined ? "the message did" : `${loop.matched} of ${loop.wanted} messages did`;
  const had = `${part}${loop === undefined ? " not" : ""} come back; ${came} octets had come`;
  const seconds = limits[name];
  if (name !== "stalled")
    return `${had} when the limit of ${seconds ?? "this case in"} s was over (--timeout-scale)`;
  return `${had} when nothing had moved for ${seconds ?? 10} s, which is the limit (--load-silence sets it)`;
}

function limitOf(judged: Case, { close }: CaseRecord): string {
  const fragments = judged.script.some((step) => step.do === "message");
  const size = `${largestMessage(judged)} octets${fragments ? " in fragments" : ""}`;
  return `the peer has a limit: it refused a message of ${size} with close code ${close.remoteCode}`;
}

const PASSED: Found = { outcome: "pass", because: "the events are exactly those expected" };

/** A frame that no peer may send fails every case, whatever else came. */
function violated(record: CaseRecord): Found | undefined {
  const first = record.violations.find(({ violation }) => !isMild(violation));
  if (first === undefined) return undefined;
  const { sentence } = VIOLATIONS[first.violation as ViolationName];
  return { outcome: "fail", because: `the peer ${sentence}`, requirement: first.requirement };
}

/** What only a SHOULD speaks against fails no case, and leaves none without a word. */
function softened(found: Found, record: CaseRecord): Found {
  const mild = record.violations.find(({ violation }) => isMild(violation));
  if (mild === undefined || found.outcome !== "pass") return found;
  const { sentence } = VIOLATIONS[mild.violation as ViolationName];
  return { outcome: "non-strict", because: `the peer ${sentence}`, requirement: mild.requirement };
}

function events(judged: Case, record: CaseRecord): Found | undefined {
  const expected = traceView(judged.expect.pass);
  if (record.eventCount === record.events.length) {
    if (sameTrace(record.events, expected)) return undefined;
    if (has(judged, "pong-after-close") && record.events.every(({ type }) => type === "pong"))
      return undefined;
    if (has(judged, "latest-pong-suffices") && isThinned(record.events, expected)) {
      return { outcome: "pass", because: "not every ping was answered, but the latest was, and in order" };
    }
  }
  const [requirement] = judged.requirements;
  return { outcome: "fail", because: describeDifference(expected, record), requirement };
}

/** Whether `events` are some of `expected`, in order, the last one among them (RFC 6455 §5.5.3). */
function isThinned(events: readonly EventView[], expected: readonly EventView[]): boolean {
  let at = 0;
  for (const event of events) {
    while (at < expected.length && !sameEvent(event, expected[at] as EventView)) at++;
    if (at++ >= expected.length) return false;
  }
  return events.length > 0 && at === expected.length;
}

/** In the cases about closing, a peer that does not take part fails, and so does one with a code of its own. */
function closingHandshake(judged: Case, record: CaseRecord, closing: Closing): Found | undefined {
  const { close } = record;
  if (has(judged, "closing-handshake-required") && close.closedByTester && close.remotePayload === null) {
    if (mayBeLost(close)) {
      return {
        outcome: "pass",
        because: `the events are those expected; ${RESET}, its Close frame included`,
      };
    }
    return { outcome: "fail", because: close.notCleanReason ?? GAVE_UP, requirement: "6455-5.5.1-5" };
  }
  if (has(judged, "any-close-code")) {
    const code = close.remoteCode === null ? "no code" : `code ${close.remoteCode}`;
    return { outcome: "pass", because: `the peer took part in the closing handshake, with ${code}` };
  }
  if (judged.expect.ending.codeIsFatal === true && closing === "wrong-code") {
    const [requirement] = judged.requirements;
    return {
      outcome: "fail",
      because: `the Close frame was answered with code ${close.remoteCode}`,
      requirement,
    };
  }
  return undefined;
}

function closingOf(judged: Case, record: CaseRecord): { closing: Closing; closingBecause: string } {
  const { ending } = judged.expect;
  const { close } = record;
  if ((ending.by === "tester") !== close.closedByTester) {
    const who = ending.by === "tester" ? "the peer ended the connection" : "the peer left it to the tester";
    return { closing: "wrong-side", closingBecause: `${who} although this case asks for the opposite` };
  }
  // A server that took part in the closing handshake and then kept TCP open is another matter.
  const handshake = close.remotePayload !== null && close.localPayload !== null;
  if (ending.clean && !handshake) {
    const why = close.notCleanReason ?? GAVE_UP;
    return { closing: "unclean", closingBecause: `the closing handshake was not completed: ${why}` };
  }
  if (!mayAnswer(judged, record)) {
    const codes = [...new Set(ending.codes)].join(" or ");
    const because = `the peer's close code is ${close.remoteCode}; ${codes} or none fits`;
    return { closing: "wrong-code", closingBecause: because };
  }
  if (record.role === "client" && close.droppedByTester && gaveUp(record)) {
    return { closing: "unclean", closingBecause: GAVE_UP };
  }
  if (record.role === "client" && close.droppedByTester) {
    return { closing: "dropped-by-tester", closingBecause: whyDropped(record) };
  }
  return { closing: "ok", closingBecause: "the connection ended as it has to" };
}

/** TCP was given up because of a violation, before the peer had its time to close it. */
function gaveUp({ close }: CaseRecord): boolean {
  return close.failedByTester && !close.dropTimeout && !close.closeTimeout;
}

const GAVE_UP = "the tester gave the connection up after what the peer sent while it was closing";

function whyDropped({ close }: CaseRecord): string {
  if (close.closeTimeout && close.notCleanReason !== null) {
    return `the tester had to close TCP: ${close.notCleanReason}`;
  }
  return "the server did not close TCP after the closing handshake (RFC 6455 §5.5.1, §7.1.1)";
}

/** Accepted codes, and the tester's own: a peer that echoes the code it was sent is not charged with it. */
function mayAnswer(judged: Case, record: CaseRecord): boolean {
  const { close } = record;
  const { ending } = judged.expect;
  if (close.remoteCode === null || ending.codes.includes(close.remoteCode)) return true;
  if (has(judged, "any-close-code")) return true;
  const ownDoing = close.failedByTester || record.timers.some((name) => name === "kill" || name === "close");
  return ownDoing && close.remoteCode === close.localCode;
}

function observation(record: CaseRecord): string {
  const { close, eventCount } = record;
  const code = close.remoteCode === null ? "no close code" : `close code ${close.remoteCode}`;
  const end = close.clean
    ? "the closing handshake was completed"
    : (close.notCleanReason ?? "TCP was given up");
  return `${eventCount} ${eventCount === 1 ? "event" : "events"} and ${code} came; ${end}`;
}

function has(judged: Case, difference: DifferenceId): boolean {
  return judged.differs?.includes(difference) === true;
}
