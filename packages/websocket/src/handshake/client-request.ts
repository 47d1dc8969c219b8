import { isKey } from "./accept-key.js";
import { parseAuthority } from "./authority.js";
import { parseExtensions } from "./extensions.js";
import { isToken } from "./fields.js";
import { type HeaderPair, isHandshakeField, writeHeaders } from "./header-text.js";
import { parseTarget } from "./target.js";

/** The parts of a client's request that are the same in every version of HTTP. */
export interface OfferPlan {
  /** Value of the Host field: the port only where it is not the scheme's default (RFC 6455 §4.1). */
  readonly host: string;
  /** Path and query, beginning with "/". */
  readonly target: string;
  /** Subprotocols in order of preference: tokens, each once. */
  readonly protocols?: readonly string[] | undefined;
  /** The value of Sec-WebSocket-Extensions. */
  readonly extensions?: string | undefined;
  readonly origin?: string | undefined;
  /** Further header fields. Those of the handshake itself, Host and Origin cannot be set. */
  readonly headers?: readonly HeaderPair[] | undefined;
}

/** The parts of a client's request over HTTP/1.1. */
export interface RequestPlan extends OfferPlan {
  /** 16 fresh random octets in base64. */
  readonly key: string;
}

/**
 * A client's opening handshake (RFC 6455 §4.1). Every character is one octet: write it as latin1. Throws a TypeError
 * for invalid parts, above all for those that would add another line.
 */
export function buildRequest(plan: RequestPlan): string {
  const { host, target, key, headers = [] } = plan;
  const offer = offerFields(plan);
  demand(isKey(key), "key", key);
  const fields: HeaderPair[] = [
    ["Host", host],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ...offer,
  ];
  return `GET ${target} HTTP/1.1\r\n${writeHeaders(fields, () => false)}${writeHeaders(headers, isReserved)}\r\n`;
}

/** What the client offers, as header fields. Throws a TypeError for invalid parts, the host and the target too. */
export function offerFields({ host, target, protocols = [], extensions, origin }: OfferPlan): HeaderPair[] {
  demand(parseAuthority(host) !== undefined, "host", host);
  demand(target.startsWith("/") && parseTarget(target) !== undefined, "request target", target);
  const fields: HeaderPair[] = [["Sec-WebSocket-Version", "13"]];
  if (origin !== undefined) fields.push(["Origin", origin]);
  if (protocols.length > 0) fields.push(["Sec-WebSocket-Protocol", checkedProtocols(protocols).join(", ")]);
  if (extensions !== undefined) {
    demand(parseExtensions([extensions]) !== undefined, "extension offer", extensions);
    fields.push(["Sec-WebSocket-Extensions", extensions]);
  }
  return fields;
}

/** The fields that an application cannot add. `name` in lower case. */
export function isReserved(name: string): boolean {
  return isHandshakeField(name) || name === "host" || name === "origin";
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
