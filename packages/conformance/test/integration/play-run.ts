import type { TestContext } from "node:test";
import type { Case } from "../../src/case/case.js";
import { run } from "../../src/run/run.js";
import type { RunOptions } from "../../src/run/run-options.js";
import type { Verdict } from "../../src/judge/verdict.js";
import type { CaseEnd, RunEvent, Totals } from "../../src/run/event.js";

/** A run as a reader of its events sees it in the end. */
export interface Finished {
  readonly events: readonly RunEvent[];
  /** The result of each case; of one that was played twice, the second. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly ends: readonly CaseEnd[];
  readonly agent: string | undefined;
  /** Texts of notes. */
  readonly notes: readonly string[];
  readonly down: { readonly after: string | null; readonly because: string } | undefined;
  readonly totals: Totals;
}

/** Tests one peer to the end of the run. Wire entries are not kept. */
export async function playRun(
  url: string,
  cases: readonly Case[],
  options: Omit<RunOptions, "urls" | "cases"> = {},
): Promise<Finished> {
  const events: RunEvent[] = [];
  for await (const event of run({ urls: [url], cases, ...options })) {
    if (event.type !== "wire") events.push(event);
  }
  return finished(events);
}

export function finished(events: readonly RunEvent[]): Finished {
  const ends = events.filter((event) => event.type === "case-end");
  const last = events.at(-1);
  if (last?.type !== "run-end") throw new Error("the run did not end with run-end");
  return {
    events,
    ends,
    verdicts: new Map(ends.map((end) => [end.case, end.verdict])),
    agent: events.find((event) => event.type === "peer-up")?.agent,
    notes: events.flatMap((event) => (event.type === "note" ? [event.text] : [])),
    down: events.find((event) => event.type === "peer-down"),
    totals: last.totals,
  };
}

/** What is said against the peers of a run: the ids of their findings, without notes. */
export function findingIds(events: readonly RunEvent[]): readonly string[] {
  return events
    .flatMap((event) => (event.type === "findings" ? event.findings : []))
    .flatMap(({ id, severity }) => (severity === "note" ? [] : [id]));
}

/** Starts a peer that is gone when the test is over. */
export async function during<Peer extends { close(): Promise<void> }>(
  context: Pick<TestContext, "after">,
  starting: Promise<Peer>,
): Promise<Peer> {
  const peer = await starting;
  context.after(() => peer.close());
  return peer;
}
