import { CloseCode, isCloseCode } from "../protocol/close-code.js";
import { MAX_REASON_OCTETS } from "../protocol/close-frame.js";

/**
 * The close reason as text. Throws a TypeError for a code that may not be sent and for a reason that is no text, and a
 * RangeError for one that is too long. Without a code there is no reason.
 */
export function checkedReason(code: unknown, reason: unknown, isServer: boolean): string {
  if (code === undefined) return "";
  // 1010 says that the server lacks an extension, so only a client may send it (RFC 6455 §7.4.1).
  const isAllowed =
    typeof code === "number" &&
    Number.isInteger(code) &&
    isCloseCode(code) &&
    (code !== CloseCode.MandatoryExtension || !isServer);
  if (!isAllowed) throw new TypeError("First argument must be a valid error code number");
  if (reason === undefined || reason === null || (reason as string).length === 0) return "";
  if (typeof reason !== "string" && !(reason instanceof Uint8Array))
    throw new TypeError("Second argument must be a string or a Uint8Array");
  const text = typeof reason === "string" ? reason : Buffer.from(reason).toString("utf8");
  if (Buffer.byteLength(text) > MAX_REASON_OCTETS)
    throw new RangeError(`The message must not be greater than ${MAX_REASON_OCTETS} bytes`);
  return text;
}
