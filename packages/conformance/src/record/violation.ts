/** Everything illegal that a peer can send, as far as the tester looks for it, each under the name it is shown by. */
export type ViolationName =
  | "rsv"
  | "masked-frame"
  | "unmasked-frame"
  | "fragmented-control"
  | "long-control"
  | "reserved-opcode"
  | "close-payload-of-one-octet"
  | "stray-continuation"
  | "interleaved-message"
  | "length-form"
  | "length-high-bit"
  | "invalid-utf8"
  | "close-code"
  | "close-reason-utf8"
  | "data-after-close"
  | "close-after-close"
  | "pong-after-failing"
  | "control-after-closing"
  | "corrupt-deflate"
  | "window-exceeded"
  | "inflated-too-long";

export interface Violation {
  readonly requirement: string;
  /** The close code with which the tester answers; null where it lets the connection go on to its end. */
  readonly code: 1002 | 1007 | 1009 | null;
  /** What the peer did, to follow `the peer …`. */
  readonly sentence: string;
  /** Only a SHOULD was not kept: a case that passes otherwise is non-strict. */
  readonly isMild?: true;
}

/**
 * Frames behind the peer's own Close frame. They are shown and judged, and change nothing about how the connection
 * ends.
 */
const BEHIND_CLOSE: ReadonlySet<string> = new Set<ViolationName>([
  "data-after-close",
  "close-after-close",
  "pong-after-failing",
  "control-after-closing",
]);

export function isBehindClose(name: string): boolean {
  return BEHIND_CLOSE.has(name);
}

export const VIOLATIONS: Readonly<Record<ViolationName, Violation>> = {
  rsv: v("6455-5.2-1", 1002, "sent a frame with a reserved bit set that no agreed extension gives a meaning"),
  "masked-frame": v("6455-5.1-4", 1002, "sent a masked frame although it is the server"),
  "unmasked-frame": v("6455-5.1-2", 1002, "sent an unmasked frame although it is the client"),
  "fragmented-control": v("6455-5.4-2", 1002, "sent a fragmented control frame"),
  "long-control": v("6455-5.5-1", 1002, "sent a control frame with more than 125 octets of payload"),
  "reserved-opcode": v("6455-5.2-3", 1002, "sent a frame with a reserved opcode"),
  "close-payload-of-one-octet": v("6455-5.5.1-1", 1002, "sent a Close frame with a payload of one octet"),
  "stray-continuation": v("6455-5.4-10", 1002, "sent a continuation frame with nothing to continue"),
  "interleaved-message": v("6455-5.4-4", 1002, "began a new message before the last one had ended"),
  "length-form": v("6455-5.2-5", 1002, "sent a frame whose length is not in its shortest form"),
  "length-high-bit": v("6455-5.2-4", 1002, "sent a frame length with its highest bit set"),
  "invalid-utf8": v("6455-5.6-1", 1007, "sent a text message that is not valid UTF-8"),
  "close-code": v("6455-7.4.1-1", 1002, "sent a Close frame with a code that must not appear on the wire"),
  "close-reason-utf8": v("6455-8.1-1", 1007, "sent a close reason that is not valid UTF-8"),
  "corrupt-deflate": v("7692-6.1-1", 1007, "sent a compressed message that cannot be inflated"),
  "window-exceeded": v(
    "7692-7.2.1-4",
    1002,
    "sent a compressed message that refers back beyond the agreed window",
  ),
  "inflated-too-long": v(
    "6455-6.2-1",
    1009,
    "sent a compressed message that inflates to far more than was sent",
  ),
  "data-after-close": v("6455-5.5.1-4", null, "sent a data frame after its Close frame"),
  "close-after-close": v("6455-5.5.1-7", null, "sent a second Close frame"),
  "pong-after-failing": v("6455-7.1.7-4", null, "answered a Ping after it had failed the connection"),
  "control-after-closing": {
    ...v("6455-7.1.2-2", null, "sent a Ping or Pong after both Close frames"),
    isMild: true,
  },
};

/** Whether the violation alone makes a case non-strict, and not a failure. */
export function isMild(name: string): boolean {
  return VIOLATIONS[name as ViolationName].isMild === true;
}

function v(requirement: string, code: Violation["code"], sentence: string): Violation {
  return { requirement, code, sentence };
}
