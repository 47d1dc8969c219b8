import { isFieldValue, isToken } from "./fields.js";

export type HeaderPair = readonly [name: string, value: string];

/**
 * Writes header fields, each with its CR LF, one character for one octet. Throws a TypeError for a name that is no
 * token, for a value with a control character or with one that is not one octet (written out as octets, U+010A would
 * become a line feed), and for a field that only this library sets (`isReserved`, called with the name in lower case).
 */
export function writeHeaders(headers: readonly HeaderPair[], isReserved: (name: string) => boolean): string {
  return headers.map((header) => writeHeader(header, isReserved)).join("");
}

/** The fields that only this library sets: those that open a connection, and those that say how long a message is. */
export function isHandshakeField(name: string): boolean {
  return HANDSHAKE_FIELDS.has(name) || name.startsWith("sec-websocket-");
}

function writeHeader(header: HeaderPair, isReserved: (name: string) => boolean): string {
  checkHeader(header, isReserved);
  return `${header[0]}: ${header[1]}\r\n`;
}

/** Throws as `writeHeaders` does. */
export function checkHeader([name, value]: HeaderPair, isReserved: (name: string) => boolean): void {
  if (!isToken(name)) throw new TypeError(`${JSON.stringify(name)} is not a name of a header field.`);
  if (isReserved(name.toLowerCase())) throw new TypeError(`The header field ${name} cannot be set.`);
  if (typeof value !== "string" || !isFieldValue(value)) {
    throw new TypeError(`The header field ${name} has a character that no value may have.`);
  }
}

const HANDSHAKE_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
]);
