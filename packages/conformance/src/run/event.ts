/**
 * The run file: one JSON object on each line (NDJSON), in the order in which things happened. A run makes nothing else,
 * and every report is made from these events alone. `docs/run-file.md` describes it.
 */
import type { Closing, Outcome, Verdict } from "../judge/verdict.js";
import type { Profile, CaseRecord } from "../record/record.js";
import type { WireEntry } from "../record/wire-log.js";
import type { PeerFinding } from "./finding.js";
import type { RequirementInfo } from "./requirement-info.js";
import type { Shard } from "./shard.js";

/**
 * What happens in a run, one object after the other; a run file has one in each line. docs/run-file.md describes it.
 *
 * @example
 * ```ts
 * import { cases, run, type RunEvent } from "wireproof";
 *
 * const events: RunEvent[] = [];
 * for await (const event of run({ urls: [], cases })) events.push(event);
 * console.assert(events.at(0)?.type === "run" && events.at(-1)?.type === "run-end");
 * ```
 */
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
  | PeerFindings
  | RunEnd;

/**
 * The first event: what was selected and how it is played.
 *
 * @example
 * ```ts
 * import { cases, run, type RunStart } from "wireproof";
 *
 * const { value } = await run({ urls: [], cases }).next();
 * const start = value as RunStart;
 * console.assert(start.suite !== "" && start.profile === "modern");
 * ```
 */
export interface RunStart {
  readonly type: "run";
  /** Version of the suite. */
  readonly suite: string;
  /** When it began: UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  /** Name of the set that the cases were taken from. */
  readonly set: string;
  /** How cases are played and judged. */
  readonly profile: Profile;
  /** How many messages load cases send: all 1,000, or as many as it takes. */
  readonly messages?: "full" | "enough";
  /** For cases that draw lots; 0 while there are none. */
  readonly seed: number;
  /** How the run was asked for. */
  readonly config: RunConfig;
  /** Every selected case, in catalogue order. One without a `case-end` for a peer was not run. */
  readonly cases: readonly CaseInfo[];
}

/**
 * How a run was asked for; enough to print the command that repeats a part of it.
 *
 * @example
 * ```ts
 * import { cases, run, type RunStart } from "wireproof";
 *
 * const { value } = await run({ urls: [], cases, origin: "https://example.com" }).next();
 * const { config } = value as RunStart;
 * console.assert(config.origin === "https://example.com" && config.role === undefined);
 * ```
 */
export interface RunConfig {
  /**
   * `server`: the tester was the server, at the only URL, and clients were tested. If absent, the tester was the
   * client.
   */
  readonly role?: "server";
  /** Servers that are tested, or the URL at which clients are. */
  readonly urls: readonly string[];
  /** Cases in flight at the same time. */
  readonly concurrency: number;
  /** Which part of a larger run this is; absent if it is none. */
  readonly shard?: Shard;
  /** Factor for every deadline. */
  readonly timeoutScale: number;
  /** Seconds of silence after which a load case is too slow, where the option was given. */
  readonly loadSilenceSeconds?: number;
  /** Seconds in which the peer sends a Ping by itself, where the option was given. */
  readonly keepaliveSeconds?: number;
  /** Connections are streams of HTTP/2 (RFC 8441); absent over HTTP/1.1. */
  readonly http2?: true;
  /** Whether any certificate is accepted. */
  readonly insecure: boolean;
  /** Name of the file of trusted certificates. */
  readonly ca?: string;
  /** Name for SNI and for the check of the certificate. */
  readonly servername?: string;
  /** The Origin field. */
  readonly origin?: string;
  /** The command that started the peers, as the user wrote it; absent if the run did not start them. */
  readonly start?: string;
  /** The command was started once for each case, with the URL of that case. */
  readonly single?: boolean;
  /** Seconds that the peers had to accept connections after their start. */
  readonly waitSeconds?: number;
  /** Further header lines, `Name: value`. */
  readonly headers: readonly string[];
  /** Subprotocols that are offered. */
  readonly subprotocols: readonly string[];
}

/**
 * What a report needs to know about a case, whether it was run or not.
 *
 * @example
 * ```ts
 * import { cases, run, type CaseInfo, type RunStart } from "wireproof";
 *
 * const { value } = await run({ urls: [], cases }).next();
 * const infos: readonly CaseInfo[] = (value as RunStart).cases;
 * console.assert(infos.find(({ id }) => id === "1.1.1")?.section === "Framing");
 * ```
 */
export interface CaseInfo {
  /** Such as `7.7.3`. */
  readonly id: string;
  /** One line. */
  readonly title: string;
  /** What is sent and why, in full sentences. */
  readonly description: string;
  /** What a conforming peer does, in full sentences. */
  readonly expectation: string;
  /** Title of its section, such as `Close handling`; the number is the first part of the id. */
  readonly section: string;
  /** How the connection has to end under the `autobahn` profile. */
  readonly ending: EndingInfo;
  /** The requirements it exercises, the one it is about first. */
  readonly requirements: readonly RequirementInfo[];
  /** The version of the suite that has it first; absent for those of 0.1.0. */
  readonly since?: string;
  /** Figures that reports show beside the verdict: times, ratios of compression. */
  readonly reports?: { readonly time?: boolean; readonly ratio?: boolean };
  /** Sentences that say why the verdicts of the two profiles can differ; empty if they cannot. */
  readonly differs: readonly string[];
}

/**
 * How the connection of a case has to end.
 *
 * @example
 * ```ts
 * import type { EndingInfo } from "wireproof";
 *
 * const failing: EndingInfo = { by: "peer", codes: [1002], clean: false };
 * console.assert(failing.codes.includes(1002));
 * ```
 */
export interface EndingInfo {
  /** Who starts the closing handshake, or, for the peer, fails or drops the connection. */
  readonly by: "tester" | "peer";
  /** Accepted close codes of the peer. A Close frame without a code is always accepted. */
  readonly codes: readonly number[];
  /** The closing handshake has to be complete. */
  readonly clean: boolean;
  /** If the wrong side closes, the outcome is a failure too. */
  readonly sideIsFatal?: boolean;
}

/**
 * A peer answered; its cases follow.
 *
 * @example
 * ```ts
 * import type { PeerUp } from "wireproof";
 *
 * const up: PeerUp = { type: "peer-up", peer: "peer-1", agent: "echo 1.0", url: "ws://127.0.0.1:9001" };
 * console.assert(up.agent === "echo 1.0");
 * ```
 */
export interface PeerUp {
  readonly type: "peer-up";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** Its name in reports, unique in this run. */
  readonly agent: string;
  /** Where it was reached; for a client, the address that it came from. */
  readonly url: string;
  /** The run in which the peer was tested, if stored runs were joined into one. */
  readonly run?: RunOrigin;
}

/**
 * A stored run that is a part of another.
 *
 * @example
 * ```ts
 * import { cases, run, type RunOrigin, type RunStart } from "wireproof";
 *
 * const { value } = await run({ urls: [], cases }).next();
 * const { type: _, cases: infos, ...start } = value as RunStart;
 * const origin: RunOrigin = { ...start, file: "earlier.ndjson", selected: infos.map(({ id }) => id) };
 * console.assert(origin.selected.includes("1.1.1"));
 * ```
 */
export interface RunOrigin extends Omit<RunStart, "type" | "cases"> {
  /** The run file, as the user wrote it. */
  readonly file: string;
  /** Ids of the cases that were selected in it. */
  readonly selected: readonly string[];
}

/**
 * A case begins.
 *
 * @example
 * ```ts
 * import type { CaseStart } from "wireproof";
 *
 * const start: CaseStart = { type: "case-start", peer: "peer-1", case: "1.1.1", attempt: 1 };
 * console.assert(start.attempt === 1);
 * ```
 */
export interface CaseStart {
  readonly type: "case-start";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** Id of the case. */
  readonly case: string;
  /** 1, and one more each time the case is played again. */
  readonly attempt: number;
}

/**
 * Something went over the wire, or happened to a timer.
 *
 * @example
 * ```ts
 * import type { WireEvent } from "wireproof";
 *
 * const entry = { dir: ">", octets: 2, hex: "8900" } as const;
 * const event: WireEvent = { type: "wire", peer: "peer-1", case: "2.1", attempt: 1, at: 812, entry };
 * console.assert(event.at === 812);
 * ```
 */
export interface WireEvent {
  readonly type: "wire";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** Id of the case. */
  readonly case: string;
  /** 1, and one more each time the case is played again. */
  readonly attempt: number;
  /** Microseconds since the case began. */
  readonly at: number;
  /** What happened. */
  readonly entry: WireEntry;
}

/**
 * A case has a result.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { cases, run, type CaseEnd } from "wireproof";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const ends: CaseEnd[] = [];
 * for await (const event of run({ urls: [`ws://127.0.0.1:${port}`], cases: cases.slice(0, 2) }))
 *   if (event.type === "case-end") ends.push(event);
 * console.assert(ends.length === 2 && ends.every(({ verdict }) => verdict.outcome === "pass"));
 * ```
 */
export interface CaseEnd {
  readonly type: "case-end";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** Id of the case. */
  readonly case: string;
  /** 1, and one more each time the case is played again. */
  readonly attempt: number;
  /** What was seen. */
  readonly record: CaseRecord;
  /** The verdict of the profile in force. The last `case-end` of a case counts. */
  readonly verdict: Verdict;
  /** The verdicts of both profiles, if one record serves both. */
  readonly verdicts: { readonly autobahn?: Verdict; readonly modern?: Verdict };
}

/**
 * A play that went wrong because a limit ran out, or because the peer's process had ended. It says nothing about the peer
 * until the case was played again alone, or until repeats of other cases have shown that the peer is like that. Then a
 * `case-end` follows. Without a `case-end` the case counts as not run.
 *
 * @example
 * ```ts
 * import { cases, run, type CaseUnconfirmed } from "wireproof";
 *
 * const unconfirmed: CaseUnconfirmed[] = [];
 * for await (const event of run({ urls: [], cases })) if (event.type === "case-unconfirmed") unconfirmed.push(event);
 * console.assert(unconfirmed.length === 0);
 * ```
 */
export interface CaseUnconfirmed {
  readonly type: "case-unconfirmed";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** Id of the case. */
  readonly case: string;
  /** 1, and one more each time the case is played again. */
  readonly attempt: number;
  /** What was seen. */
  readonly record: CaseRecord;
  /** The verdict that the record would get. */
  readonly verdict: Verdict;
}

/**
 * A remark about a peer or the run, in one sentence.
 *
 * @example
 * ```ts
 * import type { Note } from "wireproof";
 *
 * const note: Note = { type: "note", text: "The machine was busy." };
 * console.assert(note.peer === undefined);
 * ```
 */
export interface Note {
  readonly type: "note";
  /** Key of the peer that it is about. */
  readonly peer?: string;
  /** One sentence. */
  readonly text: string;
  /**
   * Id of a case that the peer passed at first, and no longer when it was played again at the end: the run has damaged the
   * peer. Absent if the note says something else.
   */
  readonly damaged?: string;
}

/**
 * A line that the process of a peer printed, cut where it is long. It may contain anything that can be printed.
 *
 * @example
 * ```ts
 * import type { OutputLine } from "wireproof";
 *
 * const line: OutputLine = { from: "stderr", text: "listening on 9001" };
 * console.assert(line.from === "stderr");
 * ```
 */
export interface OutputLine {
  /** Where it was printed. */
  readonly from: "stdout" | "stderr";
  /** The line, without its end. */
  readonly text: string;
}

/**
 * What the process of a peer printed since the last event of this kind. It comes before every `case-start` and
 * `case-end`, so that all cases in flight here were in flight while it was printed.
 *
 * @example
 * ```ts
 * import type { PeerOutput } from "wireproof";
 *
 * const lines = [{ from: "stdout", text: "listening" }] as const;
 * const output: PeerOutput = { type: "peer-output", peer: "peer-1", lines, omitted: 0 };
 * console.assert(output.lines.length === 1);
 * ```
 */
export interface PeerOutput {
  readonly type: "peer-output";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** The lines, oldest first. */
  readonly lines: readonly OutputLine[];
  /** Number of lines before these that were not kept, because too much came. */
  readonly omitted: number;
}

/**
 * The process of a peer ended although the run was not over.
 *
 * @example
 * ```ts
 * import type { PeerExit } from "wireproof";
 *
 * const wasKilled = ({ signal }: PeerExit): boolean => signal !== null;
 * console.assert(
 *   wasKilled({
 *     type: "peer-exit",
 *     peer: "peer-1",
 *     url: "ws://127.0.0.1:9001",
 *     code: null,
 *     signal: "SIGSEGV",
 *     because: "The server was ended by SIGSEGV.",
 *     cases: ["6.4.1"],
 *     after: "6.3.2",
 *     output: [],
 *   }),
 * );
 * ```
 */
export interface PeerExit {
  readonly type: "peer-exit";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** Where it was reached. */
  readonly url: string;
  /** Exit status; null if a signal ended the process, or if it could not be started again. */
  readonly code: number | null;
  /** Name of the signal that ended it; null if none did. */
  readonly signal: string | null;
  /** What happened, in one sentence. */
  readonly because: string;
  /** The cases that had connected and were in flight when it ended. */
  readonly cases: readonly string[];
  /** The last case that had ended before; null if none had. */
  readonly after: string | null;
  /** The last lines that it printed. */
  readonly output: readonly OutputLine[];
}

/**
 * A client under test has asked for reports: from now on, reports that are files say what is known so far.
 *
 * @example
 * ```ts
 * import type { Checkpoint } from "wireproof";
 *
 * const checkpoint: Checkpoint = { type: "checkpoint", peer: "peer-1" };
 * console.assert(checkpoint.peer === "peer-1");
 * ```
 */
export interface Checkpoint {
  readonly type: "checkpoint";
  /** The client, if it has played a case under the name that it gave. */
  readonly peer?: string;
}

/**
 * A peer cannot be reached, or no longer; its remaining cases are not run.
 *
 * @example
 * ```ts
 * import { cases, run, type PeerDown } from "wireproof";
 *
 * const down: PeerDown[] = [];
 * for await (const event of run({ urls: ["ws://127.0.0.1:1"], cases: cases.slice(0, 1) }))
 *   if (event.type === "peer-down") down.push(event);
 * console.assert(down[0]?.after === null && down[0].because !== "");
 * ```
 */
export interface PeerDown {
  readonly type: "peer-down";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** Where it should be. */
  readonly url: string;
  /** The case during which the peer went away; null if it never answered. */
  readonly after: string | null;
  /** Why, in one sentence. */
  readonly because: string;
  /**
   * What it said instead of an answer of HTTP, one octet a character, and none of them escaped: at most 4,096. Absent if it
   * said nothing.
   */
  readonly answer?: string;
  /** What may help, in a sentence or two; absent where nothing of use is known. */
  readonly hint?: string;
}

/**
 * What is wrong with a peer: what its cases and the octets of all its connections showed together. It comes once for each
 * peer that had a connection, after its cases, or that could not be reached at all. It changes no verdict.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { cases, run, type PeerFindings } from "wireproof";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const all: PeerFindings[] = [];
 * for await (const event of run({ urls: [`ws://127.0.0.1:${port}`], cases: cases.slice(0, 2) }))
 *   if (event.type === "findings") all.push(event);
 * console.assert(all.length === 1 && all[0]?.connections === 2 && all[0].findings.length === 0);
 * ```
 */
export interface PeerFindings {
  readonly type: "findings";
  /** Key of the peer in this run. */
  readonly peer: string;
  /** Number of connections that were checked. */
  readonly connections: number;
  /** Number of masking keys that were seen; absent for a server. */
  readonly maskingKeys?: number;
  /** What was found: the worst first, then what shows in most cases. Each fault once. */
  readonly findings: readonly PeerFinding[];
}

/**
 * The last event.
 *
 * @example
 * ```ts
 * import { cases, run, type RunEnd } from "wireproof";
 *
 * const ends: RunEnd[] = [];
 * for await (const event of run({ urls: [], cases })) if (event.type === "run-end") ends.push(event);
 * console.assert(ends.length === 1);
 * ```
 */
export interface RunEnd {
  readonly type: "run-end";
  /** What the run came to. */
  readonly totals: Totals;
}

/**
 * What a run came to.
 *
 * @example
 * ```ts
 * import type { Totals } from "wireproof";
 *
 * const isGreen = ({ outcomes, notRun }: Totals): boolean => (outcomes.fail ?? 0) === 0 && notRun === 0;
 * console.assert(isGreen({ durationMs: 310, interrupted: false, outcomes: { pass: 247 }, closings: {}, notRun: 0 }));
 * ```
 */
export interface Totals {
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** The user stopped the run before all cases were played. */
  readonly interrupted: boolean;
  /** Number of cases of all peers, by outcome. */
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Number of cases of all peers, by how the connection ended. */
  readonly closings: Readonly<Partial<Record<Closing, number>>>;
  /** Number of cases that were selected and have no result. */
  readonly notRun: number;
}
