import type { HandshakeProblem } from "./problem.js";

/** What a server may find wrong with a client's opening handshake. */
export type RequestProblemId =
  | "http-version-not-supported"
  | "method-not-allowed"
  | "target-malformed"
  | "host-missing"
  | "host-repeated"
  | "host-malformed"
  | "host-not-served"
  | "body-not-allowed"
  | "upgrade-required"
  | "connection-upgrade-required"
  | "version-missing"
  | "version-repeated"
  | "version-not-supported"
  | "key-missing"
  | "key-repeated"
  | "key-malformed"
  | "protocols-malformed"
  | "protocols-repeated"
  | "extensions-malformed"
  | "origin-repeated"
  | "origin-not-allowed";

/** A server answers it. */
export interface RequestProblem extends HandshakeProblem {
  readonly id: RequestProblemId;
  /** 400–599. */
  readonly status: number;
}

/** Id, status, section, sentence. */
type Row = readonly [id: RequestProblemId, status: number, section: string, sentence: string];

const ROWS: readonly Row[] = [
  [
    "http-version-not-supported",
    505,
    "RFC 6455 §4.2.1",
    "An opening handshake needs HTTP/1.1 or a later minor version of it.",
  ],
  ["method-not-allowed", 405, "RFC 6455 §4.2.1", "An opening handshake is a GET request."],
  [
    "target-malformed",
    400,
    "RFC 9112 §3.2",
    "The request target has to be a path or an http, https, ws or wss URI, without a fragment.",
  ],
  ["host-missing", 400, "RFC 6455 §4.2.1", "The request has no Host field."],
  ["host-repeated", 400, "RFC 9112 §3.2", "The request has more than one Host field."],
  [
    "host-malformed",
    400,
    "RFC 9112 §3.2",
    "The Host field has to be a host name or an IP address, with or without a port.",
  ],
  ["host-not-served", 421, "RFC 9110 §7.4", "This host is not served here."],
  [
    "body-not-allowed",
    400,
    "RFC 9110 §9.3.1",
    "An opening handshake has no body: no Transfer-Encoding, and no Content-Length but 0.",
  ],
  [
    "upgrade-required",
    426,
    "RFC 6455 §4.2.1",
    "This address speaks the WebSocket protocol: the Upgrade field has to name websocket.",
  ],
  [
    "connection-upgrade-required",
    426,
    "RFC 6455 §4.2.1",
    "This address speaks the WebSocket protocol: the Connection field has to name upgrade.",
  ],
  ["version-missing", 426, "RFC 6455 §4.2.1", "The request has no Sec-WebSocket-Version field."],
  ["version-repeated", 426, "RFC 6455 §11.3.5", "The request has more than one Sec-WebSocket-Version field."],
  [
    "version-not-supported",
    426,
    "RFC 6455 §4.2.2",
    "Version 13 of the WebSocket protocol is the only one that is supported.",
  ],
  ["key-missing", 400, "RFC 6455 §4.2.1", "The request has no Sec-WebSocket-Key field."],
  ["key-repeated", 400, "RFC 6455 §11.3.1", "The request has more than one Sec-WebSocket-Key field."],
  [
    "key-malformed",
    400,
    "RFC 6455 §4.2.1",
    "Sec-WebSocket-Key has to be 16 octets in base64, 24 characters.",
  ],
  ["protocols-malformed", 400, "RFC 6455 §4.1", "Sec-WebSocket-Protocol has to be a list of tokens."],
  ["protocols-repeated", 400, "RFC 6455 §4.1", "Sec-WebSocket-Protocol names a subprotocol more than once."],
  [
    "extensions-malformed",
    400,
    "RFC 6455 §9.1",
    "Sec-WebSocket-Extensions has to be a list of extensions with their parameters.",
  ],
  ["origin-repeated", 400, "RFC 6454 §7.3", "The request has more than one Origin field."],
  ["origin-not-allowed", 403, "RFC 6455 §10.2", "Pages of this origin may not connect here."],
];

export const REQUEST_PROBLEMS: Readonly<Record<RequestProblemId, RequestProblem>> = Object.fromEntries(
  ROWS.map(([id, status, section, sentence]) => [id, { id, status, section, sentence }]),
) as Record<RequestProblemId, RequestProblem>;
