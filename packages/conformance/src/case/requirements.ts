/**
 * The key words of RFC 2119. `stated as fact`: the RFC says how something is, or what is done, without a key word. That
 * explains a demand, but is not a demand.
 *
 * @example
 * ```ts
 * import { REQUIREMENTS, type Level } from "wireproof";
 *
 * const level: Level = "MUST";
 * console.assert([...REQUIREMENTS.values()].some((requirement) => requirement.level === level));
 * ```
 */
export type Level = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "MAY" | "stated as fact";

/**
 * RFC, section, running number in the section: `6455-5.5.1-1`. Ids are never used again.
 *
 * @example
 * ```ts
 * import { citation, type RequirementId } from "wireproof";
 *
 * const id: RequirementId = "6455-5.5.1-1";
 * console.assert(citation(id) === "RFC 6455 §5.5.1");
 * ```
 */
export type RequirementId = `${number}-${string}-${number}`;

/**
 * One sentence of an RFC that a peer can keep or break, in our words.
 *
 * @example
 * ```ts
 * import { REQUIREMENTS, type Requirement } from "wireproof";
 *
 * const requirement: Requirement | undefined = REQUIREMENTS.get("6455-5.5.2-1");
 * console.assert(requirement?.level === "MUST");
 * ```
 */
export interface Requirement {
  /** Such as `6455-5.5.1-1`. */
  readonly id: RequirementId;
  /** How strongly the RFC demands it. */
  readonly level: Level;
  /** One sentence. */
  readonly text: string;
}

const TABLE: readonly (readonly [RequirementId, Level, string])[] = [
  ["6455-4.1-10", "MUST", "The opening handshake is a GET request of HTTP/1.1."],
  ["6455-4.1-11", "MUST", "The request names the resource by its path and query, without a fragment."],
  ["6455-4.1-12", "MUST", "The request has one Host header."],
  ["6455-4.1-13", "MUST", "The Upgrade header of the request has the token websocket."],
  ["6455-4.1-14", "MUST", "The Connection header of the request has the token Upgrade."],
  ["6455-4.1-15", "MUST", "The request has one Sec-WebSocket-Key header: 16 octets in base64."],
  ["6455-4.1-18", "MUST", "The request has one Sec-WebSocket-Version header, which is 13."],
  ["6455-4.1-19", "MUST", "No subprotocol is offered twice."],
  ["6455-4.1-22", "stated as fact", "Only an answer with status 101 opens the connection."],
  ["6455-4.1-23", "MUST", "The answer to the opening handshake has the header Upgrade: websocket."],
  ["6455-4.1-24", "MUST", "The Connection header of the answer has the token Upgrade."],
  ["6455-4.1-25", "MUST", "Sec-WebSocket-Accept is the hash of the key that was sent."],
  ["6455-4.1-26", "MUST", "The server accepts no extension that was not offered."],
  ["6455-4.1-27", "MUST", "The server chooses no subprotocol that was not offered."],
  ["6455-4.1-28", "MUST", "The answer to the opening handshake is well-formed."],
  ["6455-5.1-1", "MUST", "A client masks every frame it sends."],
  ["6455-5.1-2", "MUST", "A server closes the connection when a frame is not masked."],
  ["6455-5.1-4", "MUST NOT", "A server masks no frame."],
  ["6455-5.1-5", "MUST", "A client closes the connection when a frame is masked."],
  ["6455-5.1-6", "MAY", "Data may be sent as soon as the opening handshake is complete."],
  ["6455-5.2-1", "MUST", "Reserved bits are 0 unless an extension gives them a meaning."],
  ["6455-5.2-2", "MUST", "An endpoint that receives a reserved bit without a meaning fails the connection."],
  ["6455-5.2-3", "MUST", "An endpoint that receives an unknown opcode fails the connection."],
  ["6455-5.2-4", "MUST", "The highest bit of a 64-bit length is 0."],
  ["6455-5.2-5", "MUST", "The length of a frame is written in the shortest possible form."],
  ["6455-5.4-1", "MUST", "An endpoint handles control frames between the fragments of a message."],
  ["6455-5.4-2", "MUST NOT", "A control frame is never fragmented."],
  ["6455-5.4-3", "MUST", "The fragments of a message are delivered in the order in which they were sent."],
  ["6455-5.4-4", "MUST NOT", "The fragments of one message are not interleaved with those of another."],
  ["6455-5.4-5", "MAY", "Fragments may have any size, including zero."],
  ["6455-5.4-6", "MUST", "An endpoint can receive both fragmented and unfragmented messages."],
  ["6455-5.4-7", "stated as fact", "A continuation frame continues a message that has begun."],
  ["6455-5.4-10", "MUST", "A message has the type that its first frame sets, text or binary."],
  ["6455-5.5-1", "MUST", "The payload of a control frame has at most 125 octets."],
  ["6455-5.5.1-1", "MUST", "A Close frame with a payload begins with a close code of two octets."],
  ["6455-5.5.1-2", "MAY", "A Close frame may carry a reason in UTF-8 behind the code."],
  ["6455-5.5.1-4", "MUST NOT", "No data frame is sent after a Close frame."],
  [
    "6455-5.5.1-5",
    "MUST",
    "An endpoint answers a Close frame with a Close frame, unless it has sent one before.",
  ],
  ["6455-5.5.1-6", "MAY", "The answer to a Close frame may wait until the current message is sent."],
  ["6455-5.5.1-7", "MUST", "After both Close frames the TCP connection is closed."],
  ["6455-5.5.1-8", "MUST", "The server closes the TCP connection at once after both Close frames."],
  ["6455-5.5.2-1", "MUST", "An endpoint answers a Ping with a Pong, unless it has received a Close frame."],
  ["6455-5.5.2-2", "SHOULD", "An endpoint answers a Ping without unnecessary delay."],
  ["6455-5.5.3-1", "MUST", "A Pong carries the application data of the Ping it answers."],
  ["6455-5.5.3-2", "MAY", "An endpoint that has received several Pings may answer only the latest one."],
  ["6455-5.5.3-3", "MAY", "A Pong may come without a Ping and needs no answer."],
  ["6455-5.6-1", "MUST", "A whole text message is valid UTF-8; a fragment may end inside a character."],
  ["6455-5.6-2", "stated as fact", "The payload of a binary message may be any octets."],
  ["6455-6.2-1", "MUST", "A message is delivered whole, with the type of its first frame."],
  ["6455-6.2-3", "MUST", "A control frame is handled as a control frame and never delivered as a message."],
  ["6455-7.1.1-2", "SHOULD", "The server closes the TCP connection first."],
  ["6455-7.1.2-1", "MUST", "The closing handshake begins with a Close frame."],
  ["6455-7.1.2-2", "SHOULD", "After both Close frames the connection is closed, and nothing more is sent."],
  ["6455-7.1.5-1", "stated as fact", "A Close frame without a code is valid and counts as 1005."],
  ["6455-7.1.6-1", "stated as fact", "The close reason is the UTF-8 text behind the code."],
  ["6455-7.1.7-1", "MUST", "An endpoint that fails the connection closes it."],
  [
    "6455-7.1.7-3",
    "SHOULD",
    "An endpoint sends a Close frame with an appropriate code before it fails the connection.",
  ],
  ["6455-7.1.7-4", "MUST NOT", "An endpoint that has failed the connection processes no more data."],
  ["6455-7.4.1-1", "MUST NOT", "Codes 1005, 1006 and 1015 never appear in a Close frame."],
  ["6455-7.4.1-3", "stated as fact", "Each defined close code is used for what it was defined for."],
  ["6455-7.4.1-4", "stated as fact", "Code 1004 is reserved; it may get a meaning later."],
  [
    "6455-7.4.2-1",
    "stated as fact",
    "Codes below 1000 are not used; 1000–2999 are reserved for definitions now and later; 3000–4999 are free to use.",
  ],
  [
    "6455-8.1-1",
    "MUST",
    "Text that is not valid UTF-8 fails the connection; this includes the close reason.",
  ],
  ["6455-9.1-1", "MUST", "The Sec-WebSocket-Extensions header follows its grammar."],
  ["6455-10.7-1", "MUST", "An endpoint validates everything that it receives."],
  [
    "6455-10.7-2",
    "SHOULD",
    "An endpoint that receives invalid data after the handshake closes with a fitting code.",
  ],
  [
    "7692-5-2",
    "MUST",
    "A server accepts an offer only if it supports all of it; its answer names the extension.",
  ],
  ["7692-5-3", "MUST NOT", "No two extensions that use the same reserved bit are accepted together."],
  ["7692-5-7", "MUST", "Both endpoints use the parameters that were agreed on."],
  ["7692-6.1-1", "MUST", "The first frame of a compressed message has RSV1 set; its other frames do not."],
  ["7692-6.1-2", "MUST NOT", "RSV1 is never set in a control frame or a continuation frame."],
  [
    "7692-6.1-3",
    "MUST",
    "An endpoint that receives a control or continuation frame with RSV1 fails the connection.",
  ],
  ["7692-6.2-1", "MUST", "An endpoint can receive compressed and uncompressed messages on one connection."],
  ["7692-7-4", "MUST", "A server declines an offer with a configuration that it does not support."],
  ["7692-7-5", "MUST", "The answer has only parameters that permessage-deflate defines."],
  ["7692-7-6", "MUST", "Every parameter in the answer has a valid value, or no value if it takes none."],
  ["7692-7-7", "MUST", "No parameter is in the answer twice."],
  [
    "7692-7.1.1.1-1",
    "SHOULD",
    "A server supports server_no_context_takeover; if it accepts it, its answer repeats it.",
  ],
  ["7692-7.1.1.2-1", "MUST", "A client supports client_no_context_takeover in the answer of a server."],
  [
    "7692-7.1.1.2-2",
    "stated as fact",
    "client_no_context_takeover in an offer is a hint: an answer without it is correct too.",
  ],
  ["7692-7.1.2.1-1", "MUST", "server_max_window_bits is 8 to 15, and never more than was offered."],
  ["7692-7.1.2.2-1", "MUST", "client_max_window_bits is 8 to 15; only an offer may leave the number out."],
  [
    "7692-7.1.2.2-2",
    "MUST NOT",
    "The server limits the window of the client only if the client offered that.",
  ],
  [
    "7692-7.2.1-1",
    "MAY",
    "A message may be compressed into any number of DEFLATE blocks of any type, also final ones.",
  ],
  ["7692-7.2.1-2", "MUST", "After a final DEFLATE block, zero bits fill the octet."],
  [
    "7692-7.2.1-3",
    "MUST NOT",
    "Only the end of the whole message loses its 00 00 ff ff, never that of another fragment.",
  ],
  ["7692-7.2.1-4", "MUST NOT", "No reference goes back farther than the agreed window, or than 32 KiB."],
  ["7692-7.2.1-5", "MUST", "Without context takeover, every message is compressed with an empty window."],
  ["7692-7.2.2-1", "MUST", "With context takeover, the receiver keeps its window between messages."],
  ["7692-7.2.2-2", "MUST", "The receiver's window is 32 KiB, unless a smaller one was agreed."],
  ["7692-7.2.3-1", "stated as fact", "The examples of compressed messages in the RFC are valid."],
  ["7692-8-1", "SHOULD", "Compressed data that cannot be decompressed fails the connection."],
];

/**
 * Every requirement by id, in the order of the RFCs.
 *
 * @example
 * ```ts
 * import { REQUIREMENTS } from "wireproof";
 *
 * const musts = [...REQUIREMENTS.values()].filter(({ level }) => level === "MUST");
 * console.assert(musts.length > 0 && musts.length < REQUIREMENTS.size);
 * ```
 */
export const REQUIREMENTS: ReadonlyMap<string, Requirement> = new Map(
  TABLE.map(([id, level, text]) => [id, { id, level, text }]),
);

/** Whether breaking it is a failure: the RFC demands it (MUST, MUST NOT). */
export function isDemand(id: string): boolean {
  const { level } = requirement(id);
  return level === "MUST" || level === "MUST NOT";
}

/** Whether breaking it is tolerated: the RFC advises it (SHOULD, SHOULD NOT). */
export function isAdvice(id: string): boolean {
  const { level } = requirement(id);
  return level === "SHOULD" || level === "SHOULD NOT";
}

/** The requirement behind an id. Throws a RangeError on an unknown one: `check-cases` finds those at build time. */
export function requirement(id: string): Requirement {
  const found = REQUIREMENTS.get(id);
  if (found === undefined) throw new RangeError(`unknown requirement ${id}`);
  return found;
}

/**
 * The section that a requirement is from, as it is cited.
 *
 * @param id - Id of a requirement.
 * @returns Such as `RFC 6455 §5.5.1`.
 *
 * @example
 * ```ts
 * import { citation } from "wireproof";
 *
 * console.assert(citation("7692-7.2.2-1") === "RFC 7692 §7.2.2");
 * ```
 */
export function citation(id: string): string {
  const { rfc, section } = parts(id);
  return `RFC ${rfc} §${section}`;
}

/**
 * The address of that section in the RFC Editor's HTML.
 *
 * @param id - Id of a requirement.
 * @returns A URL.
 *
 * @example
 * ```ts
 * import { rfcLink } from "wireproof";
 *
 * console.assert(rfcLink("6455-5.5.1-1") === "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1");
 * ```
 */
export function rfcLink(id: string): string {
  const { rfc, section } = parts(id);
  return `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}`;
}

function parts(id: string): { rfc: string; section: string } {
  const [rfc = "", section = ""] = id.split("-");
  return { rfc, section };
}
