import type { Violation, ViolationId } from "../protocol/violation.js";

/** An error with one of the codes that applications match. */
export interface CodedError extends Error {
  code?: string;
  errno?: number;
}

/**
 * The error for a peer that broke the protocol or a limit, in the classes, codes and words that `ws` has for it where it
 * has any. `isCompressing`: RSV1 has a meaning here, so that it cannot be the bit at fault.
 */
export function violationError(violation: Violation, isCompressing: boolean): CodedError {
  const { id, message } = violation;
  if (id === "rsv-not-negotiated") return make(isCompressing ? RSV_2_3 : RSV_1);
  const shape = SHAPES[id];
  return make(shape ?? ["RangeError", message, `WS_ERR_${id.toUpperCase().replaceAll("-", "_")}`]);
}

/** The same as what a stream says that was destroyed before it could write. */
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
const OPCODE: Shape = frame("invalid opcode", "WS_ERR_INVALID_OPCODE");
const TEXT: Shape = ["Error", "Invalid WebSocket frame: invalid UTF-8 sequence", "WS_ERR_INVALID_UTF8"];
const TOO_BIG: Shape = ["RangeError", "Max payload size exceeded", "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"];
const CONTROL_LENGTH: Shape = frame("invalid payload length", "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH");

const SHAPES: { readonly [Id in ViolationId]?: Shape } = {
  "reserved-opcode": OPCODE,
  "message-inside-message": OPCODE,
  "continuation-without-message": frame("invalid opcode 0", "WS_ERR_INVALID_OPCODE"),
  "not-masked": frame("MASK must be set", "WS_ERR_EXPECTED_MASK"),
  masked: frame("MASK must be clear", "WS_ERR_UNEXPECTED_MASK"),
  "length-not-minimal": frame("the length is not minimal", "WS_ERR_LENGTH_NOT_MINIMAL"),
  "length-over-63-bits": [
    "RangeError",
    "Unsupported WebSocket frame: payload length > 2^53 - 1",
    "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
  ],
  "control-frame-fragmented": frame("FIN must be set", "WS_ERR_EXPECTED_FIN"),
  "control-frame-too-long": CONTROL_LENGTH,
  "close-payload-of-one-octet": frame("invalid payload length 1", "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH"),
  "invalid-utf8": TEXT,
  "invalid-close-reason": TEXT,
  "invalid-close-code": frame("invalid status code", "WS_ERR_INVALID_CLOSE_CODE"),
  "compressed-continuation": RSV_1,
  "compressed-control-frame": RSV_1,
  "invalid-deflate-data": ["Error", "A compressed message cannot be inflated", "Z_DATA_ERROR"],
  "message-too-big": TOO_BIG,
  "frame-too-big": TOO_BIG,
  "too-many-fragments": ["RangeError", "Too many message fragments", "WS_ERR_TOO_MANY_BUFFERED_PARTS"],
  "too-much-retained": ["RangeError", "Too many buffered chunks", "WS_ERR_TOO_MANY_BUFFERED_PARTS"],
};
