import { acceptFor, type Sha1 } from "./accept-key.js";
import { parseExtensions } from "./extensions.js";
import { type HeaderPair, isHandshakeField, writeHeaders } from "./header-text.js";
import { http2Fields } from "./http2-fields.js";
import type { OpeningRequest } from "./opening-fields.js";
import type { UpgradeOpening } from "./request.js";

/** What the server has chosen from the client's offer. */
export interface Acceptance {
  /** One of the subprotocols that were offered. */
  readonly protocol?: string | undefined;
  /** The value of Sec-WebSocket-Extensions; extensions that were offered only. */
  readonly extensions?: string | undefined;
  /** Further header fields. Those of the handshake itself cannot be set. */
  readonly headers?: readonly HeaderPair[] | undefined;
}

/**
 * The answer that opens the connection (RFC 6455 §4.2.2, item 5). Every character is one octet: write it as latin1.
 * Throws a TypeError for a subprotocol or an extension that was not offered, and for invalid header fields.
 */
export function accept(request: UpgradeOpening, acceptance: Acceptance, sha1: Sha1): string {
  const { protocol, extensions, headers } = acceptance;
  let text = `${SWITCHING}Sec-WebSocket-Accept: ${acceptFor(request.key, sha1)}\r\n`;
  // It is one of the tokens of the request.
  if (protocol !== undefined) text += `Sec-WebSocket-Protocol: ${offeredProtocol(request, protocol)}\r\n`;
  if (extensions !== undefined)
    text += writeHeaders([["Sec-WebSocket-Extensions", offeredExtensions(request, extensions)]], () => false);
  if (headers !== undefined && headers.length > 0) text += writeHeaders(headers, isHandshakeField);
  return `${text}\r\n`;
}

/**
 * The fields of the answer that opens a connection over HTTP/2, whose status is 200 (RFC 8441 §5). Their names are in
 * lower case. Throws as `accept` does.
 */
export function acceptConnect(request: OpeningRequest, acceptance: Acceptance): HeaderPair[] {
  const { protocol, extensions, headers = [] } = acceptance;
  const pairs: HeaderPair[] = [];
  if (protocol !== undefined) pairs.push(["sec-websocket-protocol", offeredProtocol(request, protocol)]);
  if (extensions !== undefined)
    pairs.push(["sec-websocket-extensions", offeredExtensions(request, extensions)]);
  return [...pairs, ...http2Fields(headers, isHandshakeField)];
}

const SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";

function offeredProtocol(request: OpeningRequest, protocol: string): string {
  if (!request.protocols.includes(protocol)) {
    throw new TypeError(`The client does not offer the subprotocol ${JSON.stringify(protocol)}.`);
  }
  return protocol;
}

function offeredExtensions(request: OpeningRequest, extensions: string): string {
  const chosen = parseExtensions([extensions]);
  if (
    chosen === undefined ||
    !chosen.every(({ name }) => request.offers.some((offer) => offer.name === name))
  ) {
    throw new TypeError(`The client does not offer the extensions ${JSON.stringify(extensions)}.`);
  }
  return extensions;
}
