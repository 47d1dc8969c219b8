import type { RunEvent, RunStart } from "../run/event.js";
import { readRunFile } from "../report/read-run-file.js";

/** An open run file: its first event, and all events including the first. */
export interface StoredRun {
  readonly first: RunStart;
  readonly events: AsyncIterable<RunEvent>;
}

/** Opens a run file. Throws a RunFileError, now or while events are read, if it is not a run file or is damaged. */
export async function storedRun(file: string): Promise<StoredRun> {
  const source = readRunFile(file);
  const { value } = await source.next();
  if (value?.type !== "run") throw new TypeError(`${file} begins with no event`);
  return { first: value, events: withFirst(value, source) };
}

async function* withFirst(first: RunEvent, rest: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent, void> {
  yield first;
  yield* rest;
}
