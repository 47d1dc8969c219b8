import type { DifferenceId } from "./difference.js";
import type { Expectation } from "./expect.js";
import type { AnswerScript, RequestPart, RequestScript } from "./handshake.js";
import type { WrittenAnswer } from "./negotiation.js";
import type { Http2Script } from "./http2-script.js";
import type { RequirementId } from "./requirements.js";
import type { Step } from "./steps.js";
import type { UrlScript } from "./url-script.js";

/**
 * What a script sends on purpose although the RFCs forbid it; the self-check of the tester accepts nothing else. It does
 * not decompress: whether compressed data is what it has to be (RFC 7692 §7.2), a test of the catalogue asks.
 *
 * @example
 * ```ts
 * import { cases, type Illegality } from "wireproof";
 *
 * const wanted: Illegality = "reserved-opcode";
 * console.assert(cases.some(({ illegal }) => illegal?.includes(wanted)));
 * ```
 */
export type Illegality =
  | "wrong-mask"
  | "length-form"
  | "length-high-bit"
  | "rsv"
  | "reserved-opcode"
  | "fragmented-control"
  | "long-control"
  | "stray-continuation"
  | "interleaved-message"
  | "invalid-utf8"
  | "close-payload"
  | "close-code"
  | "frame-after-close"
  | "compressed-data";

/**
 * How permessage-deflate is negotiated (RFC 7692 §7.1), in either role of the tester.
 *
 * @example
 * ```ts
 * import { cases, type DeflateOffer } from "wireproof";
 *
 * const offers: DeflateOffer[] = cases.flatMap(({ deflate }) => (deflate === undefined ? [] : [deflate]));
 * console.assert(offers.some((offer) => offer.offers[0]?.startsWith("permessage-deflate")));
 * ```
 */
export interface DeflateOffer {
  /** What a tester that is the client offers, in order of preference. */
  readonly offers: readonly string[];
  /** Which of the client's offers a tester that is the server takes, and what it adds to its answer; or the answer itself. */
  readonly acceptor: AcceptorName | WrittenAnswer;
  /** What the script needs beyond the extension itself; nothing if absent. */
  readonly needs?: DeflateNeeds;
}

/**
 * What the compressed data in a script takes for granted. If it was not agreed on, the peer gets the outcome of one that
 * declines the extension.
 *
 * @example
 * ```ts
 * import { cases, type DeflateNeeds } from "wireproof";
 *
 * const needs: DeflateNeeds[] = cases.flatMap(({ deflate }) => deflate?.needs ?? []);
 * console.assert(needs.some(({ context }) => context));
 * ```
 */
export interface DeflateNeeds {
  /** The messages of the tester refer to earlier ones (context takeover, RFC 7692 §7.1.1). */
  readonly context?: true;
  /** The window of the tester has so many bits (RFC 7692 §7.1.2). */
  readonly windowBits?: number;
}

/**
 * Which of the client's offers a tester that is the server takes, and which parameters it adds (RFC 7692 §7.1).
 *
 * @example
 * ```ts
 * import { cases, type AcceptorName } from "wireproof";
 *
 * const plain: AcceptorName = "plain";
 * console.assert(cases.some(({ deflate }) => deflate?.acceptor === plain));
 * ```
 */
export type AcceptorName =
  | "plain"
  | "client-nct"
  | "client-window-8"
  | "client-window-9"
  | "client-window-10"
  | "client-window-11"
  | "client-window-12"
  | "client-window-13"
  | "client-window-14"
  | "client-window-15"
  | "client-nct-window-9"
  | "client-nct-window-15"
  | "first-of-three";

/**
 * A case is a value: what is sent, what may come back, how the connection has to end. The same value is played by a
 * tester that is the client and by one that is the server, unless it suits only one kind of peer (`peer`).
 *
 * @example
 * ```ts
 * import { cases, type Case } from "wireproof";
 *
 * const first: Case | undefined = cases[0];
 * console.assert(first?.id === "1.1.1" && first.script[0]?.do === "frame");
 * ```
 */
export interface Case {
  /** Section, family and number, such as `7.7.3`; unique and never used again. */
  readonly id: string;
  /** One line, as in a table of contents. */
  readonly title: string;
  /** What is sent and why, in full sentences. */
  readonly description: string;
  /** What a conforming peer does, in full sentences. */
  readonly expectation: string;
  /** The requirements it exercises, the one it is about first; section and level derive from it. */
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  /** The version of the suite that has it first; absent for those of 0.1.0. */
  readonly since?: string;
  /** What the tester does, in order. */
  readonly script: readonly Step[];
  /** Which traces and which ending are accepted. */
  readonly expect: Expectation;
  /** Every frame is cut into writes of this many octets, 1 or more. */
  readonly chop?: number;
  /** With `chop`: only this many octets of every frame are cut, 1 or more, and the rest is one write. */
  readonly chopFirst?: number;
  /** Every frame goes out in a separate write. */
  readonly sync?: true;
  /** Everything the script sends that RFC 6455 forbids. */
  readonly illegal?: readonly Illegality[];
  /** The only kind of peer that the case suits; clients and servers if absent. */
  readonly peer?: "client" | "server";
  /** What a tester that is the client writes instead of its usual request; such a case is for servers only. */
  readonly request?: RequestScript;
  /** A tester that is the server sends its first frames in the same write as its answer to the opening handshake. */
  readonly joinsAnswer?: true;
  /**
   * What a tester that is the server writes instead of its usual answer, together with its first frames; such a case is
   * for clients only.
   */
  readonly answer?: AnswerScript;
  /** The URL that the client gets, which decides the case; such a case is for clients only. */
  readonly url?: UrlScript;
  /** What it does with HTTP/2; such a case is played only over it (RFC 8441). */
  readonly http2?: Http2Script;
  /** The part of the client's request that decides the case; such a case is for clients only. */
  readonly inspects?: RequestPart;
  /**
   * It needs a peer that sends Pings by itself, and is only played if the run says that it does. The tester answers none of
   * them, except where the script does.
   */
  readonly keepalive?: true;
  /** It measures time, so no other case runs at the same time. */
  readonly alone?: true;
  /** A load case: the wire log is off while it runs, statistics are not. */
  readonly quiet?: true;
  /** permessage-deflate is part of the case (RFC 7692). */
  readonly deflate?: DeflateOffer;
  /** Figures that reports show beside the verdict: times, ratios of compression. */
  readonly reports?: { readonly time?: true; readonly ratio?: true };
  /** Why the verdicts of the two profiles can differ. */
  readonly differs?: readonly DifferenceId[];
}

/** Whether a case is about what is made of offers: that nothing is agreed on is a result there. */
export function isAboutNegotiation({ deflate, expect }: Pick<Case, "deflate" | "expect">): boolean {
  return expect.negotiation !== undefined || typeof deflate?.acceptor === "object";
}
