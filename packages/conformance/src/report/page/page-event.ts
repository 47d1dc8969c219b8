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
  PeerUp,
  RunEnd,
  RunStart,
  WireEvent,
} from "../../run/event.js";

export type PageEvent =
  | RunStart
  | PagePeer
  | CaseStart
  | PageUnconfirmed
  | PageCase
  | Note
  | PeerDown
  | PeerExit
  | RunEnd
  | PageCatalogue
  | PageAgainst;

export interface PagePeer extends PeerUp {
  /** The command that plays a case again, with AGAIN_CASE where its id has to be. */
  readonly again: string;
}

/** Stands for the id of a case in a command. */
export const AGAIN_CASE = "@CASE@";

/** A play that is not believed: the case is in flight no more, and has no result yet. */
export type PageUnconfirmed = Pick<CaseUnconfirmed, "type" | "peer" | "case" | "attempt">;

/** A `case-end` in short; the rest of it is the detail of the case. */
export interface PageCase {
  readonly type: "case-end";
  readonly peer: string;
  readonly case: string;
  readonly attempt: number;
  readonly profile: Profile;
  readonly outcome: Outcome;
  readonly closing: Closing;
  /** At most BECAUSE_LIMIT characters. */
  readonly because: string;
  /** The close code that the peer sent; null for none. */
  readonly code: number | null;
  readonly startedAt: string;
  readonly durationMs: number;
  /** Other cases were in flight. */
  readonly concurrent: boolean;
  /** Of both profiles, where one play serves both. */
  readonly verdicts: { readonly [P in Profile]?: readonly [Outcome, Closing] };
  readonly figures?: PageFigures;
  /** Where an embedded page has the detail; null if it was left out; absent where the page can ask for it. */
  readonly block?: number | null;
}

export const BECAUSE_LIMIT = 400;

/** What was measured, of cases that carry a load. */
export interface PageFigures {
  /** Messages that came back. */
  readonly messages: number;
  /** Octets of a message before compression; absent if the record does not say. */
  readonly size?: number;
  /** Octets of a fragment, where messages were fragmented. */
  readonly fragment?: number;
  /** Octets of a write, where frames were chopped. */
  readonly chop?: number;
  /** Microseconds. */
  readonly latency?: LatencyRecord;
  /** Octets on the wire to octets of the application. */
  readonly ratioReceived?: number;
  readonly ratioSent?: number;
}

/** Every case of the suite that was not selected, so that the page can show it too. */
export interface PageCatalogue {
  readonly type: "catalogue";
  readonly cases: readonly CaseInfo[];
}

/** Results of an earlier run, to compare with. */
export interface PageAgainst {
  readonly type: "against";
  /** The run file, as the user wrote it. */
  readonly file: string;
  readonly startedAt: string;
  readonly profile: Profile;
  readonly peers: readonly AgainstPeer[];
}

export interface AgainstPeer {
  readonly agent: string;
  readonly url: string;
  /** Case → outcome, closing, close code of the peer. */
  readonly cases: Readonly<Record<string, readonly [Outcome, Closing, number | null]>>;
}

/** Everything a case page shows beyond the short result. */
export interface PageDetail {
  readonly end: CaseEnd;
  readonly wire: readonly PageWire[];
  /** What the process of the peer did meanwhile, where the run had started it. */
  readonly process?: ProcessFacts;
}

export type PageWire = Pick<WireEvent, "at" | "entry">;

/** How the page gets its events. */
export type PageSource =
  | { readonly source: "embedded" }
  /** Addresses relative to the page: a stream of Server-Sent Events, and details by `?peer=…&case=…`. */
  | { readonly source: "live"; readonly events: string; readonly detail: string };
