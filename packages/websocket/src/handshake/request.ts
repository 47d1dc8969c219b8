import { isKey } from "./accept-key.js";
import { collectFields, type Fields, hasToken, valuesOf } from "./fields.js";
import type { HeaderPair } from "./header-text.js";
import { type Place, readPlace } from "./place.js";
import { checkNoBody, checkSingle, checkVersion, readOffers } from "./opening-fields.js";
import type { OpeningRequest, SingleProblems } from "./opening-fields.js";
import { isProblem, REQUEST_PROBLEMS, type RequestProblem } from "./problem.js";
import type { RequestPolicy } from "./request-policy.js";

/** A request as an HTTP server has parsed it. Its size is bounded by that server. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  /** Such as "1.1". */
  readonly httpVersion: string;
  /** Name, value, name, value …, as node:http gives them. */
  readonly rawHeaders: readonly string[];
}

/** A client's opening handshake over HTTP/1.1 that obeys RFC 6455 §4.1. */
export interface UpgradeOpening extends OpeningRequest {
  readonly key: string;
}

/** A refusal: what `refuse` takes, and why. */
export interface Refusal {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  /** One sentence, text/plain; empty for HEAD. */
  readonly body: string;
  readonly problem: RequestProblem;
}

export type RequestCheck =
  | { readonly ok: true; readonly request: UpgradeOpening }
  | { readonly ok: false; readonly refusal: Refusal };

/** Checks a client's opening handshake (RFC 6455 §4.2.1). Never throws. */
export function checkRequest(head: RequestHead, policy: RequestPolicy): RequestCheck {
  const read = readRequest(head, collectFields(head.rawHeaders), policy);
  return isProblem(read) ? { ok: false, refusal: refusalOf(read, head.method) } : { ok: true, request: read };
}

function readRequest(
  head: RequestHead,
  fields: Fields,
  policy: RequestPolicy,
): UpgradeOpening | RequestProblem {
  const line = checkLine(head);
  if (line !== undefined) return line;
  const place = readPlace(head.target, valuesOf(fields, "host"), policy);
  if (isProblem(place)) return place;
  return checkUpgrade(fields) ?? checkVersionAndKey(fields) ?? readRest(place, fields, policy);
}

function checkLine(head: RequestHead): RequestProblem | undefined {
  // "1.1 or higher": a later minor version means the same (RFC 9110 §2.5), another major version does not.
  if (!/^1\.[1-9]$/.test(head.httpVersion)) return REQUEST_PROBLEMS["http-version-not-supported"];
  return head.method === "GET" ? undefined : REQUEST_PROBLEMS["method-not-allowed"];
}

/** Items 3 and 4. */
function checkUpgrade(fields: Fields): RequestProblem | undefined {
  const body = checkNoBody(fields);
  if (body !== undefined) return body;
  if (!hasToken(valuesOf(fields, "upgrade"), "websocket")) return REQUEST_PROBLEMS["upgrade-required"];
  // Without this token the Upgrade field has to be ignored (RFC 9110 §7.8), which makes it a plain request.
  const isUpgrade = hasToken(valuesOf(fields, "connection"), "upgrade");
  return isUpgrade ? undefined : REQUEST_PROBLEMS["connection-upgrade-required"];
}

/** The version comes first: another version may have other keys (§4.4). */
function checkVersionAndKey(fields: Fields): RequestProblem | undefined {
  return checkVersion(fields) ?? checkSingle(valuesOf(fields, "sec-websocket-key"), isKey, KEY_PROBLEMS);
}

const KEY_PROBLEMS: SingleProblems = ["key-missing", "key-repeated", "key-malformed"];

function readRest(place: Place, fields: Fields, policy: RequestPolicy): UpgradeOpening | RequestProblem {
  const offers = readOffers(place, fields, policy);
  if (isProblem(offers)) return offers;
  const [key = ""] = valuesOf(fields, "sec-websocket-key");
  return { key, ...offers };
}

function refusalOf(problem: RequestProblem, method: string): Refusal {
  const { status } = problem;
  // RFC 9110 §9.3.2: an answer to HEAD has no body.
  return {
    status,
    headers: HEADERS.get(status) ?? [],
    body: method === "HEAD" ? "" : problem.sentence,
    problem,
  };
}

/** Header fields that a status requires: RFC 9110 §15.5.6, RFC 9110 §15.5.22 and RFC 6455 §4.4. */
const HEADERS: ReadonlyMap<number, readonly HeaderPair[]> = new Map([
  [405, [["Allow", "GET"]]],
  [
    426,
    [
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Version", "13"],
    ],
  ],
]);
