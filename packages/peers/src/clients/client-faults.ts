import type { Fault } from "../mutants/fault.js";

export type ClientFaultName =
  | "request-post-target"
  | "request-http-1.0"
  | "request-no-host"
  | "request-two-hosts"
  | "request-no-upgrade"
  | "request-no-connection"
  | "request-short-key"
  | "request-two-keys"
  | "request-no-version"
  | "request-version-12"
  | "request-subprotocol-twice"
  | "request-subprotocol-no-token"
  | "request-extension-malformed"
  | "request-extension-parameter"
  | "request-early-frame"
  | "upgrade-ignored"
  | "upgrade-presence"
  | "upgrade-case-sensitive"
  | "connection-ignored"
  | "connection-presence"
  | "connection-case-sensitive"
  | "connection-whole"
  | "accept-ignored"
  | "accept-presence"
  | "accept-case-insensitive"
  | "accept-not-trimmed"
  | "accept-first"
  | "extension-ignored"
  | "extension-grammar-ignored"
  | "extension-first"
  | "extension-last"
  | "subprotocol-ignored"
  | "subprotocol-list"
  | "subprotocol-first"
  | "subprotocol-case-insensitive"
  | "subprotocol-empty"
  | "status-ignored"
  | "status-2xx"
  | "status-line-ignored"
  | "reason-matters"
  | "names-case-sensitive"
  | "unknown-headers-refused"
  | "interim-is-final"
  | "head-in-one-read"
  | "behind-head-lost"
  | "half-frame-lost"
  | "first-frame-only"
  | "close-behind-head-lost"
  | "stays-open"
  | "leaks-when-refusing";

/** What a strict client can get wrong about the opening handshake, one thing at a time. */
export const CLIENT_FAULTS: Readonly<Record<ClientFaultName, Fault>> = {
  "request-post-target": { does: "the target of the request has a blank in it", caughtBy: "22.1.1" },
  "request-http-1.0": { does: "the request has version HTTP/1.0", caughtBy: "22.1.1" },
  "request-no-host": { does: "the request has no Host header", caughtBy: "22.1.3" },
  "request-two-hosts": { does: "the request has two Host headers", caughtBy: "22.1.3" },
  "request-no-upgrade": { does: "the request has no Upgrade header", caughtBy: "22.1.4" },
  "request-no-connection": { does: "the request has no Connection header", caughtBy: "22.1.4" },
  "request-short-key": { does: "the key has 15 octets", caughtBy: "22.1.5" },
  "request-two-keys": { does: "the request has the key twice", caughtBy: "22.1.5" },
  "request-no-version": { does: "the request has no Sec-WebSocket-Version", caughtBy: "22.1.7" },
  "request-version-12": { does: "the request has version 12", caughtBy: "22.1.7" },
  "request-subprotocol-twice": { does: "a subprotocol is offered twice", caughtBy: "22.1.8" },
  "request-subprotocol-no-token": { does: "a subprotocol with a slash is offered", caughtBy: "22.1.8" },
  "request-extension-malformed": {
    does: "the offer of an extension ends with a semicolon",
    caughtBy: "22.1.9",
  },
  "request-extension-parameter": {
    does: "permessage-deflate is offered with a parameter that it does not have",
    caughtBy: "22.1.9",
  },
  "request-early-frame": {
    does: "a Ping is sent behind the request, before the answer",
    caughtBy: "22.1.13",
  },
  "upgrade-ignored": {
    does: "the Upgrade header of the answer is not looked at",
    caughtBy: "22.2.1, 22.2.2.*",
  },
  "upgrade-presence": { does: "any Upgrade header will do", caughtBy: "22.2.2.*" },
  "upgrade-case-sensitive": { does: "Upgrade has to be websocket in small letters", caughtBy: "22.2.3" },
  "connection-ignored": {
    does: "the Connection header of the answer is not looked at",
    caughtBy: "22.2.4.*",
  },
  "connection-presence": { does: "any Connection header will do", caughtBy: "22.2.4.2" },
  "connection-case-sensitive": {
    does: "Connection has to have Upgrade with a capital U",
    caughtBy: "22.2.5",
  },
  "connection-whole": { does: "Connection is compared as a whole", caughtBy: "22.2.6" },
  "accept-ignored": {
    does: "Sec-WebSocket-Accept is not looked at",
    caughtBy: "22.2.7.*, 22.2.8.*, 22.2.10.2",
  },
  "accept-presence": {
    does: "any Sec-WebSocket-Accept will do that is not empty",
    caughtBy: "22.2.8.*, 22.2.10.2",
  },
  "accept-case-insensitive": {
    does: "Sec-WebSocket-Accept is compared in small letters",
    caughtBy: "22.2.8.4",
  },
  "accept-not-trimmed": { does: "blanks behind Sec-WebSocket-Accept count", caughtBy: "22.2.9" },
  "accept-first": { does: "only the first Sec-WebSocket-Accept is looked at", caughtBy: "22.2.10.2" },
  "extension-ignored": {
    does: "the extensions of the answer are not looked at",
    caughtBy: "22.2.11, 22.2.12.*, 22.2.27.*",
  },
  "extension-grammar-ignored": {
    does: "of the extensions of the answer only the names are looked for",
    caughtBy: "22.2.12.*, 22.2.27.3",
  },
  "extension-first": {
    does: "only the first Sec-WebSocket-Extensions is looked at",
    caughtBy: "22.2.27.1, 22.2.27.3",
  },
  "extension-last": {
    does: "only the last Sec-WebSocket-Extensions is looked at",
    caughtBy: "22.2.27.2, 22.2.27.3",
  },
  "subprotocol-ignored": {
    does: "the subprotocol of the answer is not looked at",
    caughtBy: "22.2.13, 22.2.14, 22.2.15, 22.2.16, 22.2.17",
  },
  "subprotocol-list": { does: "a list of offered subprotocols will do", caughtBy: "22.2.14, 22.2.15" },
  "subprotocol-first": { does: "only the first Sec-WebSocket-Protocol is looked at", caughtBy: "22.2.15" },
  "subprotocol-case-insensitive": { does: "subprotocols are compared in small letters", caughtBy: "22.2.16" },
  "subprotocol-empty": { does: "an empty subprotocol counts as none", caughtBy: "22.2.17" },
  "status-ignored": { does: "the status is not looked at", caughtBy: "22.3.1.*, 22.3.6.*" },
  "status-2xx": { does: "a status of 2xx will do as well", caughtBy: "22.3.1.*" },
  "status-line-ignored": {
    does: "an answer that is not HTTP opens the connection",
    caughtBy: "22.2.24.*",
  },
  "reason-matters": { does: "the reason phrase has to be Switching Protocols", caughtBy: "22.2.20.*" },
  "names-case-sensitive": { does: "names of headers differ by case", caughtBy: "22.2.21" },
  "unknown-headers-refused": { does: "an unknown header is refused", caughtBy: "22.2.21" },
  "interim-is-final": { does: "an answer with status 1xx is taken for the final one", caughtBy: "22.3.7.*" },
  "head-in-one-read": { does: "the answer has to come in one read", caughtBy: "22.4.1" },
  "behind-head-lost": {
    does: "what comes in one read with the end of the answer is lost",
    caughtBy:
      "22.1.13, 22.2.3, 22.2.5, 22.2.6, 22.2.9, 22.2.20.*, 22.2.21, 22.3.7.*, 22.4.2, 22.4.3, 22.4.4, 22.4.5",
  },
  "half-frame-lost": { does: "half a frame behind the answer is lost", caughtBy: "22.4.3" },
  "first-frame-only": {
    does: "only one frame behind the answer is read",
    caughtBy: "22.2.3, 22.2.5, 22.2.6, 22.2.9, 22.2.20.*, 22.2.21, 22.3.7.*, 22.4.4",
  },
  "close-behind-head-lost": { does: "a Close frame right behind the answer is lost", caughtBy: "22.4.5" },
  "stays-open": {
    does: "the end of TCP without a Close frame is not noticed, and Pings go on",
    caughtBy: "22.4.6.1, 22.4.7, 22.4.8",
  },
  "leaks-when-refusing": {
    does: "TCP stays open when an answer is refused",
    caughtBy:
      "22.2.1, 22.2.2.*, 22.2.4.*, 22.2.7.*, 22.2.8.*, 22.2.10.2, 22.2.11, 22.2.12.*, 22.2.13, 22.2.14, 22.2.15, 22.2.16, 22.2.17, 22.2.27.*",
  },
};
