import type { FrameView, PageWire } from "wireproof/page";
import { isControl, octetsOf } from "./octets.js";
import { Utf8Walk } from "./utf8-walk.js";

/** What is wrong with a frame, and where: in its header, or in an octet of its payload. */
export interface Offence {
  readonly where: "header" | "payload";
  /** Octet of the unmasked payload; 0 for the header. */
  readonly offset: number;
  readonly what: string;
}

/**
 * The frames of a wire log that are not as RFC 6455 wants them, by the index of their entry. It explains a picture:
 * what the tester sent wrong on purpose, and what the peer did. Verdicts are made elsewhere, of more than is shown here.
 */
export function offences(wire: readonly PageWire[], about: OffenceContext): ReadonlyMap<number, Offence> {
  const found = new Map<number, Offence>();
  const sides = { ">": new Side(about), "<": new Side(about) };
  for (const [index, { entry }] of wire.entries()) {
    if (!("frame" in entry)) continue;
    const senderIsClient = (entry.dir === ">") === (about.role === "client");
    const offence = sides[entry.dir].check(entry.frame, senderIsClient);
    if (offence !== undefined) found.set(index, offence);
  }
  return found;
}

export interface OffenceContext {
  /** The side that the tester played. */
  readonly role: "client" | "server";
  /** permessage-deflate was agreed on: RSV1 means something, and payloads are not text. */
  readonly isCompressed: boolean;
}

/** One direction. */
class Side {
  readonly #isCompressed: boolean;
  #message: { readonly text: Utf8Walk | null } | null = null;
  #isClosed = false;

  constructor({ isCompressed }: OffenceContext) {
    this.#isCompressed = isCompressed;
  }

  check(frame: FrameView, senderIsClient: boolean): Offence | undefined {
    const header = this.#headerProblem(frame, senderIsClient);
    const payload = this.#payloadProblem(frame);
    if (frame.opcode === 8) this.#isClosed = true;
    return header === undefined ? payload : { where: "header", offset: 0, what: header };
  }

  #headerProblem(frame: FrameView, senderIsClient: boolean): string | undefined {
    const { opcode, fin, rsv, masked, length } = frame;
    const allowed = this.#isCompressed && !isControl(opcode) && opcode !== 0 ? 4 : 0;
    if (this.#isClosed) return "follows a Close frame (§5.5.1)";
    if ((rsv & ~allowed) !== 0) return "reserved bit set (§5.2)";
    if ((opcode > 2 && opcode < 8) || opcode > 10) return "reserved opcode (§5.2)";
    if (isControl(opcode) && !fin) return "fragmented control frame (§5.5)";
    if (isControl(opcode) && length > 125) return "control frame of more than 125 octets (§5.5)";
    if (opcode === 0 && this.#message === null) return "nothing to continue (§5.4)";
    if ((opcode === 1 || opcode === 2) && this.#message !== null)
      return "the message before has not ended (§5.4)";
    if (masked !== senderIsClient)
      return masked ? "a server must not mask (§5.1)" : "a client must mask (§5.1)";
    return undefined;
  }

  #payloadProblem(frame: FrameView): Offence | undefined {
    if (frame.opcode === 8) return closeProblem(frame);
    if (isControl(frame.opcode)) return undefined;
    if (frame.opcode !== 0) {
      const isPlainText = frame.opcode === 1 && (frame.rsv & 4) === 0;
      this.#message = { text: isPlainText ? new Utf8Walk() : null };
    }
    const text = this.#message?.text ?? null;
    const octets = octetsOf(frame.payload);
    const isCut = octets.length < frame.length;
    const at = text?.push(octets) ?? -1;
    const isTruncated = text !== null && frame.fin && !isCut && !text.isComplete;
    // What was not shown cannot be followed.
    if (frame.fin) this.#message = null;
    else if (isCut || at >= 0) this.#message = { text: null };
    if (at >= 0) return { where: "payload", offset: at, what: "not UTF-8 from here (§8.1)" };
    return isTruncated
      ? {
          where: "payload",
          offset: Math.max(0, octets.length - 1),
          what: "the last character is incomplete (§8.1)",
        }
      : undefined;
  }
}

/** RFC 6455 §5.5.1, §7.4; the codes 1012 to 1014 were registered later. */
function closeProblem({ payload, length }: FrameView): Offence | undefined {
  const octets = octetsOf(payload);
  const [high, low] = octets;
  if (length === 1) return { where: "payload", offset: 0, what: "incomplete close code (§5.5.1)" };
  if (high === undefined || low === undefined) return undefined;
  const code = high * 256 + low;
  const isValid =
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
  if (!isValid) return { where: "payload", offset: 0, what: `${code} must not be sent (§7.4)` };
  const walk = new Utf8Walk();
  const at = walk.push(octets.subarray(2));
  return at < 0
    ? undefined
    : { where: "payload", offset: at + 2, what: "the reason is not UTF-8 from here (§5.5.1)" };
}
