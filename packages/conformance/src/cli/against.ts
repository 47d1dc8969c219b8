import type { AgainstPeer, PageAgainst } from "../report/page/page-event.js";
import type { RunEvent, RunStart } from "../run/event.js";
import { plainText, single, type Option } from "./option.js";
import { storedRun } from "./stored-run.js";

export const againstOption: Option<string | undefined> = single(
  "FILE",
  "Run file of an earlier run. The report page shows what has changed since then.",
  plainText,
);

/** Reads the earlier run, before anything is written that might replace it. Throws a RunFileError. */
export async function earlierRun(file: string | undefined): Promise<PageAgainst | undefined> {
  if (file === undefined) return undefined;
  const { first, events } = await storedRun(file);
  return againstRun(file, first, events);
}

type Results = Record<string, AgainstPeer["cases"][string]>;

/** The results of a stored run, to compare another one with; of a case that was played twice, the last one. */
async function againstRun(
  file: string,
  first: RunStart,
  events: AsyncIterable<RunEvent>,
): Promise<PageAgainst> {
  const peers = new Map<string, { agent: string; url: string; cases: Results }>();
  for await (const event of events) {
    if (event.type === "peer-up") peers.set(event.peer, { agent: event.agent, url: event.url, cases: {} });
    if (event.type !== "case-end") continue;
    const peer = peers.get(event.peer);
    const { verdict, record } = event;
    if (peer !== undefined) {
      peer.cases[event.case] = [verdict.outcome, verdict.closing, record.close.remoteCode];
    }
  }
  const { startedAt, profile } = first;
  return { type: "against", file, startedAt, profile, peers: [...peers.values()] };
}
