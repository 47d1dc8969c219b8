import type { OutputLine } from "../run/event.js";

/** Printed lines, oldest first. */
export interface Output {
  readonly lines: readonly OutputLine[];
  /** How many lines before these were not kept. */
  readonly omitted: number;
}

/** What a line costs besides its characters, so that empty lines are limited too. */
const LINE_OVERHEAD = 32;

/** The last lines that a process printed, as many as fit, so that memory is limited. */
export class OutputRing {
  readonly #limit: number;
  #lines: OutputLine[] = [];
  #size = 0;
  #dropped = 0;

  /** `limit`: characters that are kept; each line counts as 32 characters more than it has. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The current position in the output, for `since`. */
  get mark(): number {
    return this.#dropped + this.#lines.length;
  }

  push(line: OutputLine): void {
    this.#lines.push(line);
    this.#size += line.text.length + LINE_OVERHEAD;
    while (this.#size > this.#limit) {
      const oldest = this.#lines.shift();
      if (oldest === undefined) return;
      this.#size -= oldest.text.length + LINE_OVERHEAD;
      this.#dropped++;
    }
  }

  /** The lines since a mark was taken, if they are still kept. */
  since(mark: number): Output {
    const lines = this.#lines.slice(Math.max(0, mark - this.#dropped));
    return { lines, omitted: Math.max(0, this.#dropped - Math.max(0, mark)) };
  }
}
