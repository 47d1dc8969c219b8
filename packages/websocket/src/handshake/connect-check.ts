import { collectFields, type Fields, isSameToken, valuesOf } from "./fields.js";
import type { HeaderPair } from "./header-text.js";
import { checkNoBody, checkVersion, readOffers } from "./opening-fields.js";
import type { OpeningRequest } from "./opening-fields.js";
import { type Place, readPlace } from "./place.js";
import { isProblem, REQUEST_PROBLEMS, type RequestProblem } from "./problem.js";
import type { RequestPolicy } from "./request-policy.js";
import type { Refusal } from "./request.js";

/**
 * A CONNECT request of HTTP/2 as an HTTP server has parsed it. That server answers what HTTP/2 itself forbids, such as
 * Connection fields, and bounds the size.
 */
export interface ConnectHead {
  /** Name, value, name, value …, with the pseudo-header fields, as node:http2 gives them. */
  readonly rawHeaders: readonly string[];
  /** The request has END_STREAM: the client can send nothing more. */
  readonly isEnded: boolean;
}

export type ConnectCheck =
  | { readonly ok: true; readonly request: OpeningRequest }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Checks a client's opening handshake over HTTP/2 (RFC 8441 §5). There is no key: Sec-WebSocket-Key is ignored. Never
 * throws.
 */
export function checkConnect({ rawHeaders, isEnded }: ConnectHead, policy: RequestPolicy): ConnectCheck {
  const read = readConnect(collectFields(rawHeaders), isEnded, policy);
  return isProblem(read) ? { ok: false, refusal: refusalOf(read) } : { ok: true, request: read };
}

function readConnect(
  fields: Fields,
  isEnded: boolean,
  policy: RequestPolicy,
): OpeningRequest | RequestProblem {
  const protocol = checkProtocol(fields);
  if (protocol !== undefined) return protocol;
  if (isEnded) return REQUEST_PROBLEMS["stream-ended"];
  const place = readPseudoFields(fields, policy);
  if (isProblem(place)) return place;
  return checkNoBody(fields) ?? checkVersion(fields) ?? readOffers(place, fields, policy);
}

function checkProtocol(fields: Fields): RequestProblem | undefined {
  const [protocol] = valuesOf(fields, ":protocol");
  if (protocol === undefined) return REQUEST_PROBLEMS["connect-protocol-missing"];
  const isOurs = isSameToken(protocol, "websocket");
  return isOurs ? undefined : REQUEST_PROBLEMS["connect-protocol-not-supported"];
}

/** RFC 8441 §5: `:scheme`, `:path` and `:authority` are those of the URI, whose scheme is http or https. */
function readPseudoFields(fields: Fields, policy: RequestPolicy): Place | RequestProblem {
  const [scheme = ""] = valuesOf(fields, ":scheme");
  if (!isSameToken(scheme, "http") && !isSameToken(scheme, "https"))
    return REQUEST_PROBLEMS["scheme-malformed"];
  const [path = ""] = valuesOf(fields, ":path");
  if (!path.startsWith("/")) return REQUEST_PROBLEMS["target-malformed"];
  // RFC 9113 §8.3.1: a Host field beside `:authority` has to say the same.
  const hosts = new Set([...valuesOf(fields, ":authority"), ...valuesOf(fields, "host")]);
  return hosts.size > 1 ? REQUEST_PROBLEMS["host-differs"] : readPlace(path, [...hosts], policy);
}

/** A client cannot upgrade over HTTP/2, so 426 would be wrong; the version is named all the same (RFC 6455 §4.4). */
function refusalOf(problem: RequestProblem): Refusal {
  const isVersion = problem.status === 426;
  const headers = isVersion ? VERSION : NONE;
  return { status: isVersion ? 400 : problem.status, headers, body: problem.sentence, problem };
}

const VERSION: readonly HeaderPair[] = [["Sec-WebSocket-Version", "13"]];
const NONE: readonly HeaderPair[] = [];
