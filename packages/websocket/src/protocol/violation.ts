import { CloseCode } from "./close-code.js";

/** Why a connection was failed: a closed set. Each names the close code that is sent and the section that asks for it. */
export interface Violation {
  readonly id: ViolationId;
  readonly closeCode: number;
  /** Such as "RFC 6455 §5.2". */
  readonly section: string;
  /** One sentence of at most 123 octets: it is sent as the close reason (§5.5). Ends in the detail, if there is one. */
  readonly message: string;
  /** The number at fault, such as the opcode; `DetailedId` says of which violations. */
  readonly detail?: number;
}

/**
 * How a peer broke the protocol or a limit, as `problem` of an error says it. Stable; docs/websocket.md has one line on
 * each.
 *
 * @example
 * ```ts
 * import { createServer, type ViolationId } from "@wireproof/websocket";
 *
 * const counts = new Map<ViolationId | string | undefined, number>();
 * const server = createServer({
 *   error: (_ws, { problem }) => counts.set(problem, (counts.get(problem) ?? 0) + 1),
 * });
 * const tooBig: ViolationId = "message-too-big";
 * console.assert(!counts.has(tooBig) && server.counters.violations === 0);
 * ```
 */
export type ViolationId =
  | "rsv-not-negotiated"
  | "reserved-opcode"
  | "not-masked"
  | "masked"
  | "length-not-minimal"
  | "length-over-63-bits"
  | "control-frame-fragmented"
  | "control-frame-too-long"
  | "continuation-without-message"
  | "message-inside-message"
  | "invalid-utf8"
  | "close-payload-of-one-octet"
  | "invalid-close-code"
  | "invalid-close-reason"
  | "compressed-continuation"
  | "compressed-control-frame"
  | "invalid-deflate-data"
  | "message-too-big"
  | "frame-too-big"
  | "too-many-fragments"
  | "too-much-retained"
  | "out-of-memory-budget"
  | "heartbeat-timeout"
  | "idle-timeout"
  | "backlog-exceeded"
  | "rate-exceeded"
  | "internal-error";

/** Those that name a number. */
export type DetailedId = {
  [Id in ViolationId]: (typeof ROWS)[Id] extends { readonly 3: DetailKind } ? Id : never;
}[ViolationId];

/** A violation that names the number at fault. Made when it is found, so that a peer without fault costs nothing. */
export function violationOf(id: DetailedId, detail: number): Violation {
  const { closeCode, section, message } = VIOLATIONS[id];
  const words = DETAILS[ROWS[id][3]](detail);
  // The sentence without its full stop, and then the number.
  return { id, closeCode, section, message: `${message.slice(0, -1)}: ${words}.`, detail };
}

/**
 * By id: the name of its close code (§7.4.1; 1013 is in IANA's registry of close codes), the section, one sentence, and what
 * kind of number it names, if any. This is the one place that maps a finding to its close code.
 */
const ROWS = {
  "rsv-not-negotiated": [
    "ProtocolError",
    "RFC 6455 §5.2",
    "A reserved bit is set and no extension gives it a meaning.",
    "reserved bits",
  ],
  "reserved-opcode": ["ProtocolError", "RFC 6455 §5.2", "The opcode is reserved.", "number"],
  "not-masked": ["ProtocolError", "RFC 6455 §5.1", "A frame from a client has to be masked."],
  masked: ["ProtocolError", "RFC 6455 §5.1", "A frame from a server must not be masked."],
  "length-not-minimal": [
    "ProtocolError",
    "RFC 6455 §5.2",
    "The payload length takes more octets than it needs.",
    "number",
  ],
  "length-over-63-bits": [
    "ProtocolError",
    "RFC 6455 §5.2",
    "The most significant bit of a 64-bit payload length is set.",
  ],
  "control-frame-fragmented": ["ProtocolError", "RFC 6455 §5.5", "A control frame must not be fragmented."],
  "control-frame-too-long": [
    "ProtocolError",
    "RFC 6455 §5.5",
    "A control frame has more than 125 octets of payload data.",
    "length",
  ],
  "continuation-without-message": [
    "ProtocolError",
    "RFC 6455 §5.4",
    "A continuation frame came and there is no message to continue.",
  ],
  "message-inside-message": [
    "ProtocolError",
    "RFC 6455 §5.4",
    "A message began before the one in progress had ended.",
    "opcode",
  ],
  "invalid-utf8": ["InvalidPayload", "RFC 6455 §8.1", "A text message is not well-formed UTF-8."],
  "close-payload-of-one-octet": [
    "ProtocolError",
    "RFC 6455 §5.5.1",
    "A Close frame has one octet of payload data: a close code takes two.",
  ],
  "invalid-close-code": [
    "ProtocolError",
    "RFC 6455 §7.4",
    "A Close frame carries a close code that must not be sent.",
    "number",
  ],
  "invalid-close-reason": ["InvalidPayload", "RFC 6455 §5.5.1", "The close reason is not well-formed UTF-8."],
  "compressed-continuation": [
    "ProtocolError",
    "RFC 7692 §6.1",
    "RSV1 is set on a frame that does not begin a message.",
  ],
  "compressed-control-frame": ["ProtocolError", "RFC 7692 §6.1", "RSV1 is set on a control frame."],
  "invalid-deflate-data": ["InvalidPayload", "RFC 7692 §7.2.2", "A compressed message cannot be inflated."],
  "message-too-big": [
    "MessageTooBig",
    "RFC 6455 §7.4.1",
    "The message is larger than this endpoint accepts.",
    "octets",
  ],
  "frame-too-big": [
    "MessageTooBig",
    "RFC 6455 §7.4.1",
    "The frame is larger than this endpoint accepts.",
    "octets",
  ],
  "too-many-fragments": [
    "PolicyViolation",
    "RFC 6455 §10.4",
    "The message has more fragments than this endpoint accepts.",
  ],
  "too-much-retained": [
    "MessageTooBig",
    "RFC 6455 §10.4",
    "More octets would have to be kept than this endpoint allows a connection.",
  ],
  "out-of-memory-budget": [
    "TryAgainLater",
    "RFC 6455 §10.4",
    "This endpoint has no memory to spare; try again later.",
  ],
  "heartbeat-timeout": ["InternalError", "RFC 6455 §5.5.2", "Nothing came in answer to a ping in time."],
  "idle-timeout": ["GoingAway", "RFC 6455 §7.4.1", "Nothing came for longer than this endpoint waits."],
  "backlog-exceeded": [
    "PolicyViolation",
    "RFC 6455 §7.4.1",
    "The peer reads too slowly: too much waits to be sent to it.",
  ],
  "rate-exceeded": [
    "PolicyViolation",
    "RFC 6455 §7.4.1",
    "The peer sends faster than this endpoint accepts.",
  ],
  "internal-error": [
    "InternalError",
    "RFC 6455 §7.4.1",
    "This endpoint met a condition that it was not made for.",
  ],
} as const;

/** What the number of a violation is, in the words that its sentence ends in. */
const DETAILS = {
  number: (detail: number): string => String(detail),
  octets: (length: number): string =>
    length > Number.MAX_SAFE_INTEGER ? "2^53 octets or more" : `${length} octets`,
  opcode: (opcode: number): string => `opcode ${opcode}`,
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  "reserved bits": (bits: number): string =>
    ["RSV1", "RSV2", "RSV3"].filter((_, at) => (bits & (4 >> at)) !== 0).join(", "),
  /** The seven bits of the length: 126 and 127 say that the real one follows, which is not read. */
  length: (length: number): string => `its length begins with ${length}`,
};

type DetailKind = keyof typeof DETAILS;

/** By id. It compiles only if `ROWS` has a row for each `ViolationId` and no other. */
export const VIOLATIONS: { readonly [Id in ViolationId]: Violation } = Object.fromEntries(
  (Object.keys(ROWS) as (keyof typeof ROWS)[]).map((id: ViolationId) => {
    const [code, section, message] = ROWS[id];
    return [id, { id, closeCode: CloseCode[code], section, message }];
  }),
) as { [Id in ViolationId]: Violation };
