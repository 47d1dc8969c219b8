import { cut, escapeText, quote } from "./escape.js";

/** A payload as an event carries it: the first octets in hexadecimal, and how many there were. */
export interface ShownPayload {
  readonly hex: string;
  /** Octets of the whole payload; `hex` may hold fewer. */
  readonly length: number;
}

/** How a payload is shown. */
export interface PreviewOptions {
  /** Characters of text, or octets in hexadecimal, that are shown. */
  readonly limit: number;
  /** It is meant as text: shown as such even if control characters have to be escaped. */
  readonly text: boolean;
}

/** `"text"` where the payload is UTF-8, else `0x…`; an ellipsis behind it says that there was more. */
export function previewPayload(payload: ShownPayload, options: PreviewOptions): string {
  const bytes = hexBytes(payload.hex);
  const text = decodeUtf8(bytes, bytes.length < payload.length);
  if (text === null || (!options.text && escapeText(text) !== text)) {
    return previewHex(payload, options.limit);
  }
  const shown = cut(text, options.limit);
  const isCut = shown !== text;
  return quote(isCut ? shown.slice(0, -1) : text) + (isCut || bytes.length < payload.length ? "…" : "");
}

/** `0x` and at most `limit` octets in hexadecimal. */
export function previewHex(payload: ShownPayload, limit: number): string {
  const shown = payload.hex.slice(0, 2 * limit);
  return `0x${shown}${shown.length < 2 * payload.length ? "…" : ""}`;
}

/** The octets that hexadecimal digits stand for; digits that are none, and an odd last one, end it. */
export function hexBytes(hex: string): Uint8Array {
  return Buffer.from(hex, "hex");
}

/** The text, or null if the octets are not UTF-8. Of a cut payload the last character may be incomplete. */
export function decodeUtf8(bytes: Uint8Array, isCut: boolean): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
  } catch {
    return null;
  }
}
