import { parseIpAddress } from "./ip-address.js";

/** A host with its port, as Host fields, URIs and origins have it (RFC 3986 §3.2). */
export interface Authority {
  /** In lower case; an IPv6 address in brackets. */
  readonly name: string;
  /** 0–65535; undefined where none is given, or nothing behind the colon. */
  readonly port: number | undefined;
}

/** Undefined unless the text is a host, with or without a port. User information is not allowed. */
export function parseAuthority(text: string): Authority | undefined {
  if (text.length > LONGEST) return undefined;
  const parts = AUTHORITY.exec(text);
  if (parts === null) return undefined;
  const [, name = "", address, digits = ""] = parts;
  if (address !== undefined && !isIpv6(address)) return undefined;
  const port = digits === "" ? undefined : Number(digits);
  if (port !== undefined && port > 65_535) return undefined;
  return { name: name.toLowerCase(), port };
}

/** The ports that a URI need not name (RFC 9110 §4.2, RFC 6455 §3); undefined for other schemes. */
export function defaultPort(scheme: string): number | undefined {
  return DEFAULT_PORTS.get(scheme);
}

function isIpv6(text: string): boolean {
  return text.includes(":") && parseIpAddress(text) !== undefined;
}

/** A name of 253 characters (RFC 1035 §2.3.4), the dot of the root, a colon and a port. */
const LONGEST = 260;

/** Unreserved characters, sub-delimiters and percent escapes: no two parts can match the same character. */
const AUTHORITY = /^(\[([0-9a-f:.]+)\]|(?:[\w\-.~!$&'()*+,;=]|%[0-9a-f]{2})+)(?::(\d{0,5}))?$/i;

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ["http", 80],
  ["ws", 80],
  ["https", 443],
  ["wss", 443],
]);
