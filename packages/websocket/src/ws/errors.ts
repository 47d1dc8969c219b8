import type { Violation, ViolationId } from "../protocol/violation.js";

/** An error with one of the codes that applications match. */
export interface CodedError extends Error {
  code?: string;
  errno?: number;
}

/**
 * The error for a peer that broke the protocol or a limit, with the class, code and message that `ws` has for it, if it
 * has one.
 */
export function violationError(violation: Violation): CodedError {
  const { id, message, detail } = violation;
  const shape = SHAPES[id];
  if (typeof shape === "function") return make(shape(detail ?? 0));
  return make(shape ?? ["RangeError", message, `WS_ERR_${id.toUpperCase().replaceAll("-", "_")}`]);
}

/** The error of a stream that was destroyed before it could write. */
export function destroyedError(): CodedError {
  const error: CodedError = new Error("Cannot call write after a stream was destroyed");
  error.code = "ERR_STREAM_DESTROYED";
  return error;
}

type Shape = readonly [kind: "Error" | "RangeError", message: string, code: string];

function make([kind, message, code]: Shape): CodedError {
  const error: CodedError = kind === "Error" ? new Error(message) : new RangeError(message);
  error.code = code;
  // As zlib numbers it.
  if (code === "Z_DATA_ERROR") error.errno = -3;
  return error;
}

function frame(message: string, code: string): Shape {
  return ["RangeError", `Invalid WebSocket frame: ${message}`, code];
}

const RSV_1: Shape = frame("RSV1 must be clear", "WS_ERR_UNEXPECTED_RSV_1");
const RSV_2_3: Shape = frame("RSV2 and RSV3 must be clear", "WS_ERR_UNEXPECTED_RSV_2_3");
const TEXT: Shape = ["Error", "Invalid WebSocket frame: invalid UTF-8 sequence", "WS_ERR_INVALID_UTF8"];
const TOO_BIG: Shape = ["RangeError", "Max payload size exceeded", "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"];
const BEYOND_NUMBERS: Shape = [
  "RangeError",
  "Unsupported WebSocket frame: payload length > 2^53 - 1",
  "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
];

/** The shape of an error, or a function that makes it from the number at fault. */
const SHAPES: { readonly [Id in ViolationId]?: Shape | ((detail: number) => Shape) } = {
  // RSV1 is 4.
  "rsv-not-negotiated": (bits) => (bits === 4 ? RSV_1 : RSV_2_3),
  "reserved-opcode": invalidOpcode,
  "message-inside-message": invalidOpcode,
  "continuation-without-message": invalidOpcode(0),
  "not-masked": frame("MASK must be set", "WS_ERR_EXPECTED_MASK"),
  masked: frame("MASK must be clear", "WS_ERR_UNEXPECTED_MASK"),
  "length-not-minimal": frame("the length is not minimal", "WS_ERR_LENGTH_NOT_MINIMAL"),
  "length-over-63-bits": BEYOND_NUMBERS,
  "control-frame-fragmented": frame("FIN must be set", "WS_ERR_EXPECTED_FIN"),
  "control-frame-too-long": invalidControlLength,
  "close-payload-of-one-octet": invalidControlLength(1),
  "invalid-utf8": TEXT,
  "invalid-close-reason": TEXT,
  "invalid-close-code": (code) => frame(`invalid status code ${code}`, "WS_ERR_INVALID_CLOSE_CODE"),
  "compressed-continuation": RSV_1,
  "compressed-control-frame": RSV_1,
  "invalid-deflate-data": ["Error", "A compressed message cannot be inflated", "Z_DATA_ERROR"],
  "message-too-big": TOO_BIG,
  "frame-too-big": (length) => (length > Number.MAX_SAFE_INTEGER ? BEYOND_NUMBERS : TOO_BIG),
  "too-many-fragments": ["RangeError", "Too many message fragments", "WS_ERR_TOO_MANY_BUFFERED_PARTS"],
  "too-much-retained": ["RangeError", "Too many buffered chunks", "WS_ERR_TOO_MANY_BUFFERED_PARTS"],
};

function invalidOpcode(opcode: number): Shape {
  return frame(`invalid opcode ${opcode}`, "WS_ERR_INVALID_OPCODE");
}

function invalidControlLength(length: number): Shape {
  return frame(`invalid payload length ${length}`, "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH");
}
