import type { RunEvent } from "../run/event.js";
import { ExitCode, ExitCodeWatch, worst } from "./exit-code.js";
import { fanOut, type Reader } from "./fan-out.js";
import type { Io } from "./io.js";
import { OutputError } from "./sink.js";

/**
 * Gives the events of a run to its reports and returns the exit code that `watch` finds. If a report cannot be written
 * any more, a sentence says so and the exit code is 2; the other reports are finished.
 */
export async function reportRun(
  events: AsyncIterable<RunEvent>,
  readers: readonly Reader<RunEvent>[],
  io: Io,
  watch: ExitCodeWatch = new ExitCodeWatch(),
): Promise<ExitCode> {
  const failures = await fanOut(watched(events, watch), readers);
  return worst([watch.code(), complainAbout(failures, io)]);
}

/** Prints a sentence for each report that could not be written. Throws any other error: a reporter is at fault. */
export function complainAbout(failures: readonly unknown[], io: Io): ExitCode {
  const sentences = new Set(failures.map((failure) => sentenceOf(failure)));
  for (const sentence of sentences) io.complain(sentence);
  return failures.length > 0 ? ExitCode.usage : ExitCode.expected;
}

async function* watched(
  events: AsyncIterable<RunEvent>,
  watch: ExitCodeWatch,
): AsyncGenerator<RunEvent, void> {
  for await (const event of events) {
    watch.see(event);
    yield event;
  }
}

/** Throws an error that is not about writing: a reporter is at fault. */
function sentenceOf(failure: unknown): string {
  if (failure instanceof OutputError) return failure.message;
  throw failure;
}
