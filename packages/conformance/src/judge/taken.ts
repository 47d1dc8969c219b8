import type { Case } from "../case/case.js";
import { answers } from "../case/expect.js";
import { sameTrace, traceView } from "../record/event-view.js";
import type { CaseRecord } from "../record/record.js";
import { withoutUnsolicitedPongs } from "../record/unsolicited-pongs.js";

/**
 * The case as a peer saw it that took what it should refuse, in a case that tolerates this (`mayBeTaken`): it answers, and
 * the tester closes. Undefined if the peer did something else.
 */
export function asTaken(judged: Case, record: CaseRecord): Case | undefined {
  const { mayBeTaken, nonStrict = [] } = judged.expect;
  if (mayBeTaken !== true || !record.close.closedByTester) return undefined;
  const counted = withoutUnsolicitedPongs(judged.script, record.events);
  return sameTrace(counted, traceView(nonStrict)) ? { ...judged, expect: answers(...nonStrict) } : undefined;
}
