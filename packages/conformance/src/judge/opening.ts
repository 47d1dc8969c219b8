import type { Case } from "../case/case.js";
import type { CarriedField, OpeningExpectation, ReplyRule } from "../case/handshake.js";
import { isDemand } from "../case/requirements.js";
import { isOverHttp2 } from "../record/http2-record.js";
import type { CaseRecord, HandshakeRecord } from "../record/record.js";
import { headerValues, parseResponse } from "../wire/http1.js";
import { isMild, VIOLATIONS, type ViolationName } from "../record/violation.js";
import { NOT_APPLICABLE, NOT_OPENED } from "./closing.js";
import { judgeClientOpening } from "./client-opening.js";
import { judgeCrowd } from "./crowd.js";
import type { Finding } from "./finding.js";
import { judgeReply } from "./reply.js";
import { judgeSecond } from "./second-request.js";
import type { Judgement } from "./verdict.js";

/**
 * What the opening handshake of a case decides, in both profiles. Undefined if it ended as it had to and the rest of the
 * record decides, or if what holds for every case decides: an answer that breaks a MUST, or a peer that refuses the usual
 * request as well.
 */
export function judgeOpening(judged: Case, record: CaseRecord): Judgement | undefined {
  if (record.role === "server") {
    const found = judgeClientOpening(judged, record);
    return found === undefined ? undefined : { ...found, ...NOT_APPLICABLE };
  }
  const { opened, usualOpens, requirement, response, noAnswer, problem = NEVER_OPENED } = record.handshake;
  const { end, ...refusal } = judged.expect.opening ?? OPENED;
  const { reply } = refusal;
  if (reply !== undefined && response !== null && isAbout(reply, record.handshake)) {
    return { ...judgeReply(reply, judged, record.handshake), ...NOT_APPLICABLE };
  }
  const { before, crowd } = record.handshake;
  if (judged.request?.before !== undefined && before !== undefined) {
    const found = judgeSecond(judged, record, judged.request.before, before);
    return found === undefined ? undefined : { ...found, ...NOT_APPLICABLE };
  }
  const isUnknown = !opened && response === null && noAnswer === undefined;
  if (isUnknown || requirement !== undefined) return undefined;
  switch (end) {
    case "opened":
      if (opened || usualOpens !== true) return undefined;
      return {
        ...broken(judged.requirements[0], `${problem}; the usual request is accepted`),
        ...NOT_OPENED,
      };
    case "refused":
      return { ...(opened ? accepted(judged, record) : refused(judged, record, refusal)), ...NOT_APPLICABLE };
    case "either":
      if (crowd !== undefined) return { ...judgeCrowd(crowd), ...NOT_APPLICABLE };
      return { ...either(judged, record), ...NOT_APPLICABLE };
  }
}

/** A server that refuses the usual request says nothing about how it accepts one. */
function isAbout(reply: ReplyRule, { status = 101 }: HandshakeRecord): boolean {
  return status === 101 || reply === "one-subprotocol" || reply === "whole";
}

const OPENED: OpeningExpectation = { end: "opened" };
const NEVER_OPENED = "the connection never opened";

/** A request that has to be refused was accepted. What the script brought shows whether that was meant. */
function accepted(judged: Case, record: CaseRecord): Finding {
  const { mayTunnel } = judged.expect.opening ?? OPENED;
  const isSpoken = record.events.some(({ type }) => type !== "timeout");
  if (mayTunnel === true && !isSpoken) {
    return { outcome: "pass", because: `${opensText(record)} and opened a tunnel that is no WebSocket` };
  }
  // Without that MUST NOT nothing says so: which status refuses is advice.
  const requirement = judged.requirements.find((id) => id === NO_TUNNEL) ?? judged.requirements[0];
  return broken(requirement, `${opensText(record)} ${proof(record)}`);
}

/** RFC 8441 §4: a request with :protocol opens no tunnel. */
const NO_TUNNEL = "8441-4-2";

/** 101, or over HTTP/2 any 2xx. */
function opensText({ handshake: { status = 101 } }: CaseRecord): string {
  return `the server answered HTTP ${status}`;
}

function proof({ events, frames }: CaseRecord): string {
  if (events.some(({ type }) => type === "pong")) return "and opened the connection: it answered a Ping";
  if (Object.keys(frames.received).length > 0) return "and sent frames: it opened the connection";
  return "and then no frame";
}

function refused(
  judged: Case,
  record: CaseRecord,
  { statuses, carries = [], mayDrop }: Omit<OpeningExpectation, "end">,
): Finding {
  const { handshake, limits = {} } = record;
  const { status, noAnswer, problem = NEVER_OPENED } = handshake;
  if (noAnswer === "late") {
    const seconds = limits["answer-timeout"];
    const within = seconds === undefined ? "in time" : `within ${seconds} s`;
    return broken(MUST_ANSWER, `the server neither answered the request nor closed TCP ${within}`);
  }
  if (noAnswer !== undefined && isOverHttp2(record)) return streamEnded(problem, mayDrop === true);
  if (noAnswer !== undefined) return dropped(noAnswer, mayDrop === true);
  if (status === undefined && mayDrop === true) return { outcome: "pass", because: problem };
  if (status === undefined) return broken(MUST_ANSWER, problem);
  const said = answerText(handshake);
  if (statuses !== undefined && !statuses.includes(status)) {
    return broken(judged.requirements[0], `the server answered ${said} instead of ${statuses.join(" or ")}`);
  }
  const missing = carries.find((field) => !isCarried(field, handshake));
  if (missing !== undefined) {
    return broken(judged.requirements[0], `the server answered ${said} without ${fieldText(missing)}`);
  }
  return { outcome: "pass", because: `the server answered ${said} and did not open the connection` };
}

/** RFC 6455 §4.2.1: a server that finds an error in the opening handshake stops and answers with an HTTP error. */
const MUST_ANSWER = "6455-4.2.1-1";

/** The connection is not open, which is what counts; the client only does not learn why. */
function dropped(how: "closed" | "reset", mayDrop: boolean): Finding {
  if (how === "reset") {
    return { outcome: "pass", because: "the server reset TCP; an answer before that may be lost" };
  }
  const because = "the server closed TCP without an answer";
  if (mayDrop) return { outcome: "pass", because };
  return {
    outcome: "non-strict",
    because: `${because}; a bad opening handshake is best answered with an HTTP error`,
    requirement: "6455-10.7-3",
  };
}

/** Over HTTP/2 nothing is lost by a reset: there was no answer. */
function streamEnded(problem: string, mayDrop: boolean): Finding {
  if (mayDrop) return { outcome: "pass", because: problem };
  const because = `${problem}; a bad opening handshake is best answered with an HTTP error`;
  return { outcome: "non-strict", because, requirement: "6455-10.7-3" };
}

/** Breaking a SHOULD fails no case. */
function broken(requirement: string, because: string): Finding {
  return { outcome: isDemand(requirement) ? "fail" : "non-strict", because, requirement };
}

function isCarried({ name, element, status }: CarriedField, handshake: HandshakeRecord): boolean {
  if (status !== undefined && status !== handshake.status) return true;
  const values = headerValues(parseResponse(handshake.response ?? ""), name.toLowerCase());
  if (element === undefined) return values.length > 0;
  const elements = values.flatMap((value) => value.split(",")).map((each) => each.trim().toLowerCase());
  return elements.includes(element.toLowerCase());
}

function fieldText({ name, element }: CarriedField): string {
  return element === undefined ? name : `${name}: ${element}`;
}

/** The connection may open or not; what the peer sends has to be legal, if anything is demanded at all. */
function either(judged: Case, record: CaseRecord): Finding {
  const violation = record.violations.find((one) => !isMild(one.violation));
  if (judged.expect.informational === true) return { outcome: "informational", because: observed(record) };
  if (violation === undefined || !record.handshake.opened) {
    return { outcome: "pass", because: observed(record) };
  }
  const { sentence } = VIOLATIONS[violation.violation as ViolationName];
  return broken(violation.requirement, `${opensText(record)}, and behind that it ${sentence}`);
}

/** What came, without a judgement. */
function observed(record: CaseRecord): string {
  const { handshake } = record;
  if (handshake.opened) return `${opensText(record)} ${proof(record)}`;
  if (handshake.status === undefined) return handshake.problem ?? NEVER_OPENED;
  return `the server answered ${answerText(handshake)}`;
}

/** A reason phrase is the peer's own text: a sentence holds this many characters of it. */
const REASON_SHOWN = 100;

function answerText({ response, status }: HandshakeRecord): string {
  const { reason } = parseResponse(response ?? "");
  return `HTTP ${status} ${reason.slice(0, REASON_SHOWN)}`.trim();
}
