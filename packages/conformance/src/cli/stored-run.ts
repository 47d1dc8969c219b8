import type { RunEvent, RunStart } from "../run/event.js";
import { readRunFile } from "../report/read-run-file.js";

/** A run file that was opened: its first event, and all of them, the first included. */
export interface StoredRun {
  readonly first: RunStart;
  readonly events: AsyncIterable<RunEvent>;
}

/** Opens a run file. Throws a RunFileError, here or while the events are read, if it is none or is damaged. */
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
