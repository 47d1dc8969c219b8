import { hasFailed, type Verdict, type Verdicts } from "../judge/verdict.js";
import type { CaseRecord } from "../record/record.js";

/** A case that was played to its end. */
export interface Played {
  readonly record: CaseRecord;
  /** By the profile in force. */
  readonly verdict: Verdict;
  /** By it and, where the play serves it, by the other one. */
  readonly verdicts: Verdicts;
}

/**
 * Whether a result may be the doing of our limits, and not of the peer: something is wrong with it, and a limit had a
 * part in it, or the connection never opened. It is not believed before the case has been played again alone.
 */
export function needsConfirmation(record: CaseRecord, verdict: Verdict): boolean {
  if (!isWrong(record, verdict)) return false;
  return limitsOf(record).length > 0 || !record.handshake.opened;
}

/**
 * What doubtful results have in common whose cause is the same: the limits that ran out, and how far it came. Repeats of
 * one kind say nothing about another.
 */
export function kindOf(record: CaseRecord): string {
  const { handshake } = record;
  return [handshake.opened ? "opened" : "not opened", ...new Set([...limitsOf(record)].sort())].join(" ");
}

/** Whether a repeat says the same as the play before. */
export function agree(a: Pick<Played, "record" | "verdict">, b: Pick<Played, "record" | "verdict">): boolean {
  const { outcome, closing } = a.verdict;
  return (
    outcome === b.verdict.outcome && closing === b.verdict.closing && kindOf(a.record) === kindOf(b.record)
  );
}

/** Whether a peer that is merely slow to open looks like this: no other case of the kind says anything about it. */
export function isOpeningLate({ handshake, timers }: CaseRecord): boolean {
  return !handshake.opened && timers.includes("open-timeout");
}

/** The limits that ran out. `settled` is none: what came could no longer become what was expected. */
function limitsOf({ timers }: CaseRecord): readonly string[] {
  return timers.filter((name) => name !== "settled");
}

function isWrong(record: CaseRecord, { outcome, closing }: Verdict): boolean {
  if (hasFailed(outcome)) return true;
  // Where a pause was over before the peer had acted, on a machine that gave it no time to. What is only observed is
  // observed again, too: it is in the report as well.
  if ((outcome === "non-strict" || outcome === "informational") && isHurried(record)) return true;
  return closing !== "ok" && closing !== "not-applicable";
}

/** A tenth of the time was lost to a busy machine. */
export function isHurried({ lostMs = 0, durationMs }: CaseRecord): boolean {
  return lostMs > 0.1 * durationMs;
}
