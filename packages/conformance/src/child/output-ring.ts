import type { OutputLine } from "../run/event.js";

/** What was printed, oldest line first. */
export interface Output {
  readonly lines: readonly OutputLine[];
  /** Lines before these that were not kept. */
  readonly omitted: number;
}

/** What a line costs besides its characters, so that empty lines are bounded too. */
const LINE_OVERHEAD = 32;

/** The last lines that a process printed, as many as fit: whatever it prints, memory is bounded. */
export class OutputRing {
  readonly #limit: number;
  #lines: OutputLine[] = [];
  #size = 0;
  #dropped = 0;

  /** `limit`: characters that are kept, each line counted with 32 more. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Where the output stands now, for `since`. */
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

  /** What was printed since a mark was taken, as far as it is kept. */
  since(mark: number): Output {
    const lines = this.#lines.slice(Math.max(0, mark - this.#dropped));
    return { lines, omitted: Math.max(0, this.#dropped - Math.max(0, mark)) };
  }
}
