import { type ExtensionOffer, parseExtensions } from "./extensions.js";
import { type Fields, valuesOf } from "./fields.js";
import { checkOrigin } from "./origin.js";
import type { Place } from "./place.js";
import { isProblem, REQUEST_PROBLEMS, type RequestProblem, type RequestProblemId } from "./problem.js";
import type { RequestPolicy } from "./request-policy.js";
import { readProtocols } from "./subprotocol.js";

/** What an opening handshake asks for, over any version of HTTP. */
export interface OpeningRequest {
  /** As sent; of the target, where that is a whole URI (RFC 9112 §3.2.2); `:authority` over HTTP/2. */
  readonly host: string;
  /** Path and query, beginning with "/", even where the request line has a whole URI. */
  readonly target: string;
  readonly origin: string | undefined;
  /** Subprotocols in the client's order, each once. */
  readonly protocols: readonly string[];
  /** Extension offers in the client's order. */
  readonly offers: readonly ExtensionOffer[];
}

/** The problems of a field that every request has exactly once. */
export type SingleProblems = readonly [
  missing: RequestProblemId,
  repeated: RequestProblemId,
  wrong: RequestProblemId,
];

/** Checks a field that has to be there exactly once. */
export function checkSingle(
  values: readonly string[],
  isRight: (value: string) => boolean,
  [missing, repeated, wrong]: SingleProblems,
): RequestProblem | undefined {
  const [value] = values;
  if (value === undefined) return REQUEST_PROBLEMS[missing];
  if (values.length > 1) return REQUEST_PROBLEMS[repeated];
  return isRight(value) ? undefined : REQUEST_PROBLEMS[wrong];
}

/** Item 6 of RFC 6455 §4.2.1. */
export function checkVersion(fields: Fields): RequestProblem | undefined {
  return checkSingle(valuesOf(fields, "sec-websocket-version"), isVersion, VERSION_PROBLEMS);
}

/** A body is not allowed: its octets could be taken for frames or for another request. */
export function checkNoBody(fields: Fields): RequestProblem | undefined {
  const hasBody =
    fields.has("transfer-encoding") || valuesOf(fields, "content-length").some((length) => length !== "0");
  return hasBody ? REQUEST_PROBLEMS["body-not-allowed"] : undefined;
}

/** Subprotocols, extensions and the origin, which are the same over any version of HTTP. */
export function readOffers(
  { host, target }: Place,
  fields: Fields,
  policy: RequestPolicy,
): OpeningRequest | RequestProblem {
  const protocols = readProtocols(valuesOf(fields, "sec-websocket-protocol"));
  if (isProblem(protocols)) return protocols;
  const extensions = fields.get("sec-websocket-extensions");
  const offers = extensions === undefined ? [] : parseExtensions(extensions);
  if (offers === undefined) return REQUEST_PROBLEMS["extensions-malformed"];
  const origins = valuesOf(fields, "origin");
  if (origins.length > 1) return REQUEST_PROBLEMS["origin-repeated"];
  const [origin] = origins;
  if (!checkOrigin(origin, host, policy.isSecure, policy.origin)) {
    return REQUEST_PROBLEMS["origin-not-allowed"];
  }
  return { host, target, origin, protocols, offers };
}

function isVersion(value: string): boolean {
  return value === "13";
}

const VERSION_PROBLEMS: SingleProblems = ["version-missing", "version-repeated", "version-not-supported"];
