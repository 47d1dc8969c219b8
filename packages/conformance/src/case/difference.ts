/**
 * The reasons why the verdict of the `modern` profile can differ from that of `autobahn`.
 *
 * @example
 * ```ts
 * import { cases, type DifferenceId } from "wireproof";
 *
 * const reason: DifferenceId = "any-close-code";
 * console.assert(cases.some(({ differs }) => differs?.includes(reason)));
 * ```
 */
export type DifferenceId =
  | "latest-pong-suffices"
  | "first-echo-optional"
  | "silence-is-not-failing"
  | "illegal-close-answered"
  | "late-utf8-failure"
  | "any-close-code"
  | "closing-handshake-required"
  | "pong-after-close"
  | "close-frame-before-drop"
  | "close-code-not-used"
  | "close-code-not-defined"
  | "pongs-unasked"
  | "code-1010-is-for-clients"
  | "no-empty-last-fragment"
  | "content-compared"
  | "limit-is-a-capability"
  | "agreed-window-kept"
  | "described-as-sent"
  | "observed-only";

/** Each reason in a sentence. A case names those that apply; the judge and the tester look there and nowhere else. */
export const DIFFERENCES: Readonly<Record<DifferenceId, string>> = {
  "latest-pong-suffices":
    "RFC 6455 §5.5.3 lets an endpoint answer only the latest of several pings, so pongs may be missing as long as those that came are in order and the last is there.",
  "first-echo-optional":
    "Nothing demands that an application answers the first message before its endpoint fails the connection, so a missing echo costs nothing.",
  "silence-is-not-failing":
    "A peer that merely sends nothing has not failed the connection (RFC 6455 §7.1.7): it has to send a Close frame or close TCP by itself.",
  "illegal-close-answered":
    "A peer that echoes the illegal Close frame, or closes normally, has treated it as legal (RFC 6455 §5.2, §5.5, §5.5.1).",
  "late-utf8-failure":
    "RFC 6455 §8.1 demands that invalid UTF-8 fails the connection, not when; the moment is recorded. The pauses are short.",
  "any-close-code": "RFC 6455 leaves open how this ends; the close code is recorded.",
  "closing-handshake-required":
    "RFC 6455 §5.5.1: an endpoint that receives a Close frame answers with one. A peer that does not fails the case.",
  "pong-after-close":
    "RFC 6455 §5.5.2 lets an endpoint that has received a Close frame leave a ping unanswered, and §5.5.1 forbids only data frames: a pong is as good as none.",
  "close-frame-before-drop":
    "RFC 6455 §7.1.7: before failing the connection an endpoint should send a Close frame; a bare drop is non-strict.",
  "close-code-not-used":
    "RFC 6455 §7.4.2 says that codes below 1000 are not used, without a MUST; §10.7 advises to close with a fitting code because of invalid data. A peer that accepts the code is non-strict.",
  "close-code-not-defined":
    "RFC 6455 §7.4 keeps this code for a definition to come and forbids nobody to send it, so that a peer may accept it or fail the connection.",
  "pongs-unasked": "RFC 6455 §5.5.3: a Pong may come unasked. One that answers no Ping is no event.",
  "code-1010-is-for-clients":
    "RFC 6455 §7.4.1 defines 1010 for clients; from a server it says nothing about the peer.",
  "no-empty-last-fragment":
    "The superfluous empty last fragment of the original is not sent: it is an artefact of its splitter and breaks peers that limit the number of fragments.",
  "content-compared":
    "RFC 6455 §6.2: a message is delivered as it was sent, so every octet of the echo is compared; the original looks at its type and its length only.",
  "limit-is-a-capability":
    "RFC 6455 §10.4: an endpoint may have limits and has to protect them. A peer that closes with 1009 or 1008 shows one, which is recorded and is no failure by itself.",
  "agreed-window-kept":
    "RFC 7692 §7.1.2: what the peer compresses refers back no farther than the agreed window; the original can overlook a peer that does.",
  "described-as-sent":
    "The original announces a ping here and sends a binary message; the description says what is sent.",
  "observed-only": "Nothing is demanded; what happened is recorded.",
};
