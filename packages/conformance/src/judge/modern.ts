import { isAboutNegotiation, type Case } from "../case/case.js";
import type { DifferenceId } from "../case/difference.js";
import type { CaseRecord, EventView } from "../record/record.js";
import { whatIsNotAgreed } from "./agreement.js";
import {
  closingOf,
  ENDED_BY_TESTER,
  hasPeerActed,
  mayAnswer,
  NOT_APPLICABLE,
  NOT_OPENED,
} from "./closing.js";
import { asTaken } from "./taken.js";
import { firstDifference, describeDifference, nameOf } from "./difference-text.js";
import { isAdvice } from "../case/requirements.js";
import { isPrefix, isPrefixApart, sameEvent, sameTrace, traceView } from "../record/event-view.js";
import type { Judgement } from "./verdict.js";
import { firstViolation, withMildViolation, type Finding } from "./finding.js";
import { judgeFailing } from "./failing.js";
import { isOverHttp2 } from "../record/http2-record.js";
import { hadNoRoom, mayBeLost, RESET_TEXT } from "../record/close-record.js";
import { judgeHttp2 } from "./http2.js";
import { judgeLoad } from "./load.js";
import { judgeNegotiation } from "./negotiation.js";
import { judgeOpening } from "./opening.js";
import { headerValues, parseRequest } from "../wire/http1.js";
import { largestMessage } from "../case/steps.js";
import { withoutUnsolicitedPongs } from "../record/unsolicited-pongs.js";
import { VIOLATIONS, type ViolationName } from "../record/violation.js";

/**
 * The rules of the RFCs: what they leave open is not demanded, and silence proves nothing. Where this differs from the
 * original, the case says so in `differs`. The outcome is about the events. What is wrong with how the peer closes is
 * reported as the closing, unless the case is about closing.
 */
export function judgeModern(judged: Case, record: CaseRecord): Judgement {
  const opening =
    judgeHttp2(judged, record) ?? judgeNegotiation(judged, record) ?? judgeOpening(judged, record);
  if (opening !== undefined) return opening;
  if (!record.handshake.opened) return notOpened(judged, record);
  const taken = asTaken(judged, record);
  if (taken !== undefined) return tolerated(judged, judgeModern(taken, record));
  const { endIsOpen, ...found } = withMildViolation(
    adviceOnly(judged, outcomeOf(judged, record), record),
    record,
  );
  return { ...found, ...(endIsOpen === true ? NOT_APPLICABLE : closingOf(judged, record)) };
}

/** An answer or a request that breaks a MUST fails the case. One that refuses, or none at all, leaves the case open. */
function notOpened(judged: Case, record: CaseRecord): Judgement {
  const { problem = "the connection never opened", requirement, status = 101 } = record.handshake;
  const advice =
    judged.deflate !== undefined && status !== 101
      ? `; to decline an offer, a server answers ${isOverHttp2(record) ? 200 : 101} without the extension (RFC 7692 §5.1)`
      : "";
  return {
    outcome: requirement === undefined ? "blocked" : "fail",
    ...NOT_OPENED,
    because: `${problem}${advice}`,
    ...(requirement === undefined ? {} : { requirement }),
  };
}

/**
 * Where refusing is only advised, a peer that ends the connection with a code that says something else breaks no demand. One
 * that drops the message and goes on does.
 */
function adviceOnly(judged: Case, found: Finding, { events, violations, close }: CaseRecord): Finding {
  if (judged.expect.mayBeTaken !== true || found.outcome !== "fail" || close.closedByTester) return found;
  if (events.length > 0 || violations.length > 0) return found;
  const requirement = judged.requirements.find(isAdvice);
  return {
    ...found,
    outcome: "non-strict",
    endIsOpen: true,
    ...(requirement === undefined ? {} : { requirement }),
  };
}

/** The peer took what it should refuse, and did everything else as it should: it broke only that advice. */
function tolerated(judged: Case, judgement: Judgement): Judgement {
  if (judgement.outcome !== "pass") return judgement;
  const requirement = judged.requirements.find(isAdvice);
  return {
    ...judgement,
    outcome: "non-strict",
    because: "the peer took what is illegal as if it were legal; it should fail the connection",
    ...(requirement === undefined ? {} : { requirement }),
  };
}

function outcomeOf(judged: Case, record: CaseRecord): Finding {
  const { expect } = judged;
  const unagreed = whatIsNotAgreed(judged, record);
  if (unagreed !== null) return violated(judged, record) ?? notPlayed(judged, unagreed);
  if (record.pings?.count === 0 && record.close.closedByTester) return notPlayed(judged, NO_PING);
  const isForClients = has(judged, "code-1010-is-for-clients") && record.role === "server";
  if (expect.informational === true || isForClients) {
    return { outcome: "informational", because: observation(record), endIsOpen: true };
  }
  if (expect.endIsOpen === true) {
    return { ...(violated(judged, record) ?? events(judged, record) ?? PASSED), endIsOpen: true };
  }
  const mustFail = expect.ending.by === "peer";
  const badClose = expect.ending.by === "tester" && !expect.ending.clean;
  if (mustFail || badClose) return judgeFailing(judged, record, mustFail);
  return (
    violated(judged, record) ??
    load(judged, record) ??
    events(judged, record) ??
    closingHandshake(judged, record) ??
    PASSED
  );
}

/** What the script asks for was not agreed on. The tester closes at once, and the peer answers. */
function notPlayed({ expect }: Case, because: string): Finding {
  const isOpen = expect.informational === true || expect.ending.by === "peer";
  return { outcome: "unimplemented", because, ...(isOpen ? { endIsOpen: true } : {}) };
}

const PASSED: Finding = { outcome: "pass", because: "the events are exactly those expected" };

function violated(judged: Case, record: CaseRecord): Finding | undefined {
  const isAboutClosing = judged.expect.ending.codeIsFatal === true;
  const first = firstViolation(record, isAboutClosing ? "all" : "none");
  if (first === undefined) return undefined;
  const { sentence } = VIOLATIONS[first.violation as ViolationName];
  return { outcome: "fail", because: `the peer ${sentence}`, requirement: first.requirement };
}

/** Load has to come back whole. A peer that refuses it as too big has a limit, which §10.4 allows. */
function load(judged: Case, record: CaseRecord): Finding | undefined {
  const found = judgeLoad(judged, record, "content");
  if (found === null) return undefined;
  if (found.outcome === "fail" && hasLimit(judged, record)) return limited(judged, record);
  if (found.outcome !== "fail") return found;
  const left = refusedAnswer(record);
  if (left !== undefined) return left;
  const slow = tooSlow(judged, record);
  if (slow !== null) return { outcome: "too-slow", endIsOpen: true, because: slow };
  // What the peer sends wrongly is a violation, and has its own requirement: what is left is that it did not deliver.
  const broken = judged.requirements.find((id) => DELIVERY.has(id)) ?? judged.requirements[0];
  return { ...found, requirement: broken };
}

/** A message is delivered as it was sent, and so is a compressed one. */
const DELIVERY: ReadonlySet<string> = new Set(["6455-6.2-1", "7692-6.2-1"]);

/**
 * A client that closes TCP after the answer to its opening handshake without a single frame, although the answer fits
 * its offer: it has refused the answer, not a message. Undefined otherwise.
 */
function refusedAnswer(record: CaseRecord): Finding | undefined {
  const { role, extension, frames, close, handshake } = record;
  const saidNothing =
    Object.keys(frames.received).length === 0 && close.remotePayload === null && !close.closedByTester;
  if (role !== "server" || extension == null || !saidNothing || !hasPeerActed(record)) return undefined;
  const offered = headerValues(parseRequest(handshake.request ?? ""), "sec-websocket-extensions").join(", ");
  const isHint = offered.includes(HINT) && !extension.includes(HINT);
  const why = isHint
    ? `; ${HINT} in an offer is only a hint, and an answer without it is just as valid (RFC 7692 §7.1.1.2)`
    : "";
  return {
    outcome: "fail",
    because: `the client closed TCP after the answer "${extension}" without sending a frame, although the answer fits its offer${why}`,
    requirement: "7692-5-7",
  };
}

const HINT = "client_no_context_takeover";

/** No requirement says how fast a peer has to be: load that is not back in time is not judged. */
function tooSlow(
  judged: Case,
  { timers, limits = {}, loop, events: seen, octets, close }: CaseRecord,
): string | null {
  const hasDifferentMessage = loop?.mismatch !== undefined || seen.some(({ type }) => type === "message");
  const name = ["stalled", "kill", "close"].find((one) => timers.includes(one));
  if (hasDifferentMessage || name === undefined) return null;
  const octetsReceived = Object.entries(octets.received).reduce(
    (sum, [size, often]) => sum + Number(size) * often,
    0,
  );
  const part =
    loop === undefined
      ? `${octetsReceived} octets had come of a message of ${largestMessage(judged)}`
      : `${loop.matched} of ${loop.wanted} messages had come back, and ${octetsReceived} octets in all`;
  if (hadNoRoom(close)) return `${close.notCleanReason}: ${part}`;
  const seconds = limits[name];
  if (name === "stalled") {
    return `nothing was sent or received for ${seconds ?? 10} s (--load-silence sets this limit): ${part}`;
  }
  const limit = seconds === undefined ? "the time limit of this case" : `the limit of ${seconds} s`;
  return `${part} when ${limit} was over (--timeout-scale makes the limit longer)`;
}

/**
 * The peer refused a message because of its size or by a policy. No size is too big that fits a control frame: a peer that
 * says so counts something else.
 */
function hasLimit(judged: Case, { close: { remoteCode, closedByTester } }: CaseRecord): boolean {
  if (closedByTester) return false;
  return remoteCode === 1008 || (remoteCode === 1009 && largestMessage(judged) > SMALL_OCTETS);
}

/** What every endpoint has to take in one frame (RFC 6455 §5.5). */
const SMALL_OCTETS = 125;

function limited(judged: Case, { close }: CaseRecord): Finding {
  const fragments = judged.script.some(
    (step) => step.do === "message" && step.fragmentSize < step.payload.length,
  );
  const size = `${largestMessage(judged)} octets${fragments ? " in fragments" : ""}`;
  const because = `the peer has a limit: it refused a message of ${size} with close code ${close.remoteCode}`;
  return { outcome: "unimplemented", endIsOpen: true, because };
}

function events(judged: Case, record: CaseRecord): Finding | undefined {
  const expected = traceView(judged.expect.pass);
  // What a peer sends after its own Close frame belongs to the closing.
  const received = record.events.slice(0, record.close.remoteAfterEvents ?? record.events.length);
  const counted = withoutUnsolicitedPongs(judged.script, received);
  if (record.eventCount === record.events.length) {
    if (sameTrace(counted, expected) || isSameApart(judged, record, counted, expected)) return undefined;
    const { nonStrict } = judged.expect;
    if (nonStrict !== undefined && sameTrace(counted, traceView(nonStrict))) return undefined;
    if (has(judged, "pong-after-close") && counted.every(({ type }) => type === "pong")) return undefined;
    if (has(judged, "latest-pong-suffices") && includesLatest(counted, expected)) {
      return {
        outcome: "pass",
        because: "not every ping was answered, but the latest one was, and the pongs are in order",
      };
    }
  }
  if (has(judged, "limit-is-a-capability") && hasLimit(judged, record) && isPrefix(counted, expected)) {
    return limited(judged, record);
  }
  const wanted = expected[firstDifferenceOrEnd(expected, counted)];
  const unsolicited =
    wanted?.type === "pong" ? received.find((event) => !counted.includes(event)) : undefined;
  const answer = unsolicited === undefined ? "" : `; ${nameOf(unsolicited)} came, which answers no ping`;
  return {
    outcome: "fail",
    because: `${describeDifference(expected, record, counted)}${answer}`,
    requirement: brokenBy(judged, wanted, unsolicited),
  };
}

/**
 * Whether only the places of Pongs differ from those expected, in a case that allows this. Where the tester has waited for
 * an event in vain, its place is its own: it came late.
 */
function isSameApart(
  judged: Case,
  { timers }: CaseRecord,
  counted: readonly EventView[],
  expected: readonly EventView[],
): boolean {
  if (!has(judged, "pong-in-any-place") || timers.includes("until")) return false;
  return counted.length === expected.length && isPrefixApart(counted, expected);
}

function firstDifferenceOrEnd(expected: readonly EventView[], counted: readonly EventView[]): number {
  const at = firstDifference(expected, counted);
  return at < 0 ? counted.length : at;
}

/** The requirement of the case that the first wrong event breaks: one about Pongs, if a Pong was expected there. */
function brokenBy(judged: Case, wanted: EventView | undefined, unsolicited: EventView | undefined): string {
  // The connection is open, so what the opening handshake is about was kept.
  const isKept =
    [judged.request, judged.http2].some((own) => own !== undefined) ||
    judged.answer !== undefined ||
    isAboutNegotiation(judged);
  const first = isKept ? "6455-6.2-1" : judged.requirements[0];
  if (wanted?.type !== "pong" || has(judged, "latest-pong-suffices")) return first;
  const broken = unsolicited === undefined ? "6455-5.5.2-1" : "6455-5.5.3-1";
  return judged.requirements.find((id) => id === broken) ?? first;
}

/** Whether `events` are some of `expected`, in order, and include the last one (RFC 6455 §5.5.3). */
function includesLatest(events: readonly EventView[], expected: readonly EventView[]): boolean {
  let at = 0;
  for (const event of events) {
    while (at < expected.length && !sameEvent(event, expected[at] as EventView)) at++;
    if (at++ >= expected.length) return false;
  }
  return events.length > 0 && at === expected.length;
}

/**
 * Codes with which an endpoint ends the connection because of a problem (RFC 6455 §7.4.1): it has failed the
 * connection, and not answered a Close frame.
 */
const FAILURE_CODES: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1009, 1010, 1011]);

/** In the cases about closing, a peer fails if it does not take part, or if its code reports a problem. */
function closingHandshake(judged: Case, record: CaseRecord): Finding | undefined {
  const { close } = record;
  if (judged.expect.ending.openTcpIsFatal === true && record.role === "client" && close.dropTimeout) {
    const because = "the server did not close TCP after both Close frames";
    return { outcome: "fail", because, requirement: judged.requirements[0] };
  }
  if (has(judged, "closing-handshake-required") && close.closedByTester && close.remotePayload === null) {
    if (mayBeLost(close)) {
      return {
        outcome: "pass",
        because: `the events are those expected; ${RESET_TEXT}, including its Close frame`,
      };
    }
    const because = close.notCleanReason ?? ENDED_BY_TESTER;
    return { outcome: "fail", because, ...(hadNoRoom(close) ? {} : { requirement: "6455-5.5.1-5" }) };
  }
  const { remoteCode } = close;
  if (has(judged, "limit-is-a-capability") && (remoteCode === 1009 || remoteCode === 1008)) {
    return limited(judged, record);
  }
  if (has(judged, "any-close-code")) {
    const code = remoteCode === null ? "no code" : `code ${remoteCode}`;
    return { outcome: "pass", because: `the peer took part in the closing handshake, with ${code}` };
  }
  if (judged.expect.ending.codeIsFatal !== true || mayAnswer(judged, record)) return undefined;
  if (remoteCode === null || !FAILURE_CODES.has(remoteCode)) return undefined;
  return {
    outcome: "fail",
    because: `the peer failed the connection with code ${remoteCode} instead of answering the legal Close frame`,
    requirement: "6455-5.5.1-5",
  };
}

function observation(record: CaseRecord): string {
  const { close, eventCount } = record;
  const code = codeText(close.remoteCode);
  const end = close.clean
    ? "the closing handshake was completed"
    : (close.notCleanReason ?? "the tester ended TCP");
  const { pings } = record;
  if (pings !== undefined && pings.firstMs !== null) return givingUp(record, pings.firstMs, pings.count);
  const reset = close.clean && close.tcp === "reset-by-peer" ? ", and the peer reset TCP" : "";
  return `${eventCount} ${eventCount === 1 ? "event" : "events"} and ${code} came; ${end}${reset}`;
}

const NO_PING = "the peer sent no Ping in the time that --keepalive says, so this cannot be tried";

/** When a peer whose Pings are not answered ends the connection, if it does. */
function givingUp({ close, durationMs }: CaseRecord, firstMs: number, count: number): string {
  const after = `${seconds(firstMs)} s after the opening handshake the peer sent a Ping`;
  const pings = count === 1 ? after : `${after}, and ${count} in all`;
  if (close.closedByTester) return `${pings}; it kept the connection although none was answered`;
  const code = close.remotePayload === null ? "without a Close frame" : `with ${codeText(close.remoteCode)}`;
  return `${pings}; it ended the connection ${code}, ${seconds(durationMs - firstMs)} s behind the first one`;
}

function codeText(code: number | null): string {
  return code === null ? "no close code" : `close code ${code}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function has(judged: Case, difference: DifferenceId): boolean {
  return judged.differs?.includes(difference) === true;
}
