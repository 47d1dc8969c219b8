/** The types of records, verdicts and events: what the run file holds, for the library and for the page. */
export type { Closing, ExpectedTrace, FaultOutcome, Outcome, Verdict, Verdicts } from "../judge/verdict.js";
export type {
  CaseRecord,
  CloseRecord,
  CrowdRecord,
  EarlierExchange,
  EventView,
  HandshakeRecord,
  LatencyRecord,
  LoopRecord,
  MaskingKeysRecord,
  OpcodeCounts,
  PingsRecord,
  Profile,
  SizeCounts,
  TrafficCounts,
  TrafficRecord,
  ViolationRecord,
} from "../record/record.js";
export type { Http2Acknowledgements, Http2OthersRecord, Http2Record } from "../record/http2-record.js";
export type {
  FrameEntry,
  FrameView,
  Http2Entry,
  Http2FrameView,
  OctetsEntry,
  TimerEntry,
  WireEntry,
} from "../record/wire-log.js";
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
  PeerFindings,
  PeerOutput,
  PeerUp,
  RunConfig,
  RunEnd,
  RunEvent,
  RunOrigin,
  RunStart,
  Totals,
  WireEvent,
} from "../run/event.js";
export type { FindingEvidence, KnownFault, PeerFinding, Severity } from "../run/finding.js";
export type { Observation } from "../judge/observation.js";
export type { RequirementInfo } from "../run/requirement-info.js";
