import { resolve } from "node:path";

import { ExitCode } from "./exit-code.js";
import type { Io } from "./io.js";
import { toggle, type Option } from "./option.js";
import type { StartCommand } from "./start-command.js";
import { UsageError } from "./usage-error.js";
import { watchFiles } from "./watch-files.js";

/** `--watch`. */
export const watchOption: Option<boolean> = toggle(
  "With --start: when the run is over, wait for changes of files in the working folder. Then the server is started again, and what went wrong is played, or every case if nothing did. Ctrl-C ends it. Changes during a run count for files that the command names.",
);

export interface WatchValues {
  readonly watch: boolean;
  readonly ui: boolean;
  readonly lastFailed: boolean;
  readonly start: StartCommand | undefined;
  readonly out: string;
  readonly baseline: string | undefined;
}

/**
 * Plays once, or again and again as `--watch` says; returns the exit code of the last run. Throws a UsageError for options
 * that do not go together.
 */
export async function playWatched<V extends WatchValues>(
  values: V,
  io: Io,
  play: (values: V) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (!values.watch) return play(values);
  const { start, ui, out, baseline } = values;
  if (start === undefined) throw new UsageError("--watch needs --start COMMAND: the server is started again");
  if (ui) throw new UsageError("--watch and --ui exclude each other");
  const folder = process.cwd();
  const named = new Set(start.line.args.map((word) => resolve(folder, word)));
  const files = watchFiles(folder, baseline === undefined ? [out] : [out, baseline]);
  try {
    let code = await play(values);
    io.expectInterruption();
    while (!io.signal.aborted) {
      files.forget((path) => named.has(path));
      io.complain("waiting for changes; Ctrl-C ends it");
      await files.changed(io.signal);
      if (io.signal.aborted) break;
      code = await playAgain({ ...values, lastFailed: code !== ExitCode.expected }, io, play);
    }
    return code;
  } finally {
    files.close();
  }
}

/** What cannot be used now can after the next change. */
async function playAgain<V>(values: V, io: Io, play: (values: V) => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await play(values);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.complain(error.message);
    return ExitCode.usage;
  }
}
