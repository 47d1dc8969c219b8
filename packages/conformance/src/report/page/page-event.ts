/**
 * What the report page is fed with: the events of a run without what only a case page shows. They reach the page
 * embedded in a file or, while a run lasts, over Server-Sent Events; the page treats both alike.
 */
import type { ProcessFacts } from "../case-page-process.js";
import type { Closing, Outcome } from "../../judge/verdict.js";
import type { LatencyRecord, Profile } from "../../record/record.js";
import type {
  CaseEnd,
  CaseInfo,
  CaseStart,
  CaseUnconfirmed,
  Note,
  PeerDown,
  PeerExit,
  PeerFindings,
  PeerUp,
  RunEnd,
  RunStart,
  WireEvent,
} from "../../run/event.js";
import type { DocumentFigures } from "../../covered/figures.js";
import type { PeerCoverage } from "../../covered/run-coverage.js";

/**
 * What the report page reads: the events of a run, without what only the page of a case shows.
 *
 * @example
 * ```ts
 * import type { PageEvent } from "wireproof/page";
 *
 * const events: PageEvent[] = [{ type: "note", text: "The machine was busy." }];
 * console.assert(events[0]?.type === "note");
 * ```
 */
export type PageEvent =
  | RunStart
  | PagePeer
  | CaseStart
  | PageUnconfirmed
  | PageCase
  | Note
  | PeerDown
  | PeerExit
  | PeerFindings
  | RunEnd
  | PageCatalogue
  | PageAgainst
  | PageCoverage;

/**
 * A peer answered; its cases follow.
 *
 * @example
 * ```ts
 * import type { PagePeer } from "wireproof/page";
 *
 * const command = (peer: PagePeer, id: string): string => peer.again.replace("@CASE@", id);
 * const again = "wireproof test ws://127.0.0.1:9001 --cases @CASE@";
 * const url = "ws://127.0.0.1:9001";
 * const peer: PagePeer = { type: "peer-up", peer: "peer-1", agent: "echo", url, again };
 * console.assert(command(peer, "7.1.1").endsWith("--cases 7.1.1"));
 * ```
 */
export interface PagePeer extends PeerUp {
  /** The command that plays a case again, with {@link AGAIN_CASE} where its id has to be. */
  readonly again: string;
}

/**
 * Stands for the id of a case in a command.
 *
 * @example
 * ```ts
 * import { AGAIN_CASE } from "wireproof/page";
 *
 * const again = `wireproof test ws://127.0.0.1:9001 --cases ${AGAIN_CASE}`;
 * console.assert(again.replace(AGAIN_CASE, "7.1.1").endsWith("--cases 7.1.1"));
 * ```
 */
export const AGAIN_CASE = "@CASE@";

/**
 * A play that needs confirmation: the case is no longer in flight, and has no result yet.
 *
 * @example
 * ```ts
 * import type { PageUnconfirmed } from "wireproof/page";
 *
 * const play: PageUnconfirmed = { type: "case-unconfirmed", peer: "peer-1", case: "7.1.1", attempt: 1 };
 * console.assert(play.attempt === 1);
 * ```
 */
export type PageUnconfirmed = Pick<CaseUnconfirmed, "type" | "peer" | "case" | "attempt">;

/**
 * A `case-end` in short; the rest of it is the detail of the case.
 *
 * @example
 * ```ts
 * import type { PageCase } from "wireproof/page";
 *
 * const result: PageCase = {
 *   type: "case-end",
 *   peer: "peer-1",
 *   case: "7.1.1",
 *   attempt: 1,
 *   profile: "modern",
 *   outcome: "pass",
 *   closing: "ok",
 *   because: "The peer echoed the message.",
 *   code: 1000,
 *   startedAt: "2026-01-01T00:00:00.000Z",
 *   durationMs: 3,
 *   concurrent: true,
 *   verdicts: { modern: ["pass", "ok"], autobahn: ["pass", "ok"] },
 * };
 * console.assert(result.verdicts.autobahn?.[0] === "pass");
 * ```
 */
export interface PageCase {
  readonly type: "case-end";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** Id of the case. */
  readonly case: string;
  /** 1, and one more each time the case is played again. */
  readonly attempt: number;
  /** The profile by which it was played. */
  readonly profile: Profile;
  /** The headline of the verdict. */
  readonly outcome: Outcome;
  /** The headline of how the connection ended. */
  readonly closing: Closing;
  /** One sentence, at most 400 characters. */
  readonly because: string;
  /** The close code that the peer sent; null for none. */
  readonly code: number | null;
  /** When the tester began to connect: UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** Other cases were in flight. */
  readonly concurrent: boolean;
  /** Outcome and closing by the rules of both profiles, where one play serves both. */
  readonly verdicts: { readonly [P in Profile]?: readonly [Outcome, Closing] };
  /** What was measured. */
  readonly figures?: PageFigures;
  /** Where an embedded page has the detail; null if it was left out; absent where the page can ask for it. */
  readonly block?: number | null;
}

/** Characters that the page has of a sentence of a verdict. */
export const BECAUSE_LIMIT = 400;

/**
 * What was measured in a case that carries a load.
 *
 * @example
 * ```ts
 * import type { PageFigures } from "wireproof/page";
 *
 * const figures: PageFigures = { messages: 1000, size: 1024, ratioSent: 0.25 };
 * console.assert(figures.messages === 1000);
 * ```
 */
export interface PageFigures {
  /** Messages that came back. */
  readonly messages: number;
  /** Octets of a message before compression; absent if the record does not say. */
  readonly size?: number;
  /** Octets of a fragment, where messages were fragmented. */
  readonly fragment?: number;
  /** Octets of a write, where frames were chopped. */
  readonly chop?: number;
  /** How long echoes took, in microseconds. */
  readonly latency?: LatencyRecord;
  /** Octets on the wire to octets of the application, from the peer. */
  readonly ratioReceived?: number;
  /** Octets on the wire to octets of the application, from the tester. */
  readonly ratioSent?: number;
}

/**
 * Every case of the suite that was not selected, so that the page can show it too.
 *
 * @example
 * ```ts
 * import type { PageCatalogue } from "wireproof/page";
 *
 * const catalogue: PageCatalogue = { type: "catalogue", cases: [] };
 * console.assert(catalogue.cases.length === 0);
 * ```
 */
export interface PageCatalogue {
  readonly type: "catalogue";
  readonly cases: readonly CaseInfo[];
}

/**
 * Results of an earlier run, to compare with.
 *
 * @example
 * ```ts
 * import type { PageAgainst } from "wireproof/page";
 *
 * const against: PageAgainst = {
 *   type: "against",
 *   file: "earlier.ndjson",
 *   startedAt: "2026-01-01T00:00:00.000Z",
 *   profile: "modern",
 *   peers: [],
 * };
 * console.assert(against.peers.length === 0);
 * ```
 */
export interface PageAgainst {
  readonly type: "against";
  /** The run file, as the user wrote it. */
  readonly file: string;
  /** When that run began: UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  /** Its profile. */
  readonly profile: Profile;
  /** Its results, by peer. */
  readonly peers: readonly AgainstPeer[];
}

/**
 * Results of one peer of an earlier run.
 *
 * @example
 * ```ts
 * import type { AgainstPeer } from "wireproof/page";
 *
 * const cases = { "7.1.1": ["pass", "ok", 1000] } as const;
 * const peer: AgainstPeer = { agent: "echo", url: "ws://127.0.0.1:9001", cases };
 * console.assert(peer.cases["7.1.1"]?.[0] === "pass");
 * ```
 */
export interface AgainstPeer {
  /** Name of the peer in reports. */
  readonly agent: string;
  /** Where it was reached. */
  readonly url: string;
  /** Case → outcome, closing, close code of the peer. */
  readonly cases: Readonly<Record<string, readonly [Outcome, Closing, number | null]>>;
}

/**
 * What the run says of the requirements, peer by peer; it comes when the run is over.
 *
 * @example
 * ```ts
 * import type { PageCoverage } from "wireproof/page";
 *
 * const coverage: PageCoverage = { type: "coverage", peers: [{ peer: "peer-1", role: "server", documents: [] }] };
 * console.assert(coverage.peers[0]?.role === "server");
 * ```
 */
export interface PageCoverage {
  readonly type: "coverage";
  /** Every peer with a result. */
  readonly peers: readonly PagePeerCoverage[];
}

/**
 * What the run says of the requirements for one peer.
 *
 * @example
 * ```ts
 * import type { PagePeerCoverage } from "wireproof/page";
 *
 * const peer: PagePeerCoverage = { peer: "peer-1", role: "client", documents: [] };
 * console.assert(peer.documents.length === 0);
 * ```
 */
export interface PagePeerCoverage {
  /** Key of the peer in the run. */
  readonly peer: string;
  /** What the peer is; each has requirements of its own. */
  readonly role: PeerCoverage["role"];
  /** Figures by document, those of all documents last. */
  readonly documents: readonly DocumentFigures[];
}

/**
 * Everything that the page of a case shows beyond the short result.
 *
 * @example
 * ```ts
 * import type { PageDetail } from "wireproof/page";
 *
 * const entries = ({ wire }: PageDetail): number => wire.length;
 * console.assert(typeof entries === "function");
 * ```
 */
export interface PageDetail {
  /** The result. */
  readonly end: CaseEnd;
  /** The wire log. */
  readonly wire: readonly PageWire[];
  /** What the process of the peer did meanwhile, where the run had started it. */
  readonly process?: ProcessFacts;
}

/**
 * An entry of the wire log, and when it was made, in microseconds since the case began.
 *
 * @example
 * ```ts
 * import type { PageWire } from "wireproof/page";
 *
 * const line: PageWire = { at: 812, entry: { dir: ">", octets: 2, hex: "8900" } };
 * console.assert(line.at === 812);
 * ```
 */
export type PageWire = Pick<WireEvent, "at" | "entry">;

/**
 * How the page gets its events.
 *
 * @example
 * ```ts
 * import type { PageSource } from "wireproof/page";
 *
 * const source: PageSource = { source: "live", events: "events", detail: "detail" };
 * console.assert(source.source === "live");
 * ```
 */
export type PageSource =
  | { readonly source: "embedded" }
  /** Addresses relative to the page: a stream of Server-Sent Events, and details by `?peer=…&case=…`. */
  | { readonly source: "live"; readonly events: string; readonly detail: string };
