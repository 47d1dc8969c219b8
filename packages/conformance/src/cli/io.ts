import type { Sink } from "./sink.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a command may use of the process in which it runs. */
export interface Io {
  /** Standard output, for reports that follow a run. */
  readonly stdout: Sink;
  /** Standard error, for reports that must not be in the way of one on standard output. */
  readonly stderr: Sink;
  /** The environment of the process. */
  readonly env: Environment;
  /** Writes text to standard output. If the reader is gone (`| head`), that is not an error. */
  readonly print: (text: string) => Promise<void>;
  /** Writes a line to standard error, with the name of the program before it. */
  readonly complain: (sentence: string) => void;
  readonly isTty: boolean;
  readonly hasColor: boolean;
  /** Width of the terminal; 80 if there is none. */
  readonly columns: number;
  /** Aborted at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** For commands that run until they are interrupted and write no reports: the first interruption prints nothing. */
  readonly expectInterruption: () => void;
}

/**
 * Whether to use colours. FORCE_COLOR decides if it is set, then NO_COLOR if it is not empty (no-color.org), then
 * whether the output is a terminal.
 */
export function wantsColor(env: Environment, isTty: boolean): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  return isTty && env["TERM"] !== "dumb";
}
