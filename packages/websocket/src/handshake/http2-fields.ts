import { checkHeader, type HeaderPair } from "./header-text.js";

/**
 * Header fields for HTTP/2, whose names are in lower case. Throws as `writeHeaders` does, and for a field that belongs
 * to one connection of HTTP/1.1.
 */
export function http2Fields(
  headers: readonly HeaderPair[],
  isReserved: (name: string) => boolean,
): HeaderPair[] {
  return headers.map((header): HeaderPair => {
    checkHeader(header, (name) => isReserved(name) || isConnectionField(name));
    return [header[0].toLowerCase(), header[1]];
  });
}

/** Whether a field is about one connection of HTTP/1.1, which HTTP/2 forbids (RFC 9113 §8.2.2). `name` in lower case. */
export function isConnectionField(name: string): boolean {
  return CONNECTION_FIELDS.has(name);
}

const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);
