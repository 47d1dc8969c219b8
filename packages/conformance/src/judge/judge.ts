import type { Case } from "../case/case.js";
import { answers } from "../case/expect.js";
import type { ExpectedTrace, Judgement, Verdict, Verdicts } from "./verdict.js";
import type { CaseRecord, Profile, TrafficRecord } from "../record/record.js";
import { actualEnding, requiredEnding } from "./ending-text.js";
import { judgeAutobahn } from "./autobahn.js";
import { judgeModern } from "./modern.js";
import { NOT_APPLICABLE } from "./closing.js";
import { traceView } from "../record/event-view.js";
import { saidOf } from "../record/http2-record.js";
import { servesBoth } from "./serves-both.js";

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
  const judgement = untried(record) ?? unplayed(record) ?? harnessFault(rules(judged, record), record);
  const said = (clause: string): string => saidOf(record, clause);
  return {
    ...judgement,
    because: sentence(said(judgement.because)),
    closingBecause: sentence(said(judgement.closingBecause)),
    expected: expectedTraces(judged, profile),
    ended: said(actualEnding(record)),
    ...measured(record),
  };
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

/** The traces that a case accepts: the events, and how the connection has to end after them. */
function expectedTraces(judged: Case, profile: Profile): readonly ExpectedTrace[] {
  const { pass, nonStrict, mayBeTaken, loopDecides, informational, opening } = judged.expect;
  if (loopDecides === true || (opening !== undefined && opening.end !== "opened")) return [];
  if (profile === "modern" && informational === true) return [];
  const ending = requiredEnding(judged, profile);
  const traces: ExpectedTrace[] = [{ outcome: "pass", events: traceView(pass), ending }];
  if (nonStrict !== undefined && mayBeTaken === true) {
    const taken = { ...judged, expect: answers(...nonStrict) };
    const outcome = "non-strict";
    traces.push({ outcome, events: traceView(nonStrict), ending: requiredEnding(taken, profile) });
  } else if (nonStrict !== undefined) {
    // The RFC allows what the original only tolerates here: a missing echo, or a failure at the end of a message.
    const outcome = profile === "modern" ? "pass" : "non-strict";
    traces.push({ outcome, events: traceView(nonStrict), ending });
  }
  return traces;
}

/** Figures that reports show beside the verdict. They never decide it. */
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

/** What cannot be tried with a peer is nothing that it does wrong, by any rules. */
function untried({ untried: because }: CaseRecord): Judgement | undefined {
  return because === undefined ? undefined : { outcome: "unimplemented", because, ...NOT_APPLICABLE };
}

/** A case that was not played says nothing, by any rules. */
function unplayed({ notPlayed, lacked }: CaseRecord): Judgement | undefined {
  if (notPlayed === undefined) return undefined;
  if (lacked !== undefined) {
    const closingBecause = "the case was not played";
    return { outcome: "skipped", because: notPlayed, closing: "not-applicable", closingBecause };
  }
  return {
    outcome: "blocked",
    because: notPlayed,
    closing: "not-opened",
    closingBecause: "the case was not played",
  };
}

function harnessFault(judgement: Judgement, record: CaseRecord): Judgement {
  if (record.undeclared.length === 0) return judgement;
  const what = record.undeclared.join(", ");
  return {
    outcome: "harness-error",
    because: `the tester sent something illegal that the case does not declare (${what}): this says nothing about the peer`,
    closing: judgement.closing,
    closingBecause: judgement.closingBecause,
  };
}
