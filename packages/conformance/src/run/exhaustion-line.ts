/** A message about it is this many lines before the end of a process at most: a stack trace may follow. */
const LINES_AFTER = 40;
/** Characters kept of the line. */
const KEPT = 200;

/** What runtimes and systems say when memory or file descriptors run out. */
const EXHAUSTION =
  /out of memory|OutOfMemoryError|\bMemoryError\b|\bbad_alloc\b|array buffer allocation failed|cannot allocate memory|memory allocation of \d+ bytes failed|\bENOMEM\b|too many open files|\bEMFILE\b/i;

/**
 * Looks for a line that says that the process of a peer ran out of memory or of file descriptors. How much memory a process
 * has says nothing about whose fault that is; what it says itself before it ends does.
 */
export class ExhaustionLine {
  #line: string | undefined;
  #after = 0;

  see(text: string): void {
    if (EXHAUSTION.test(text)) {
      this.#line = text.trim().slice(0, KEPT);
      this.#after = 0;
    } else this.#after++;
  }

  /** The process has ended: the line, if one was among the last; the next process begins anew. */
  take(): string | undefined {
    const line = this.#after <= LINES_AFTER ? this.#line : undefined;
    this.#line = undefined;
    this.#after = 0;
    return line;
  }
}
