import { hasFailed, type Verdict, type Verdicts } from "../judge/verdict.js";
import type { CaseRecord, Profile } from "../record/record.js";
import type { Timeouts } from "../tester/timeouts.js";

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
export function isDoubtful(record: CaseRecord, verdict: Verdict): boolean {
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

/** How much longer the limits of a repeat are: nobody is accused who merely takes his time. */
const LONGER = 6;
/** The limit for silence under load is long already. */
const LOAD_PATIENCE = 3;
/** Repeats in which a long limit ran out all the same; from then on the peer is known, and this much will do. */
const ENOUGH = 2;
const KNOWN = 1.5;

/**
 * The limits of repeats: long ones under `modern`, until it is known of a limit that it runs out however long it is.
 * Under `autobahn` they are those of the original.
 */
export class RepeatLimits {
  readonly #profile: Profile;
  readonly #ranOut = new Map<string, number>();

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** The limits for the next repeat. */
  stretch(usual: Timeouts): Timeouts {
    if (this.#profile === "autobahn") return usual;
    const factor = (name: string, by = LONGER): number =>
      (this.#ranOut.get(name) ?? 0) >= ENOUGH ? KNOWN : by;
    return {
      ...usual,
      // Long limits are long enough for a busy machine, too.
      stretch: usual.stretch / LONGER,
      connectMs: usual.connectMs * LONGER,
      openMs: usual.openMs * LONGER,
      closeMs: usual.closeMs * factor("close-timeout"),
      dropMs: usual.dropMs * factor("drop-timeout"),
      stallMs: usual.stallMs * factor("stalled", LOAD_PATIENCE),
      scale: usual.scale * Math.min(factor("kill"), factor("close"), factor("until")),
    };
  }

  /** A repeat is over. */
  learn({ timers }: CaseRecord): void {
    for (const name of timers) this.#ranOut.set(name, (this.#ranOut.get(name) ?? 0) + 1);
  }
}
