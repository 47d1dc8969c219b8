import type { CasePageInput } from "./case-page.js";
import { ProcessLog } from "./case-page-process.js";
import type { CaseInfo, RunEvent, WireEvent } from "../run/event.js";

/**
 * What a run holds about one case, once for each peer that played it (and has the name `agent`, if one is
 * given). Only the play that counts is kept, so memory is bounded by one wire log a peer.
 */
export async function findCase(
  events: AsyncIterable<RunEvent>,
  id: string,
  agent?: string,
): Promise<readonly CasePageInput[]> {
  let info: CaseInfo | undefined;
  const peers = new Map<string, { agent: string; url: string }>();
  const wire = new Map<string, Pick<WireEvent, "at" | "entry">[]>();
  /** Of the peers that are playing the case. */
  const logs = new Map<string, ProcessLog>();
  const found = new Map<string, CasePageInput>();
  for await (const event of events) {
    if (event.type === "run") info = event.cases.find((known) => known.id === id);
    if (event.type === "peer-up") peers.set(event.peer, event);
    if (event.type === "peer-output" || event.type === "peer-exit") logs.get(event.peer)?.take(event);
    if (!("case" in event) || event.case !== id) continue;
    if (event.type === "case-start") {
      wire.set(event.peer, []);
      logs.set(event.peer, new ProcessLog());
    }
    if (event.type === "wire") wire.get(event.peer)?.push({ at: event.at, entry: event.entry });
    if (event.type !== "case-end") continue;
    const process = logs.get(event.peer)?.facts;
    logs.delete(event.peer);
    const peer = peers.get(event.peer);
    if (peer === undefined || info === undefined) continue;
    if (agent !== undefined && peer.agent !== agent) continue;
    const { agent: name, url } = peer;
    const page = { info, agent: name, url, end: event, wire: wire.get(event.peer) ?? [] };
    found.set(event.peer, process === undefined ? page : { ...page, process });
  }
  return [...found.values()];
}
