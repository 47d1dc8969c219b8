import type { Fault } from "./fault.js";

/** What a server can get wrong in the opening handshake, one thing at a time, and which cases of section 20 notice it. */
export type HandshakeFaultName =
  | "method-ignored"
  | "method-case-ignored"
  | "http-1.0-accepted"
  | "version-of-http-not-needed"
  | "absolute-refused"
  | "empty-line-refused"
  | "host-not-needed"
  | "host-twice-accepted"
  | "host-unchecked"
  | "upgrade-not-needed"
  | "upgrade-case-matters"
  | "upgrade-anything"
  | "upgrade-substring"
  | "upgrade-list-refused"
  | "connection-not-needed"
  | "connection-anything"
  | "connection-substring"
  | "connection-case-matters"
  | "connection-whole-value"
  | "connection-first-line"
  | "connection-empty-element-refused"
  | "key-not-needed"
  | "key-unchecked"
  | "key-length-only"
  | "key-decoded-leniently"
  | "key-twice-accepted"
  | "key-not-trimmed"
  | "accept-of-zeros"
  | "accept-wrong"
  | "version-not-needed"
  | "version-unchecked"
  | "version-prefix"
  | "version-number"
  | "version-twice-accepted"
  | "versions-not-named"
  | "426-without-upgrade"
  | "unknown-refused"
  | "order-matters"
  | "name-case-matters"
  | "cookie-refused"
  | "space-before-colon"
  | "controls-removed"
  | "one-read"
  | "frame-in-one-read"
  | "http-behind"
  | "frames-behind-refusal"
  | "upgrade-remembered"
  | "key-remembered"
  | "frames-as-http"
  | "body-too-long"
  | "dies-of-abort"
  | "key-shared"
  | "plain-get-opens"
  | "answer-lf"
  | "answer-without-space"
  | "answer-upgrade-twice"
  | "answer-connection-missing"
  | "answer-accept-twice"
  | "answer-length"
  | "answer-stray-octets"
  | "answer-protocol"
  | "answer-extension"
  | "answer-two-protocols"
  | "refusal-cut";

export const HANDSHAKE_FAULTS: Readonly<Record<HandshakeFaultName, Fault>> = {
  "method-ignored": { does: "any method is as good as GET", caughtBy: "20.1.2, 20.1.3.*" },
  "method-case-ignored": { does: "get is as good as GET", caughtBy: "20.1.3.4" },
  "http-1.0-accepted": { does: "HTTP/1.0 is taken", caughtBy: "20.1.4" },
  "version-of-http-not-needed": { does: "a request line without a version is taken", caughtBy: "20.1.5" },
  "absolute-refused": { does: "an absolute URL as the target is refused", caughtBy: "20.1.8" },
  "empty-line-refused": { does: "an empty line in front of the request is refused", caughtBy: "20.1.17" },
  "host-not-needed": { does: "a request without Host is taken", caughtBy: "20.2.1" },
  "host-twice-accepted": { does: "two Host headers are taken", caughtBy: "20.2.2" },
  "host-unchecked": { does: "anything is taken for a host", caughtBy: "20.2.3" },
  "upgrade-not-needed": { does: "a request without Upgrade is taken", caughtBy: "20.3.1" },
  "upgrade-case-matters": { does: "only websocket in small letters is known", caughtBy: "20.3.2.*" },
  "upgrade-anything": { does: "any Upgrade header is taken", caughtBy: "20.3.3.*" },
  "upgrade-substring": { does: "websocket is looked for inside words", caughtBy: "20.3.3.1" },
  "upgrade-list-refused": { does: "the Upgrade header may not be a list", caughtBy: "20.3.4.1" },
  "connection-not-needed": { does: "a request without Connection is taken", caughtBy: "20.3.6" },
  "connection-anything": { does: "any Connection header is taken", caughtBy: "20.3.11.*" },
  "connection-substring": {
    does: "Upgrade is looked for inside words",
    caughtBy: "20.3.11.1, 20.3.11.2",
  },
  "connection-case-matters": { does: "only Upgrade with one capital is known", caughtBy: "20.3.8.*" },
  "connection-whole-value": {
    does: "the Connection header may not be a list",
    caughtBy: "20.3.7, 20.3.9, 20.3.10",
  },
  "connection-first-line": { does: "only the first Connection header is read", caughtBy: "20.3.9" },
  "connection-empty-element-refused": { does: "empty elements of a list are refused", caughtBy: "20.3.10" },
  "key-not-needed": { does: "a request without a key is taken", caughtBy: "20.4.1" },
  "key-unchecked": {
    does: "anything is taken for a key",
    caughtBy: "20.4.2, 20.4.3.*, 20.4.4.*, 20.4.5.*, 20.4.9",
  },
  "key-length-only": {
    does: "24 characters of any kind are taken for a key",
    caughtBy: "20.4.3.2, 20.4.4.*, 20.4.5.2",
  },
  "key-decoded-leniently": {
    does: "whatever decodes to 16 octets somehow is taken for a key",
    caughtBy: "20.4.4.2, 20.4.5.1",
  },
  "key-twice-accepted": { does: "the first of two keys is taken", caughtBy: "20.4.7.*" },
  "key-not-trimmed": { does: "spaces around the key are hashed, too", caughtBy: "20.4.8" },
  "accept-of-zeros": { does: "a key of zero octets gets a wrong hash", caughtBy: "20.4.10.1" },
  "accept-wrong": { does: "the hash is wrong", caughtBy: "20.1.1, 20.4.10.*", isBroad: true },
  "version-not-needed": { does: "a request without a version is taken", caughtBy: "20.5.1" },
  "version-unchecked": {
    does: "any version is taken",
    caughtBy: "20.5.2.5, 20.5.2.6, 20.5.2.7, 20.5.2.8, 20.5.3.*, 20.5.5, 20.5.6, 20.5.7, 20.5.8, 20.7.6",
  },
  "version-prefix": {
    does: "what begins with the number 13 is taken for version 13",
    caughtBy: "20.5.3.1, 20.5.3.2, 20.5.3.3, 20.5.3.4, 20.5.5",
  },
  "version-number": {
    does: "what is the number 13 in any notation is taken for version 13",
    caughtBy: "20.5.3.2, 20.5.3.3, 20.5.3.4",
  },
  "version-twice-accepted": { does: "the last of two versions is taken", caughtBy: "20.5.4.*" },
  "versions-not-named": { does: "the answer to another version does not name 13", caughtBy: "20.5.6" },
  "426-without-upgrade": {
    does: "an answer with status 426 has no Upgrade header",
    caughtBy: "20.5.7, 20.8.11",
  },
  "unknown-refused": { does: "more than 16 headers are refused", caughtBy: "20.6.1" },
  "order-matters": { does: "Host has to come before Upgrade", caughtBy: "20.6.2.1" },
  "name-case-matters": { does: "the case of the names of headers matters", caughtBy: "20.6.2.2, 20.6.2.3" },
  "cookie-refused": { does: "a cookie is refused", caughtBy: "20.6.11.1" },
  "space-before-colon": { does: "spaces in front of a colon are removed", caughtBy: "20.6.5" },
  "controls-removed": { does: "CR and NUL are removed from values", caughtBy: "20.6.7.*" },
  "one-read": { does: "the request has to come in one read", caughtBy: "20.7.1, 20.7.2.*" },
  "frame-in-one-read": { does: "a frame has to come in one read", caughtBy: "20.7.4" },
  "http-behind": { does: "a second request is answered as HTTP", caughtBy: "20.7.5" },
  "frames-behind-refusal": {
    does: "what comes behind a request that it refuses is read as frames",
    caughtBy: "20.5.8, 20.7.6, 20.7.7",
  },
  "upgrade-remembered": {
    does: "a request that is refused is mixed up with the next one on the connection",
    caughtBy: "20.7.6",
  },
  "key-remembered": {
    does: "the second request on a connection gets the hash of the first key",
    caughtBy: "20.5.8",
  },
  "frames-as-http": {
    does: "what comes behind the second request on a connection is read as HTTP, even behind 101",
    caughtBy: "20.5.8, 20.7.7",
  },
  "body-too-long": {
    does: "the body of a refusal with status 426 is longer than it says",
    caughtBy: "20.5.8, 20.7.6, 20.7.7",
  },
  "dies-of-abort": {
    does: "after a connection that was broken off, the next is refused",
    caughtBy: "20.7.8, 20.7.9",
    isBroad: true,
  },
  "key-shared": {
    does: "every connection gets the hash of the key that came last on any of them",
    caughtBy: "20.8.12",
    isBroad: true,
  },
  "plain-get-opens": {
    does: "a GET that asks for nothing is answered with 101",
    caughtBy: "20.7.6, 20.7.7, 20.8.11",
  },
  "answer-lf": { does: "the lines of its answer end with LF", caughtBy: "20.8.1" },
  "answer-without-space": { does: "its status line ends behind 101", caughtBy: "20.8.1" },
  "answer-upgrade-twice": { does: "its answer has two Upgrade headers", caughtBy: "20.8.2" },
  "answer-connection-missing": {
    does: "its answer has no Connection header",
    caughtBy: "20.8.3",
    isBroad: true,
  },
  "answer-accept-twice": { does: "its answer has two hashes", caughtBy: "20.8.4", isBroad: true },
  "answer-length": { does: "its answer with status 101 has Content-Length: 0", caughtBy: "20.8.5" },
  "answer-stray-octets": {
    does: "an empty line too many comes behind its answer",
    caughtBy: "20.8.6",
    isBroad: true,
  },
  "answer-protocol": {
    does: "its answer names a subprotocol that nobody offered",
    caughtBy: "20.8.7",
    isBroad: true,
  },
  "answer-extension": {
    does: "its answer names an extension that nobody offered",
    caughtBy: "20.8.8",
    isBroad: true,
  },
  "answer-two-protocols": { does: "its answer names every subprotocol in a line", caughtBy: "20.8.9" },
  "refusal-cut": { does: "the body of a refusal is shorter than it says", caughtBy: "20.7.6, 20.8.10" },
};
