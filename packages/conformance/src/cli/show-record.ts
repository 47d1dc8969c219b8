import { casePage } from "../report/case-page.js";
import { quote } from "../report/escape.js";
import type { RunEvent } from "../run/event.js";
import { findCase } from "../report/find-case.js";
import { didYouMean } from "./nearest.js";
import { storedRun } from "./stored-run.js";
import { UsageError } from "./usage-error.js";

/**
 * The record of a case in a run file, one page for each peer, or only for those in `agents`. Throws a UsageError if the
 * run has no such case or peer, a RunFileError if the file cannot be read.
 */
export async function recordPages(
  file: string,
  id: string,
  agents: readonly string[],
): Promise<readonly string[]> {
  const { first, events } = await storedRun(file);
  const ids = first.cases.map((one) => one.id);
  if (!ids.includes(id)) {
    throw new UsageError(`the run in ${quote(file)} has no case ${quote(id)}${didYouMean(id, ids)}`);
  }
  const seen: Seen = { names: [], isUnconfirmed: false };
  const records = await findCase(watching(events, id, seen), id);
  checkAgents(file, agents, seen.names);
  const wanted = records.filter(({ agent }) => agents.length === 0 || agents.includes(agent));
  if (wanted.length === 0) {
    const why = seen.isUnconfirmed
      ? "was played, but a time limit decided the result, and the run ended before it could be confirmed"
      : "was selected, but not run";
    throw new UsageError(`in ${quote(file)}, case ${id} ${why}`);
  }
  return wanted.map((record, index) => `${index === 0 ? "" : "\n\n"}${casePage(record)}`);
}

/** What else a run says about a case. */
interface Seen {
  /** Names of the peers. */
  readonly names: string[];
  /** The case was played, but its result was not confirmed. */
  isUnconfirmed: boolean;
}

async function* watching(
  events: AsyncIterable<RunEvent>,
  id: string,
  seen: Seen,
): AsyncGenerator<RunEvent, void> {
  for await (const event of events) {
    if (event.type === "peer-up") seen.names.push(event.agent);
    if (event.type === "case-unconfirmed" && event.case === id) seen.isUnconfirmed = true;
    yield event;
  }
}

function checkAgents(file: string, agents: readonly string[], names: readonly string[]): void {
  const unknown = agents.find((agent) => !names.includes(agent));
  if (unknown === undefined) return;
  const hint = names.length === 0 ? "" : `; it has ${names.map(quote).join(", ")}`;
  throw new UsageError(`the run in ${quote(file)} has no peer ${quote(unknown)}${hint}`);
}
