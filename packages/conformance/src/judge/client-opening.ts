import type { AnswerScript } from "../case/handshake.js";
import type { Case } from "../case/case.js";
import { Opcode } from "../case/opcode.js";
import type { CaseRecord } from "../record/record.js";
import { VIOLATIONS, type ViolationName } from "../record/violation.js";
import { hopsOf, whyUntried } from "../wire/answer-script.js";
import { isOverHttp2 } from "../record/http2-record.js";
import { lastAnswer, parseRequest } from "../wire/http1.js";
import { withinLimit } from "./difference-text.js";
import { ORDINARY_CODES } from "./failing.js";
import type { Finding } from "./finding.js";
import { inspectRequest } from "./request-part.js";
import { judgeUrl } from "./url-rule.js";

/**
 * What the opening handshake of a client decides, in both profiles; undefined if the rest of the record decides. A client
 * has no hook that tells what it made of an answer, but it shows it: one that has taken the answer answers the Ping and
 * the message behind it, one that has not closes TCP.
 */
export function judgeClientOpening(judged: Case, record: CaseRecord): Finding | undefined {
  if (judged.inspects !== undefined) return inspectRequest(judged, record, judged.inspects);
  if (judged.url !== undefined) return judgeUrl(judged, record, judged.url);
  const { answer, expect, http2 } = judged;
  if (http2?.answer !== undefined && record.handshake.opened && expect.opening?.end === "refused")
    return mustRefuse(judged, record);
  if (answer === undefined || !record.handshake.opened) return undefined;
  const untried = whyUntried(answer, parseRequest(record.handshake.request ?? ""));
  if (untried !== undefined)
    return { outcome: "unimplemented", because: `${untried}, so this cannot be tried` };
  if (expect.informational === true) return { outcome: "informational", because: observed(record, answer) };
  if (answer.isHeldBack === true && record.handshake.early !== undefined)
    return tooEarly(record.handshake.early);
  if (expect.opening?.end === "refused") return mustRefuse(judged, record);
  if (judged.script.some((step) => step.do === "end-tcp")) return mustEnd(judged, record);
  if (isRefusal(record)) {
    return fail(judged.requirements[0], `the client refused a valid answer: ${howGone(record)}`);
  }
  const { received } = record.frames;
  const hasLeft =
    received[Opcode.close] === 1 && Object.keys(received).length === 1 && !record.close.closedByTester;
  if (hasLeft)
    return fail(
      judged.requirements[0],
      `the client left at a valid answer, with a Close frame ${codeOf(record)}`,
    );
  if (Object.keys(received).length > 0) return undefined;
  return fail(
    judged.requirements[0],
    `the client did not take a valid answer: no frame came${withinLimit(record)}`,
  );
}

/** A client that must not take an answer fails the connection, with or without a Close frame that reports a problem. */
export function mustRefuse(judged: Case, record: CaseRecord): Finding {
  const proof = proofOfOpening(record);
  const said =
    judged.answer?.cutAt === undefined ? answered(record) : "an answer that was cut off in its head";
  if (proof !== undefined) return fail(judged.requirements[0], `the client took ${said}: ${proof}`);
  if (record.close.remotePayload !== null)
    return {
      outcome: "pass",
      because: `the client failed the connection, with a Close frame ${codeOf(record)}`,
    };
  if (isRefusal(record))
    return { outcome: "pass", because: `the client refused ${said}: ${howGone(record)}` };
  // Behind another status the connection is one of HTTP, which a client may keep for its next request (RFC 9112 §9.3).
  if (!isOpeningStatus(record) && statusOf(record) !== 0 && Object.keys(record.frames.received).length === 0)
    return { outcome: "pass", because: `the client did not take ${said}: no frame came` };
  if (isNoFrame(record)) {
    const because = "the client sent octets that are no legal frame, instead of closing the connection";
    return fail("6455-7.1.7-1", because);
  }
  return fail("6455-7.1.7-1", stayed(record));
}

function codeOf({ close: { remoteCode } }: CaseRecord): string {
  return remoteCode === null ? "without a code" : `with code ${remoteCode}`;
}

/** The client did not close the connection. */
function stayed(record: CaseRecord): string {
  const seconds = record.limits?.["drop-timeout"];
  const within = seconds === undefined ? withinLimit(record) : ` within ${seconds} s of the end of TCP`;
  const isSilent = Object.keys(record.frames.received).length === 0;
  return isSilent
    ? `the client neither closed the connection nor sent a frame${within}`
    : `the client did not close the connection${within}`;
}

/** TCP is lost while the connection is open. */
function mustEnd(judged: Case, record: CaseRecord): Finding {
  const { remotePayload, tcp } = record.close;
  if (remotePayload !== null || tcp !== "ended-by-tester") {
    return { outcome: "pass", because: "the client closed TCP after the tester had closed its direction" };
  }
  return fail(judged.requirements[0], record.close.notCleanReason ?? "the client did not close TCP");
}

/** What shows that the client counts the connection as open; undefined if nothing does. */
function proofOfOpening(record: CaseRecord): string | undefined {
  const { events, close, violations } = record;
  if (events.some(({ type }) => type === "pong")) return "it answered the Ping behind it";
  if (events.some(({ type }) => type === "message")) return "it sent a message";
  if (close.remotePayload !== null) {
    if (close.closedByTester) return "it answered a Close frame";
    const code = close.remoteCode ?? 0;
    return ORDINARY_CODES.has(code) ? `it closed with code ${code}, as if nothing were wrong` : undefined;
  }
  // Behind another status a client may go on with HTTP. And what it sent too early shows nothing.
  if (!isOpeningStatus(record) || record.handshake.early !== undefined) return undefined;
  if (isNoFrame(record)) return undefined;
  const [first] = violations;
  if (first !== undefined)
    return `behind it, the client ${VIOLATIONS[first.violation as ViolationName].sentence}`;
  return hasPinged(record) ? "it sent a Ping" : undefined;
}

/**
 * What came first can be the next request of a client of HTTP. Read as the header of a frame, the letters of a method have
 * RSV1 set and no mask.
 */
function isNoFrame({ events, violations: [first, second] }: CaseRecord): boolean {
  return events.length === 0 && first?.violation === "rsv" && second?.violation === "unmasked-frame";
}

/** The client ended TCP and said nothing before. */
function isRefusal(record: CaseRecord): boolean {
  const { close, events } = record;
  const hasGone = close.tcp === "ended-by-peer" || close.tcp === "reset-by-peer";
  return hasGone && close.remotePayload === null && events.length === 0 && !hasPinged(record);
}

function hasPinged({ frames, handshake }: CaseRecord): boolean {
  return frames.received[Opcode.ping] !== undefined && handshake.early === undefined;
}

function howGone({ close }: CaseRecord): string {
  return close.tcp === "reset-by-peer"
    ? "it reset TCP, and no frame came"
    : "it closed TCP, and no frame came";
}

function tooEarly(octets: number): Finding {
  const because = `the client sent ${octets} ${octets === 1 ? "octet" : "octets"} behind its request, before there was an answer`;
  return fail("6455-4.1-21", because);
}

function fail(requirement: string, because: string): Finding {
  return { outcome: "fail", because, requirement };
}

/** What came, without a judgement. */
function observed(record: CaseRecord, answer: AnswerScript): string {
  const { target } = parseRequest(record.handshake.request ?? "");
  const hops = hopsOf(target);
  if (hops > 0) {
    const often = hops === 1 ? "the redirect" : `${hops} redirects in a row`;
    return `the client followed ${often}`;
  }
  if (answer.times !== undefined && isRefusal(record))
    return `the client did not follow the redirect: ${howGone(record)}`;
  const poured =
    answer.endless === undefined ? "" : `${sentOctets(record)} octets of the answer had been sent; `;
  return `${poured}${whatCame(record)}`;
}

function whatCame(record: CaseRecord): string {
  const { close } = record;
  if (close.notCleanReason === "the tester reset TCP")
    return "the tester reset TCP; what the client made of it cannot be seen";
  const proof = proofOfOpening(record);
  if (proof !== undefined) return `the client took ${answered(record)}: ${proof}`;
  if (close.remotePayload !== null) return "the client sent a Close frame";
  if (isRefusal(record)) return `the client did not take ${answered(record)}: ${howGone(record)}`;
  return stayed(record);
}

function sentOctets({ octets }: CaseRecord): number {
  return Object.entries(octets.sent).reduce((sum, [size, often]) => sum + Number(size) * often, 0);
}

function answered(record: CaseRecord): string {
  const status = statusOf(record);
  return isOpeningStatus(record) || status === 0 ? "the answer" : `the answer with status ${status}`;
}

/** 101, and over HTTP/2 every 2xx (RFC 8441 §5). */
function isOpeningStatus(record: CaseRecord): boolean {
  const status = statusOf(record);
  return isOverHttp2(record) ? status >= 200 && status <= 299 : status === 101;
}

/** The last status of the answer; 0 if it is not HTTP. */
function statusOf({ handshake }: CaseRecord): number {
  return lastAnswer(handshake.response).status;
}
