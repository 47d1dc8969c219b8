import { caseJson } from "./autobahn/case-json.js";
import { agentSlug, freeSlug, reportFile } from "./autobahn/file-name.js";
import { pythonJson, type PythonValue } from "./autobahn/python-json.js";
import { caseHtml } from "./autobahn/html/case-html.js";
import { indexCell, pageName, type IndexCell } from "./autobahn/html/cell.js";
import { indexHtml } from "./autobahn/html/index-html.js";
import { BEHAVIORS, CLOSE_BEHAVIORS } from "./autobahn/words.js";
import { durationOf } from "./autobahn/duration.js";
import type { CasePageInput } from "./case-page.js";
import type { CaseEnd, CaseStart, PeerUp, RunEvent, RunStart } from "../run/event.js";
import type { ReportChunk, ReportContext } from "./reporter.js";

interface PeerState {
  readonly agent: string;
  readonly url: string;
  readonly slug: string;
  /** One small entry of the index a case. */
  readonly cases: Map<string, PythonValue>;
  readonly cells: Map<string, IndexCell>;
}

type Wire = CasePageInput["wire"];

/**
 * Reports in the format of Autobahn|Testsuite 25.10.1: a JSON file and a page a case as soon as the case is over (a
 * case that is played again replaces them), and `index.json` and `index.html` at the end and at every checkpoint. In
 * memory stay the index and the wire logs of the cases in flight.
 */
export async function* autobahnReporter(
  events: AsyncIterable<RunEvent>,
  about: ReportContext,
): AsyncGenerator<ReportChunk> {
  let start: RunStart | null = null;
  const peers = new Map<string, PeerState>();
  const slugs = new Set<string>();
  const wire = new Map<string, Wire[number][]>();
  for await (const event of events) {
    if (event.type === "run") start = event;
    if (event.type === "peer-up") {
      const { agent, url } = event;
      const slug = slugOf(event, start, slugs);
      peers.set(event.peer, { agent, url, slug, cases: new Map(), cells: new Map() });
    }
    if (event.type === "checkpoint" && start !== null) yield* indexFiles(start, peers, about);
    if (event.type === "case-start") wire.set(playOf(event), []);
    if (event.type === "wire") wire.get(playOf(event))?.push({ at: event.at, entry: event.entry });
    if (event.type !== "case-end") continue;
    const entries = wire.get(playOf(event)) ?? [];
    // With those of plays that were not confirmed.
    for (let attempt = 1; attempt <= event.attempt; attempt++) wire.delete(playOf({ ...event, attempt }));
    const peer = peers.get(event.peer);
    if (peer !== undefined && start !== null) yield* caseFiles(start, peer, event, entries);
  }
  if (start !== null) yield* indexFiles(start, peers, about);
}

/**
 * Agents that share a slug are kept apart, but for servers under `autobahn`: there, as with the original, the later one
 * replaces the files of the earlier one, and the index names both.
 */
function slugOf({ agent, run }: PeerUp, start: RunStart | null, taken: Set<string>): string {
  const { profile, config } = run ?? start ?? {};
  const slug = agentSlug(agent);
  return profile === "autobahn" && config?.role !== "server" ? slug : freeSlug(slug, taken);
}

/** A client may run a case on several connections at once: each connection is a separate play. */
function playOf({ peer, case: id, attempt }: Pick<CaseStart, "peer" | "case" | "attempt">): string {
  return `${peer}\n${id}\n${attempt}`;
}

function* indexFiles(
  start: RunStart,
  peers: ReadonlyMap<string, PeerState>,
  { catalogue = [] }: ReportContext,
): Generator<ReportChunk> {
  // Only peers with results: like the original's, the index of a run without any is an empty object.
  const agents = [...peers.values()].filter(({ cases }) => cases.size > 0);
  yield { path: "index.json", data: pythonJson(new Map(agents.map(({ agent, cases }) => [agent, cases]))) };
  yield { path: "index.html", data: indexHtml({ start, agents, catalogue }) };
}

function* caseFiles(start: RunStart, peer: PeerState, end: CaseEnd, wire: Wire): Generator<ReportChunk> {
  const { agent, url, slug } = peer;
  const path = reportFile(slug, end.case);
  const info = start.cases.find(({ id }) => id === end.case);
  peer.cases.set(end.case, {
    behavior: BEHAVIORS[end.verdict.outcome],
    behaviorClose: CLOSE_BEHAVIORS[end.verdict.closing],
    duration: durationOf(end.record),
    remoteCloseCode: end.record.close.remoteCode,
    reportfile: path,
  });
  peer.cells.set(end.case, indexCell(end, info, slug));
  const entries = wire.map(({ entry }) => entry);
  yield { path, data: pythonJson(caseJson({ start, agent, end, wire: entries })) };
  if (info !== undefined) {
    yield { path: pageName(slug, end.case), data: caseHtml({ info, agent, url, end, wire }) };
  }
}
