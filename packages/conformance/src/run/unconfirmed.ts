import { hasFailed, type Verdict, type Verdicts } from "../judge/verdict.js";
import type { CaseRecord } from "../record/record.js";

/** A case that was played to its end. */
export interface Played {
  readonly record: CaseRecord;
  /** The verdict of the profile in force. */
  readonly verdict: Verdict;
  /** The same, and that of the other profile if the record serves both. */
  readonly verdicts: Verdicts;
}

/**
 * Whether a result may come from our limits and not from the peer: something is wrong with it, and a limit ran out, or
 * the connection never opened. Such a result does not count before the case was played again alone.
 */
export function needsConfirmation(record: CaseRecord, verdict: Verdict): boolean {
  if (!isWrong(record, verdict)) return false;
  return limitsOf(record).length > 0 || !record.handshake.opened;
}

/**
 * The kind of an unconfirmed result: which limits ran out, and whether the connection opened. Results of one kind
 * probably have the same cause; repeats of one kind say nothing about another kind.
 */
export function kindOf(record: CaseRecord): string {
  const { handshake } = record;
  return [handshake.opened ? "opened" : "not opened", ...new Set([...limitsOf(record)].sort())].join(" ");
}

/** Whether a repeat has the same result as the play before. */
export function agree(a: Pick<Played, "record" | "verdict">, b: Pick<Played, "record" | "verdict">): boolean {
  const { outcome, closing } = a.verdict;
  return (
    outcome === b.verdict.outcome && closing === b.verdict.closing && kindOf(a.record) === kindOf(b.record)
  );
}

/**
 * Whether the opening handshake timed out. The peer may only be slow, so other cases of the kind say nothing about it.
 */
export function isOpeningLate({ handshake, timers }: CaseRecord): boolean {
  return !handshake.opened && timers.includes("open-timeout");
}

/** The limits that ran out. `settled` is not a limit: the events could no longer become those expected. */
function limitsOf({ timers }: CaseRecord): readonly string[] {
  return timers.filter((name) => name !== "settled");
}

function isWrong(record: CaseRecord, { outcome, closing }: Verdict): boolean {
  if (hasFailed(outcome)) return true;
  // On a busy machine a pause may be over before the peer could act. What is only observed is in the report, too, so it
  // is observed again.
  if ((outcome === "non-strict" || outcome === "informational") && isHurried(record)) return true;
  return closing !== "ok" && closing !== "not-applicable";
}

/** Whether more than a tenth of the time was lost because the machine was busy. */
export function isHurried({ lostMs = 0, durationMs }: CaseRecord): boolean {
  return lostMs > 0.1 * durationMs;
}
