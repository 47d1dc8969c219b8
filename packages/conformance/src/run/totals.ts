import type { Closing, Outcome, Verdict } from "../judge/verdict.js";
import type { RunEvent, Totals } from "./event.js";

/** Counts the results of a run. If a case was played twice, the last result counts. */
export class RunTotals {
  readonly #verdicts = new Map<string, Pick<Verdict, "outcome" | "closing">>();

  see(event: RunEvent): void {
    if (event.type !== "case-end") return;
    const { outcome, closing } = event.verdict;
    this.#verdicts.set(`${event.peer} ${event.case}`, { outcome, closing });
  }

  /** `selected`: how many results are possible. */
  totals(selected: number, durationMs: number, interrupted: boolean): Totals {
    const outcomes: Partial<Record<Outcome, number>> = {};
    const closings: Partial<Record<Closing, number>> = {};
    for (const { outcome, closing } of this.#verdicts.values()) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      closings[closing] = (closings[closing] ?? 0) + 1;
    }
    return { durationMs, interrupted, outcomes, closings, notRun: selected - this.#verdicts.size };
  }
}
