/**
 * What can be told the tester about its own testerOptions, beyond what its profile says: the options of the original that
 * mean something for a tester. All of them absent: as the profile has it.
 */
export interface TesterOptions {
  /** Fail a connection by resetting TCP, without a Close frame (RFC 6455 §7.1.7 lets an endpoint do either). */
  readonly failsByDrop?: boolean;
  /** Answer a Close frame with its own code and reason (RFC 6455 §5.5.1) instead of 1000. */
  readonly echoesCloseCode?: boolean;
  /** Octets of payload that a frame of the peer may announce; a larger one is answered with 1008. */
  readonly maxFrameOctets?: number;
  /** Octets of payload that the frames of a message may announce together; more is answered with 1009. */
  readonly maxMessageOctets?: number;
  /** Cut messages that are sent as messages, and not frame by frame, into frames of this many octets. */
  readonly autoFragmentOctets?: number;
  /** Take text as it comes. */
  readonly overlooksUtf8?: boolean;
  /** Take frames whether they are masked or not. */
  readonly overlooksMasking?: boolean;
}
