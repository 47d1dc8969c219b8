/** Why an opening handshake failed: a closed set. */
export interface HandshakeProblem {
  /** Stable, and part of the public interface. */
  readonly id: HandshakeProblemId;
  /** The HTTP status that a server answers with, 400–599; undefined for what only a client can find. */
  readonly status: number | undefined;
  /** Such as "RFC 6455 §4.2.1"; empty where no rule was broken but a policy says no. */
  readonly section: string;
  /** One sentence: what was required. It repeats nothing that the peer sent, so it is safe to show anywhere. */
  readonly sentence: string;
}

/** A problem that a server answers with an HTTP status. */
export interface RequestProblem extends HandshakeProblem {
  readonly id: RequestProblemId;
  /** 400–599. */
  readonly status: number;
}

/**
 * Why an opening handshake failed, as `problem` of an error says it. Stable; docs/websocket.md has one line on each.
 *
 * @example
 * ```ts
 * import { connect, createServer, WebSocketError, type HandshakeProblemId } from "@wireproof/websocket";
 *
 * const expected: HandshakeProblemId = "protocol-missing";
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * const options = { protocols: ["chat"] };
 * const error: unknown = await connect(`ws://127.0.0.1:${port}`, options).catch((reason: unknown) => reason);
 * console.assert(error instanceof WebSocketError && error.problem === expected);
 * ```
 */
export type HandshakeProblemId = RequestProblemId | ResponseProblemId;

/** What can be wrong with a client's opening handshake, for a server. */
export type RequestProblemId = keyof typeof REQUEST_ROWS;

/** What can be wrong with a server's answer, for a client. */
export type ResponseProblemId = keyof typeof RESPONSE_ROWS;

/** Tells a problem from what was read. */
export function isProblem(read: object): read is HandshakeProblem {
  return "sentence" in read;
}

/** By id: status, section, sentence. */
const REQUEST_ROWS = {
  "http-version-not-supported": [
    505,
    "RFC 6455 §4.2.1",
    "An opening handshake needs HTTP/1.1 or a later minor version of it.",
  ],
  "method-not-allowed": [405, "RFC 6455 §4.2.1", "An opening handshake is a GET request."],
  "target-malformed": [
    400,
    "RFC 9112 §3.2",
    "The request target has to be a path or an http, https, ws or wss URI, without a fragment.",
  ],
  "host-missing": [400, "RFC 6455 §4.2.1", "The request has no Host field."],
  "host-repeated": [400, "RFC 9112 §3.2", "The request has more than one Host field."],
  "host-malformed": [
    400,
    "RFC 9112 §3.2",
    "The Host field has to be a host name or an IP address, with or without a port.",
  ],
  "host-not-served": [421, "RFC 9110 §7.4", "This host is not served here."],
  "body-not-allowed": [
    400,
    "RFC 9110 §9.3.1",
    "An opening handshake has no body: no Transfer-Encoding, and no Content-Length but 0.",
  ],
  "upgrade-required": [
    426,
    "RFC 6455 §4.2.1",
    "This address speaks the WebSocket protocol: the Upgrade field has to name websocket.",
  ],
  "connection-upgrade-required": [
    426,
    "RFC 6455 §4.2.1",
    "This address speaks the WebSocket protocol: the Connection field has to name upgrade.",
  ],
  "version-missing": [426, "RFC 6455 §4.2.1", "The request has no Sec-WebSocket-Version field."],
  "version-repeated": [426, "RFC 6455 §11.3.5", "The request has more than one Sec-WebSocket-Version field."],
  "version-not-supported": [
    426,
    "RFC 6455 §4.2.2",
    "Version 13 of the WebSocket protocol is the only one that is supported.",
  ],
  "key-missing": [400, "RFC 6455 §4.2.1", "The request has no Sec-WebSocket-Key field."],
  "key-repeated": [400, "RFC 6455 §11.3.1", "The request has more than one Sec-WebSocket-Key field."],
  "key-malformed": [
    400,
    "RFC 6455 §4.2.1",
    "Sec-WebSocket-Key has to be 16 octets in base64, 24 characters.",
  ],
  "protocols-malformed": [400, "RFC 6455 §4.1", "Sec-WebSocket-Protocol has to be a list of tokens."],
  "protocols-repeated": [400, "RFC 6455 §4.1", "Sec-WebSocket-Protocol names a subprotocol more than once."],
  "extensions-malformed": [
    400,
    "RFC 6455 §9.1",
    "Sec-WebSocket-Extensions has to be a list of extensions with their parameters.",
  ],
  "connect-protocol-missing": [
    501,
    "RFC 8441 §4",
    "This server opens no tunnels: a CONNECT request needs :protocol websocket.",
  ],
  "connect-protocol-not-supported": [
    501,
    "RFC 8441 §4",
    "The only value of :protocol that is supported here is websocket.",
  ],
  "stream-ended": [400, "RFC 8441 §5", "The request ends its stream, so the client could send no frames."],
  "scheme-malformed": [400, "RFC 8441 §5", "The :scheme of an opening handshake is http or https."],
  "host-differs": [400, "RFC 9113 §8.3.1", "The Host field and :authority have to be the same."],
  "origin-repeated": [400, "RFC 6454 §7.3", "The request has more than one Origin field."],
  "origin-not-allowed": [403, "RFC 6455 §10.2", "Pages of this origin may not connect here."],
} as const;

/** By id: section, sentence. */
const RESPONSE_ROWS = {
  "not-http": ["RFC 9112 §4", "What the server sends is not HTTP."],
  "status-line-malformed": ["RFC 9112 §4", "The status line of the answer is malformed."],
  "line-ending-malformed": ["RFC 9112 §2.2", "A line of the answer does not end in CR LF."],
  "field-malformed": ["RFC 9112 §5", "A header field of the answer is malformed."],
  "field-folded": ["RFC 9112 §5.2", "A header field of the answer goes on in a second line."],
  "head-too-large": ["", "The head of the answer is longer than the limit allows."],
  "too-many-fields": ["", "The answer has more header fields than the limit allows."],
  "too-many-interim-responses": ["", "The server sends interim responses without end."],
  "response-incomplete": ["RFC 6455 §4.1", "The connection ended before the answer was complete."],
  "unexpected-status": ["RFC 6455 §4.1", "The answer has to have the status 101."],
  "response-http-version": ["RFC 6455 §4.2.2", "The answer has to be one of HTTP/1.1."],
  "response-upgrade": ["RFC 6455 §4.1", "The answer has to have one Upgrade field, and websocket in it."],
  "response-connection": ["RFC 6455 §4.1", "The Connection field of the answer has to name upgrade."],
  "accept-missing": ["RFC 6455 §4.1", "The answer has no Sec-WebSocket-Accept field."],
  "accept-repeated": ["RFC 6455 §11.3.3", "The answer has more than one Sec-WebSocket-Accept field."],
  "accept-wrong": ["RFC 6455 §4.1", "Sec-WebSocket-Accept does not belong to the key that was sent."],
  "response-extensions-malformed": [
    "RFC 6455 §9.1",
    "Sec-WebSocket-Extensions of the answer is not a list of extensions.",
  ],
  "extension-not-offered": ["RFC 6455 §4.1", "The answer accepts an extension that was not offered."],
  "extension-repeated": ["RFC 7692 §5", "The answer accepts an extension twice."],
  "response-protocol-repeated": [
    "RFC 6455 §11.3.4",
    "The answer has more than one Sec-WebSocket-Protocol field.",
  ],
  "protocol-not-offered": ["RFC 6455 §4.1", "The answer chooses a subprotocol that was not offered."],
  "protocol-missing": ["", "The answer chooses none of the subprotocols that were offered."],
  "deflate-parameter-unknown": [
    "RFC 7692 §7",
    "The answer accepts permessage-deflate with an unknown parameter.",
  ],
  "deflate-parameter-repeated": [
    "RFC 7692 §7",
    "The answer accepts permessage-deflate with a parameter twice.",
  ],
  "deflate-parameter-invalid": [
    "RFC 7692 §7",
    "The answer accepts permessage-deflate with a value that the parameter cannot have.",
  ],
  "deflate-parameter-missing": [
    "RFC 7692 §7.1",
    "The answer accepts permessage-deflate without a parameter that the offer asks for.",
  ],
  "deflate-client-window-not-offered": [
    "RFC 7692 §7.1.2.2",
    "The answer has client_max_window_bits although it was not offered.",
  ],
  "deflate-window-too-large": ["RFC 7692 §7.1.2", "The answer asks for a larger window than was offered."],
  "connect-not-announced": [
    "RFC 8441 §3",
    "The server does not announce that it takes WebSocket over HTTP/2.",
  ],
  "connect-status": ["RFC 8441 §5", "The answer to an extended CONNECT has to have the status 200."],
  "stream-reset": ["RFC 8441 §5", "The stream was reset in place of an answer."],
  "redirect-not-followed": ["", "The server redirects, and redirects are not followed."],
  "redirect-location": ["RFC 9110 §10.2.2", "The server redirects, but not to a WebSocket address."],
  "redirect-to-plain": ["", "The server redirects from wss to ws, which is never followed."],
  "redirect-to-other-origin": ["", "The server redirects to another origin, which is not followed."],
  "too-many-redirects": ["", "The server redirects more often than the limit allows."],
} as const;

export const REQUEST_PROBLEMS: Readonly<Record<RequestProblemId, RequestProblem>> = Object.fromEntries(
  Object.entries(REQUEST_ROWS).map(([id, [status, section, sentence]]) => [
    id,
    { id, status, section, sentence },
  ]),
) as Record<RequestProblemId, RequestProblem>;

export const RESPONSE_PROBLEMS: Readonly<Record<ResponseProblemId, HandshakeProblem>> = Object.fromEntries(
  Object.entries(RESPONSE_ROWS).map(([id, [section, sentence]]) => [
    id,
    { id, status: undefined, section, sentence },
  ]),
) as Record<ResponseProblemId, HandshakeProblem>;

/** All problems of requests and responses, by id. */
export const HANDSHAKE_PROBLEMS: Readonly<Record<HandshakeProblemId, HandshakeProblem>> = {
  ...REQUEST_PROBLEMS,
  ...RESPONSE_PROBLEMS,
};
