export interface Violation {
  readonly requirement: string;
  /** The close code with which the tester answers; null where the tester lets the peer end the connection. */
  readonly code: 1002 | 1007 | 1009 | null;
  /** What the peer did, to follow `the peer …`. */
  readonly sentence: string;
  /**
   * The frame came after the peer's own Close frame. It is shown and judged, and does not change how the connection
   * ends.
   */
  readonly isBehindClose?: true;
  /** It breaks only a SHOULD: a case that passes otherwise is non-strict. */
  readonly isMild?: true;
}

/** Every illegal thing that the tester looks for in what a peer sends. The key is the name in records and reports. */
const TABLE = {
  rsv: {
    requirement: "6455-5.2-1",
    code: 1002,
    sentence: "sent a frame with a reserved bit set, although no agreed extension defines it",
  },
  "misplaced-rsv1": {
    requirement: "7692-6.1-2",
    code: 1002,
    sentence: "sent RSV1 in a control frame or a continuation frame, where it must never be",
  },
  "masked-frame": {
    requirement: "6455-5.1-4",
    code: 1002,
    sentence: "sent a masked frame although it is the server",
  },
  "unmasked-frame": {
    requirement: "6455-5.1-1",
    code: 1002,
    sentence: "sent an unmasked frame although it is the client",
  },
  "fragmented-control": {
    requirement: "6455-5.4-2",
    code: 1002,
    sentence: "sent a fragmented control frame",
  },
  "long-control": {
    requirement: "6455-5.5-1",
    code: 1002,
    sentence: "sent a control frame with more than 125 octets of payload",
  },
  "reserved-opcode": {
    requirement: "6455-5.2-3",
    code: 1002,
    sentence: "sent a frame with a reserved opcode",
  },
  "close-payload-of-one-octet": {
    requirement: "6455-5.5.1-1",
    code: 1002,
    sentence: "sent a Close frame with a payload of one octet",
  },
  "stray-continuation": {
    requirement: "6455-5.4-10",
    code: 1002,
    sentence: "sent a continuation frame with nothing to continue",
  },
  "interleaved-message": {
    requirement: "6455-5.4-4",
    code: 1002,
    sentence: "started a new message before the previous one had ended",
  },
  "length-form": {
    requirement: "6455-5.2-5",
    code: 1002,
    sentence: "sent a frame whose length is not encoded in the shortest form",
  },
  "length-high-bit": {
    requirement: "6455-5.2-4",
    code: 1002,
    sentence: "sent a frame length with the highest bit set",
  },
  "invalid-utf8": {
    requirement: "6455-5.6-1",
    code: 1007,
    sentence: "sent a text message that is not valid UTF-8",
  },
  "close-code": {
    requirement: "6455-7.4.1-1",
    code: 1002,
    sentence: "sent a Close frame with a code that must not appear on the wire",
  },
  "close-reason-utf8": {
    requirement: "6455-8.1-1",
    code: 1007,
    sentence: "sent a close reason that is not valid UTF-8",
  },
  "corrupt-deflate": {
    requirement: "7692-6.1-1",
    code: 1007,
    sentence: "sent a compressed message that cannot be inflated",
  },
  "window-exceeded": {
    requirement: "7692-7.2.1-4",
    code: 1002,
    sentence: "sent a compressed message that refers back beyond the agreed window",
  },
  "context-taken-over": {
    requirement: "7692-7.2.1-5",
    code: 1002,
    sentence:
      "sent a compressed message that refers to an earlier one, although no context takeover was agreed",
  },
  "inflated-too-long": {
    requirement: "6455-6.2-1",
    code: 1009,
    sentence: "sent a compressed message that inflates to far more than the tester had sent",
  },
  "data-after-close": {
    requirement: "6455-5.5.1-4",
    code: null,
    sentence: "sent a data frame after its Close frame",
    isBehindClose: true,
  },
  "close-after-close": {
    requirement: "6455-5.5.1-7",
    code: null,
    sentence: "sent a second Close frame",
    isBehindClose: true,
  },
  "pong-after-failing": {
    requirement: "6455-7.1.7-4",
    code: null,
    sentence: "answered a Ping after it had failed the connection",
    isBehindClose: true,
  },
  "control-after-closing": {
    requirement: "6455-7.1.2-2",
    code: null,
    sentence: "sent a Ping or Pong after both Close frames",
    isBehindClose: true,
    isMild: true,
  },
} as const;

export type ViolationName = keyof typeof TABLE;

export const VIOLATIONS: Readonly<Record<ViolationName, Violation>> = TABLE;

/** Whether the frame came after the peer's own Close frame. */
export function isBehindClose(name: string): boolean {
  const violation: Violation | undefined = VIOLATIONS[name as ViolationName];
  return violation?.isBehindClose === true;
}

/** Whether the violation alone makes a case non-strict, and not a failure. */
export function isMild(name: string): boolean {
  return VIOLATIONS[name as ViolationName].isMild === true;
}
