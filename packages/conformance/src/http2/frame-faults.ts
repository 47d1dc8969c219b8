import { errorCode, Flag, FrameType, Setting, typeName, type Http2Frame } from "../wire/http2/frame.js";
import type { Http2Problem } from "./problem.js";

/**
 * What is wrong with a frame whatever came before it, if the connection cannot go on behind it (RFC 9113 §6); null if nothing
 * is. What the RFC calls an error of the stream is one of the connection here: nothing else is on it (§5.4.1).
 */
export function frameFault(frame: Http2Frame): Http2Problem | null {
  const { type, stream } = frame;
  const place = PLACES.get(type);
  if (place === "stream" && stream === 0) return fault(`${typeName(type)} is on no stream`);
  if (place === "connection" && stream !== 0) return fault(`${typeName(type)} is on a stream`);
  return lengthFault(frame) ?? contentFault(frame);
}

const {
  data,
  headers,
  priority,
  rstStream,
  settings,
  pushPromise,
  ping,
  goaway,
  windowUpdate,
  continuation,
} = FrameType;

/** Where a frame belongs. WINDOW_UPDATE may be anywhere. */
const PLACES: ReadonlyMap<number, "stream" | "connection"> = new Map([
  [data, "stream"],
  [headers, "stream"],
  [priority, "stream"],
  [rstStream, "stream"],
  [pushPromise, "stream"],
  [continuation, "stream"],
  [settings, "connection"],
  [ping, "connection"],
  [goaway, "connection"],
]);

function lengthFault({ type, flags, payload: { length } }: Http2Frame): Http2Problem | null {
  const wrong = (rule: string): Http2Problem =>
    fault(`${typeName(type)} has ${length} octets instead of ${rule}`, "FRAME_SIZE_ERROR");
  if (type === ping && length !== 8) return wrong("8");
  if ((type === rstStream || type === windowUpdate) && length !== 4) return wrong("4");
  if (type === goaway && length < 8) return wrong("8 or more");
  if (type !== settings) return null;
  if ((flags & Flag.ack) !== 0 && length > 0) return wrong("0, as it has ACK");
  return length % 6 === 0 ? null : wrong("a multiple of 6");
}

function contentFault({ type, flags, stream, payload }: Http2Frame): Http2Problem | null {
  if (type === data && (flags & Flag.padded) !== 0 && (payload[0] ?? Infinity) >= payload.length) {
    return fault("DATA has more padding than octets", "PROTOCOL_ERROR", "9113-6.1-1");
  }
  if (
    type === windowUpdate &&
    ((payload[0] ?? 0) & 0x7f) === 0 &&
    payload.subarray(1).every((octet) => octet === 0)
  ) {
    return fault(
      `WINDOW_UPDATE on ${stream === 0 ? "the connection" : `stream ${stream}`} makes room for 0 octets`,
    );
  }
  return null;
}

/**
 * Of a setting that holds only some values: what is wrong with this one (RFC 9113 §6.5.2). ENABLE_CONNECT_PROTOCOL is what cases
 * are about (RFC 8441 §3): the connection goes on, and the judge says what is wrong.
 */
export function settingFault(id: number, value: number, role: "client" | "server"): Http2Problem | null {
  switch (id) {
    case Setting.enablePush:
      if (value === 0 || (value === 1 && role === "server")) return null;
      return fault(`it sets ENABLE_PUSH to ${value}`);
    case Setting.initialWindowSize:
      if (value <= LARGEST_WINDOW) return null;
      return fault(`it sets INITIAL_WINDOW_SIZE to ${value}, more than 2^31 - 1`, "FLOW_CONTROL_ERROR");
    case Setting.maxFrameSize:
      if (value >= 16_384 && value < 2 ** 24) return null;
      return fault(`it sets MAX_FRAME_SIZE to ${value}, and only 2^14 to 2^24 - 1 are possible`);
    default:
      return null;
  }
}

/** A window has at most so many octets (RFC 9113 §6.9.1). */
export const LARGEST_WINDOW: number = 2 ** 31 - 1;

/** Throws a RangeError for an error code that HTTP/2 does not have. `requirement`: the one that is broken. */
export function fault(
  because: string,
  code = "PROTOCOL_ERROR",
  requirement: string | undefined = BROKEN_WITH[code],
): Http2Problem {
  return { because, code: errorCode(code), ...(requirement === undefined ? {} : { requirement }) };
}

/** The requirement that a peer breaks where the code of the error says enough. */
const BROKEN_WITH: Readonly<Record<string, string>> = {
  FRAME_SIZE_ERROR: "9113-4.2-1",
  COMPRESSION_ERROR: "9113-4.3-2",
  FLOW_CONTROL_ERROR: "9113-6.9.1-1",
};
