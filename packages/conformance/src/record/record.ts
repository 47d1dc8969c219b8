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
