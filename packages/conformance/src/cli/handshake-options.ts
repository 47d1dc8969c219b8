import { isIP } from "node:net";

import { quote } from "../report/escape.js";
import type { RunOptions } from "../run/run-options.js";
import { given } from "./given.js";
import { plainText, several, single, type Option } from "./option.js";
import { UsageError } from "./usage-error.js";

/** The options for the opening handshake. */
export interface HandshakeOptions {
  readonly servername: Option<string | undefined>;
  readonly origin: Option<string | undefined>;
  readonly header: Option<readonly string[]>;
  readonly subprotocol: Option<readonly string[]>;
}

export interface HandshakeValues {
  readonly servername: string | undefined;
  readonly origin: string | undefined;
  readonly header: readonly string[];
  readonly subprotocol: readonly string[];
}

export const handshakeOptions: HandshakeOptions = {
  servername: {
    ...single("NAME", "Host name for TLS.", serverName),
    fallback: "the host of the URL",
  },
  origin: single("ORIGIN", "Send this Origin header.", originValue),
  header: several('"NAME: VALUE"', "Add a header to the opening handshake.", headerLine),
  subprotocol: several("NAME", "Offer this subprotocol.", subprotocolName),
};

/** What `run()` takes of them. Throws a UsageError for a subprotocol that is named twice. */
export function handshakeOptionsOf(
  values: HandshakeValues,
): Pick<RunOptions, "servername" | "origin" | "headers" | "subprotocols"> {
  return {
    headers: values.header,
    subprotocols: distinct(values.subprotocol, "--subprotocol"),
    ...given("servername", values.servername),
    ...given("origin", values.origin),
  };
}

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

/**
 * Headers that the tester writes itself, or that would change the meaning of the request, with the reason or remedy.
 */
const RESERVED: ReadonlyMap<string, string> = new Map([
  ["connection", "the tester writes it"],
  ["upgrade", "the tester writes it"],
  ["origin", "use --origin"],
  ["sec-websocket-protocol", "use --subprotocol"],
  ["content-length", "the opening handshake has no content"],
  ["transfer-encoding", "the opening handshake has no content"],
]);

/** Reads `Name: value` and returns it in this form. Throws a UsageError for anything that HTTP does not allow. */
export function headerLine(typed: string, flag: string): string {
  const colon = typed.indexOf(":");
  const name = typed.slice(0, Math.max(colon, 0));
  const value = typed.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "");
  if (colon < 0) throw new UsageError(`${flag} takes "Name: value", not ${quote(typed)}`);
  if (!TOKEN.test(name)) {
    throw new UsageError(
      `${flag} needs a name of letters, digits and hyphens before the colon, not ${quote(name)}`,
    );
  }
  const lower = name.toLowerCase();
  const instead =
    RESERVED.get(lower) ?? (lower.startsWith("sec-websocket-") ? "the tester writes it" : undefined);
  if (instead !== undefined) throw new UsageError(`${flag} does not take ${name}: ${instead}`);
  // RFC 9110 §5.5: visible ASCII, blanks and tabs, and octets from 0x80 up.
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new UsageError(`the value of ${flag} ${name} contains a character that is not allowed in headers`);
  }
  return `${name}: ${value}`;
}

/** Reads the name of a subprotocol, a token (RFC 6455 §4.1). */
export function subprotocolName(typed: string, flag: string): string {
  if (TOKEN.test(typed)) return typed;
  throw new UsageError(
    `${flag} takes one name without blanks, commas or other separators, not ${quote(typed)}`,
  );
}

/** A subprotocol must not be offered twice (RFC 6455 §4.1). */
export function distinct(names: readonly string[], flag: string): readonly string[] {
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new UsageError(`${flag} names ${quote(twice)} twice`);
  return names;
}

/** Reads an origin as RFC 6454 §7.1 writes it: `https://example.org`, or `null`. */
export function originValue(typed: string, flag: string): string {
  if (/^[\x21-\x7e]+$/.test(typed)) return typed;
  throw new UsageError(`${flag} takes an origin such as https://example.org, not ${quote(typed)}`);
}

/** Reads the host name for TLS; an address is not allowed there (RFC 6066 §3). */
export function serverName(typed: string, flag: string): string {
  plainText(typed, flag);
  if (isIP(typed) === 0 && /^[\w.-]+$/.test(typed)) return typed;
  throw new UsageError(`${flag} takes a host name, not ${quote(typed)}`);
}
