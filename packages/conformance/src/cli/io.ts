import type { Sink } from "./sink.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a command may touch of the process it runs in. */
export interface Io {
  /** Standard output, for reports that follow a run. */
  readonly stdout: Sink;
  /** Writes text to standard output. A reader that went away (`| head`) is not an error. */
  readonly print: (text: string) => Promise<void>;
  /** Writes a line to standard error, with the name of the program before it. */
  readonly complain: (sentence: string) => void;
  readonly isTty: boolean;
  readonly hasColor: boolean;
  /** Width of the terminal; 80 if there is none. */
  readonly columns: number;
  /** Aborted at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** For commands that run until they are interrupted and write no reports: the first interruption says nothing. */
  readonly expectInterruption: () => void;
}

/**
 * Whether to colour: FORCE_COLOR decides if set, then NO_COLOR (no-color.org: any value but the empty one),
 * then whether a terminal listens.
 */
export function wantsColor(env: Environment, isTty: boolean): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  return isTty && env["TERM"] !== "dumb";
}
