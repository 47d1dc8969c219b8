import type { HandshakeProblem } from "./problem.js";

/** What a client may find wrong with a server's answer. */
export type ResponseProblemId =
  | "not-http"
  | "status-line-malformed"
  | "line-ending-malformed"
  | "field-malformed"
  | "field-folded"
  | "head-too-large"
  | "too-many-fields"
  | "too-many-interim-responses"
  | "response-incomplete"
  | "unexpected-status"
  | "response-http-version"
  | "response-upgrade"
  | "response-connection"
  | "accept-missing"
  | "accept-repeated"
  | "accept-wrong"
  | "response-extensions-malformed"
  | "extension-not-offered"
  | "extension-repeated"
  | "response-protocol-repeated"
  | "protocol-not-offered"
  | "protocol-missing"
  | "deflate-parameter-unknown"
  | "deflate-parameter-repeated"
  | "deflate-parameter-invalid"
  | "deflate-parameter-missing"
  | "deflate-client-window-not-offered"
  | "deflate-window-too-large"
  | "redirect-not-followed"
  | "redirect-location"
  | "redirect-to-plain"
  | "redirect-to-other-origin"
  | "too-many-redirects";

/** Id, section, sentence. */
type Row = readonly [id: ResponseProblemId, section: string, sentence: string];

const ROWS: readonly Row[] = [
  ["not-http", "RFC 9112 §4", "What the server sends is not HTTP."],
  ["status-line-malformed", "RFC 9112 §4", "The status line of the answer is malformed."],
  ["line-ending-malformed", "RFC 9112 §2.2", "A line of the answer does not end in CR LF."],
  ["field-malformed", "RFC 9112 §5", "A header field of the answer is malformed."],
  ["field-folded", "RFC 9112 §5.2", "A header field of the answer goes on in a second line."],
  ["head-too-large", "", "The head of the answer is longer than the limit allows."],
  ["too-many-fields", "", "The answer has more header fields than the limit allows."],
  ["too-many-interim-responses", "", "The server sends interim responses without end."],
  ["response-incomplete", "RFC 6455 §4.1", "The connection ended before the answer was complete."],
  ["unexpected-status", "RFC 6455 §4.1", "The answer has to have the status 101."],
  ["response-http-version", "RFC 6455 §4.2.2", "The answer has to be one of HTTP/1.1."],
  ["response-upgrade", "RFC 6455 §4.1", "The answer has to have one Upgrade field, and websocket in it."],
  ["response-connection", "RFC 6455 §4.1", "The Connection field of the answer has to name upgrade."],
  ["accept-missing", "RFC 6455 §4.1", "The answer has no Sec-WebSocket-Accept field."],
  ["accept-repeated", "RFC 6455 §11.3.3", "The answer has more than one Sec-WebSocket-Accept field."],
  ["accept-wrong", "RFC 6455 §4.1", "Sec-WebSocket-Accept does not belong to the key that was sent."],
  [
    "response-extensions-malformed",
    "RFC 6455 §9.1",
    "Sec-WebSocket-Extensions of the answer is not a list of extensions.",
  ],
  ["extension-not-offered", "RFC 6455 §4.1", "The answer accepts an extension that was not offered."],
  ["extension-repeated", "RFC 7692 §5", "The answer accepts an extension twice."],
  [
    "response-protocol-repeated",
    "RFC 6455 §11.3.4",
    "The answer has more than one Sec-WebSocket-Protocol field.",
  ],
  ["protocol-not-offered", "RFC 6455 §4.1", "The answer chooses a subprotocol that was not offered."],
  ["protocol-missing", "", "The answer chooses none of the subprotocols that were offered."],
  [
    "deflate-parameter-unknown",
    "RFC 7692 §7",
    "The answer accepts permessage-deflate with an unknown parameter.",
  ],
  [
    "deflate-parameter-repeated",
    "RFC 7692 §7",
    "The answer accepts permessage-deflate with a parameter twice.",
  ],
  [
    "deflate-parameter-invalid",
    "RFC 7692 §7",
    "The answer accepts permessage-deflate with a value that the parameter cannot have.",
  ],
  [
    "deflate-parameter-missing",
    "RFC 7692 §7.1",
    "The answer accepts permessage-deflate without a parameter that the offer asks for.",
  ],
  [
    "deflate-client-window-not-offered",
    "RFC 7692 §7.1.2.2",
    "The answer has client_max_window_bits although it was not offered.",
  ],
  ["deflate-window-too-large", "RFC 7692 §7.1.2", "The answer asks for a larger window than was offered."],
  ["redirect-not-followed", "", "The server redirects, and redirects are not followed."],
  ["redirect-location", "RFC 9110 §10.2.2", "The server redirects, but not to a WebSocket address."],
  ["redirect-to-plain", "", "The server redirects from wss to ws, which is never followed."],
  ["redirect-to-other-origin", "", "The server redirects to another origin, which is not followed."],
  ["too-many-redirects", "", "The server redirects more often than the limit allows."],
];

export const RESPONSE_PROBLEMS: Readonly<Record<ResponseProblemId, HandshakeProblem>> = Object.fromEntries(
  ROWS.map(([id, section, sentence]) => [id, { id, status: undefined, section, sentence }]),
) as Record<ResponseProblemId, HandshakeProblem>;
