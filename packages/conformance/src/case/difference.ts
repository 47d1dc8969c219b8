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
  | "pong-in-any-place"
  | "pong-before-inflating"
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
    "RFC 6455 §5.5.3 allows an endpoint to answer only the latest of several Pings. So Pongs may be missing, if those that came are in order and the last one is there.",
  "pong-in-any-place":
    "RFC 6455 §5.5.2 asks for a Pong as soon as is practical, and no rule says that it comes before or behind the echo of a message. So a Pong may overtake an echo, and an echo a Pong, unless the tester has waited for one of them.",
  "pong-before-inflating":
    "RFC 6455 §5.5.2 asks for a Pong as soon as is practical, and no rule says that an endpoint decompresses a message before it reads on. So a Pong shows nothing here: the peer still has to fail the connection by itself.",
  "first-echo-optional":
    "No rule requires that an application answers the first message before its endpoint fails the connection. So the echo may be missing.",
  "silence-is-not-failing":
    "A peer that only stays silent has not failed the connection (RFC 6455 §7.1.7): it has to send a Close frame or close TCP by itself.",
  "illegal-close-answered":
    "A peer that echoes the illegal Close frame, or closes normally, has treated it as legal (RFC 6455 §5.2, §5.5, §5.5.1). An empty answer shows nothing: a peer may fail the connection without a code.",
  "late-utf8-failure":
    "RFC 6455 §8.1 requires that invalid UTF-8 fails the connection, but does not say when; the moment is recorded. The pauses are short.",
  "any-close-code": "RFC 6455 does not say how this ends; the close code is recorded.",
  "closing-handshake-required":
    "RFC 6455 §5.5.1: an endpoint that receives a Close frame answers with one. A peer that does not fails the case.",
  "pong-after-close":
    "An endpoint that has received a Close frame need not answer a Ping (RFC 6455 §5.5.2), and §5.5.1 forbids it only data frames. So it may send a Pong or none.",
  "close-frame-before-drop":
    "RFC 6455 §7.1.7: an endpoint should send a Close frame before it fails the connection; dropping TCP without one is non-strict.",
  "close-code-not-used":
    "RFC 6455 §7.4.2 says that codes below 1000 are not used, but without a MUST; §10.7 advises an endpoint to close with a fitting code after invalid data. A peer that accepts the code is non-strict.",
  "close-code-not-defined":
    "RFC 6455 §7.4 reserves this code for a future definition and does not forbid sending it, so a peer may accept it or fail the connection.",
  "pongs-unasked": "RFC 6455 §5.5.3: a Pong may come without a Ping. Such a Pong does not count as an event.",
  "code-1010-is-for-clients":
    "RFC 6455 §7.4.1 defines 1010 for clients. When a server sends it, the reaction says nothing about the peer.",
  "no-empty-last-fragment":
    "The original adds an empty last fragment, which is not sent here: it is an artefact of the way in which the original cuts messages, and it breaks peers that limit the number of fragments.",
  "content-compared":
    "RFC 6455 §6.2: a message is delivered as it was sent, so every octet of the echo is compared; the original compares only type and length.",
  "limit-is-a-capability":
    "RFC 6455 §10.4: an endpoint may have limits and has to protect itself against exceeding them. A peer that closes with 1009 or 1008 shows a limit; this is recorded and is not a failure by itself.",
  "agreed-window-kept":
    "RFC 7692 §7.1.2: what the peer compresses refers back no farther than the agreed window. The original can overlook a peer that refers back farther.",
  "described-as-sent":
    "The original announces a Ping here but sends a binary message; the description says what is sent.",
  "observed-only": "Nothing is required; what happened is recorded.",
};
