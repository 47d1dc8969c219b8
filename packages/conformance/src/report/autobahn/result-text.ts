import type { Closing, Verdict } from "../../judge/verdict.js";
import type { CaseRecord, EventView } from "../../record/record.js";
import type { CaseEnd, CaseInfo, EndingInfo } from "../../run/event.js";
import { globalIndex, limitSeconds } from "./catalogue.js";

/** `result` and `resultClose` of a case's file. */
export interface ResultTexts {
  readonly result: string;
  readonly resultClose: string;
}

/**
 * What the original says about a case, letter for letter: scripts compare `result` with lists of the failures that
 * they know of. Our own sentences, which say more, are in the pages and in the run file. They stand here too under
 * `modern` and for cases that the original does not have, where it has no words for what was found.
 */
export function resultTexts(info: CaseInfo | undefined, end: CaseEnd): ResultTexts {
  const { record, verdict } = end;
  const isOriginal =
    record.profile === "autobahn" &&
    globalIndex(end.case) > 0 &&
    verdict.outcome !== "skipped" &&
    verdict.outcome !== "harness-error";
  if (!isOriginal || info === undefined) {
    return { result: verdict.because, resultClose: verdict.closingBecause };
  }
  const resultClose = closingText(info.ending, record, verdict.closing);
  // In section 7 a wrong close code is what the whole case comes to.
  const isOfClose =
    end.case.startsWith("7.") && verdict.outcome === "fail" && verdict.closing === "wrong-code";
  return { result: isOfClose ? resultClose : behaviourText(end), resultClose };
}

const MATCH = "Actual events match at least one expected.";
const DIFFER = "Actual events differ from any expected.";

function closingText(ending: EndingInfo, record: CaseRecord, closing: Closing): string {
  switch (closing) {
    case "ok":
      return "Connection was properly closed";
    case "wrong-side":
      return "The connection was failed by the wrong endpoint";
    case "unclean":
      return "The spec requires the connection to be failed cleanly here";
    case "wrong-code":
      return `The close code should have been ${ending.codes.join()} or empty`;
    case "dropped-by-tester":
      return "It is preferred that the server close the TCP connection";
    case "not-opened":
      return "The WebSocket opening handshake was never completed!";
    case "not-applicable":
      return closingText(ending, record, informationalClosing(ending, record));
  }
}

/** What the closing of a case without a verdict would have been, by the original's order of precedence. */
function informationalClosing(ending: EndingInfo, { handshake, close, role }: CaseRecord): Closing {
  if (!handshake.opened) return "not-opened";
  if ((ending.by === "tester") !== close.closedByTester) return "wrong-side";
  if (ending.clean && !close.clean) return "unclean";
  if (close.remoteCode !== null && !ending.codes.includes(close.remoteCode)) return "wrong-code";
  return role === "client" && close.droppedByTester ? "dropped-by-tester" : "ok";
}

function behaviourText(end: CaseEnd): string {
  const { case: id, record, verdict } = end;
  if (id.startsWith("7.13.")) return "Actual events are undefined by the spec.";
  if (!record.handshake.opened) return id === "10.1.1" ? "WebSocket connection was never open" : DIFFER;
  if (/^9\.[1-6]\./.test(id)) return bigMessageText(id, record, verdict);
  if (/^(9|12|13)\./.test(id)) return loopText(id, record, verdict);
  const matched = verdict.expected.find(({ events }) => isSameTrace(events, record));
  if (id === "7.1.6" && matched !== undefined) {
    return matched.outcome === "pass"
      ? "Text message was processed before close."
      : "Close was processed before text message could be returned.";
  }
  return matched === undefined ? DIFFER : MATCH;
}

/** Sections 9.1 to 9.6: the first message decides, by its type and its length. */
function bigMessageText(id: string, record: CaseRecord, { expected }: Verdict): string {
  const wanted = expected[0]?.events[0];
  const observed = record.events.find((event) => event.type === "message");
  if (observed === undefined || wanted?.type !== "message") {
    return `Did not receive message within ${limitSeconds(id)} seconds.`;
  }
  const kind = wanted.binary ? "binary" : "text";
  if (observed.binary !== wanted.binary) {
    // In 9.4 the original says the same word twice.
    const got = wanted.binary && !id.startsWith("9.4.") ? "text" : "binary";
    return `Expected ${kind} message with payload, but got ${got}.`;
  }
  if (observed.length !== wanted.length) {
    return `Expected ${kind} message with payload of length ${wanted.length}, but got ${observed.length}.`;
  }
  return `Received ${kind} message of length ${observed.length}.`;
}

/** Sections 9.7, 9.8, 12 and 13: a thousand messages, one at a time. */
function loopText(id: string, record: CaseRecord, { outcome, because }: Verdict): string {
  if (outcome === "unimplemented") return DIFFER;
  if (outcome === "pass") return "Ok, received all echo'ed messages in time.";
  const { mismatch } = record.loop ?? {};
  if (mismatch?.observed.type !== "message" || mismatch.expected.type !== "message") {
    return `Case did not finish within ${limitSeconds(id)} seconds.`;
  }
  const { observed, expected } = mismatch;
  if (id.startsWith("9.")) {
    return `Echo'ed message type or length differs from what I sent (got binary = ${python(observed.binary)}, payload length = ${observed.length}).`;
  }
  if (observed.binary !== expected.binary) {
    return `Echo'ed message type differs from what I sent (got binary ${python(observed.binary)}, expected binary ${python(expected.binary)}).`;
  }
  if (observed.length !== expected.length) {
    return `Echo'ed message length differs from what I sent (got length ${observed.length}, expected length ${expected.length}).`;
  }
  // The original writes two digests there, which cannot be known beforehand.
  return because;
}

function python(flag: boolean): string {
  return flag ? "True" : "False";
}

function isSameTrace(expected: readonly EventView[], { events, eventCount }: CaseRecord): boolean {
  return eventCount === expected.length && events.every((event, at) => isSameEvent(event, expected[at]));
}

function isSameEvent(event: EventView, expected: EventView | undefined): boolean {
  if (event.type === "timeout") return expected?.type === "timeout" && event.tag === expected.tag;
  if (expected === undefined || expected.type === "timeout" || event.type !== expected.type) return false;
  const hasKind =
    event.type !== "message" || (expected.type === "message" && event.binary === expected.binary);
  return hasKind && event.length === expected.length && event.sha256 === expected.sha256;
}
