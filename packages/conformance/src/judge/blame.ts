import { Opcode } from "../case/opcode.js";
import { parseExtensions } from "../wire/extension-header.js";
import { headerValues, parseRequest, parseResponse } from "../wire/http1.js";
import { mayBeLost } from "../record/close-record.js";
import type { CaseRecord } from "../record/record.js";
import { isMild, VIOLATIONS } from "../record/violation.js";
import { http2Faults } from "./http2.js";
import { isAboutIllegal } from "./fault-text.js";
import type { Observation } from "./observation.js";
import type { FaultOutcome, Verdict } from "./verdict.js";

/** One thing that the verdict on a case says against a peer. */
export interface Blame {
  readonly requirement: string | undefined;
  readonly observation: Observation;
  readonly outcome: FaultOutcome;
  /** What the verdict says, in a sentence. */
  readonly because: string;
}

/** What is known of a case whose verdict is read. */
export interface AboutCase {
  /** The requirement that it is about. */
  readonly requirement?: string;
  /** The tester does something for which the peer has to fail the connection. */
  readonly mustFail?: boolean;
  readonly title?: string;
}

/**
 * What a verdict says against the peer, each fault once. A closing that went wrong because the events did is not told
 * again.
 */
export function blamesOf(verdict: Verdict, record: CaseRecord, known: AboutCase = {}): readonly Blame[] {
  // Where the peer may fail the connection, but need not, what it does instead is looked at.
  const { mustFail, requirement } = known;
  const about = {
    ...known,
    ...(mustFail === true && !isAboutIllegal(requirement) ? { mustFail: false } : {}),
  };
  const events = blameOfEvents(verdict, record, about);
  const closing = blameOfClosing(verdict, record, about);
  if (events === undefined) return closing === undefined ? [] : [closing];
  if (closing === undefined || isConsequence(events, closing, record)) return [events];
  return [events, closing];
}

function blameOfEvents(verdict: Verdict, record: CaseRecord, about: AboutCase): Blame | undefined {
  const { outcome, because } = verdict;
  const hasBroken = outcome === "fail" || outcome === "blocked";
  if (!hasBroken && outcome !== "non-strict") return undefined;
  const observation = observationOf(verdict, record, about);
  return {
    requirement: brokenBy(verdict, observation, record, about),
    observation,
    outcome: hasBroken ? "fail" : "non-strict",
    because,
  };
}

/**
 * The requirement that is broken. What was sent back as it came is what the peer should have failed the connection for;
 * and an echo that is missing breaks no rule about what a peer sends.
 */
function brokenBy(
  { requirement: named, expected }: Verdict,
  observation: Observation,
  { loop }: CaseRecord,
  about: AboutCase,
): string | undefined {
  if (observation === "illegal-accepted" && about.mustFail === true) return about.requirement ?? named;
  // Where nothing but a Close frame had to come, no message is missing.
  const isOfClosing =
    loop === undefined && expected.length > 0 && expected.every(({ events }) => events.length === 0);
  return observation === "wrong-answer" && !isOfClosing ? (INSTEAD.get(named ?? "") ?? named) : named;
}

/**
 * What frames must be like: a case about that which has no echo says nothing about it. What it shows is that a message
 * was not delivered whole, or a compressed one not received.
 */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ...["5.1-1", "5.1-4", "5.2-1", "5.2-2", "5.2-3", "5.2-4", "5.2-5", "5.4-2", "5.4-4", "5.5-1"].map(
    (section) => [`6455-${section}`, "6455-6.2-1"] as const,
  ),
  ...["5-7", "6.1-1", "6.1-2", "7.1.1.2-1", "7.2.1-4", "7.2.1-5"].map(
    (section) => [`7692-${section}`, "7692-6.2-1"] as const,
  ),
]);

function blameOfClosing(verdict: Verdict, record: CaseRecord, about: AboutCase): Blame | undefined {
  const { closing, closingBecause, closingRequirement: requirement } = verdict;
  if (closing === "ok" || closing === "not-applicable" || closing === "not-opened") return undefined;
  const observation = closingObservationOf(verdict, record, about);
  return { requirement, observation, outcome: "fail", because: closingBecause };
}

/** The tester never came to closing in the ordinary way, because the peer had done something else before. */
function isConsequence(events: Blame, closing: Blame, { close }: CaseRecord): boolean {
  if (events.outcome !== "fail") return closing.observation === events.observation;
  if (closing.requirement !== undefined && closing.requirement === events.requirement) return true;
  // No RFC forbids such an end: it only shows what the events showed.
  if (closing.requirement === undefined) return true;
  if (closing.observation === "violation") return events.observation === "violation";
  return close.failedByTester || !close.closedByTester || closing.observation === "illegal-accepted";
}

/** What the events of a case that went wrong show. */
function observationOf(verdict: Verdict, record: CaseRecord, about: AboutCase): Observation {
  const { mustFail } = about;
  const { outcome, closing, expected, requirement } = verdict;
  const { handshake, close, violations, eventCount } = record;
  if (outcome === "blocked" || closing === "not-opened") {
    if (handshake.opened) return "handshake-accepted";
    if (handshake.noAnswer !== undefined && handshake.requirement === undefined) return "no-answer";
    return handshake.requirement === undefined ? "handshake-refused" : "handshake-faulty";
  }
  if (http2Faults(record).some(({ finding }) => finding.requirement === requirement)) return "violation";
  if (requirement !== undefined && isAboutOpening(requirement, record))
    return openingObservation(requirement, record);
  if (requirement === ANSWERS_CLOSE) return withoutClose(record);
  const isOwnFault = violations.some(
    (one) =>
      one.requirement === requirement && Object.hasOwn(VIOLATIONS, one.violation) && !isMild(one.violation),
  );
  if (requirement === CLOSES_TCP && close.dropTimeout) return "tcp-left-open";
  if (mustFail === true && outcome === "fail" && hasAccepted(requirement, record)) return "illegal-accepted";
  // What the peer answered with more than a Close frame, it took for valid: the lengths of section 25.
  if (requirement === FITTING_CODE) return record.eventCount > 0 ? "illegal-accepted" : "wrong-close-code";
  if (outcome === "non-strict" && requirement === FAILS_WITH_CLOSE) {
    return close.remotePayload === null ? "no-close-frame" : "wrong-close-code";
  }
  if (isOwnFault || (mustFail === undefined && violations.length > 0)) return "violation";
  const wanted = expected[0]?.events.length ?? 0;
  // A Close frame behind what is illegal: what is sent back shows that the peer took it all the same.
  if (wanted === 0 && eventCount > 0 && requirement === about.requirement && isAboutIllegal(requirement))
    return "illegal-accepted";
  if (wanted <= eventCount && isUnanswered(record)) return "no-close-answer";
  return "wrong-answer";
}

/** The tester's Close frame, legal or not, got no answer, and TCP was left open. */
function isUnanswered({ close }: CaseRecord): boolean {
  const { localPayload, remotePayload, tcp } = close;
  return localPayload !== null && remotePayload === null && tcp === "ended-by-tester";
}

/** An endpoint answers a Close frame with a Close frame. */
const ANSWERS_CLOSE = "6455-5.5.1-5";
/** An endpoint sends a Close frame before it fails the connection. */
const FAILS_WITH_CLOSE = "6455-7.1.7-3";
/** The server closes TCP at once after both Close frames. */
const CLOSES_TCP = "6455-5.5.1-8";
/** An endpoint that receives invalid data should close with a fitting code. */
const FITTING_CODE = "6455-10.7-2";
/** An endpoint that has failed the connection processes no more data. */
const STOPS = "6455-7.1.7-4";
/** An endpoint can receive fragments: named where the peer fails the connection before anything is wrong. */
const TOO_EARLY = "6455-5.4-6";

/** The peer did not fail the connection. One that did, and then went on, is told for that. */
function hasAccepted(requirement: string | undefined, { violations }: CaseRecord): boolean {
  if (requirement === TOO_EARLY || requirement === STOPS) return false;
  return !violations.some((one) => one.requirement === requirement && one.closing === true);
}

/** What the end of a connection that ended wrongly shows. */
function closingObservationOf(
  { closing, closingRequirement }: Verdict,
  record: CaseRecord,
  { mustFail }: AboutCase,
): Observation {
  const { close, violations } = record;
  if (violations.some((one) => one.closing === true && one.requirement === closingRequirement))
    return "violation";
  if (closing === "wrong-code") return "wrong-close-code";
  if (closing === "wrong-side") {
    if (close.closedByTester) return mustFail === false ? "wrong-side" : "illegal-accepted";
    if (mayBeLost(close)) return "tcp-reset";
    return close.remotePayload === null ? "no-close-frame" : "closed-early";
  }
  if (close.remotePayload === null) return withoutClose(record);
  return closing === "dropped-by-tester" ? "tcp-left-open" : "other";
}

/** No Close frame came: TCP ended instead, or nothing happened. */
function withoutClose({ close }: CaseRecord): Observation {
  if (close.remotePayload !== null) return "wrong-answer";
  if (mayBeLost(close)) return "tcp-reset";
  return close.tcp === "ended-by-peer" ? "no-close-frame" : "no-close-answer";
}

/** Whether the opening handshake breaks or keeps it. What was agreed on, messages show, unless a client left at the answer. */
function isAboutOpening(id: string, { role, frames, close }: CaseRecord): boolean {
  if (id === AGREED)
    return role === "server" && Object.keys(frames.received).length === 0 && !close.closedByTester;
  return /^(6455-(3|4|9|11)|6455-10\.7-3|7692-(5|7-|7\.1)|8441-4|9110|9112|9113-8|9220|4648)/.test(id);
}

/** What a server writes into its answer, and a client into its request: these are not about what came from the tester. */
const OWN_PART = {
  server: /^(6455-(4\.[13]|4\.2\.2|9|11\.3\.[34])|7692|9110-8\.6|9112-6\.3)/,
  client: /^(6455-(3|4\.1-(1|[3-9]|1\d|20|21)$|9|11\.1)|7692-5-1|8441-(4-1|5-[1246])$|9113-8\.2|9110-9|4648)/,
} as const;

function openingObservation(requirement: string, record: CaseRecord): Observation {
  const { handshake, role, frames } = record;
  // A client that follows a redirect from TLS to plain TCP sends its request where nobody may see it.
  if (handshake.requirement === requirement || handshake.downgraded === true) return "handshake-faulty";
  const peer = role === "client" ? "server" : "client";
  if (isOwnPart(requirement, peer, record)) return "handshake-faulty";
  if (peer === "server") {
    const hasTaken = handshake.opened || handshake.before?.status === 101;
    return hasTaken ? "handshake-accepted" : "handshake-faulty";
  }
  // A client that has taken the answer sends frames; a Close frame can be its refusal.
  return hasOnlyClosed(frames.received) ? "handshake-refused" : "handshake-accepted";
}

/** No frame came but Close frames, if any. */
function hasOnlyClosed(received: CaseRecord["frames"]["received"]): boolean {
  return Object.keys(received).every((opcode) => opcode === String(Opcode.close));
}

/** Whether it is about what the peer writes, and not about what it makes of the other side's part. */
function isOwnPart(requirement: string, peer: "server" | "client", record: CaseRecord): boolean {
  // A server that takes a version that it does not know names none.
  if (requirement === KNOWN_VERSIONS) return false;
  if (requirement === EXTENSION_GRAMMAR) return hasMalformedExtensions(record);
  return OWN_PART[peer].test(requirement);
}

/** Both endpoints use the parameters that were agreed on. */
const AGREED = "7692-5-7";
/** A server that does not know the version refuses, and names those that it knows. */
const KNOWN_VERSIONS = "6455-4.2.2-4";
/** Both sides write a Sec-WebSocket-Extensions header, and read that of the other side. */
const EXTENSION_GRAMMAR = "6455-9.1-1";

/** Whether the peer wrote the header wrongly. */
function hasMalformedExtensions({ handshake, role }: CaseRecord): boolean {
  const { request, response } = handshake;
  const head = role === "client" ? parseResponse(response ?? "") : parseRequest(request ?? "");
  const values = headerValues(head, "sec-websocket-extensions");
  return values.length > 0 && parseExtensions(values) === null;
}
