import type { Case } from "../case/case.js";
import type { Judgement, Verdict, Verdicts } from "./verdict.js";
import type { CaseRecord, Profile, TrafficRecord } from "../record/record.js";
import { readAnswer } from "../wire/deflate-negotiation.js";
import { mayAppearOnTheWire } from "../wire/close-code.js";
import { expectedCourses, howItEnded } from "./course.js";
import { judgeAutobahn } from "./autobahn.js";
import { judgeModern } from "./modern.js";
import { isBehindClose } from "../record/violation.js";
import { withoutUnaskedPongs } from "../record/unasked-pongs.js";

/**
 * The verdict on a case: a pure function of the case, its record, and the profile whose rules apply.
 *
 * @param judged - The case.
 * @param record - What was seen when it was played.
 * @param profile - Whose rules apply.
 * @returns The verdict.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { cases, judge, run } from "wireproof";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const played = cases[0]!;
 * for await (const event of run({ urls: [`ws://127.0.0.1:${port}`], cases: [played] })) {
 *   if (event.type !== "case-end") continue;
 *   console.assert(judge(played, event.record, "modern").outcome === event.verdict.outcome);
 * }
 * ```
 */
export function judge(judged: Case, record: CaseRecord, profile: Profile): Verdict {
  const rules = profile === "autobahn" ? judgeAutobahn : judgeModern;
  const judgement = harnessFault(rules(judged, record), record);
  return {
    ...judgement,
    because: sentence(judgement.because),
    closingBecause: sentence(judgement.closingBecause),
    expected: expectedCourses(judged, profile),
    ended: howItEnded(record),
    ...measured(record),
  };
}

/**
 * Whether the other profile would have played the case in the same way, so that one record serves both: no
 * timer of the case fired, and nothing in the script depends on the profile.
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
  if (played.differs?.includes("no-empty-last-fragment") === true) return false;
  if (played.script.some((step) => step.do === "wait")) return false;
  const { remoteCode } = record.close;
  const { ending } = played.expect;
  // What the original does about a code that it does not take is visible but where it is wrong all the same.
  if (remoteCode !== null && !mayAppearOnTheWire(remoteCode)) {
    if (record.profile === "autobahn" || ending.clean || !record.close.closedByTester) return false;
  }
  // `modern` lets a peer that closes have its say, where the original fails the connection.
  if (record.violations.some(({ violation, closing }) => closing === true && !isBehindClose(violation))) {
    return false;
  }
  if (!closesByScript(played) && hasUnaskedPong(played, record)) return false;
  // The kill timer of the original fires just before the deadline for TCP, and judges a server that keeps TCP open.
  const keptOpen = record.profile === "modern" && record.timers.includes("drop-timeout");
  if (keptOpen && played.script.some((step) => step.do === "kill")) return false;
  // The original sends all messages, and inflates whatever fits the largest window.
  const count = played.script.flatMap((step) => (step.do === "echo-loop" ? [step.messages.count] : []))[0];
  if (record.loop !== undefined && record.loop.wanted !== count) return false;
  if (record.violations.some(({ violation }) => violation === "window-exceeded")) return false;
  // Of two Close frames the original reports the last one.
  if (record.violations.some(({ violation }) => violation === "close-after-close")) return false;
  if (!isAgreedAlike(played, record)) return false;
  // Behind an echo of the same length and other content, the original goes on.
  if (played.differs?.includes("content-compared") === true && endedByMismatch(record)) return false;
  return !record.timers.some((name) => DECIDING.has(name));
}

/**
 * Whether both profiles would have opened and read the connection in the same way, as far as permessage-deflate is
 * concerned. The original overlooks an answer that does not fit the offer, and references beyond the agreed window.
 */
function isAgreedAlike(played: Case, { profile, role, handshake, extension }: CaseRecord): boolean {
  if (played.deflate === undefined) return true;
  // What an answer has to have in common with the offer is RFC 7692 §5 and §7.1.
  if (!handshake.opened) return !/^7692-(7\.1\.|5-2$)/.test(handshake.requirement ?? "");
  if (profile === "modern" || extension == null) return true;
  // A tester that is the server wrote the answer itself.
  const read = readAnswer([extension], played.deflate.offers, { lenient: role === "server" });
  if ("problem" in read) return false;
  const bits = role === "client" ? read.agreed?.serverMaxWindowBits : read.agreed?.clientMaxWindowBits;
  return bits === undefined || bits === 15;
}

/** Otherwise an unasked Pong decides under one profile when the tester closes. */
function closesByScript({ script }: Case): boolean {
  return script.some((step) => step.do === "close" || step.do === "raw-close");
}

function hasUnaskedPong({ script }: Case, { events }: CaseRecord): boolean {
  return withoutUnaskedPongs(script, events).length < events.length;
}

function endedByMismatch({ profile, loop }: CaseRecord): boolean {
  return profile === "modern" && loop?.mismatch !== undefined;
}

/**
 * The verdicts of the profile in force and, where the play serves it, of the other one.
 *
 * @param played - The case.
 * @param record - What was seen when it was played.
 * @returns One verdict or two, by profile.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { cases, judgeBoth, run } from "wireproof";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const played = cases[0]!;
 * for await (const event of run({ urls: [`ws://127.0.0.1:${port}`], cases: [played] })) {
 *   if (event.type !== "case-end") continue;
 *   const { modern, autobahn } = judgeBoth(played, event.record);
 *   console.assert(modern?.outcome === "pass" && autobahn?.outcome === "pass");
 * }
 * ```
 */
export function judgeBoth(played: Case, record: CaseRecord): Verdicts {
  const other: Profile = record.profile === "modern" ? "autobahn" : "modern";
  return {
    [record.profile]: judge(played, record, record.profile),
    ...(servesBoth(played, record) ? { [other]: judge(played, record, other) } : {}),
  };
}

/** Figures beside the verdict, which never decide it. */
function measured({ durationMs, loop, traffic }: CaseRecord): Pick<Verdict, "measured"> {
  if (loop === undefined) return {};
  const { latency } = loop;
  return {
    measured: {
      durationMs,
      messages: loop.matched,
      ...(latency === undefined ? {} : { latencyP50Micros: latency.p50, latencyP99Micros: latency.p99 }),
      ...(traffic === undefined ? {} : ratios(traffic)),
    },
  };
}

function ratios({ received, sent }: TrafficRecord): Record<string, number> {
  return {
    ...(received.application === 0 ? {} : { ratioReceived: received.payload / received.application }),
    ...(sent.application === 0 ? {} : { ratioSent: sent.payload / sent.application }),
  };
}

function sentence(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}.`;
}

/** Timers that fire at another time, or do something else, under the other profile. */
const DECIDING: ReadonlySet<string> = new Set(["kill", "close", "settled", "stalled"]);

function harnessFault(judgement: Judgement, record: CaseRecord): Judgement {
  if (record.undeclared.length === 0) return judgement;
  const what = record.undeclared.join(", ");
  return {
    outcome: "harness-error",
    because: `the tester itself sent what the case does not declare (${what}): this says nothing about the peer`,
    closing: judgement.closing,
    closingBecause: judgement.closingBecause,
  };
}
