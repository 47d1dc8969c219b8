/**
 * What the report page takes from the suite, types and values: the page is a program of its own, bundled from here.
 *
 * @packageDocumentation
 */
export { compareIds } from "../../case/case-id.js";
export { CLOSING_WORDS } from "../words.js";
export { OUTCOMES } from "../../judge/verdict.js";

export type { Closing, ExpectedTrace, Outcome, Verdict, Verdicts } from "../../judge/verdict.js";
export type {
  CaseRecord,
  CloseRecord,
  EventView,
  FrameEntry,
  FrameView,
  HandshakeRecord,
  LatencyRecord,
  LoopRecord,
  OctetsEntry,
  OpcodeCounts,
  Profile,
  SizeCounts,
  TimerEntry,
  TrafficCounts,
  TrafficRecord,
  ViolationRecord,
  WireEntry,
} from "../../record/record.js";
export type {
  CaseEnd,
  CaseInfo,
  CaseStart,
  CaseUnconfirmed,
  Checkpoint,
  EndingInfo,
  Note,
  OutputLine,
  PeerDown,
  PeerExit,
  PeerOutput,
  PeerUp,
  RequirementInfo,
  RunConfig,
  RunEnd,
  RunEvent,
  RunOrigin,
  RunStart,
  Totals,
  WireEvent,
} from "../../run/event.js";
export type { ProcessFacts } from "../case-page-process.js";
export type {
  AGAIN_CASE,
  AgainstPeer,
  BECAUSE_LIMIT,
  PageAgainst,
  PageCase,
  PageCatalogue,
  PageDetail,
  PageEvent,
  PageFigures,
  PagePeer,
  PageSource,
  PageUnconfirmed,
  PageWire,
} from "./page-event.js";
