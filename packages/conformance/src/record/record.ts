import type { Http2Record } from "./http2-record.js";

/**
 * How cases are played and judged: `autobahn` as the original suite does it, `modern` by the RFCs as they are read today.
 *
 * @example
 * ```ts
 * import { cases, run, type Profile } from "wireproof";
 *
 * const profile: Profile = "autobahn";
 * for await (const event of run({ urls: [], cases, profile }))
 *   if (event.type === "run") console.assert(event.profile === profile && event.messages === "full");
 * ```
 */
export type Profile = "modern" | "autobahn";

/**
 * Octets kept of the body of an answer that refused the opening handshake.
 *
 * @example
 * ```ts
 * import { BODY_KEPT } from "wireproof";
 *
 * console.assert(BODY_KEPT === 4096);
 * ```
 */
export const BODY_KEPT = 4096;

/**
 * Events of the peer kept in a record; more are counted, not kept.
 *
 * @example
 * ```ts
 * import { RECORDED_EVENTS } from "wireproof";
 *
 * console.assert(RECORDED_EVENTS === 200);
 * ```
 */
export const RECORDED_EVENTS = 200;

/**
 * Masking keys kept in the record of a case; more are counted.
 *
 * @example
 * ```ts
 * import { RECORDED_KEYS } from "wireproof";
 *
 * console.assert(RECORDED_KEYS === 32);
 * ```
 */
export const RECORDED_KEYS = 32;

/**
 * An event of the peer, or an expected one: type, length in octets, digest, and the first octets.
 *
 * @example
 * ```ts
 * import { createHash } from "node:crypto";
 * import type { EventView } from "wireproof";
 *
 * const sha256 = createHash("sha256").update("hi").digest("hex");
 * const event: EventView = { type: "message", binary: false, length: 2, sha256, head: "6869" };
 * console.assert(event.type === "message");
 * ```
 */
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

/**
 * Everything that was seen of one case: what verdicts and pages need besides the wire log.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { cases, run, type CaseRecord } from "wireproof";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const records: CaseRecord[] = [];
 * for await (const event of run({ urls: [`ws://127.0.0.1:${port}`], cases: cases.slice(0, 1) }))
 *   if (event.type === "case-end") records.push(event.record);
 * console.assert(records[0]?.eventCount === 1 && records[0].close.remoteCode === 1000);
 * ```
 */
export interface CaseRecord {
  /** The profile by which it was played. */
  readonly profile: Profile;
  /** Which side the tester played. */
  readonly role: "client" | "server";
  /** When the tester began to connect: UTC, ISO 8601, milliseconds. */
  readonly startedAt: string;
  /** Milliseconds from the end of the opening handshake (or from the start, if it failed) until TCP ended. */
  readonly durationMs: number;
  /** The opening handshake. */
  readonly handshake: HandshakeRecord;
  /** The peer's events in order, at most {@link RECORDED_EVENTS}. */
  readonly events: readonly EventView[];
  /** Number of events, including those that were not kept. */
  readonly eventCount: number;
  /** What the peer did wrong, in order. */
  readonly violations: readonly ViolationRecord[];
  /** How the connection ended. */
  readonly close: CloseRecord;
  /** Sizes of reads and writes. */
  readonly octets: { readonly received: SizeCounts; readonly sent: SizeCounts };
  /** Frames by opcode. */
  readonly frames: { readonly received: OpcodeCounts; readonly sent: OpcodeCounts };
  /** The masking keys of a client; absent if it masked no frame, and in records of earlier versions. */
  readonly maskingKeys?: MaskingKeysRecord;
  /** The extension that was agreed on, as the answer writes it; null for none. */
  readonly extension?: string | null;
  /** The Pings that the peer sent by itself; only in cases that are about them. */
  readonly pings?: PingsRecord;
  /** What was seen of HTTP/2; absent where the connection was no stream of it. */
  readonly http2?: Http2Record;
  /** The result of an echo loop. */
  readonly loop?: LoopRecord;
  /** Octets on three levels, for a case with permessage-deflate whose loop was completed. */
  readonly traffic?: TrafficRecord;
  /**
   * Timers that fired: `wait:A`, `until`, `kill`, `close`, `open-timeout`, `answer-timeout` (of a request
   * that the peer may refuse), `close-timeout`, `drop-timeout`, `connect-timeout`.
   */
  readonly timers: readonly string[];
  /** How long those timers were, in seconds, that are limits for the peer; absent in records of earlier versions. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Milliseconds by which limits were made longer because the machine was busy; only if a timer fired. */
  readonly lostMs?: number;
  /** Illegal things that the tester sent and the case does not declare. Each is a fault of the suite. */
  readonly undeclared: readonly string[];
  /** True if other cases of this run were in flight at the same time. */
  readonly concurrent: boolean;
  /** Why the case was not played, in a clause: another case has shown that it is of no use. Absent if it was. */
  readonly notPlayed?: string;
  /** The case was not played because the peer lacks this capability; then `notPlayed` says so. Absent otherwise. */
  readonly lacked?: string;
  /** Why the case could not be tried with this peer, in a clause: that says nothing about it. Absent if it was. */
  readonly untried?: string;
}

/**
 * The Pings that a peer sent by itself.
 *
 * @example
 * ```ts
 * import type { PingsRecord } from "wireproof";
 *
 * const pings: PingsRecord = { count: 2, firstMs: 30_004 };
 * console.assert((pings.firstMs === null) === (pings.count === 0));
 * ```
 */
export interface PingsRecord {
  /** How many came. */
  readonly count: number;
  /** When the first one came, in milliseconds since the connection opened; null if none did. */
  readonly firstMs: number | null;
}

/**
 * Size of one read or write in octets → how often.
 *
 * @example
 * ```ts
 * import type { SizeCounts } from "wireproof";
 *
 * const received: SizeCounts = { "4": 1, "65536": 12 };
 * const octets = Object.entries(received).reduce((sum, [size, count]) => sum + Number(size) * count, 0);
 * console.assert(octets === 786_436);
 * ```
 */
export type SizeCounts = Readonly<Record<string, number>>;

/**
 * Opcode → number of frames.
 *
 * @example
 * ```ts
 * import type { OpcodeCounts } from "wireproof";
 *
 * const sent: OpcodeCounts = { "1": 3, "8": 1 };
 * console.assert(sent["8"] === 1);
 * ```
 */
export type OpcodeCounts = Readonly<Record<string, number>>;

/**
 * What was seen of an opening handshake.
 *
 * @example
 * ```ts
 * import type { HandshakeRecord } from "wireproof";
 *
 * const refused: HandshakeRecord = {
 *   opened: false,
 *   request: "GET / HTTP/1.1\r\n\r\n",
 *   response: "HTTP/1.1 403 Forbidden\r\n\r\n",
 *   problem: "The peer answered with status 403.",
 *   status: 403,
 * };
 * console.assert(!refused.opened);
 * ```
 */
export interface HandshakeRecord {
  /** Whether the connection opened. */
  readonly opened: boolean;
  /** The head of the request as it went over the wire; null if there was none. */
  readonly request: string | null;
  /** The head of the answer as it went over the wire; null if there was none. */
  readonly response: string | null;
  /** Why the connection did not open, in one sentence. */
  readonly problem?: string;
  /** Id of the requirement that the peer's part of the handshake broke. */
  readonly requirement?: string;
  /** HTTP status of the peer's answer; absent if there was none. */
  readonly status?: number;
  /** Why there is no answer: TCP was closed or reset, or the time was over. Absent if there is one. */
  readonly noAnswer?: "closed" | "reset" | "late";
  /**
   * Where the body of an answer that refused ended: `whole`, as its length says or with TCP; `cut`, before that; `open`,
   * its end had not come when the tester stopped waiting.
   */
  readonly bodyEnd?: "whole" | "cut" | "open";
  /** The case has a request of its own, which did not open a connection: whether the usual one did, right after it. */
  readonly usualOpens?: boolean;
  /** Octets that a client sent behind its request, before the tester began to answer; absent if there were none. */
  readonly early?: number;
  /** The URL that the client got from the tester, in cases that are about it. */
  readonly url?: string;
  /** Behind the answer, a request without TLS came to the port of the case, where TLS is spoken. */
  readonly downgraded?: true;
  /** The beginning of the body of an answer that refused, at most {@link BODY_KEPT} octets. */
  readonly body?: string;
  /** The exchange that came before on the same connection; absent in cases without one. */
  readonly before?: EarlierExchange;
  /** What came of the other opening handshakes at the same time; absent in cases without them. */
  readonly crowd?: CrowdRecord;
}

/**
 * Opening handshakes at the same time as that of a case, on connections of their own.
 *
 * @example
 * ```ts
 * import type { CrowdRecord } from "wireproof";
 *
 * const crowd: CrowdRecord = { size: 200, opened: 180, refused: 20 };
 * console.assert(crowd.opened + crowd.refused <= crowd.size);
 * ```
 */
export interface CrowdRecord {
  /** Number of connections. */
  readonly size: number;
  /** How many opened. */
  readonly opened: number;
  /** How many were refused with an HTTP status. The others got no TCP connection, no answer, or a wrong one. */
  readonly refused: number;
  /** An answer that breaks a MUST: what is wrong with it, and the requirement. Absent if there was none. */
  readonly wrong?: { readonly problem: string; readonly requirement: string };
}

/**
 * A request and its answer in front of those of a case, on the same connection.
 *
 * @example
 * ```ts
 * import type { EarlierExchange } from "wireproof";
 *
 * const before: EarlierExchange = {
 *   request: "GET / HTTP/1.1\r\n\r\n",
 *   response: "HTTP/1.1 204 No Content\r\n\r\n",
 *   status: 204,
 *   end: "whole",
 * };
 * console.assert(before.end === "whole");
 * ```
 */
export interface EarlierExchange {
  /** The head of the request as it went over the wire. */
  readonly request: string;
  /** The head of the answer as it went over the wire; null if there was none. */
  readonly response: string | null;
  /** HTTP status of the answer; absent if there was none. */
  readonly status?: number;
  /**
   * How the answer ended: `whole`, as its length says, and the connection goes on; `last`, likewise, but it says that the
   * server closes (RFC 9112 §9.3); `closed`, `reset`, with TCP, or TCP ended before it; `late`, its end had not come when
   * the time was over; `endless`, it was too long to be read; `foreign`, it is not HTTP.
   */
  readonly end: "whole" | "last" | "closed" | "reset" | "late" | "endless" | "foreign";
}

/**
 * What is kept of the masking keys of one connection.
 *
 * @example
 * ```ts
 * import type { MaskingKeysRecord } from "wireproof";
 *
 * const fixed: MaskingKeysRecord = { frames: 4, keys: ["00000000", "00000000", "00000000", "00000000"], foreseen: 2 };
 * console.assert(fixed.foreseen === fixed.frames - 2);
 * ```
 */
export interface MaskingKeysRecord {
  /** Masked frames of the peer. */
  readonly frames: number;
  /** The first keys in hexadecimal, at most {@link RECORDED_KEYS}. */
  readonly keys: readonly string[];
  /** Keys that were as far from the one before as that one was from its own: those of a counter, and a fixed key. */
  readonly foreseen: number;
}

/**
 * An echo loop: the engine compares as messages arrive, the judge reads these facts.
 *
 * @example
 * ```ts
 * import type { LoopRecord } from "wireproof";
 *
 * const loop: LoopRecord = { wanted: 1000, sent: 1000, matched: 1000 };
 * console.assert(loop.matched === loop.wanted);
 * ```
 */
export interface LoopRecord {
  /** Messages that have to come back. */
  readonly wanted: number;
  /** Messages that were sent. */
  readonly sent: number;
  /** Echoes that were the same as what was sent; under `autobahn` in 9.7 and 9.8, of the same type and length. */
  readonly matched: number;
  /** The first echo that was not the same: its index from 0, what was expected and what came. */
  readonly mismatch?: { readonly index: number; readonly expected: EventView; readonly observed: EventView };
  /** Microseconds from sending a message to the end of its echo. */
  readonly latency?: LatencyRecord;
}

/**
 * Latency of the echoes of a loop. All in microseconds.
 *
 * @example
 * ```ts
 * import type { LatencyRecord } from "wireproof";
 *
 * const latency: LatencyRecord = { min: 80, mean: 110, p50: 100, p99: 400, max: 900 };
 * console.assert(latency.p50 <= latency.p99);
 * ```
 */
export interface LatencyRecord {
  /** The shortest. */
  readonly min: number;
  /** The arithmetic mean. */
  readonly mean: number;
  /** The median. */
  readonly p50: number;
  /** The 99th percentile. */
  readonly p99: number;
  /** The longest. */
  readonly max: number;
}

/**
 * Data frames of one direction while the connection was open. All but the last two are octets.
 *
 * @example
 * ```ts
 * import type { TrafficCounts } from "wireproof";
 *
 * const ratio = ({ payload, application }: TrafficCounts): number => payload / application;
 * console.assert(ratio({ wire: 104, payload: 100, application: 400, frames: 1, messages: 1 }) === 0.25);
 * ```
 */
export interface TrafficCounts {
  /** Octets of frames with their headers. */
  readonly wire: number;
  /** Octets of payloads as sent, compressed where they were. */
  readonly payload: number;
  /** Octets of payloads uncompressed. */
  readonly application: number;
  /** Number of frames. */
  readonly frames: number;
  /** Number of messages. */
  readonly messages: number;
}

/**
 * Traffic of both directions.
 *
 * @example
 * ```ts
 * import type { TrafficRecord } from "wireproof";
 *
 * const counts = { wire: 104, payload: 100, application: 400, frames: 1, messages: 1 };
 * const traffic: TrafficRecord = { received: counts, sent: counts, handshake: { received: 129, sent: 180 } };
 * console.assert(traffic.sent.payload === 100);
 * ```
 */
export interface TrafficRecord {
  /** From the peer. */
  readonly received: TrafficCounts;
  /** From the tester. */
  readonly sent: TrafficCounts;
  /** Octets of the two heads of the opening handshake. */
  readonly handshake: { readonly received: number; readonly sent: number };
}

/**
 * Something that the peer did wrong.
 *
 * @example
 * ```ts
 * import { citation, type ViolationRecord } from "wireproof";
 *
 * const violation: ViolationRecord = { violation: "rsv", requirement: "6455-5.2-1", at: 1250 };
 * console.assert(citation(violation.requirement) === "RFC 6455 §5.2");
 * ```
 */
export interface ViolationRecord {
  /** Id of the violation. */
  readonly violation: string;
  /** Id of the requirement that was broken. */
  readonly requirement: string;
  /** Microseconds since the case began. */
  readonly at: number;
  /** Found in the peer's Close frame or after it: it belongs to the closing. */
  readonly closing?: true;
}

/**
 * How a connection ended.
 *
 * @example
 * ```ts
 * import type { CloseRecord } from "wireproof";
 *
 * const isQuiet = ({ clean, tcp }: CloseRecord): boolean => clean && tcp === "ended-by-peer";
 * console.assert(typeof isQuiet === "function");
 * ```
 */
export interface CloseRecord {
  /** The tester sent the first Close frame. */
  readonly closedByTester: boolean;
  /** The tester failed the connection (a violation by the peer, or a kill timer). */
  readonly failedByTester: boolean;
  /** The tester closed TCP before the peer did. */
  readonly droppedByTester: boolean;
  /** Both Close frames were exchanged, and TCP ended as it has to. */
  readonly clean: boolean;
  /** Why it was not clean, in a clause; null if it was. */
  readonly notCleanReason: string | null;
  /** The opening handshake took too long. */
  readonly openTimeout: boolean;
  /** The peer's Close frame took too long. */
  readonly closeTimeout: boolean;
  /** The end of TCP took too long. */
  readonly dropTimeout: boolean;
  /** Close code that the tester sent; null if it sent none. */
  readonly localCode: number | null;
  /** Close reason that the tester sent; null if it sent none. */
  readonly localReason: string | null;
  /** Close code that the peer sent; null if it sent none. */
  readonly remoteCode: number | null;
  /** Close reason that the peer sent; null if it sent none. */
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
