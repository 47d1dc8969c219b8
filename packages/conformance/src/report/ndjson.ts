import { safeJson } from "./escape.js";
import type { RunEvent } from "../run/event.js";
import type { ReportChunk } from "./reporter.js";

/** The run file itself: one event a line, in the order in which they came. */
export async function* ndjsonReporter(events: AsyncIterable<RunEvent>): AsyncGenerator<ReportChunk> {
  for await (const event of events) yield { data: `${safeJson(event)}\n` };
}
