/**
 * The run file: one JSON object a line (NDJSON), in the order in which things happened. It is the only product
 * of a run; every report is made from these events and from nothing else. `docs/run-file.md` describes it.
 */
import type { Outcome, Closing, Verdict } from "../judge/verdict.js";
import type { Profile, WireEntry, CaseRecord } from "../record/record.js";

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
