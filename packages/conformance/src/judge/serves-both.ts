import type { Case } from "../case/case.js";
import type { CaseRecord } from "../record/record.js";
import { withoutUnsolicitedPongs } from "../record/unsolicited-pongs.js";
import { isPrefix, traceView } from "../record/event-view.js";
import { isBehindClose } from "../record/violation.js";
import { mayAppearOnTheWire } from "../wire/close-code.js";
import { readAnswer } from "../wire/deflate-negotiation.js";

/**
 * Whether the other profile would have played the case in the same way, so that one record serves both. Then no timer
 * fired that depends on the profile, and nothing in the script does.
 *
 * @param played - The case.
 * @param record - What was seen when it was played.
 * @returns True where the record can be judged with the rules of either profile.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { cases, run, servesBoth } from "wireproof";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const played = cases[0]!;
 * for await (const event of run({ urls: [`ws://127.0.0.1:${port}`], cases: [played] }))
 *   if (event.type === "case-end") console.assert(servesBoth(played, event.record));
 * ```
 */
export function servesBoth(played: Case, record: CaseRecord): boolean {
  if (record.notPlayed !== undefined) return false;
  if (played.differs?.includes("no-empty-last-fragment") === true) return false;
  if (played.script.some((step) => step.do === "wait")) return false;
  const { remoteCode } = record.close;
  const { ending } = played.expect;
  // The original reacts to a code that it does not accept. The result is the same only if the end is wrong anyway.
  if (remoteCode !== null && !mayAppearOnTheWire(remoteCode)) {
    if (record.profile === "autobahn" || ending.clean || !record.close.closedByTester) return false;
  }
  // After a violation in the closing, `modern` lets the peer finish; the original fails the connection.
  if (record.violations.some(({ violation, closing }) => closing === true && !isBehindClose(violation))) {
    return false;
  }
  // Where a Pong stands elsewhere, the original waits for its timer.
  const isOrdered = isPrefix(record.events, traceView(played.expect.pass));
  if (played.differs?.includes("pong-in-any-place") === true && !isOrdered) return false;
  const hasPong = record.events.some(({ type }) => type === "pong");
  if (played.differs?.includes("pong-before-inflating") === true && hasPong) return false;
  if (!closesByScript(played) && hasUnsolicitedPong(played, record)) return false;
  // The kill timer of the original fires just before the deadline for TCP, and judges a server that keeps TCP open.
  const keptOpen = record.profile === "modern" && record.timers.includes("drop-timeout");
  if (keptOpen && played.script.some((step) => step.do === "kill")) return false;
  // The original sends all messages, and inflates everything that fits the largest window.
  const count = played.script.flatMap((step) => (step.do === "echo-loop" ? [step.messages.count] : []))[0];
  if (record.loop !== undefined && record.loop.wanted !== count) return false;
  if (record.violations.some(({ violation }) => violation === "window-exceeded")) return false;
  // If two Close frames come, the original reports the last one.
  if (record.violations.some(({ violation }) => violation === "close-after-close")) return false;
  if (!isAgreedAlike(played, record)) return false;
  // After an echo of the same length and other content, the original goes on.
  if (played.differs?.includes("content-compared") === true && endedByMismatch(record)) return false;
  return !record.timers.some((name) => DECIDING_TIMERS.has(name));
}

/**
 * Whether both profiles would have opened and read the connection in the same way with regard to permessage-deflate.
 * The original accepts an answer that does not fit the offer, and references beyond the agreed window.
 */
function isAgreedAlike(played: Case, { profile, role, handshake, extension }: CaseRecord): boolean {
  if (played.deflate === undefined) return true;
  // RFC 7692 §5 and §7.1 say how an answer has to fit the offer.
  if (!handshake.opened) return !/^7692-(7\.1\.|5-2$)/.test(handshake.requirement ?? "");
  if (profile === "modern" || extension == null) return true;
  // A tester that is the server wrote the answer itself.
  const read = readAnswer([extension], played.deflate.offers, { lenient: role === "server" });
  if ("problem" in read) return false;
  const bits = role === "client" ? read.agreed?.serverMaxWindowBits : read.agreed?.clientMaxWindowBits;
  return bits === undefined || bits === 15;
}

/** If the script does not close, an unsolicited Pong decides under one profile when the tester closes. */
function closesByScript({ script }: Case): boolean {
  return script.some((step) => step.do === "close" || step.do === "raw-close");
}

function hasUnsolicitedPong({ script }: Case, { events }: CaseRecord): boolean {
  return withoutUnsolicitedPongs(script, events).length < events.length;
}

function endedByMismatch({ profile, loop }: CaseRecord): boolean {
  return profile === "modern" && loop?.mismatch !== undefined;
}

/** Timers that fire at another time, or do something else, under the other profile. */
const DECIDING_TIMERS: ReadonlySet<string> = new Set(["kill", "close", "settled", "stalled"]);
