import { type HeaderPair, writeHeaders } from "./header-text.js";
import { http2Fields, isConnectionField } from "./http2-fields.js";

/**
 * A whole HTTP answer that does not open the connection, after which it has to be closed: head and body, the body in
 * UTF-8. Every character is one octet: write it as latin1.
 *
 * `status` is one of 200–599. Throws a RangeError for another, a TypeError for header fields that cannot be set
 * (Connection, Content-Length and Transfer-Encoding, which this function sets), and for a body with a status that has
 * none (204, 304). Content-Type is text/plain unless `headers` say otherwise.
 */
export function refuse(status: number, headers: readonly HeaderPair[], body: string): string {
  assertStatus(status, 200);
  const octets = utf8Octets(body);
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  const fields = writeHeaders(headers, (name) => FRAMING_FIELDS.has(name));
  // RFC 9110 §7.8: a sender of Upgrade names it in Connection.
  const connection = names.has("upgrade") ? "close, Upgrade" : "close";
  const line = `HTTP/1.1 ${status} ${REASONS.get(status) ?? ""}\r\n`;
  return `${line}${fields}${contentFields(status, octets.length, names)}Connection: ${connection}\r\n\r\n${octets}`;
}

/**
 * The fields of such an answer over HTTP/2; the body goes behind them in UTF-8. `status` is one of 300–599, since every
 * 2xx would open a tunnel (RFC 9110 §9.3.6). Fields about one connection are left out (RFC 9113 §8.2.2): an application
 * that writes them means HTTP/1.1. Throws as `refuse` does.
 */
export function refuseConnect(status: number, headers: readonly HeaderPair[], body: string): HeaderPair[] {
  assertStatus(status, 300);
  const kept = headers.filter(([name]) => !isConnectionField(name.toLowerCase()));
  const pairs = http2Fields(kept, (name) => FRAMING_FIELDS.has(name));
  if (body.length > 0 && hasNoBody(status)) throw bodyNotAllowed(status);
  const isTyped = body.length === 0 || pairs.some(([name]) => name === "content-type");
  return isTyped ? pairs : [...pairs, ["content-type", TEXT]];
}

function assertStatus(status: number, least: number): void {
  if (Number.isInteger(status) && status >= least && status <= 599) return;
  throw new RangeError(`${status} is not an HTTP status from ${least} to 599.`);
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 304;
}

function bodyNotAllowed(status: number): TypeError {
  return new TypeError(`An answer with the status ${status} has no body.`);
}

function contentFields(status: number, length: number, names: ReadonlySet<string>): string {
  if (hasNoBody(status)) {
    if (length > 0) throw bodyNotAllowed(status);
    return "";
  }
  const type = length === 0 || names.has("content-type") ? "" : `Content-Type: ${TEXT}\r\n`;
  return `${type}Content-Length: ${length}\r\n`;
}

/** UTF-8, one character for each octet; a lone surrogate becomes U+FFFD. */
function utf8Octets(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0) as number;
    if (code < 0x80) return character;
    if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), tail(code));
    if (code > 0xffff) {
      return String.fromCharCode(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
    }
    const whole = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    return String.fromCharCode(0xe0 | (whole >> 12), tail(whole >> 6), tail(whole));
  }).join("");
}

function tail(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

const TEXT = "text/plain; charset=utf-8";
const FRAMING_FIELDS: ReadonlySet<string> = new Set(["connection", "content-length", "transfer-encoding"]);

/** The usual reasons. Any other status has none (RFC 9112 §4). */
const REASONS: ReadonlyMap<number, string> = new Map([
  [200, "OK"],
  [204, "No Content"],
  [301, "Moved Permanently"],
  [302, "Found"],
  [303, "See Other"],
  [304, "Not Modified"],
  [307, "Temporary Redirect"],
  [308, "Permanent Redirect"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [408, "Request Timeout"],
  [409, "Conflict"],
  [410, "Gone"],
  [413, "Content Too Large"],
  [414, "URI Too Long"],
  [421, "Misdirected Request"],
  [426, "Upgrade Required"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
  [505, "HTTP Version Not Supported"],
]);
