import type { Http2Answer } from "./http2-answer.js";
import type { Payload } from "./payload.js";

/**
 * What a case over HTTP/2 does otherwise than the usual opening handshake and its DATA frames (RFC 8441).
 *
 * @example
 * ```ts
 * import { cases, type Http2Script } from "wireproof";
 *
 * const script: Http2Script | undefined = cases.find(({ id }) => id === "35.1.13.1")?.http2;
 * console.assert(script?.data?.size === 1);
 * ```
 */
export interface Http2Script {
  /** What a tester that is the client asks for, and how. Default: the usual extended CONNECT. */
  readonly request?: Http2Request;
  /** What a tester that is the server answers. Default: status 200, which opens the connection. */
  readonly answer?: Http2Answer;
  /** Settings that the tester's first SETTINGS have behind the usual ones. */
  readonly settings?: readonly Http2Setting[];
  /** Frames between the tester's first SETTINGS and its request. */
  readonly before?: readonly Http2Frame[];
  /**
   * The peer's window of the stream begins with 0 octets, that of a client with 65,535, and whenever it is used up, the tester makes room for so many
   * octets; with 0 it makes none by itself. Default: a window that no case fills.
   */
  readonly room?: number;
  /** How octets are cut into DATA frames. Default: one for each write. */
  readonly data?: {
    /** At most so many octets in a frame. */
    readonly size?: number;
    /** So many octets of padding in each frame, 0 to 255. */
    readonly padding?: number;
    /** An empty DATA frame comes before each other. */
    readonly empty?: true;
  };
  /** What else is on the same connection. Default: nothing. */
  readonly others?: Http2Others;
}

/**
 * A setting by number, legal or not (RFC 9113 §6.5.2, RFC 8441 §3).
 *
 * @example
 * ```ts
 * import type { Http2Setting } from "wireproof";
 *
 * const initialWindowSize: Http2Setting = [0x4, 65_535];
 * console.assert(initialWindowSize[1] < 2 ** 31);
 * ```
 */
export type Http2Setting = readonly [id: number, value: number];

/**
 * A request of HTTP/2 as a case has it.
 *
 * @example
 * ```ts
 * import { cases, type Http2Request } from "wireproof";
 *
 * const request: Http2Request | undefined = cases.find(({ id }) => id === "35.1.6")?.http2?.request;
 * console.assert(request?.fields?.some(([name, value]) => name === ":protocol" && value === "foo"));
 * ```
 */
export interface Http2Request {
  /**
   * The fields in order, names as they are written here. Words in braces stand for what the usual request says: `{scheme}`,
   * `{path}`, `{authority}` and `{agent}`. The fields named `{origin}`, `{subprotocols}`, `{extensions}` and `{headers}` are
   * those that the user and the case ask for, any number of them. Default: the usual extended CONNECT.
   */
  readonly fields?: readonly Http2Field[];
  /** The head ends the stream. */
  readonly endsStream?: true;
  /** The head is cut into HEADERS and CONTINUATION frames of so many octets, 1 or more. */
  readonly cut?: number;
  /** HEADERS has so many octets of padding, 1 to 255. */
  readonly padding?: number;
  /** HEADERS has the fields of a priority (RFC 9113 §6.2). */
  readonly priority?: true;
  /** It goes out at once; the usual request waits until the peer's settings allow it (RFC 8441 §3). */
  readonly early?: true;
  /** Frames right behind it, before any answer. */
  readonly behind?: readonly Http2Frame[];
}

/**
 * A header field, or a pseudo-header field.
 *
 * @example
 * ```ts
 * import type { Http2Field } from "wireproof";
 *
 * const field: Http2Field = [":protocol", "websocket"];
 * console.assert(field[0].startsWith(":"));
 * ```
 */
export type Http2Field = readonly [name: string, value: string];

/**
 * A frame of HTTP/2, legal or not.
 *
 * @example
 * ```ts
 * import type { Http2Frame } from "wireproof";
 *
 * const payload = { pattern: new Uint8Array(8), length: 8 };
 * const ping: Http2Frame = { type: 0x6, on: "connection", payload };
 * console.assert(ping.flags === undefined);
 * ```
 */
export interface Http2Frame {
  /** 0 to 255. */
  readonly type: number;
  /** Default: 0. */
  readonly flags?: number;
  /** Where it goes: to the stream of the case, to the whole connection (0), or to a stream that is not open. */
  readonly on: "stream" | "connection" | "idle";
  /** All octets behind the header of the frame. */
  readonly payload: Payload;
}

/**
 * What else is on the connection of a case. Everything that is opened has to work as if it were alone.
 *
 * @example
 * ```ts
 * import { cases, type Http2Others } from "wireproof";
 *
 * const others: Http2Others | undefined = cases.find(({ id }) => id === "35.1.18")?.http2?.others;
 * console.assert(others?.webSockets === 100);
 * ```
 */
export interface Http2Others {
  /**
   * WebSockets that are opened before that of the case, as many as the peer's settings allow. Each echoes a text of its own
   * at once, and another one when the stream of the case is over.
   */
  readonly webSockets?: number;
  /** GET requests that go out together with them. */
  readonly gets?: number;
  /** WebSockets that are opened, and echo, when the stream of the case is over. */
  readonly later?: number;
}

/** The fields of the usual extended CONNECT (RFC 8441 §4, §5), in their order. */
const USUAL_FIELDS: readonly Http2Field[] = [
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  [":scheme", "{scheme}"],
  [":path", "{path}"],
  [":authority", "{authority}"],
  ["user-agent", "{agent}"],
  ["sec-websocket-version", "13"],
  ["{origin}", ""],
  ["{subprotocols}", ""],
  ["{extensions}", ""],
  ["{headers}", ""],
];

/**
 * The fields of the usual extended CONNECT, with others in place of those that are named; `more` stands behind them. Throws a
 * RangeError for a name that there is not: case data is checked at build time.
 */
export function connectFields(
  changes: Readonly<Record<string, readonly Http2Field[] | string>> = {},
  ...more: readonly Http2Field[]
): readonly Http2Field[] {
  const unknown = Object.keys(changes).find((name) => !USUAL_FIELDS.some(([known]) => known === name));
  if (unknown !== undefined) throw new RangeError(`the usual extended CONNECT has no field ${unknown}`);
  const fields = USUAL_FIELDS.flatMap((usual): readonly Http2Field[] => {
    const change = changes[usual[0]] ?? [usual];
    return typeof change === "string" ? [[usual[0], change]] : change;
  });
  return [...fields, ...more];
}
