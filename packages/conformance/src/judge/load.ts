import type { Case } from "../case/case.js";
import type { Outcome } from "./verdict.js";
import type { CaseRecord, EventView } from "../record/record.js";
import { nameOf } from "./difference-text.js";
import { sameEvent, sameShape, traceView } from "../record/event-view.js";
import { mayBeLost, RESET_TEXT } from "../record/close-record.js";

/**
 * Whether the load of a case came back (sections 9, 12, 13); null for cases without load. `compares`: the whole content
 * of a big message, or only its type and length, as the original does.
 */
export function judgeLoad(
  judged: Case,
  record: CaseRecord,
  compares: "length" | "content",
): { outcome: Outcome; because: string } | null {
  const { expect } = judged;
  if (expect.loopDecides === true) return loop(record, compares);
  if (expect.firstMessageDecides !== true) return null;
  return firstMessage(traceView(expect.pass)[0], record, compares);
}

function loop(record: CaseRecord, compares: "length" | "content"): { outcome: Outcome; because: string } {
  const { wanted = 0, matched = 0, mismatch } = record.loop ?? {};
  const isComplete = wanted > 0 && matched === wanted;
  if (isComplete && mismatch === undefined) {
    return { outcome: "pass", because: `all ${wanted} messages came back as they were sent` };
  }
  // A loop goes on after a different echo only if the original compares no more than type and length.
  if (isComplete && compares === "length") {
    return { outcome: "pass", because: `all ${wanted} messages came back with their type and length` };
  }
  if (mismatch !== undefined) {
    const { index, expected, observed } = mismatch;
    const what = sameShape(expected, observed)
      ? "a message of the same length with other content"
      : nameOf(observed);
    return {
      outcome: "fail",
      because: `echo ${index + 1} of ${wanted} differs: ${nameOf(expected)} was sent, and ${what} came back`,
    };
  }
  return { outcome: "fail", because: `${matched} of ${wanted} messages came back${lost(record)}` };
}

function firstMessage(
  expected: EventView | undefined,
  record: CaseRecord,
  compares: "length" | "content",
): { outcome: Outcome; because: string } {
  const observed = record.events.find(({ type }) => type === "message");
  if (expected === undefined || observed === undefined) {
    const what = expected === undefined ? "the message" : nameOf(expected);
    return { outcome: "fail", because: `${what} did not come back${lost(record)}` };
  }
  const same = compares === "content" ? sameEvent(expected, observed) : sameShape(expected, observed);
  if (same) return { outcome: "pass", because: `${nameOf(expected)} came back` };
  const what = sameShape(expected, observed)
    ? "a message of the same length with other content"
    : nameOf(observed);
  return { outcome: "fail", because: `${nameOf(expected)} was sent, and ${what} came back` };
}

function lost({ close }: CaseRecord): string {
  return mayBeLost(close) ? `: ${RESET_TEXT}` : "";
}
