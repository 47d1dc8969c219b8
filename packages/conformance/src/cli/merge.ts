import { ShardError, mergeShards, type ShardRun } from "../run/merge-shards.js";
import type { RunEvent } from "../run/event.js";
import { escapeText } from "../report/escape.js";
import { command, type Command } from "./command.js";
import type { Io } from "./io.js";
import { checkNotOverwritten } from "./not-overwritten.js";
import { occupyFolder } from "./occupied-folder.js";
import { openRunOutputs, outputOptions, type OutputValues } from "./output-options.js";
import { reportRun } from "./report-run.js";
import { runReporters } from "./reporter-option.js";
import { storedRun } from "./stored-run.js";
import { UsageError } from "./usage-error.js";

/** `wireproof merge`: puts the shards of a run together. */
export const mergeCommand: Command = command({
  name: "merge",
  summary: "Puts the run files of shards together and reports them as one run.",
  details:
    "The shards were made with --shard by the same command. What is wrong with the peer is found anew, over all of them. If a shard is missing, the result is no success. The exit code is that of the whole run.",
  positionals: [{ name: "file", description: "A run file of each shard.", variadic: true }],
  options: { ...outputOptions },
  examples: [
    {
      line: "merge shard-1/run.ndjson shard-2/run.ndjson --out whole",
      description: "The run file and the reports of both, in whole.",
    },
  ],
  action: merge,
});

async function merge(values: OutputValues, files: readonly string[], io: Io): Promise<number> {
  const shards: ShardRun[] = [];
  for (const file of files) shards.push({ file, ...(await storedRun(file)) });
  const events = mergeShards(shards);
  const first = await begun(events);
  const outDir = { path: values.out, mayWrite: true };
  for (const file of files) checkNotOverwritten(file, runReporters(values.reporter), outDir);
  const release = await occupyFolder(values.out);
  try {
    const readers = await openRunOutputs(values, io);
    return await reportRun(complaining(first, events, io), readers, io);
  } finally {
    release();
  }
}

/** The first event: by then it is known whether the shards belong together. */
async function begun(events: AsyncGenerator<RunEvent, void>): Promise<RunEvent | undefined> {
  try {
    const { value } = await events.next();
    return value ?? undefined;
  } catch (error) {
    if (error instanceof ShardError) throw new UsageError(escapeText(error.message));
    throw error;
  }
}

/** Notes about the shards are not about a peer. */
async function* complaining(
  first: RunEvent | undefined,
  rest: AsyncIterable<RunEvent>,
  io: Io,
): AsyncGenerator<RunEvent, void> {
  if (first !== undefined) yield first;
  for await (const event of rest) {
    if (event.type === "note" && event.peer === undefined) {
      io.complain(escapeText(event.text.replace(/\.$/, "")));
    }
    yield event;
  }
}
