import type { OpeningRequest, PlainRequest, RefusedRequest } from "./check-request.js";
import { headerValues, type RequestHead } from "./http1.js";
import { offerProblem } from "./subprotocol-offer.js";

/** The only version there is: that of RFC 6455. */
const VERSION = "13";

/** Fields that are about one connection of HTTP/1.1 (RFC 9113 §8.2.2; RFC 8441 §5 names the first two). */
export const CONNECTION_FIELDS: readonly string[] = [
  "connection",
  "upgrade",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
];

/**
 * The checks that a server has to make of a request over HTTP/2 (RFC 8441 §4, §5). What opens a connection is an extended
 * CONNECT for `websocket`; what is wrong with one does not keep it from being answered.
 */
export function checkConnect(head: RequestHead): OpeningRequest | RefusedRequest | PlainRequest {
  const { method } = head;
  if (method === "GET") return { kind: "plain" };
  if (method !== "CONNECT") return refused(405, "8441-5-1", "only GET and extended CONNECT are understood");
  const protocols = headerValues(head, ":protocol");
  if (protocols.length === 0)
    return refused(400, "8441-5-1", "this is a CONNECT without :protocol, and the tester is no proxy");
  if (protocols.length > 1 || protocols[0]?.toLowerCase() !== "websocket")
    return refused(501, "8441-5-1", "the :protocol of the request is not websocket");
  const opening = openingOf(head);
  const found =
    checkPseudoFields(head) ?? checkConnectionFields(head) ?? checkVersion(head) ?? checkOffers(head);
  return found === null ? opening : { ...found, nevertheless: opening };
}

function openingOf(head: RequestHead): OpeningRequest {
  return { kind: "opening", key: "", offers: headerValues(head, "sec-websocket-extensions") };
}

function checkPseudoFields(head: RequestHead): RefusedRequest | null {
  for (const name of [":scheme", ":path", ":authority"]) {
    const { length } = headerValues(head, name);
    if (length !== 1)
      return refused(400, "8441-4-1", `the request has ${length} ${name} fields instead of one`);
  }
  if (head.target.includes("#"))
    return refused(
      400,
      "6455-4.1-11",
      "the URL has a fragment, which RFC 6455 §3 rules out; # is written %23",
    );
  return null;
}

function checkConnectionFields(head: RequestHead): RefusedRequest | null {
  const name = CONNECTION_FIELDS.find((field) => headerValues(head, field).length > 0);
  return name === undefined
    ? null
    : refused(400, "8441-5-2", `the request has the field ${name}, which is of HTTP/1.1`);
}

function checkVersion(head: RequestHead): RefusedRequest | null {
  const versions = headerValues(head, "sec-websocket-version");
  if (versions.length === 1 && versions[0] === VERSION) return null;
  const sentence =
    versions.length === 1
      ? `the sec-websocket-version of the request is not ${VERSION}`
      : `the request has ${versions.length} sec-websocket-version fields instead of one`;
  return { ...refused(400, "6455-4.1-18", sentence), headers: [`Sec-WebSocket-Version: ${VERSION}`] };
}

function checkOffers(head: RequestHead): RefusedRequest | null {
  const problem = offerProblem(head);
  return problem === null ? null : refused(400, "6455-4.1-19", problem);
}

function refused(status: number, requirement: string, sentence: string): RefusedRequest {
  return { kind: "refused", status, requirement, sentence };
}
