import { hexBytes } from "../payload-text.js";
import { decodePythonUtf8 } from "./python-utf8.js";

/** Payloads with more octets than the first are cut to the second; an ellipsis of four characters says so. */
const SHOWN_WHOLE = 60;
const SHOWN_OF_LONGER = 64;
const ELLIPSIS = " ...";

/**
 * A payload in the original's reports: as text if what is shown of it is UTF-8 (a cut may split a character),
 * else in hexadecimal behind `0x`. `hex` needs to hold no more than the first 64 octets of `length`.
 */
export function payloadRule(hex: string, length: number): string {
  const shown = hex.slice(0, 2 * shownOctets(length));
  const text = decodePythonUtf8(hexBytes(shown));
  return (text ?? `0x${shown}`) + (length > SHOWN_WHOLE ? ELLIPSIS : "");
}

/** Octets of a read or write, cut by the same rule; always hexadecimal. */
export function octetsRule(hex: string, length: number): string {
  return hex.slice(0, 2 * shownOctets(length)) + (length > SHOWN_WHOLE ? ELLIPSIS : "");
}

function shownOctets(length: number): number {
  return length > SHOWN_WHOLE ? SHOWN_OF_LONGER : length;
}
