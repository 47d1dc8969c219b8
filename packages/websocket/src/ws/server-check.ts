import type { IncomingMessage } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";

import { PERMESSAGE_DEFLATE } from "../deflate/negotiation.js";
import { isKey } from "../handshake/accept-key.js";
import { checkConnect } from "../handshake/connect-check.js";
import { hasToken } from "../handshake/fields.js";
import { checkRequest } from "../handshake/request.js";
import type { OpeningRequest } from "../handshake/opening-fields.js";
import type { Refusal, UpgradeOpening } from "../handshake/request.js";
import type { RequestProblemId } from "../handshake/problem.js";
import { isHttp2Stream } from "../transport/http2-stream.js";
import { toParameters } from "./extension.js";
import { PerMessageDeflate } from "./permessage-deflate.js";
import type { PerMessageDeflateOptions } from "./types.js";

/** What is wrong with an opening handshake, in the words of `ws`. */
export interface RequestFault {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a request for another server is refused for that reason first. */
  readonly isLate?: boolean;
}

/**
 * Checks a client's opening handshake (RFC 6455 §4.2.1), in the order of `ws`, which applications see in the words of
 * the refusal: first the method, the protocol, the key and the version, then what `ws` does not check, and last
 * subprotocols and extensions. Never throws.
 */
export function checkOpening(
  request: IncomingMessage,
  socket: Duplex,
  isDeflateOn: boolean,
): OpeningRequest | UpgradeOpening | RequestFault {
  if (isHttp2Stream(socket)) return checkStream(request, socket as ServerHttp2Stream, isDeflateOn);
  const first = firstFault(request);
  if (first !== undefined) return first;
  const { method = "", url = "", httpVersion } = request;
  const rawHeaders = understood(rawHeadersOf(request), isDeflateOn);
  const checked = checkRequest(
    { method, target: url, httpVersion, rawHeaders },
    { isSecure: false, origin: "any" },
  );
  return checked.ok ? checked.request : faultOf(checked.refusal);
}

/** The same for an extended CONNECT request of HTTP/2 (RFC 8441 §5), which has no key. `ws` does not know these. */
function checkStream(
  request: IncomingMessage,
  stream: ServerHttp2Stream,
  isDeflateOn: boolean,
): OpeningRequest | RequestFault {
  const rawHeaders = understood(rawHeadersOf(request), isDeflateOn);
  const checked = checkConnect(
    { rawHeaders, isEnded: stream.endAfterHeaders },
    { isSecure: false, origin: "any" },
  );
  return checked.ok ? checked.request : faultOf(checked.refusal);
}

function faultOf({ problem, headers, status }: Refusal): RequestFault {
  const message = WORDS[problem.id];
  if (message !== undefined) return { status: 400, message, headers: {}, isLate: true };
  return { status, message: problem.sentence, headers: Object.fromEntries(headers) };
}

/** The client's origin; the draft of version 8 has another field for it. */
export function originOf({ headers }: IncomingMessage): string | undefined {
  const isDraft = versionOf(headers) === DRAFT;
  return isDraft ? (headers["sec-websocket-origin"] as string | undefined) : headers.origin;
}

function firstFault({ method, headers }: IncomingMessage): RequestFault | undefined {
  // RFC 9110 §15.5.6.
  if (method !== "GET") return { status: 405, message: "Invalid HTTP method", headers: { Allow: "GET" } };
  if (!hasToken([headers.upgrade ?? ""], "websocket")) return fault("Invalid Upgrade header");
  if (!isKey(headers["sec-websocket-key"] ?? "")) return fault(KEY);
  const version = versionOf(headers);
  // RFC 6455 §4.4: the version that is supported.
  if (version !== "13" && version !== DRAFT) return fault(VERSION, { "Sec-WebSocket-Version": "13, 8" });
  return undefined;
}

function fault(message: string, headers: RequestFault["headers"] = {}): RequestFault {
  return { status: 400, message, headers };
}

/** As text: requests that applications make may have numbers. */
function versionOf(headers: IncomingMessage["headers"]): string {
  return String(headers["sec-websocket-version"]);
}

export function isFault(checked: object): checked is RequestFault {
  return "status" in checked;
}

/** What was agreed on with a client; undefined where its offers cannot be accepted, empty where it makes none. */
export function negotiate(
  { offers }: OpeningRequest,
  options: boolean | PerMessageDeflateOptions | undefined,
  maxPayload: number | undefined,
): Record<string, PerMessageDeflate> | undefined {
  if (!options) return {};
  const configurations = offers
    .filter(({ name }) => name === PERMESSAGE_DEFLATE)
    .map((offer) => toParameters(offer));
  if (configurations.length === 0) return {};
  const deflate = new PerMessageDeflate({ ...(options === true ? {} : options), isServer: true, maxPayload });
  try {
    deflate.accept(configurations);
  } catch {
    return undefined;
  }
  return { [PERMESSAGE_DEFLATE]: deflate };
}

/**
 * The header fields as they came. Requests that an application makes, as @fastify/websocket does for tests, have
 * `headers` only. No peer has sent them, and they need no Host.
 */
function rawHeadersOf({ rawHeaders, headers }: IncomingMessage): readonly string[] {
  if (Array.isArray(rawHeaders)) return rawHeaders;
  // The application has set its values, which may be numbers.
  const fields: [string, unknown][] = Object.entries({ host: "localhost", ...headers });
  return fields
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [value].flat().flatMap((one) => [name, String(one)]));
}

/**
 * The header fields for the strict check. Version 8, the last draft, counts as 13, since it has the same frames and a
 * server may support several versions (RFC 6455 §4.4). Without compression, extensions are ignored.
 */
function understood(rawHeaders: readonly string[], isDeflateOn: boolean): readonly string[] {
  const fields: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    const value = rawHeaders[at + 1]!;
    const lower = name.toLowerCase();
    if (lower === "sec-websocket-version" && value === DRAFT) fields.push(name, "13");
    else if (isDeflateOn || lower !== "sec-websocket-extensions") fields.push(name, value);
  }
  return fields;
}

const DRAFT = "8";
const KEY = "Missing or invalid Sec-WebSocket-Key header";
const VERSION = "Missing or invalid Sec-WebSocket-Version header";
const PROTOCOLS = "Invalid Sec-WebSocket-Protocol header";
const EXTENSIONS = "Invalid or unacceptable Sec-WebSocket-Extensions header";

export const UNACCEPTABLE_EXTENSIONS: RequestFault = fault(EXTENSIONS);

/** The words of `ws` for problems that the strict check finds. All others are refused in our words. */
const WORDS: { readonly [Id in RequestProblemId]?: string } = {
  "protocols-malformed": PROTOCOLS,
  "protocols-repeated": PROTOCOLS,
  "extensions-malformed": EXTENSIONS,
};
