import type { IncomingMessage } from "node:http";

import { PERMESSAGE_DEFLATE } from "../deflate/negotiation.js";
import { checkRequest } from "../handshake/request.js";
import type { OpeningRequest } from "../handshake/request.js";
import type { RequestProblemId } from "../handshake/request-problems.js";
import { toParameters } from "./extension.js";
import { PerMessageDeflate } from "./permessage-deflate.js";
import type { PerMessageDeflateOptions } from "./types.js";

/** What is wrong with an opening handshake, in the words that applications know. */
export interface RequestFault {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Checks a client's opening handshake (RFC 6455 §4.2.1). Never throws. */
export function checkOpening(request: IncomingMessage): OpeningRequest | RequestFault {
  const { method = "", url = "", httpVersion } = request;
  const rawHeaders = rawHeadersOf(request);
  const checked = checkRequest(
    { method, target: url, httpVersion, rawHeaders },
    { isSecure: false, origin: "any" },
  );
  if (checked.ok) return checked.request;
  const { problem, headers } = checked.refusal;
  const { id, sentence } = problem;
  const words = WORDS[id];
  if (words === undefined)
    return { status: problem.status, message: sentence, headers: Object.fromEntries(headers) };
  const [status, message] = words;
  // RFC 6455 §4.4 and RFC 9110 §15.5.6: what would have been right.
  if (id.startsWith("version-")) return { status, message, headers: { "Sec-WebSocket-Version": "13" } };
  return { status, message, headers: id === "method-not-allowed" ? { Allow: "GET" } : {} };
}

export function isFault(checked: OpeningRequest | RequestFault): checked is RequestFault {
  return "status" in checked;
}

/** What was agreed on with a client; undefined where its offers cannot be accepted, empty where it makes none. */
export function negotiate(
  { offers }: OpeningRequest,
  options: boolean | PerMessageDeflateOptions | undefined,
  maxPayload: number | undefined,
): Record<string, PerMessageDeflate> | undefined {
  if (options === undefined || options === false) return {};
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
 * The header fields as they came. Requests that an application has made by itself, as @fastify/websocket does for tests,
 * have `headers` only; no peer has sent them, and they need not say Host.
 */
function rawHeadersOf({ rawHeaders, headers }: IncomingMessage): readonly string[] {
  if (Array.isArray(rawHeaders)) return rawHeaders;
  // Its values are what the application has put there, numbers among them.
  const fields: [string, unknown][] = Object.entries({ host: "localhost", ...headers });
  return fields
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [value].flat().flatMap((one) => [name, String(one)]));
}

export const UNACCEPTABLE_EXTENSIONS: RequestFault = {
  status: 400,
  message: "Invalid or unacceptable Sec-WebSocket-Extensions header",
  headers: {},
};

const UPGRADE: readonly [number, string] = [400, "Invalid Upgrade header"];
const KEY: readonly [number, string] = [400, "Missing or invalid Sec-WebSocket-Key header"];
const VERSION: readonly [number, string] = [400, "Missing or invalid Sec-WebSocket-Version header"];
const PROTOCOLS: readonly [number, string] = [400, "Invalid Sec-WebSocket-Protocol header"];

/** Where `ws` has a status and words for it; everything else is refused in ours. */
const WORDS: { readonly [Id in RequestProblemId]?: readonly [number, string] } = {
  "method-not-allowed": [405, "Invalid HTTP method"],
  "upgrade-required": UPGRADE,
  "key-missing": KEY,
  "key-repeated": KEY,
  "key-malformed": KEY,
  "version-missing": VERSION,
  "version-repeated": VERSION,
  "version-not-supported": VERSION,
  "protocols-malformed": PROTOCOLS,
  "protocols-repeated": PROTOCOLS,
  "extensions-malformed": [400, UNACCEPTABLE_EXTENSIONS.message],
};
