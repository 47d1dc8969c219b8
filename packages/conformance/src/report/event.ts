/**
 * The run file: one JSON object a line (NDJSON), in the order in which things happened. It is the only product
 * of a run; every report is made from these events and from nothing else. `docs/run-file.md` describes it.
 */

export type Profile = "modern" | "autobahn";

/** Octets, text and hexadecimal in events are cut after this many octets. */
export const SHOWN_OCTETS = 256;
/** After this many octets shown in the wire log of one case, entries are cut after SHOWN_LATE instead. */
export const SHOWN_TOTAL = 65_536;
export const SHOWN_LATE = 16;
/** The wire log of a case stops after this many entries; a note says so. */
export const WIRE_LOG_ENTRIES = 1000;
/** Octets kept of the body of an answer that refused the opening handshake. */
export const BODY_KEPT = 4096;
/** Events of the peer kept in a record; more are counted, not kept. */
export const RECORDED_EVENTS = 200;

export type RunEvent =
  | RunStart
  | PeerUp
  | CaseStart
  | WireEvent
  | CaseEnd
  | CaseUnconfirmed
  | Note
  | Checkpoint
  | PeerOutput
  | PeerExit
  | PeerDown
  | RunEnd;

/** The first event: what was selected and how it is played. */
export interface RunStart {
  readonly type: "run";
  /** Version of the suite. */
  readonly suite: string;
  /** UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  readonly set: string;
  readonly profile: Profile;
  /** How many messages load cases send: all 1,000, or as many as it takes. */
  readonly messages?: "full" | "enough";
  readonly seed: number;
  readonly config: RunConfig;
  /** Every selected case, in catalogue order. One without a `case-end` for a peer was not run. */
  readonly cases: readonly CaseInfo[];
}

/** How a run was asked for; enough to print the command that repeats a part of it. */
export interface RunConfig {
  /** `server`: clients were tested, at the one URL there is. If absent, the tester was the client. */
  readonly role?: "server";
  readonly urls: readonly string[];
  readonly concurrency: number;
  readonly timeoutScale: number;
  /** What `--load-silence` was, where it was given. */
  readonly loadSilenceSeconds?: number;
  readonly insecure: boolean;
  readonly ca?: string;
  readonly servername?: string;
  readonly origin?: string;
  /** The command that started the peers, as the user wrote it, if the run started them. */
  readonly start?: string;
  /** It was started once a case, each time with the URL of that case. */
  readonly single?: boolean;
  /** Seconds that it was given to accept connections. */
  readonly waitSeconds?: number;
  readonly headers: readonly string[];
  readonly subprotocols: readonly string[];
}

/** What a report needs to know about a case, whether it was run or not. */
export interface CaseInfo {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly expectation: string;
  /** Title of its section, such as `Close handling`; the number is the first part of the id. */
  readonly section: string;
  /** How the connection has to end under the `autobahn` profile. */
  readonly ending: EndingInfo;
  readonly requirements: readonly RequirementInfo[];
  /** Figures that reports show beside the verdict. */
  readonly reports?: { readonly time?: boolean; readonly ratio?: boolean };
  /** Why the verdicts of the two profiles can differ, in sentences; empty if they cannot. */
  readonly differs: readonly string[];
}

export interface EndingInfo {
  /** Who starts the closing handshake, or, for the peer, fails or drops the connection. */
  readonly by: "tester" | "peer";
  /** Accepted close codes of the peer; none at all is always accepted. */
  readonly codes: readonly number[];
  /** The closing handshake has to be complete. */
  readonly clean: boolean;
  /** A closing by the wrong side makes the outcome a failure too. */
  readonly sideIsFatal?: boolean;
}

export interface RequirementInfo {
  readonly id: string;
  /** Such as `RFC 6455 §5.5.1`. */
  readonly citation: string;
  readonly level: string;
  readonly text: string;
  readonly link: string;
}

/** A peer answered; its cases follow. */
export interface PeerUp {
  readonly type: "peer-up";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** Its name in reports, made unique in this run. */
  readonly agent: string;
  /** Where it was reached; of a client, the address it came from. */
  readonly url: string;
  /** The run that the peer was tested in, where stored runs were put together into one. */
  readonly run?: RunOrigin;
}

/** A stored run that is a part of another. */
export interface RunOrigin extends Omit<RunStart, "type" | "cases"> {
  /** The run file, as the user wrote it. */
  readonly file: string;
  /** Ids of the cases that were selected in it. */
  readonly selected: readonly string[];
}

export interface CaseStart {
  readonly type: "case-start";
  readonly peer: string;
  readonly case: string;
  /** 1, and one more each time the case is played again. */
  readonly attempt: number;
}

export interface WireEvent {
  readonly type: "wire";
  readonly peer: string;
  readonly case: string;
  readonly attempt: number;
  /** Microseconds since the case began. */
  readonly at: number;
  readonly entry: WireEntry;
}

/** `>` tester to peer, `<` peer to tester, `=` timers, states and notes, `!` a violation by the peer. */
export type WireEntry =
  | OctetsEntry
  | FrameEntry
  | TimerEntry
  | { readonly dir: "="; readonly log: boolean }
  | { readonly dir: "="; readonly note: string }
  | { readonly dir: "!"; readonly violation: string; readonly requirement: string };

/** One write or one read. */
export interface OctetsEntry {
  readonly dir: ">" | "<";
  readonly octets: number;
  /** The first octets in hexadecimal, cut after SHOWN_OCTETS. */
  readonly hex: string;
  /** A chopped or sync write: it went out alone, after a turn of the event loop. */
  readonly queued?: boolean;
}

/** One frame as understood. */
export interface FrameEntry {
  readonly dir: ">" | "<";
  readonly frame: FrameView;
}

export interface FrameView {
  readonly opcode: number;
  readonly fin: boolean;
  /** RSV1·4 + RSV2·2 + RSV3. */
  readonly rsv: number;
  readonly masked: boolean;
  /** Masking key in hexadecimal; null where the frame is not masked. */
  readonly mask: string | null;
  /** Length of the payload in octets. */
  readonly length: number;
  /** The unmasked payload in hexadecimal, cut after SHOWN_OCTETS. */
  readonly payload: string;
  /** Octets a write, if the frame was cut into writes. */
  readonly chop?: number;
  readonly sync?: boolean;
  /** The payload is a pattern of this many octets, repeated to `length`. */
  readonly pattern?: number;
}

export interface TimerEntry {
  readonly dir: "=";
  /** `wait`: a pause of the script; `kill`, `close`: when the tester ends the case; `handshake`: its limits. */
  readonly timer: "wait" | "kill" | "close";
  readonly phase: "set" | "fired";
  readonly seconds: number;
  readonly tag?: string;
  /** A wait that ended because its event came. */
  readonly early?: boolean;
}

export interface CaseEnd {
  readonly type: "case-end";
  readonly peer: string;
  readonly case: string;
  readonly attempt: number;
  readonly record: CaseRecord;
  /** The verdict of the profile in force. The last `case-end` of a case counts. */
  readonly verdict: Verdict;
  /** The verdicts of both profiles, where one play serves both. */
  readonly verdicts: { readonly autobahn?: Verdict; readonly modern?: Verdict };
}

/**
 * A play that went wrong because a limit ran out, or because the peer's process had ended. It says nothing about the
 * peer until the case was played again alone, or until other repeats have shown that the peer is like that; a
 * `case-end` follows then. Without one the case counts as not run.
 */
export interface CaseUnconfirmed {
  readonly type: "case-unconfirmed";
  readonly peer: string;
  readonly case: string;
  readonly attempt: number;
  readonly record: CaseRecord;
  /** What the verdict would be. */
  readonly verdict: Verdict;
}

/** Something worth saying about a peer or the run, in one sentence. */
export interface Note {
  readonly type: "note";
  readonly peer?: string;
  readonly text: string;
}

/** A line that the process of a peer printed, cut where it is long. Whatever it printed may be in it. */
export interface OutputLine {
  readonly from: "stdout" | "stderr";
  readonly text: string;
}

/**
 * What the process of a peer printed since the last event of this kind. Told before every `case-start` and
 * `case-end`, so that all cases in flight here were in flight while it was printed.
 */
export interface PeerOutput {
  readonly type: "peer-output";
  readonly peer: string;
  readonly lines: readonly OutputLine[];
  /** Lines before these that were not kept, because too much came. */
  readonly omitted: number;
}

/** The process of a peer ended although the run was not over. */
export interface PeerExit {
  readonly type: "peer-exit";
  readonly peer: string;
  readonly url: string;
  /** Exit status; null if a signal ended it, or if it could not be started again. */
  readonly code: number | null;
  readonly signal: string | null;
  /** One sentence. */
  readonly because: string;
  /** The cases in flight when it ended that had connected. */
  readonly cases: readonly string[];
  /** The case that had ended last; null if none had. */
  readonly after: string | null;
  /** The last lines that it printed. */
  readonly output: readonly OutputLine[];
}

/** A client under test has asked for reports: those that are files say from now on what is known so far. */
export interface Checkpoint {
  readonly type: "checkpoint";
  /** The client, if it has played a case under the name by which it asked. */
  readonly peer?: string;
}

/** A peer cannot be reached, or no longer; its remaining cases are not run. */
export interface PeerDown {
  readonly type: "peer-down";
  readonly peer: string;
  readonly url: string;
  /** The case during which it went away; null if it never answered. */
  readonly after: string | null;
  /** One sentence. */
  readonly because: string;
}

export interface RunEnd {
  readonly type: "run-end";
  readonly totals: Totals;
}

export interface Totals {
  readonly durationMs: number;
  /** Stopped by the user before all cases were played. */
  readonly interrupted: boolean;
  /** Cases of all peers, by outcome. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly closings: Readonly<Partial<Record<Closing, number>>>;
  /** Cases that were selected and have no result. */
  readonly notRun: number;
}

export type Outcome =
  | "pass"
  | "non-strict"
  | "informational"
  | "unimplemented"
  | "too-slow"
  | "fail"
  | "blocked"
  | "harness-error";
export const OUTCOMES: readonly Outcome[] = [
  "pass",
  "non-strict",
  "informational",
  "unimplemented",
  "too-slow",
  "fail",
  "blocked",
  "harness-error",
];

/** True for the outcomes that are red whatever the closing. */
export function hasFailed(outcome: Outcome): boolean {
  return outcome === "fail" || outcome === "blocked" || outcome === "too-slow" || outcome === "harness-error";
}

export type Closing =
  | "ok"
  | "unclean"
  | "wrong-code"
  | "wrong-side"
  | "dropped-by-tester"
  | "not-opened"
  | "not-applicable";
export const CLOSINGS: readonly Closing[] = [
  "ok",
  "unclean",
  "wrong-code",
  "wrong-side",
  "dropped-by-tester",
  "not-opened",
  "not-applicable",
];

export interface Verdict {
  readonly outcome: Outcome;
  readonly closing: Closing;
  /** One sentence: what was required and what happened. */
  readonly because: string;
  /** One sentence about the end of the connection. */
  readonly closingBecause: string;
  /** Id of the requirement that was broken. */
  readonly requirement?: string;
  /** Id of the requirement that was broken while the connection ended. */
  readonly closingRequirement?: string;
  /** The courses that would have been accepted, the strict one first. */
  readonly expected: readonly ExpectedTrace[];
  /** How the connection ended, in a clause: what stands behind the events where they are compared. */
  readonly ended?: string;
  /** Milliseconds, ratios, octets: never decides a verdict. */
  readonly measured?: Readonly<Record<string, number>>;
}

export interface ExpectedTrace {
  readonly outcome: "pass" | "non-strict";
  readonly events: readonly EventView[];
  /** How the connection has to end behind the events, in a clause. */
  readonly ending?: string;
}

/** An event of the peer, or an expected one: type, length, digest, and the first octets. */
export type EventView =
  | {
      readonly type: "message";
      readonly binary: boolean;
      readonly length: number;
      readonly sha256: string;
      /** The first octets in hexadecimal, at most 64. */
      readonly head: string;
    }
  | { readonly type: "pong"; readonly length: number; readonly sha256: string; readonly head: string }
  | { readonly type: "timeout"; readonly tag: string };

/** Everything that was seen of one case: what verdicts and pages need besides the wire log. */
export interface CaseRecord {
  readonly profile: Profile;
  /** Which side the tester played. */
  readonly role: "client" | "server";
  /** UTC, ISO 8601, milliseconds: when the tester began to connect. */
  readonly startedAt: string;
  /** Milliseconds from the end of the opening handshake (or the start, if there was none) until TCP was gone. */
  readonly durationMs: number;
  readonly handshake: HandshakeRecord;
  /** The peer's events in order, at most RECORDED_EVENTS. */
  readonly events: readonly EventView[];
  /** Number of events, those not kept included. */
  readonly eventCount: number;
  readonly violations: readonly ViolationRecord[];
  readonly close: CloseRecord;
  readonly octets: { readonly received: SizeCounts; readonly sent: SizeCounts };
  readonly frames: { readonly received: OpcodeCounts; readonly sent: OpcodeCounts };
  /** The extension that was agreed on, as the answer words it; null for none. */
  readonly extension?: string | null;
  /** What an echo loop came to. */
  readonly loop?: LoopRecord;
  /** Octets on the three levels, of a case with permessage-deflate whose loop was finished. */
  readonly traffic?: TrafficRecord;
  /** Timers that fired: `wait:A`, `until`, `kill`, `close`, `open-timeout`, `close-timeout`, `drop-timeout`, `connect-timeout`. */
  readonly timers: readonly string[];
  /** Seconds that those of them lasted that are limits for the peer; absent in records of earlier versions. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Milliseconds by which limits were made longer, since the machine was busy; only where a timer fired. */
  readonly lostMs?: number;
  /** What the tester sent although the case does not declare it. Anything here is our own fault. */
  readonly undeclared: readonly string[];
  /** True if other cases of this run were in flight at the same time. */
  readonly concurrent: boolean;
}

/** Size of one read or write in octets → how often. */
export type SizeCounts = Readonly<Record<string, number>>;
/** Opcode → number of frames. */
export type OpcodeCounts = Readonly<Record<string, number>>;

export interface HandshakeRecord {
  readonly opened: boolean;
  /** Both heads as they went over the wire; null where none did. */
  readonly request: string | null;
  readonly response: string | null;
  /** Why the connection did not open, in one sentence. */
  readonly problem?: string;
  /** Id of the requirement that the peer's part of the handshake broke. */
  readonly requirement?: string;
  /** HTTP status of the peer's answer; absent if it gave none. */
  readonly status?: number;
  /** The beginning of the body of an answer that refused, at most BODY_KEPT octets. */
  readonly body?: string;
}

/** An echo loop: the engine compares as messages arrive, the judge reads these facts. */
export interface LoopRecord {
  /** Messages that should make the round trip. */
  readonly wanted: number;
  readonly sent: number;
  /** Echoes that were the same as what was sent; under `autobahn` in 9.7 and 9.8, of the same type and length. */
  readonly matched: number;
  /** The first echo that was not the same. */
  readonly mismatch?: { readonly index: number; readonly expected: EventView; readonly observed: EventView };
  /** Microseconds from sending a message to the end of its echo. */
  readonly latency?: LatencyRecord;
}

/** All in microseconds. */
export interface LatencyRecord {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Data frames of one direction while the connection was open. */
export interface TrafficCounts {
  /** Frames with their headers. */
  readonly wire: number;
  /** Payloads as sent, compressed where they were. */
  readonly payload: number;
  /** Payloads uncompressed. */
  readonly application: number;
  readonly frames: number;
  readonly messages: number;
}

export interface TrafficRecord {
  readonly received: TrafficCounts;
  readonly sent: TrafficCounts;
  /** Octets of the two heads of the opening handshake. */
  readonly handshake: { readonly received: number; readonly sent: number };
}

export interface ViolationRecord {
  readonly violation: string;
  readonly requirement: string;
  /** Microseconds since the case began. */
  readonly at: number;
  /** Found in the peer's Close frame or behind it: it belongs to the closing. */
  readonly closing?: true;
}

export interface CloseRecord {
  /** The tester sent the first Close frame. */
  readonly closedByTester: boolean;
  /** The tester failed the connection (a violation by the peer, or a kill timer). */
  readonly failedByTester: boolean;
  /** The tester closed TCP before the peer did. */
  readonly droppedByTester: boolean;
  /** Both Close frames were exchanged and nothing was left undone. */
  readonly clean: boolean;
  readonly notCleanReason: string | null;
  readonly openTimeout: boolean;
  readonly closeTimeout: boolean;
  readonly dropTimeout: boolean;
  readonly localCode: number | null;
  readonly localReason: string | null;
  readonly remoteCode: number | null;
  readonly remoteReason: string | null;
  /** Payload of the peer's first Close frame in hexadecimal; null if none came. */
  readonly remotePayload: string | null;
  /** Number of events that had come before the peer's first Close frame; absent if none came. */
  readonly remoteAfterEvents?: number;
  /** Payload of the tester's first Close frame in hexadecimal; null if none was sent. */
  readonly localPayload: string | null;
  /** How TCP ended. */
  readonly tcp: "ended-by-peer" | "reset-by-peer" | "ended-by-tester" | "never-connected";
}
