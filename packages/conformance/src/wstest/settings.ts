import { allowedHost, allowedOrigin, refusalLine } from "../cli/admission-options.js";
import { numberBetween } from "../cli/option.js";
import { ExitCode } from "../cli/exit-code.js";
import type { Retries } from "../run/find-peer.js";
import { DEFAULT_CONCURRENCY } from "../run/run-options.js";
import type { Io } from "../cli/io.js";
import { Admission } from "../serve/admission.js";

/** The input of a mode. */
export interface ModeContext {
  /** Options by long name, as typed. */
  readonly given: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly io: Io;
}

/** A mode: runs to its end and returns the exit code. */
export type Mode = (context: ModeContext) => Promise<number>;

/** The original always ends with 0, even if cases failed; scripts read its reports. */
export function wstestCode(code: ExitCode, { environment }: ModeContext): number {
  if (environment["WSTEST_EXIT"] === "strict") return code;
  return code === ExitCode.harness || code === ExitCode.usage ? code : ExitCode.expected;
}

/** Connections of `fuzzingclient` at the same time. Throws a UsageError. */
export function concurrencyOf({ environment }: ModeContext): number {
  const typed = environment["WSTEST_CONCURRENCY"] ?? "";
  return typed === "" ? DEFAULT_CONCURRENCY : numberBetween(1, 256, "integer")(typed, "WSTEST_CONCURRENCY");
}

/**
 * Who may connect: the host of the spec file, and what WSTEST_ALLOW_HOST and WSTEST_ALLOW_ORIGIN name, separated by
 * commas or blanks. Throws a UsageError.
 */
export function admissionOf({ environment, io }: ModeContext, url?: string): Admission {
  const listed = <T>(name: string, one: (value: string, name: string) => T): readonly T[] =>
    (environment[name] ?? "")
      .split(/[\s,]+/)
      .filter((value) => value !== "")
      .map((value) => one(value, name));
  return new Admission({
    hosts: [
      ...listed("WSTEST_ALLOW_HOST", allowedHost),
      ...(url === undefined ? [] : [new URL(url).hostname]),
    ],
    origins: listed("WSTEST_ALLOW_ORIGIN", allowedOrigin),
    onRefused: (refused) =>
      io.complain(
        refusalLine(
          refused,
          (kind, value) => `the environment variable WSTEST_ALLOW_${kind.toUpperCase()}=${value}`,
        ),
      ),
  });
}

/** Pause between two attempts to reach a server that is not up yet. */
const ATTEMPT_EVERY_MS = 100;
/**
 * How long to wait for all servers together. The original did not wait, but it started so slowly that servers were
 * up.
 */
const WAIT_SECONDS = 10;

/** How often servers that are not up yet are tried again. Throws a UsageError. */
export function retriesOf({ environment }: ModeContext): Retries {
  const typed = environment["WSTEST_WAIT"] ?? "";
  const seconds = typed === "" ? WAIT_SECONDS : numberBetween(0, 3600, "decimal")(typed, "WSTEST_WAIT");
  return { left: Math.ceil((seconds * 1000) / ATTEMPT_EVERY_MS), everyMs: ATTEMPT_EVERY_MS };
}

/** `-u`; undefined if it was not given. Throws a UsageError. */
export function webPortOf({ given }: ModeContext): number | undefined {
  const typed = given.get("webport");
  return typed === undefined ? undefined : numberBetween(0, 65_535, "integer")(typed.trim(), "--webport");
}
