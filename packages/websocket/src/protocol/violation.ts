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
  | "internal-error";

/** A violation that names the number at fault. Made when it is found, so that a peer without fault costs nothing. */
export function violationOf(id: DetailedId, detail: number): Violation {
  const { closeCode, section, message } = VIOLATIONS[id];
  // The sentence without its full stop, and then the number.
  return { id, closeCode, section, message: `${message.slice(0, -1)}: ${DETAILS[id](detail)}.`, detail };
}

/** Those that name a number. */
export type DetailedId =
  | "rsv-not-negotiated"
  | "reserved-opcode"
  | "message-inside-message"
  | "length-not-minimal"
  | "control-frame-too-long"
  | "invalid-close-code"
  | "frame-too-big"
  | "message-too-big";

const { ProtocolError, InvalidPayload, TooBig, PolicyViolation } = CloseCode;

/** One place maps every finding to its close code (§7.4.1; 1013 is in IANA's registry of close codes). */
export const VIOLATIONS: { readonly [Id in ViolationId]: Violation } = {
  "rsv-not-negotiated": {
    id: "rsv-not-negotiated",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.2",
    message: "A reserved bit is set and no extension gives it a meaning.",
  },
  "reserved-opcode": {
    id: "reserved-opcode",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.2",
    message: "The opcode is reserved.",
  },
  "not-masked": {
    id: "not-masked",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.1",
    message: "A frame from a client has to be masked.",
  },
  masked: {
    id: "masked",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.1",
    message: "A frame from a server must not be masked.",
  },
  "length-not-minimal": {
    id: "length-not-minimal",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.2",
    message: "The payload length takes more octets than it needs.",
  },
  "length-over-63-bits": {
    id: "length-over-63-bits",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.2",
    message: "The most significant bit of a 64-bit payload length is set.",
  },
  "control-frame-fragmented": {
    id: "control-frame-fragmented",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.5",
    message: "A control frame must not be fragmented.",
  },
  "control-frame-too-long": {
    id: "control-frame-too-long",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.5",
    message: "A control frame has more than 125 octets of payload data.",
  },
  "continuation-without-message": {
    id: "continuation-without-message",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.4",
    message: "A continuation frame came and there is no message to continue.",
  },
  "message-inside-message": {
    id: "message-inside-message",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.4",
    message: "A message began before the one in progress had ended.",
  },
  "invalid-utf8": {
    id: "invalid-utf8",
    closeCode: InvalidPayload,
    section: "RFC 6455 §8.1",
    message: "A text message is not well-formed UTF-8.",
  },
  "close-payload-of-one-octet": {
    id: "close-payload-of-one-octet",
    closeCode: ProtocolError,
    section: "RFC 6455 §5.5.1",
    message: "A Close frame has one octet of payload data: a close code takes two.",
  },
  "invalid-close-code": {
    id: "invalid-close-code",
    closeCode: ProtocolError,
    section: "RFC 6455 §7.4",
    message: "A Close frame carries a close code that must not be sent.",
  },
  "invalid-close-reason": {
    id: "invalid-close-reason",
    closeCode: InvalidPayload,
    section: "RFC 6455 §5.5.1",
    message: "The close reason is not well-formed UTF-8.",
  },
  "compressed-continuation": {
    id: "compressed-continuation",
    closeCode: ProtocolError,
    section: "RFC 7692 §6.1",
    message: "RSV1 is set on a frame that does not begin a message.",
  },
  "compressed-control-frame": {
    id: "compressed-control-frame",
    closeCode: ProtocolError,
    section: "RFC 7692 §6.1",
    message: "RSV1 is set on a control frame.",
  },
  "invalid-deflate-data": {
    id: "invalid-deflate-data",
    closeCode: InvalidPayload,
    section: "RFC 7692 §7.2.2",
    message: "A compressed message cannot be inflated.",
  },
  "message-too-big": {
    id: "message-too-big",
    closeCode: TooBig,
    section: "RFC 6455 §7.4.1",
    message: "The message is larger than this endpoint accepts.",
  },
  "frame-too-big": {
    id: "frame-too-big",
    closeCode: TooBig,
    section: "RFC 6455 §7.4.1",
    message: "The frame is larger than this endpoint accepts.",
  },
  "too-many-fragments": {
    id: "too-many-fragments",
    closeCode: PolicyViolation,
    section: "RFC 6455 §10.4",
    message: "The message has more fragments than this endpoint accepts.",
  },
  "too-much-retained": {
    id: "too-much-retained",
    closeCode: TooBig,
    section: "RFC 6455 §10.4",
    message: "More octets would have to be kept than this endpoint allows a connection.",
  },
  "out-of-memory-budget": {
    id: "out-of-memory-budget",
    closeCode: CloseCode.TryAgainLater,
    section: "RFC 6455 §10.4",
    message: "This endpoint has no memory to spare; try again later.",
  },
  "heartbeat-timeout": {
    id: "heartbeat-timeout",
    closeCode: CloseCode.InternalError,
    section: "RFC 6455 §5.5.2",
    message: "Nothing came in answer to a ping in time.",
  },
  "idle-timeout": {
    id: "idle-timeout",
    closeCode: CloseCode.GoingAway,
    section: "RFC 6455 §7.4.1",
    message: "Nothing came for longer than this endpoint waits.",
  },
  "backlog-exceeded": {
    id: "backlog-exceeded",
    closeCode: PolicyViolation,
    section: "RFC 6455 §7.4.1",
    message: "The peer reads too slowly: too much waits to be sent to it.",
  },
  "internal-error": {
    id: "internal-error",
    closeCode: CloseCode.InternalError,
    section: "RFC 6455 §7.4.1",
    message: "This endpoint met a condition that it was not made for.",
  },
};

/** What the number of a violation is, in the words that its sentence ends in. */
const DETAILS: { readonly [Id in DetailedId]: (detail: number) => string } = {
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  "rsv-not-negotiated": rsvNames,
  "reserved-opcode": String,
  "message-inside-message": (opcode) => `opcode ${opcode}`,
  "length-not-minimal": String,
  /** The seven bits of the length: 126 and 127 say that the real one follows, which nobody waits for. */
  "control-frame-too-long": (length) => `its length begins with ${length}`,
  "invalid-close-code": String,
  "frame-too-big": octets,
  /** What the headers have announced so far. */
  "message-too-big": octets,
};

function rsvNames(bits: number): string {
  return ["RSV1", "RSV2", "RSV3"].filter((_, at) => (bits & (4 >> at)) !== 0).join(", ");
}

function octets(length: number): string {
  return length > Number.MAX_SAFE_INTEGER ? "2^53 octets or more" : `${length} octets`;
}
