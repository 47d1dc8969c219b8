import type { Fault } from "./fault.js";

/** What a server over HTTP/2 can get wrong, one thing at a time, and which cases of section 35.1 notice it. */
export type Http2FaultName =
  | "setting-2"
  | "setting-lowered"
  | "answers-101"
  | "frame-too-long"
  | "pushes"
  | "answer-connection"
  | "answer-capitals"
  | "answer-pseudo"
  | "key-refused"
  | "protocol-ignored"
  | "protocol-400"
  | "scheme-not-needed"
  | "path-not-needed"
  | "connection-accepted"
  | "upgrade-accepted"
  | "connect-opens"
  | "version-unchecked"
  | "versions-not-named"
  | "subprotocol-made-up"
  | "extension-not-kept"
  | "unmasked-accepted"
  | "cut-frames-lost"
  | "padding-is-data"
  | "empty-data-ends"
  | "resets-after-close"
  | "stays-open"
  | "end-ignored"
  | "reset-ends-connection"
  | "stream-window-ignored"
  | "waits-for-room"
  | "settings-window-ignored"
  | "streams-mixed"
  | "goaway-ends"
  | "path-twice"
  | "protocol-twice"
  | "unknown-pseudo"
  | "pseudo-behind"
  | "status-in-request"
  | "capitals"
  | "transfer-encoding"
  | "te-gzip"
  | "line-feed"
  | "path-empty"
  | "version-not-needed"
  | "ended-request-ends-connection"
  | "stream-window-overflows"
  | "connection-window-overflows"
  | "no-room-on-stream"
  | "no-room-on-connection"
  | "initial-window-unchecked"
  | "priority-refused"
  | "unknown-frame-refused"
  | "unknown-frame-resets"
  | "unknown-setting-refused"
  | "ping-unanswered"
  | "settings-unanswered"
  | "continuation-refused"
  | "padded-head-refused"
  | "head-priority-refused";

export const HTTP2_FAULTS: Readonly<Record<Http2FaultName, Fault>> = {
  "setting-2": { does: "SETTINGS_ENABLE_CONNECT_PROTOCOL is 2", caughtBy: "35.1.1" },
  "setting-lowered": { does: "the setting is taken back while a connection is open", caughtBy: "35.1.2" },
  "answers-101": { does: "the answer has status 101", caughtBy: "35.1.3", isBroad: true },
  "frame-too-long": { does: "a long echo is one frame of HTTP/2", caughtBy: "35.1.3" },
  pushes: { does: "it pushes, although it may not", caughtBy: "35.1.3", isBroad: true },
  "answer-connection": { does: "the answer has a connection field", caughtBy: "35.1.4" },
  "answer-capitals": { does: "the answer has a name with capitals", caughtBy: "35.1.4" },
  "answer-pseudo": { does: "the answer has a second pseudo-header field", caughtBy: "35.1.4" },
  "key-refused": { does: "a request with a key is refused", caughtBy: "35.1.5" },
  "protocol-ignored": { does: "any :protocol opens a WebSocket", caughtBy: "35.1.6" },
  "protocol-400": { does: "an unknown :protocol is answered with 400", caughtBy: "35.1.6" },
  "scheme-not-needed": { does: "a request without :scheme is taken", caughtBy: "35.1.7.1" },
  "path-not-needed": { does: "a request without :path is taken", caughtBy: "35.1.7.2" },
  "connection-accepted": { does: "a connection field is overlooked", caughtBy: "35.1.8.1" },
  "upgrade-accepted": { does: "an upgrade field is overlooked", caughtBy: "35.1.8.2" },
  "connect-opens": { does: "a CONNECT without :protocol opens a WebSocket", caughtBy: "35.1.9" },
  "version-unchecked": { does: "any version is taken", caughtBy: "35.1.10" },
  "versions-not-named": { does: "the answer to another version does not name 13", caughtBy: "35.1.10" },
  "subprotocol-made-up": {
    does: "of two subprotocols that are offered it chooses a third",
    caughtBy: "35.1.11.1",
  },
  "extension-not-kept": { does: "permessage-deflate is accepted, and not understood", caughtBy: "35.1.11.2" },
  "unmasked-accepted": { does: "frames that are not masked are taken", caughtBy: "35.1.12" },
  "cut-frames-lost": {
    does: "a frame of WebSocket has to be in one DATA frame",
    caughtBy: "35.1.3, 35.1.13.1, 35.1.13.2, 35.1.13.6",
  },
  "padding-is-data": { does: "padding is read as data", caughtBy: "35.1.13.3, 35.1.13.4, 35.1.13.6" },
  "empty-data-ends": { does: "an empty DATA frame ends the stream", caughtBy: "35.1.13.5, 35.1.13.6" },
  "resets-after-close": { does: "behind both Close frames it resets the stream", caughtBy: "35.1.14" },
  "stays-open": {
    does: "it never ends its side of a stream",
    caughtBy: "35.1.14, 35.1.15",
    isBroad: true,
  },
  "end-ignored": { does: "END_STREAM of the client is ignored", caughtBy: "35.1.15" },
  "reset-ends-connection": {
    does: "RST_STREAM ends the connection",
    caughtBy: "35.1.16, 35.1.22.1, 35.1.22.2",
  },
  "stream-window-ignored": { does: "it sends whatever the window of the stream is", caughtBy: "35.1.17.*" },
  "waits-for-room": { does: "it waits until a whole frame has room", caughtBy: "35.1.17.2" },
  "settings-window-ignored": {
    does: "a new initial window does not change open streams",
    caughtBy: "35.1.17.3",
  },
  "streams-mixed": {
    does: "what is echoed goes to the stream that was opened last",
    caughtBy: "35.1.15, 35.1.16, 35.1.18, 35.1.22.*",
  },
  "goaway-ends": { does: "GOAWAY ends the connection at once", caughtBy: "35.1.19" },
  "path-twice": { does: "two :path fields are taken", caughtBy: "35.1.20.1" },
  "protocol-twice": { does: "two :protocol fields are taken", caughtBy: "35.1.20.2" },
  "unknown-pseudo": { does: "an unknown pseudo-header field is taken", caughtBy: "35.1.20.3" },
  "pseudo-behind": { does: "pseudo-header fields may stand anywhere", caughtBy: "35.1.20.4" },
  "status-in-request": { does: "a :status field in a request is taken", caughtBy: "35.1.20.5" },
  capitals: { does: "names may have capitals", caughtBy: "35.1.20.6" },
  "transfer-encoding": { does: "a transfer-encoding field is overlooked", caughtBy: "35.1.20.7" },
  "te-gzip": { does: "any te field is taken", caughtBy: "35.1.20.8" },
  "line-feed": { does: "a line feed in a value is taken", caughtBy: "35.1.20.9" },
  "path-empty": { does: "an empty :path is taken", caughtBy: "35.1.20.10" },
  "version-not-needed": { does: "a request without a version is taken", caughtBy: "35.1.21" },
  "ended-request-ends-connection": {
    does: "an extended CONNECT that ends its stream ends the connection",
    caughtBy: "35.1.22.3",
  },
  "stream-window-overflows": { does: "the window of a stream may have any size", caughtBy: "35.1.23.1" },
  "connection-window-overflows": {
    does: "the window of the connection may have any size",
    caughtBy: "35.1.23.2",
  },
  "no-room-on-stream": { does: "WINDOW_UPDATE of 0 octets on a stream is taken", caughtBy: "35.1.23.3" },
  "no-room-on-connection": {
    does: "WINDOW_UPDATE of 0 octets on the connection is taken",
    caughtBy: "35.1.23.4",
  },
  "initial-window-unchecked": { does: "the initial window may have any size", caughtBy: "35.1.23.5" },
  "priority-refused": { does: "PRIORITY ends the connection", caughtBy: "35.1.24.1" },
  "unknown-frame-refused": {
    does: "an unknown frame on the connection ends the connection",
    caughtBy: "35.1.24.3",
  },
  "unknown-frame-resets": { does: "an unknown frame on a stream resets it", caughtBy: "35.1.24.2" },
  "unknown-setting-refused": { does: "an unknown setting ends the connection", caughtBy: "35.1.24.4" },
  "ping-unanswered": { does: "PING is not acknowledged", caughtBy: "35.1.26" },
  "settings-unanswered": { does: "later SETTINGS are not acknowledged", caughtBy: "35.1.26" },
  "continuation-refused": { does: "CONTINUATION ends the connection", caughtBy: "35.1.27.1" },
  "padded-head-refused": { does: "a head with padding ends the connection", caughtBy: "35.1.27.2" },
  "head-priority-refused": { does: "a head with a priority ends the connection", caughtBy: "35.1.27.3" },
};
