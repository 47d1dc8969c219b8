import type { Outcome } from "../../judge/verdict.js";
import { OUTCOME_SIGNS, type Paint } from "./paint.js";

/** What the live region shows. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly outcomes: ReadonlyMap<Outcome, number>;
  /** Id and section of the case that began last. */
  readonly current: string;
}

const REDRAW_MS = 100;
const BAR = 24;

/**
 * One line at the bottom of a terminal that is rewritten in place. It has no timer of its own: it is offered
 * progress whenever something happened, and draws if the last drawing is old enough. Contains nothing that a
 * peer sent, so its width is known.
 */
export class LiveRegion {
  readonly #columns: number;
  readonly #paint: Paint;
  readonly #nowMs: () => number;
  #drawnAtMs = -Infinity;
  #visible = false;

  constructor(columns: number, paint: Paint, nowMs: () => number) {
    this.#columns = columns;
    this.#paint = paint;
    this.#nowMs = nowMs;
  }

  /** What to write to bring the line up to date; empty if it was drawn less than a tenth of a second ago. */
  draw(progress: () => Progress): string {
    const now = this.#nowMs();
    if (now - this.#drawnAtMs < REDRAW_MS) return "";
    const erase = this.erase();
    this.#drawnAtMs = now;
    this.#visible = true;
    return erase + this.#line(progress());
  }

  /** What to write before anything else is: the line disappears, and comes back with the next drawing. */
  erase(): string {
    if (!this.#visible) return "";
    this.#visible = false;
    this.#drawnAtMs = -Infinity;
    return "\r\x1b[K";
  }

  #line({ done, total, outcomes, current }: Progress): string {
    const filled = total === 0 ? 0 : Math.min(BAR, Math.round((BAR * done) / total));
    const parts: { text: string; colour: Parameters<Paint>[0] | null }[] = [
      { text: "█".repeat(filled) + "░".repeat(BAR - filled), colour: "cyan" },
      { text: ` ${done}/${total}`, colour: "bold" },
    ];
    for (const [outcome, count] of outcomes) {
      const { sign, colour } = OUTCOME_SIGNS[outcome];
      parts.push({ text: `  ${sign} ${count}`, colour });
    }
    parts.push({ text: `  ${current}`, colour: "gray" });
    // The last column stays free: some terminals wrap as soon as it is written.
    let left = Math.max(0, this.#columns - 1);
    return parts
      .map(({ text, colour }) => {
        const shown = text.slice(0, left);
        left -= shown.length;
        return colour === null || shown === "" ? shown : this.#paint(colour, shown);
      })
      .join("");
  }
}
