import { cut } from "../escape.js";
import type { Closing, Outcome, Verdict } from "../../judge/verdict.js";
import type { CaseEnd } from "../../run/event.js";
import { figuresOf } from "./figures.js";
import { BECAUSE_LIMIT, type PageCase } from "./page-event.js";

/** The short form of a `case-end`. `block` says where the detail is; leave it out where the page can ask for it. */
export function pageCase({ peer, case: id, attempt, record, verdict, verdicts }: CaseEnd): PageCase {
  const figures = figuresOf(record);
  return {
    type: "case-end",
    peer,
    case: id,
    attempt,
    profile: record.profile,
    outcome: verdict.outcome,
    closing: verdict.closing,
    because: cut(isClosingNews(verdict) ? verdict.closingBecause : verdict.because, BECAUSE_LIMIT),
    code: record.close.remoteCode,
    startedAt: record.startedAt,
    durationMs: record.durationMs,
    concurrent: record.concurrent,
    verdicts: {
      ...(verdicts.autobahn === undefined ? {} : { autobahn: headline(verdicts.autobahn) }),
      ...(verdicts.modern === undefined ? {} : { modern: headline(verdicts.modern) }),
    },
    ...(figures === undefined ? {} : { figures }),
  };
}

/** The outcome is as it should be, but the end of the connection is not. */
function isClosingNews({ outcome, closing }: Verdict): boolean {
  return outcome === "pass" && closing !== "ok" && closing !== "not-applicable";
}

function headline({ outcome, closing }: Verdict): readonly [Outcome, Closing] {
  return [outcome, closing];
}
