import { CloseCode, isCloseCode } from "./close-code.js";
import { MAX_CONTROL_OCTETS } from "./frame-header.js";
import type { Kernels } from "./kernels.js";
import { Side } from "./state.js";
import type { Violation } from "./violation.js";
import { VIOLATIONS, violationOf } from "./violation.js";

/** What a Close frame says (RFC 6455 §5.5.1); code 1005 stands for a frame without one. */
export interface CloseFrame {
  readonly code: number;
  readonly reason: string;
}

/** Reads the payload data of a Close frame, or says what is wrong with it. */
export function readClose(
  kernels: Kernels,
  bytes: Uint8Array,
  from: number,
  to: number,
): { readonly close: CloseFrame } | { readonly violation: Violation } {
  if (from === to) return { close: { code: CloseCode.NoStatusReceived, reason: "" } };
  if (to - from === 1) return { violation: VIOLATIONS["close-payload-of-one-octet"] };
  const code = bytes[from]! * 256 + bytes[from + 1]!;
  if (!isCloseCode(code)) return { violation: violationOf("invalid-close-code", code) };
  const reason = kernels.decodeText(bytes.subarray(from + 2, to));
  if (reason === undefined) return { violation: VIOLATIONS["invalid-close-reason"] };
  return { close: { code, reason } };
}

/** The payload data of a Close frame; without a code it has none. */
export function closePayload(kernels: Kernels, code: number | undefined, reason: string): Uint8Array {
  if (code === undefined) return new Uint8Array(0);
  const payload = new Uint8Array(2 + kernels.textOctets(reason));
  payload[0] = code >>> 8;
  payload[1] = code;
  kernels.encodeText(reason, payload, 2);
  return payload;
}

/**
 * Whether an application on this side may close with `code` and `reason`; throws if not. Every code that may be on the
 * wire is allowed (see `isCloseCode`). Only clients may send 1010, which says that the server lacks an extension
 * (§7.4.1). Interfaces that allow less, such as the browser's, check that themselves.
 */
export function checkClose(side: Side, kernels: Kernels, code: number | undefined, reason: string): void {
  // Octets have a length too: without this check the mistake would show only after the closing has begun.
  if (typeof reason !== "string") throw new TypeError("a close reason has to be a string");
  if (code === undefined) {
    if (reason === "") return;
    throw new TypeError("a close reason needs a close code");
  }
  if (typeof code !== "number") throw new TypeError("a close code has to be a number");
  const isAllowed = isCloseCode(code) && Number.isInteger(code);
  if (!isAllowed || (code === CloseCode.MandatoryExtension && side === Side.Server)) {
    throw new RangeError(`close code ${code} may not be sent`);
  }
  if (kernels.textOctets(reason) > MAX_REASON_OCTETS) {
    throw new RangeError(`a close reason has at most ${MAX_REASON_OCTETS} octets`);
  }
}

/** §5.5: the payload data of a control frame, less the two octets of the code. */
export const MAX_REASON_OCTETS: number = MAX_CONTROL_OCTETS - 2;
