import { numberBetween } from "../cli/option.js";
import { ExitCode } from "../cli/exit-code.js";
import { DEFAULT_CONCURRENCY } from "../engine/run.js";
import type { Io } from "../cli/io.js";

/** What a mode gets. */
export interface ModeContext {
  /** Options by long name, as typed. */
  readonly given: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly io: Io;
}

/** A mode: runs to its end and returns the exit code. */
export type Mode = (context: ModeContext) => Promise<number>;

/** The original ends with 0 whatever it found; scripts judge the reports by themselves. */
export function wstestCode(code: ExitCode, { environment }: ModeContext): number {
  if (environment["WSTEST_EXIT"] === "strict") return code;
  return code === ExitCode.harness || code === ExitCode.usage ? code : ExitCode.expected;
}

/** Connections of `fuzzingclient` at the same time. Throws a UsageError. */
export function concurrencyOf({ environment }: ModeContext): number {
  const typed = environment["WSTEST_CONCURRENCY"] ?? "";
  return typed === "" ? DEFAULT_CONCURRENCY : numberBetween(1, 256, "integer")(typed, "WSTEST_CONCURRENCY");
}

/** `-u`: undefined where it was not given. Throws a UsageError. */
export function webPortOf({ given }: ModeContext): number | undefined {
  const typed = given.get("webport");
  return typed === undefined ? undefined : numberBetween(0, 65_535, "integer")(typed.trim(), "--webport");
}
