import type { CasePageInput } from "./case-page.js";
import type { CaseInfo, RunEvent, WireEvent } from "./event.js";

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
  const found = new Map<string, CasePageInput>();
  for await (const event of events) {
    if (event.type === "run") info = event.cases.find((known) => known.id === id);
    if (event.type === "peer-up") peers.set(event.peer, event);
    if (!("case" in event) || event.case !== id) continue;
    if (event.type === "case-start") wire.set(event.peer, []);
    if (event.type === "wire") wire.get(event.peer)?.push({ at: event.at, entry: event.entry });
    const peer = peers.get(event.peer);
    if (event.type !== "case-end" || peer === undefined || info === undefined) continue;
    if (agent !== undefined && peer.agent !== agent) continue;
    const { agent: name, url } = peer;
    found.set(event.peer, { info, agent: name, url, end: event, wire: wire.get(event.peer) ?? [] });
  }
  return [...found.values()];
}
