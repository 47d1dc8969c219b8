import { overStream } from "../case/stream-words.js";

/** SETTINGS frames of a peer kept in a record, and settings kept of each. */
export const RECORDED_SETTINGS = 20;

/**
 * What was seen of HTTP/2 (RFC 9113), where the connection of a case is a stream of it.
 *
 * @example
 * ```ts
 * import type { Http2Record } from "wireproof";
 *
 * const http2: Http2Record = {
 *   settings: [[[0x8, 1]]],
 *   asked: { settings: 1, pings: 0 },
 *   acknowledged: { settings: 1, pings: 0 },
 *   ended: "end-stream",
 * };
 * console.assert(http2.settings[0]?.[0]?.[1] === 1);
 * ```
 */
export interface Http2Record {
  /** What each SETTINGS frame of the peer says, in order, by number; at most 20 frames, and 20 settings of each. */
  readonly settings: readonly (readonly (readonly [id: number, value: number])[])[];
  /** How many SETTINGS and PINGs the tester sent. */
  readonly asked: Http2Acknowledgements;
  /** How many of them the peer acknowledged. */
  readonly acknowledged: Http2Acknowledgements;
  /** How the peer ended the stream of the case: END_STREAM, RST_STREAM, or the whole connection; null if it did not. */
  readonly ended: "end-stream" | "rst-stream" | "connection" | null;
  /** The code of its RST_STREAM by name, such as `CANCEL`, or in hexadecimal; absent if none ended the stream. */
  readonly code?: string;
  /** The code of the peer's last GOAWAY; absent if there was none. */
  readonly goaway?: string;
  /** What is wrong with the peer's HTTP/2, in a clause, and the code with which the tester ended the connection. */
  readonly problem?: {
    readonly because: string;
    readonly code: string;
    /** Id of the requirement that it breaks; absent if it breaks none. */
    readonly requirement?: string;
  };
  /**
   * Heads and DATA that came on the stream behind the acknowledgement of a PING that the tester had sent behind RST_STREAM;
   * absent where it sent none.
   */
  readonly behindReset?: number;
  /**
   * The stream ended with a connection on which another case had provoked an error, and a client may end it then (RFC 9113
   * §5.4.2); absent otherwise.
   */
  readonly endedBeside?: true;
  /** What came of the other streams on the connection; absent in cases without them. */
  readonly others?: Http2OthersRecord;
}

/** What both roles of the tester have of a record of HTTP/2. */
export interface Http2Seen {
  readonly settings: Http2Record["settings"];
  readonly asked: Http2Acknowledgements;
  readonly acknowledged: Http2Acknowledgements;
  /** How the peer ended the stream, with the name of its code; null if it has not. */
  readonly ending: { readonly by: NonNullable<Http2Record["ended"]>; readonly code?: string } | null;
  readonly goaway: string | undefined;
  readonly problem: Http2Record["problem"] | undefined;
}

/** What was seen so far, as it is kept. */
export function http2Record({
  settings,
  asked,
  acknowledged,
  ending,
  goaway,
  problem,
}: Http2Seen): Http2Record {
  return {
    settings,
    asked: { ...asked },
    acknowledged: { ...acknowledged },
    ended: ending?.by ?? null,
    ...(ending?.code === undefined ? {} : { code: ending.code }),
    ...(goaway === undefined ? {} : { goaway }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/**
 * SETTINGS and PINGs, counted.
 *
 * @example
 * ```ts
 * import type { Http2Acknowledgements } from "wireproof";
 *
 * const asked: Http2Acknowledgements = { settings: 2, pings: 1 };
 * console.assert(asked.pings < asked.settings);
 * ```
 */
export interface Http2Acknowledgements {
  /** SETTINGS frames. */
  readonly settings: number;
  /** PING frames. */
  readonly pings: number;
}

/**
 * What came of the other streams on the connection of a case.
 *
 * @example
 * ```ts
 * import type { Http2OthersRecord } from "wireproof";
 *
 * const others: Http2OthersRecord = { webSockets: 100, opened: 99, refused: 1, gets: 10, answered: 10 };
 * console.assert(others.opened + others.refused <= others.webSockets);
 * ```
 */
export interface Http2OthersRecord {
  /** WebSockets that the tester asked for: fewer than the case has, if the peer's settings allow no more. */
  readonly webSockets: number;
  /** How many opened. */
  readonly opened: number;
  /** How many were refused with an HTTP status or REFUSED_STREAM. */
  readonly refused: number;
  /** GET requests that the tester sent. */
  readonly gets: number;
  /** How many were answered, with whatever status. */
  readonly answered: number;
  /** Why the first WebSocket did not open that was not refused, in a clause; absent if there is none. */
  readonly unopened?: string;
  /** What went wrong first on a WebSocket that had opened, in a clause; absent if nothing did. */
  readonly problem?: string;
}

/**
 * Whether the connection was a stream of HTTP/2: its request has pseudo-header fields, or something of HTTP/2 was seen.
 *
 * @param record - What was seen of a case.
 * @returns True for a stream of HTTP/2 (RFC 8441).
 *
 * @example
 * ```ts
 * import { isOverHttp2 } from "wireproof/page";
 *
 * console.assert(isOverHttp2({ handshake: { request: ":method: CONNECT\r\n\r\n" } }));
 * ```
 */
export function isOverHttp2({
  http2,
  handshake,
}: {
  readonly http2?: Http2Record;
  readonly handshake: { readonly request: string | null };
}): boolean {
  return http2 !== undefined || handshake.request?.startsWith(":") === true;
}

/**
 * What a text says of TCP, in the words that fit the connection: over HTTP/2 of the stream, or of the whole HTTP/2 connection
 * where the peer ended that.
 *
 * @param record - What was seen of the case.
 * @param text - What is said of TCP.
 * @returns The text as it is, or said of what takes the place of TCP (RFC 8441 §5).
 *
 * @example
 * ```ts
 * import { saidOf } from "wireproof/page";
 *
 * const record = { handshake: { request: ":method: CONNECT\r\n\r\n" } };
 * console.assert(saidOf(record, "The peer ended TCP") === "The peer ended the stream");
 * ```
 */
export function saidOf(record: Parameters<typeof isOverHttp2>[0], text: string): string {
  return isOverHttp2(record) ? overStream(text, record.http2?.ended === "connection") : text;
}
