import { caseJson } from "./autobahn/case-json.js";
import { agentSlug, reportFile } from "./autobahn/file-name.js";
import { pythonJson, type PythonValue } from "./autobahn/python-json.js";
import { BEHAVIORS, CLOSE_BEHAVIORS } from "./autobahn/words.js";
import { durationOf } from "./autobahn/duration.js";
import type { CaseEnd, RunEvent, RunStart, WireEntry } from "./event.js";
import type { ReportChunk } from "./reporter.js";

interface PeerState {
  readonly agent: string;
  readonly slug: string;
  /** One small entry of the index a case. */
  readonly cases: Map<string, PythonValue>;
}

/**
 * Reports in the format of Autobahn|Testsuite 25.10.1: one JSON file a case as soon as the case is over (a case
 * that is played again replaces its file), and `index.json` at the end. In memory stay the index and the wire
 * logs of the cases in flight.
 */
export async function* autobahnReporter(events: AsyncIterable<RunEvent>): AsyncGenerator<ReportChunk> {
  let start: RunStart | null = null;
  const peers = new Map<string, PeerState>();
  const wire = new Map<string, WireEntry[]>();
  for await (const event of events) {
    if (event.type === "run") start = event;
    if (event.type === "peer-up") {
      peers.set(event.peer, { agent: event.agent, slug: agentSlug(event.agent), cases: new Map() });
    }
    if (event.type === "case-start") wire.set(`${event.peer}\n${event.case}`, []);
    if (event.type === "wire") wire.get(`${event.peer}\n${event.case}`)?.push(event.entry);
    if (event.type !== "case-end") continue;
    const entries = wire.get(`${event.peer}\n${event.case}`) ?? [];
    wire.delete(`${event.peer}\n${event.case}`);
    const peer = peers.get(event.peer);
    if (peer !== undefined && start !== null) yield caseFile(start, peer, event, entries);
  }
  if (start !== null) yield { path: "index.json", data: pythonJson(indexOf(peers.values())) };
}

function caseFile(start: RunStart, peer: PeerState, end: CaseEnd, wire: readonly WireEntry[]): ReportChunk {
  const path = reportFile(peer.slug, end.case);
  peer.cases.set(end.case, {
    behavior: BEHAVIORS[end.verdict.outcome],
    behaviorClose: CLOSE_BEHAVIORS[end.verdict.closing],
    duration: durationOf(end.record),
    remoteCloseCode: end.record.close.remoteCode,
    reportfile: path,
  });
  return { path, data: pythonJson(caseJson({ start, agent: peer.agent, end, wire })) };
}

/** Only peers with results: like the original's, the index of a run without any is an empty object. */
function indexOf(peers: Iterable<PeerState>): PythonValue {
  const index = new Map<string, PythonValue>();
  for (const peer of peers) {
    if (peer.cases.size > 0) index.set(peer.agent, peer.cases);
  }
  return index;
}
