import type { ViolationName } from "../record/violation.js";
import { isUtf8 } from "../wire/utf8.js";
import { splitClose } from "../wire/close-payload.js";
import { Opcode } from "../case/opcode.js";

/** What is wrong with the payload of a Close frame (RFC 6455 §5.5.1, §7.4). `isWhole`: nothing of it was cut off. */
export function* closePayloadViolations(
  payload: Uint8Array,
  isLegal: (code: number) => boolean,
  isWhole: boolean,
): Generator<ViolationName> {
  const { code, reasonOctets } = splitClose(payload);
  if (code !== null && !isLegal(code)) yield "close-code";
  if (isWhole && !isUtf8(reasonOctets)) yield "close-reason-utf8";
}

/**
 * What §5.5.1 forbids after the sender's own Close frame: data frames, and a second Close frame, which answers nothing.
 * Null for a Ping or a Pong.
 */
export function violationBehindClose(opcode: number): ViolationName | null {
  if (opcode < Opcode.close) return "data-after-close";
  return opcode === Opcode.close ? "close-after-close" : null;
}
