import { escapeText } from "./escape.js";
import type { OutputLine, PeerExit, PeerOutput } from "../run/event.js";
import { count } from "./words.js";

/**
 * What a process printed while a case was in flight, and how it ended if it did.
 *
 * @example
 * ```ts
 * import type { ProcessFacts } from "wireproof/page";
 *
 * const facts: ProcessFacts = { output: [{ from: "stdout", text: "listening" }], omitted: 0, exits: [] };
 * console.assert(facts.output.length === 1);
 * ```
 */
export interface ProcessFacts {
  /** The lines, oldest first. */
  readonly output: readonly OutputLine[];
  /** Number of lines before these that are not known. */
  readonly omitted: number;
  /** How the process ended, each time that it did. */
  readonly exits: readonly PeerExit[];
}

const KEPT_LINES = 200;

/** Collects them from the events between the start and the end of a case. */
export class ProcessLog {
  #lines: OutputLine[] = [];
  #omitted = 0;
  readonly #exits: PeerExit[] = [];

  take(event: PeerOutput | PeerExit): void {
    if (event.type === "peer-exit") {
      this.#exits.push(event);
      return;
    }
    if (event.omitted > 0) {
      // Only lines that follow one another are shown.
      this.#omitted += this.#lines.length + event.omitted;
      this.#lines = [];
    }
    const all = [...this.#lines, ...event.lines];
    this.#lines = all.slice(-KEPT_LINES);
    this.#omitted += all.length - this.#lines.length;
  }

  /** Undefined if there was nothing. */
  get facts(): ProcessFacts | undefined {
    if (this.#lines.length === 0 && this.#omitted === 0 && this.#exits.length === 0) return undefined;
    return { output: this.#lines, omitted: this.#omitted, exits: this.#exits };
  }
}

/** The facts as lines: output behind the name of its stream. Safe to show. */
export function processLines({ output, omitted, exits }: ProcessFacts): string[] {
  return [
    ...(omitted === 0
      ? []
      : [`${count(omitted, "line")} before these ${omitted === 1 ? "was" : "were"} not recorded.`]),
    ...output.map(({ from, text }) => `${from}  ${escapeText(text)}`.trimEnd()),
    ...exits.map((exit) => exitLine(exit)),
  ];
}

function exitLine({ because, cases }: PeerExit): string {
  const others = cases.length - 1;
  const also =
    others > 0 ? ` ${count(others, "other case")} ${others === 1 ? "was" : "were"} in flight.` : "";
  return escapeText(`${because}${also}`);
}
