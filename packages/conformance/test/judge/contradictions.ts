import type { Case } from "../../src/case/case.js";
import { isAdvice, isDemand } from "../../src/case/requirements.js";
import { isMild } from "../../src/record/violation.js";
import type { Verdict } from "../../src/judge/verdict.js";
import type { CaseRecord, Profile } from "../../src/record/record.js";

/** A verdict as it was given, and what it was given on. */
export interface Judged {
  readonly judged: Case;
  readonly record: CaseRecord;
  readonly verdict: Verdict;
  readonly profile: Profile;
}

/** What a verdict must not say, each under its name: true where it does. */
export const CONTRADICTIONS: Readonly<Record<string, (one: Judged) => boolean>> = {
  "a failure under modern names no MUST": ({ verdict, profile }) =>
    profile === "modern" &&
    verdict.outcome === "fail" &&
    (verdict.requirement === undefined || !isDemand(verdict.requirement)),
  "a failure under autobahn names something that is no MUST": ({ verdict, profile }) =>
    profile === "autobahn" &&
    verdict.outcome === "fail" &&
    verdict.requirement !== undefined &&
    !isDemand(verdict.requirement),
  "not strict under autobahn, and it names something that is no SHOULD": ({ verdict, profile }) =>
    profile === "autobahn" &&
    verdict.outcome === "non-strict" &&
    verdict.requirement !== undefined &&
    !isAdvice(verdict.requirement),
  "non-strict under modern names no SHOULD": ({ verdict, profile }) =>
    profile === "modern" &&
    verdict.outcome === "non-strict" &&
    (verdict.requirement === undefined || !isAdvice(verdict.requirement)),
  "a requirement is broken and the case has not failed": ({ verdict }) =>
    verdict.requirement !== undefined && verdict.outcome !== "fail" && verdict.outcome !== "non-strict",
  "blocked although the connection opened": ({ verdict, record }) =>
    verdict.outcome === "blocked" && record.handshake.opened,
  "not opened, and judged by what came": ({ judged, verdict, record, profile }) =>
    profile === "modern" &&
    judged.inspects === undefined &&
    judged.url === undefined &&
    judged.expect.negotiation === undefined &&
    (judged.expect.opening?.end ?? "opened") === "opened" &&
    judged.expect.opening?.reply === undefined &&
    !record.handshake.opened &&
    (verdict.closing !== "not-opened" || !["blocked", "fail", "harness-error"].includes(verdict.outcome)),
  "a refusal is a broken requirement": ({ judged, verdict, record, profile }) =>
    profile === "modern" &&
    judged.expect.opening === undefined &&
    judged.request === undefined &&
    judged.inspects === undefined &&
    judged.url === undefined &&
    judged.expect.negotiation === undefined &&
    !record.handshake.opened &&
    record.handshake.requirement === undefined &&
    verdict.requirement !== undefined,
  "the closing is in order and something is said against it": ({ verdict }) =>
    verdict.closing === "ok" && verdict.closingBecause !== "The connection ended as it had to.",
  "the closing is not in order and praised": ({ verdict }) =>
    verdict.closing !== "ok" && /ended as it had to/.test(verdict.closingBecause),
  "nothing is demanded of the end, and something is said about it": ({ verdict }) =>
    (verdict.closing === "not-applicable") !== /demands nothing/i.test(verdict.closingBecause),
  "a violation in the closing, which is in order": ({ verdict, record, profile }) =>
    profile === "modern" &&
    verdict.closing === "ok" &&
    record.violations.some(({ violation, closing }) => closing === true && !isMild(violation)),
  "a requirement broken in a closing that is in order": ({ verdict }) =>
    verdict.closingRequirement !== undefined &&
    (verdict.closing === "ok" ||
      verdict.closing === "not-applicable" ||
      !isDemand(verdict.closingRequirement)),
  "the peer did nothing, and the closing is in order": ({ verdict, record, profile }) =>
    profile === "modern" &&
    verdict.closing === "ok" &&
    record.close.remotePayload === null &&
    record.close.tcp === "ended-by-tester",
  "it is said to have done nothing, and has": ({ verdict, record }) =>
    /neither sent a Close frame nor closed|did nothing to end/.test(texts(verdict)) &&
    (record.close.remotePayload !== null || record.close.tcp !== "ended-by-tester"),
  "it is said to have sent no Close frame, and has": ({ verdict, record }) =>
    /without a Close frame|without a closing handshake/.test(said(verdict)) &&
    record.close.remotePayload !== null,
  "a close code is named that did not come": ({ verdict, record }) => {
    const named = /the peer(?:'s close code is|.*(?:closed with|with code)) (\d+)/.exec(
      verdict.closingBecause,
    );
    return named !== null && Number(named[1]) !== record.close.remoteCode;
  },
  "the peer is said to have ended it first, and has not": ({ verdict, record }) =>
    /the peer ended the connection; in this case the tester has to/i.test(verdict.closingBecause) &&
    record.close.closedByTester,
  "the tester had to start, and did not": ({ verdict, record }) =>
    /the tester ended the connection, not the peer/i.test(verdict.closingBecause) &&
    !record.close.closedByTester,
  "passed without having failed the connection": ({ judged, verdict, record, profile }) =>
    profile === "modern" &&
    judged.expect.ending.by === "peer" &&
    verdict.outcome === "pass" &&
    (record.close.closedByTester ||
      (record.close.remotePayload === null && record.close.tcp !== "reset-by-peer")),
  "something is said not to have been sent, which a reset may have swallowed": ({
    verdict,
    record,
    profile,
  }) =>
    profile === "modern" &&
    record.close.tcp === "reset-by-peer" &&
    record.close.remotePayload === null &&
    /without a Close frame|neither sent|sent no|did not send/.test(said(verdict)),
  "accused of going on behind its Close frame, and did not": ({ verdict, record }) =>
    verdict.requirement === "6455-7.1.7-4" &&
    record.events.length <= (record.close.remoteAfterEvents ?? record.events.length),
  "an unsolicited Pong is a failure": ({ verdict }) =>
    verdict.requirement === "6455-5.5.3-2" || verdict.requirement === "6455-5.5.3-3",
  "complete, and called incomplete": ({ verdict, record, profile }) =>
    profile === "modern" &&
    /closing handshake was not completed/.test(verdict.closingBecause) &&
    record.close.remotePayload !== null &&
    record.close.localPayload !== null,
};

/** The names of those that a verdict commits. */
export function contradictionsOf(one: Judged): readonly string[] {
  return Object.entries(CONTRADICTIONS).flatMap(([name, commits]) => (commits(one) ? [name] : []));
}

function said({ because, closing, closingBecause }: Verdict): string {
  return closing === "not-applicable" ? because : `${because} ${closingBecause}`;
}

function texts({ because, closingBecause }: Verdict): string {
  return `${because} ${closingBecause}`;
}
