import { isKey } from "./accept-key.js";
import { parseAuthority } from "./authority.js";
import { parseExtensions } from "./extensions.js";
import { isToken } from "./fields.js";
import { type HeaderPair, isHandshakeField, writeHeaders } from "./header-text.js";
import { parseTarget } from "./target.js";

/** The parts of a client's request. */
export interface RequestPlan {
  /** Value of the Host field: the port only where it is not the scheme's default (RFC 6455 §4.1). */
  readonly host: string;
  /** Path and query, beginning with "/". */
  readonly target: string;
  /** 16 fresh random octets in base64. */
  readonly key: string;
  /** Subprotocols in order of preference: tokens, each once. */
  readonly protocols?: readonly string[] | undefined;
  /** The value of Sec-WebSocket-Extensions. */
  readonly extensions?: string | undefined;
  readonly origin?: string | undefined;
  /** Further header fields. Those of the handshake itself, Host and Origin cannot be set. */
  readonly headers?: readonly HeaderPair[] | undefined;
}

/**
 * A client's opening handshake (RFC 6455 §4.1). Every character is one octet: write it as latin1. Throws a TypeError
 * for invalid parts, above all for those that would add another line.
 */
export function buildRequest(plan: RequestPlan): string {
  const { host, target, key, protocols = [], extensions, origin, headers = [] } = plan;
  demand(parseAuthority(host) !== undefined, "host", host);
  demand(target.startsWith("/") && parseTarget(target) !== undefined, "request target", target);
  demand(isKey(key), "key", key);
  const fields: HeaderPair[] = [
    ["Host", host],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", "13"],
  ];
  if (origin !== undefined) fields.push(["Origin", origin]);
  if (protocols.length > 0) fields.push(["Sec-WebSocket-Protocol", checkedProtocols(protocols).join(", ")]);
  if (extensions !== undefined) {
    demand(parseExtensions([extensions]) !== undefined, "extension offer", extensions);
    fields.push(["Sec-WebSocket-Extensions", extensions]);
  }
  const own = writeHeaders(headers, (name) => isHandshakeField(name) || name === "host" || name === "origin");
  return `GET ${target} HTTP/1.1\r\n${writeHeaders(fields, () => false)}${own}\r\n`;
}

function checkedProtocols(protocols: readonly string[]): readonly string[] {
  for (const name of protocols) demand(isToken(name), "subprotocol", name);
  if (new Set(protocols).size < protocols.length) {
    throw new TypeError(`A subprotocol is offered twice in ${JSON.stringify(protocols)}.`);
  }
  return protocols;
}

function demand(isRight: boolean, what: string, text: string): void {
  if (!isRight) throw new TypeError(`${JSON.stringify(text)} cannot be the ${what} of an opening handshake.`);
}
