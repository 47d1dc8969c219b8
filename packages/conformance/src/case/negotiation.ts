/**
 * What a server may make of the extensions and subprotocols that a request offers (RFC 6455 §4.2.2, RFC 7692 §5). Whatever
 * it accepts has to fit an offer.
 *
 * @example
 * ```ts
 * import { cases, type Negotiation } from "wireproof";
 *
 * const wanted: Negotiation = { deflate: "declined" };
 * console.assert(cases.some(({ expect }) => expect.negotiation?.deflate === wanted.deflate));
 * ```
 */
export interface Negotiation {
  /**
   * `declined`: no offer of permessage-deflate may be accepted. `accepted`: a server that accepts none shows nothing.
   * `either`: it may accept one, or none.
   */
  readonly deflate: "declined" | "accepted" | "either";
  /** A server that does not answer within the time limit, and does not close TCP, fails. */
  readonly mustAnswer?: true;
  /** A name that no field of the answer may have. */
  readonly neverField?: string;
}

/**
 * An answer to the offers of a client, written out by a case instead of chosen by an acceptor.
 *
 * @example
 * ```ts
 * import { cases, type WrittenAnswer } from "wireproof";
 *
 * const bad: WrittenAnswer = { needs: "deflate", adds: "; foo" };
 * const written = cases.flatMap(({ deflate }) => (typeof deflate?.acceptor === "object" ? [deflate.acceptor] : []));
 * console.assert(written.some(({ needs }) => needs === bad.needs));
 * ```
 */
export interface WrittenAnswer {
  /** What the client has to have offered. If it has not, the tester accepts no extension, and the case says nothing. */
  readonly needs: AnswerNeed;
  /**
   * What comes behind `permessage-deflate` or, where the answer has to fit, behind what grants the client's offer; null:
   * the answer has no extension.
   */
  readonly adds: string | null;
  /** A client need not be able to do what the answer asks, and may fail the connection. */
  readonly mayBeRefused?: true;
}

/**
 * What a client has to have offered: `deflate`, permessage-deflate; `no-deflate`, no permessage-deflate; `fit`, something
 * that the answer fits; `no-client-window`, permessage-deflate without client_max_window_bits; `server-window`,
 * permessage-deflate with a server_max_window_bits below 15 in every offer.
 *
 * @example
 * ```ts
 * import type { AnswerNeed } from "wireproof";
 *
 * const needs: AnswerNeed[] = ["fit", "server-window"];
 * console.assert(needs.includes("fit"));
 * ```
 */
export type AnswerNeed = "deflate" | "no-deflate" | "fit" | "no-client-window" | "server-window";
