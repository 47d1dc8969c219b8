import type { Fault } from "../mutants/fault.js";

export type Http2ClientFaultName =
  | "connects-unasked"
  | "protocol-in-capitals"
  | "no-scheme"
  | "scheme-of-websocket"
  | "host-for-authority"
  | "connection-sent"
  | "upgrade-sent"
  | "names-in-capitals"
  | "version-12"
  | "subprotocol-twice"
  | "status-ignored"
  | "status-101-opens"
  | "extension-ignored"
  | "subprotocol-ignored"
  | "interim-is-final"
  | "continuation-lost"
  | "padded-head-fails"
  | "one-octet-fails"
  | "goes-on-behind-reset"
  | "never-ends"
  | "goaway-ends-streams"
  | "window-ignored"
  | "room-ignored"
  | "overflow-overlooked"
  | "empty-room-overlooked"
  | "padding-kept"
  | "empty-data-ends"
  | "unknown-frames-fail"
  | "ping-unanswered"
  | "settings-unanswered";

/** What a client over HTTP/2 can get wrong, one thing at a time. */
export const HTTP2_CLIENT_FAULTS: Readonly<Record<Http2ClientFaultName, Fault>> = {
  "connects-unasked": {
    does: "extended CONNECT is sent whatever the server's SETTINGS say",
    caughtBy: "35.2.1",
    breaks: "8441-3-2",
  },
  "protocol-in-capitals": { does: ":protocol is WebSocket", caughtBy: "35.2.2", breaks: "8441-5-1" },
  "no-scheme": { does: "the request has no :scheme", caughtBy: "35.2.2", breaks: "8441-4-1" },
  "scheme-of-websocket": { does: ":scheme is ws or wss", caughtBy: "35.2.2", breaks: "8441-5-1" },
  "host-for-authority": {
    does: "the request has Host in place of :authority",
    caughtBy: "35.2.2",
    breaks: "8441-5-6",
  },
  "connection-sent": { does: "the request has a Connection field", caughtBy: "35.2.2", breaks: "8441-5-2" },
  "upgrade-sent": { does: "the request has an Upgrade field", caughtBy: "35.2.2", breaks: "8441-5-2" },
  "names-in-capitals": {
    does: "a name of the request has capital letters",
    caughtBy: "35.2.2",
    breaks: "9113-8.2-2",
  },
  "version-12": { does: "the request has version 12", caughtBy: "35.2.2", breaks: "6455-4.1-18" },
  "subprotocol-twice": {
    does: "a subprotocol is offered twice",
    caughtBy: "35.2.2",
    breaks: "6455-4.1-19",
  },
  "status-ignored": {
    does: "the status is not looked at",
    caughtBy: "35.2.3.1, 35.2.3.2",
    breaks: "8441-5-3",
  },
  "status-101-opens": {
    does: "the status 101 opens the connection",
    caughtBy: "35.2.3.2",
    breaks: "8441-5-3",
  },
  "extension-ignored": {
    does: "the extensions of the answer are not looked at",
    caughtBy: "35.2.3.3",
    breaks: "6455-4.1-26",
  },
  "subprotocol-ignored": {
    does: "the subprotocol of the answer is not looked at",
    caughtBy: "35.2.3.4",
    breaks: "6455-4.1-27",
  },
  "goes-on-behind-reset": {
    does: "RST_STREAM is not noticed, and Pongs go on",
    caughtBy: "35.2.4",
    breaks: "9113-5.1-1",
  },
  "never-ends": { does: "no stream is ended, in whatever way", caughtBy: "35.2.5, 35.2.3.3, 35.2.3.4" },
  "goaway-ends-streams": { does: "GOAWAY ends everything at once", caughtBy: "35.2.6" },
  "window-ignored": {
    does: "DATA is sent whether the window has room for it or not",
    // In 35.2.7.1 it depends on time: behind the pause there is room for it.
    caughtBy: "35.2.7.2",
    breaks: "9113-6.9.1-1",
  },
  "room-ignored": { does: "WINDOW_UPDATE on a stream is not looked at", caughtBy: "35.2.7.*, 35.2.10.*" },
  "padding-kept": { does: "padding counts as data", caughtBy: "35.2.8.3, 35.2.8.4, 35.2.8.6" },
  "empty-data-ends": { does: "empty DATA counts as the end", caughtBy: "35.2.8.5, 35.2.8.6" },
  "unknown-frames-fail": {
    does: "a frame of a type that it does not know ends the connection",
    caughtBy: "35.2.9.*",
  },
  "overflow-overlooked": {
    does: "a window with more than 2^31 - 1 octets is no error",
    caughtBy: "35.2.10.1",
    breaks: "9113-6.9.1-2",
  },
  "empty-room-overlooked": {
    does: "WINDOW_UPDATE of 0 octets is no error",
    caughtBy: "35.2.10.2",
    breaks: "9113-6.9-1",
  },
  "interim-is-final": { does: "an informational answer counts as the real one", caughtBy: "35.2.11.1" },
  "continuation-lost": { does: "CONTINUATION is not read", caughtBy: "35.2.11.2" },
  "padded-head-fails": { does: "HEADERS with padding are not understood", caughtBy: "35.2.11.3" },
  "ping-unanswered": {
    does: "PING is not acknowledged",
    caughtBy: "35.2.4, 35.2.12",
    breaks: "9113-6.7-1",
  },
  "settings-unanswered": {
    does: "SETTINGS are not acknowledged",
    caughtBy: "35.2.12",
    breaks: "9113-6.5.3-1",
  },
  "one-octet-fails": {
    does: "DATA of one octet, which can be no frame of WebSocket, fails the connection",
    caughtBy: "35.2.8.1, 35.2.8.2",
  },
};
