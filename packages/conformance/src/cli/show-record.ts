import { casePage } from "../report/case-page.js";
import { quote } from "../report/escape.js";
import type { RunEvent } from "../report/event.js";
import { findCase } from "../report/find-case.js";
import { didYouMean } from "./nearest.js";
import { storedRun } from "./stored-run.js";
import { UsageError } from "./usage-error.js";

/**
 * The record of a case in a run file, one page a peer; `agents` limits them to some. Throws a UsageError if
 * the run holds no such case or peer, a RunFileError if it cannot be read.
 */
export async function recordPages(
  file: string,
  id: string,
  agents: readonly string[],
): Promise<readonly string[]> {
  const { first, events } = await storedRun(file);
  const ids = first.cases.map((one) => one.id);
  if (!ids.includes(id)) {
    throw new UsageError(`${quote(file)} is a run without a case ${quote(id)}${didYouMean(id, ids)}`);
  }
  const names: string[] = [];
  const records = await findCase(namingPeers(events, names), id);
  checkAgents(file, agents, names);
  const wanted = records.filter(({ agent }) => agents.length === 0 || agents.includes(agent));
  if (wanted.length === 0) throw new UsageError(`case ${id} was selected in ${quote(file)}, but not run`);
  return wanted.map((record, index) => `${index === 0 ? "" : "\n\n"}${casePage(record)}`);
}

/** Passes events on and notes the names of the peers. */
async function* namingPeers(
  events: AsyncIterable<RunEvent>,
  names: string[],
): AsyncGenerator<RunEvent, void> {
  for await (const event of events) {
    if (event.type === "peer-up") names.push(event.agent);
    yield event;
  }
}

function checkAgents(file: string, agents: readonly string[], names: readonly string[]): void {
  const unknown = agents.find((agent) => !names.includes(agent));
  if (unknown === undefined) return;
  const hint = names.length === 0 ? "" : `; there is ${names.map(quote).join(", ")}`;
  throw new UsageError(`${quote(file)} is a run without a peer ${quote(unknown)}${hint}`);
}
