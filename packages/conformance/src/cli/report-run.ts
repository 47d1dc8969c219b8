import type { RunEvent } from "../run/event.js";
import { ExitCode, ExitCodeWatch, worst } from "./exit-code.js";
import { fanOut, type Reader } from "./fan-out.js";
import type { Io } from "./io.js";
import { OutputError } from "./sink.js";

/**
 * Feeds the events of a run to its reports and returns the exit code that `watch` makes of them. A report that cannot be written any
 * more is complained about in a sentence and counts as exit code 2; the others are finished.
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

/** Complains about reports that could not be written, a sentence each. Throws what is a fault of a reporter. */
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

/** Throws what is not about writing: that is a fault of a reporter. */
function sentenceOf(failure: unknown): string {
  if (failure instanceof OutputError) return failure.message;
  throw failure;
}
