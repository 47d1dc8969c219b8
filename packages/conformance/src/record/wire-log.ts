/**
 * Octets, text and hexadecimal in events are cut after this many octets.
 *
 * @example
 * ```ts
 * import { SHOWN_OCTETS } from "wireproof";
 *
 * console.assert(SHOWN_OCTETS === 256);
 * ```
 */
export const SHOWN_OCTETS = 256;

/**
 * After this many octets shown in the wire log of one case, entries are cut after {@link SHOWN_LATE} octets instead.
 *
 * @example
 * ```ts
 * import { SHOWN_OCTETS, SHOWN_TOTAL } from "wireproof";
 *
 * console.assert(SHOWN_TOTAL / SHOWN_OCTETS === 256);
 * ```
 */
export const SHOWN_TOTAL = 65_536;

/**
 * Octets shown of an entry of the wire log once {@link SHOWN_TOTAL} octets have been shown.
 *
 * @example
 * ```ts
 * import { SHOWN_LATE, SHOWN_OCTETS } from "wireproof";
 *
 * console.assert(SHOWN_LATE < SHOWN_OCTETS);
 * ```
 */
export const SHOWN_LATE = 16;

/**
 * The wire log of a case stops after this many entries; a note says so.
 *
 * @example
 * ```ts
 * import { WIRE_LOG_ENTRIES } from "wireproof";
 *
 * console.assert(WIRE_LOG_ENTRIES === 1000);
 * ```
 */
export const WIRE_LOG_ENTRIES = 1000;

/**
 * An entry of the wire log: `>` from the tester to the peer, `<` from the peer to the tester, `=` timers, states and notes,
 * `!` a violation by the peer.
 *
 * @example
 * ```ts
 * import type { WireEntry } from "wireproof";
 *
 * const entries: WireEntry[] = [
 *   { dir: ">", octets: 2, hex: "8900" },
 *   { dir: "=", note: "the peer is silent" },
 * ];
 * console.assert(entries.filter(({ dir }) => dir === ">").length === 1);
 * ```
 */
export type WireEntry =
  | OctetsEntry
  | FrameEntry
  | Http2Entry
  | TimerEntry
  | { readonly dir: "="; readonly log: boolean }
  | { readonly dir: "="; readonly note: string }
  | { readonly dir: "!"; readonly violation: string; readonly requirement: string };

/**
 * One write or one read.
 *
 * @example
 * ```ts
 * import type { OctetsEntry } from "wireproof";
 *
 * const read: OctetsEntry = { dir: "<", octets: 4, hex: "880203e8" };
 * console.assert(read.hex.length === 2 * read.octets);
 * ```
 */
export interface OctetsEntry {
  /** `>` written by the tester, `<` read from the peer. */
  readonly dir: ">" | "<";
  /** How many. */
  readonly octets: number;
  /** The first octets in hexadecimal, cut after {@link SHOWN_OCTETS}. */
  readonly hex: string;
  /** A chopped or sync write: it went out alone, after one turn of the event loop. */
  readonly queued?: boolean;
}

/**
 * One frame as understood.
 *
 * @example
 * ```ts
 * import type { FrameEntry } from "wireproof";
 *
 * const isClose = ({ frame }: FrameEntry): boolean => frame.opcode === 8;
 * const frame = { opcode: 8, fin: true, rsv: 0, masked: false, mask: null, length: 2, payload: "03e8" };
 * console.assert(isClose({ dir: "<", frame }));
 * ```
 */
export interface FrameEntry {
  /** `>` written by the tester, `<` read from the peer. */
  readonly dir: ">" | "<";
  /** The frame. */
  readonly frame: FrameView;
}

/**
 * What a frame consists of (RFC 6455 §5.2).
 *
 * @example
 * ```ts
 * import type { FrameView } from "wireproof";
 *
 * const ping: FrameView = { opcode: 9, fin: true, rsv: 0, masked: false, mask: null, length: 0, payload: "" };
 * console.assert(ping.fin);
 * ```
 */
export interface FrameView {
  /** 0–15. */
  readonly opcode: number;
  /** Whether FIN is set. */
  readonly fin: boolean;
  /** RSV1·4 + RSV2·2 + RSV3. */
  readonly rsv: number;
  /** Whether the payload was masked. */
  readonly masked: boolean;
  /** Masking key in hexadecimal; null where the frame is not masked. */
  readonly mask: string | null;
  /** Length of the payload in octets. */
  readonly length: number;
  /** The unmasked payload in hexadecimal, cut after {@link SHOWN_OCTETS}. */
  readonly payload: string;
  /** Octets in each write, if the frame was cut into writes. */
  readonly chop?: number;
  /** Whether the frame was a write of its own. */
  readonly sync?: boolean;
  /** The payload is a pattern of this many octets, repeated to `length`. */
  readonly pattern?: number;
}

/**
 * A frame of HTTP/2, where the connection is a stream of it (RFC 8441). What DATA carries follows as an {@link OctetsEntry}.
 *
 * @example
 * ```ts
 * import type { Http2Entry } from "wireproof";
 *
 * const http2 = { type: "DATA", flags: ["END_STREAM"], stream: 1, length: 0 };
 * const end: Http2Entry = { dir: "<", http2 };
 * console.assert(end.http2.flags.includes("END_STREAM"));
 * ```
 */
export interface Http2Entry {
  /** `>` written by the tester, `<` read from the peer. */
  readonly dir: ">" | "<";
  /** The frame. */
  readonly http2: Http2FrameView;
}

/**
 * What a frame of HTTP/2 consists of (RFC 9113 §4.1).
 *
 * @example
 * ```ts
 * import type { Http2FrameView } from "wireproof";
 *
 * const view: Http2FrameView = { type: "WINDOW_UPDATE", flags: [], stream: 0, length: 4, payload: "00ff0001", says: "16711681" };
 * console.assert(view.payload?.length === 2 * view.length);
 * ```
 */
export interface Http2FrameView {
  /** Its name in RFC 9113, or `type 0x…`. */
  readonly type: string;
  /** Names of the flags that are set and that mean something in this type. */
  readonly flags: readonly string[];
  /** 0 for the whole connection. */
  readonly stream: number;
  /** Length of the payload in octets, with padding. */
  readonly length: number;
  /** The payload in hexadecimal, cut after {@link SHOWN_OCTETS}, that of a head after 4096 octets; absent for DATA. */
  readonly payload?: string;
  /** Octets of padding behind those of DATA; absent without PADDED. */
  readonly padding?: number;
  /** Fields of a head that ends in this frame, with what they say: 16,384 octets of them, and none once the log has much. */
  readonly fields?: readonly (readonly [name: string, value: string])[];
  /** What the payload means, in a few words: settings, an error code, a number of octets. */
  readonly says?: string;
}

/**
 * Frames of HTTP/2 that only carry octets, make room for them, or say that something came.
 *
 * @example
 * ```ts
 * import { isCarriage } from "wireproof/page";
 *
 * console.assert(!isCarriage({ dir: "=", timer: "kill", phase: "fired", seconds: 1 }));
 * ```
 */
export function isCarriage(entry: WireEntry): boolean {
  if (!("http2" in entry)) return false;
  const { type, flags, says } = entry.http2;
  if (type === "WINDOW_UPDATE") return true;
  if (type === "GOAWAY") return entry.dir === ">" && says?.startsWith("NO_ERROR") === true;
  const isDirection = type === "DATA" && (entry.dir === ">" || !flags.includes("END_STREAM"));
  return isDirection || flags.includes("ACK");
}

/**
 * A timer that was set, or that fired.
 *
 * @example
 * ```ts
 * import type { TimerEntry } from "wireproof";
 *
 * const fired: TimerEntry = { dir: "=", timer: "kill", phase: "fired", seconds: 1 };
 * console.assert(fired.phase === "fired");
 * ```
 */
export interface TimerEntry {
  /** Neither side sent anything. */
  readonly dir: "=";
  /** `wait`: a pause of the script; `kill`, `close`: when the tester ends the case. */
  readonly timer: "wait" | "kill" | "close";
  /** What happened to it. */
  readonly phase: "set" | "fired";
  /** How long it lasts, in seconds. */
  readonly seconds: number;
  /** Name of the pause in the script. */
  readonly tag?: string;
  /** A wait that ended because its event came. */
  readonly early?: boolean;
}
