/**
 * What the tester does otherwise than its profile says: the options of the original suite that mean something for a
 * tester. Default: none of them.
 *
 * @example
 * ```ts
 * import { cases, run, type TesterOptions } from "wireproof";
 *
 * const testerOptions: TesterOptions = { maxMessageOctets: 1024 * 1024, echoesCloseCode: true };
 * for await (const event of run({ urls: [], cases, peers: [{ testerOptions }] }))
 *   console.assert(event.type === "run" || event.type === "run-end");
 * ```
 */
export interface TesterOptions {
  /**
   * Fail a connection by resetting TCP, without a Close frame (RFC 6455 §7.1.7 lets an endpoint do either). Default
   * false.
   */
  readonly failsByDrop?: boolean;
  /** Answer a Close frame with its own code and reason (RFC 6455 §5.5.1) instead of 1000. Default false. */
  readonly echoesCloseCode?: boolean;
  /**
   * Octets of payload that a frame of the peer may announce, 1 or more; a larger one is answered with 1008. Default:
   * any.
   */
  readonly maxFrameOctets?: number;
  /**
   * Octets of payload that the frames of a message may announce together, 1 or more; more is answered with 1009.
   * Default: any.
   */
  readonly maxMessageOctets?: number;
  /**
   * Octets, 1 or more: messages that are sent as messages, and not frame by frame, are cut into frames of this length.
   * Default: they are not cut.
   */
  readonly autoFragmentOctets?: number;
  /** Do not validate text (RFC 6455 §8.1). Default false. */
  readonly acceptsInvalidUtf8?: boolean;
  /** Accept frames whether they are masked or not (RFC 6455 §5.1). Default false. */
  readonly acceptsAnyMasking?: boolean;
}
