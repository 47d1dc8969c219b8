import { isSameToken, isTokenCode, isWhitespace, trimWhitespace } from "../handshake/fields.js";
import { type IpAddress, parseIpAddress } from "../handshake/ip-address.js";

/** What a proxy says of the one that has connected to it. */
export interface Hop {
  /** Undefined where the proxy does not say it, or says nothing that can be understood. */
  readonly address: IpAddress | undefined;
  /** Whether that connection had TLS; undefined where the proxy does not say it. */
  readonly isSecure: boolean | undefined;
}

/**
 * What Forwarded says (RFC 7239 §4), from the last proxy to the first. The elements are found from the right: each proxy
 * adds its own behind those of others, so what a client has spoiled, such as a quoted string without end, never reaches
 * into what a proxy has said. An element that breaks the grammar says nothing.
 */
export function* forwardedHops(values: readonly string[]): Generator<Hop> {
  for (const value of values.toReversed())
    for (const element of elementsFromRight(value)) yield hopOf(element);
}

/**
 * What X-Forwarded-For and X-Forwarded-Proto say, from the last proxy to the first. The second belongs to the first if it
 * has as many elements; if it has only one, it is about whoever is in question.
 */
export function* forwardedForHops(values: readonly string[], protos: readonly string[]): Generator<Hop> {
  const addresses = elementsOf(values).toReversed();
  const schemes = elementsOf(protos).toReversed();
  for (const [at, element] of addresses.entries()) {
    const scheme = schemes.length === 1 ? schemes[0] : schemes[at];
    const isKnown = schemes.length === 1 || schemes.length === addresses.length;
    yield { address: parseForwardedFor(element), isSecure: isKnown ? isSecureScheme(scheme!) : undefined };
  }
}

function elementsOf(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(",")).map(trimWhitespace);
}

/** An address as proxies write it: "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]:4711". */
function parseForwardedFor(text: string): IpAddress | undefined {
  return parseIpAddress(text) ?? parseNode(text);
}

/** RFC 7239 §6, a node with or without a port. "unknown" and "_hidden" are no addresses. */
function parseNode(text: string): IpAddress | undefined {
  if (text.length > LONGEST_NODE) return undefined;
  const [, ipv6, ipv4 = ""] = NODE.exec(text) ?? [];
  if (ipv6 === undefined) return parseIpAddress(ipv4);
  return ipv6.includes(":") ? parseIpAddress(ipv6) : undefined;
}

function hopOf(element: string): Hop {
  const pairs = pairsOf(element);
  const node = pairs?.get("for");
  const proto = pairs?.get("proto");
  return {
    address: node === undefined ? undefined : parseNode(node),
    isSecure: proto === undefined ? undefined : isSecureScheme(proto),
  };
}

/** Some proxies name the scheme of WebSocket. Anything else says nothing. */
function isSecureScheme(scheme: string): boolean | undefined {
  if (isSameToken(scheme, "https") || isSameToken(scheme, "wss")) return true;
  return isSameToken(scheme, "http") || isSameToken(scheme, "ws") ? false : undefined;
}

/** The parts between the commas that are in no quoted string, from the last to the first. */
function* elementsFromRight(value: string): Generator<string> {
  let end = value.length;
  let isQuoted = false;
  for (let at = end - 1; at >= 0; at--) {
    const code = value.charCodeAt(at);
    if (code === QUOTE && !isEscaped(value, at)) isQuoted = !isQuoted;
    else if (code === COMMA && !isQuoted) {
      yield value.slice(at + 1, end);
      end = at;
    }
  }
  yield value.slice(0, end);
}

/** Each run of backslashes is looked at once, as only one character is behind it. */
function isEscaped(value: string, at: number): boolean {
  let from = at;
  while (from > 0 && value.charCodeAt(from - 1) === BACKSLASH) from--;
  return (at - from) % 2 === 1;
}

/** RFC 7239 §4: name=value pairs between semicolons, each name once. Undefined for anything else. */
function pairsOf(element: string): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  const scanner = new Scanner(element);
  do {
    scanner.skipWhitespace();
    const name = scanner.token().toLowerCase();
    // A pair may be left out.
    if (name !== "") {
      const value = scanner.skip(EQUALS) ? scanner.value() : undefined;
      if (value === undefined || pairs.has(name)) return undefined;
      pairs.set(name, value);
    }
    scanner.skipWhitespace();
  } while (scanner.skip(SEMICOLON));
  return scanner.isAtEnd ? pairs : undefined;
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  skip(code: number): boolean {
    const isHere = this.#text.charCodeAt(this.#at) === code;
    if (isHere) this.#at++;
    return isHere;
  }

  skipWhitespace(): void {
    while (isWhitespace(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  /** A token; "" where there is none. */
  token(): string {
    const from = this.#at;
    while (isTokenCode(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#text.slice(from, this.#at);
  }

  /** A token or a quoted string (RFC 9110 §5.6.4); undefined where there is neither. */
  value(): string | undefined {
    if (!this.skip(QUOTE)) return this.token() || undefined;
    const parts: string[] = [];
    for (let from = this.#at; !this.isAtEnd; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== QUOTE && code !== BACKSLASH) continue;
      parts.push(this.#text.slice(from, this.#at++));
      if (code === QUOTE) return parts.join("");
      from = this.#at;
    }
    return undefined;
  }
}

/** "[IPv6]" or "IPv4", and possibly a port, which may be hidden as well. No two parts can match the same character. */
const NODE = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+))(?::(?:\d{1,5}|_[\w.-]+))?$/i;
const LONGEST_NODE = 256;
const QUOTE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
