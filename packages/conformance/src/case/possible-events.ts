import { isUtf8 } from "node:buffer";
import type { ExpectedEvent } from "./expect.js";
import { isControl, isReserved, Opcode } from "./opcode.js";
import { bytesOf, concat, type Payload } from "./payload.js";
import type { FrameStep, Step } from "./steps.js";

/**
 * Every event that the peer of a script can give rise to, in order: an echo of each message (of a compressed one, what it
 * says that it inflates to), a pong for each ping, and the timeouts of the pauses. What lies behind a Close frame or behind something that has to fail the
 * connection (RFC 6455 §5.2, §5.4, §5.5, §8.1) yields only timeouts. The echoes of an echo loop are no events: the
 * loop itself compares and counts them.
 */
export function possibleEvents(script: readonly Step[]): readonly ExpectedEvent[] {
  const peer = new IdealPeer();
  for (const step of script) peer.see(step);
  return peer.events;
}

export function sameEvent(a: ExpectedEvent, b: ExpectedEvent): boolean {
  switch (a.type) {
    case "timeout":
      return b.type === "timeout" && a.tag === b.tag;
    case "pong":
      return b.type === "pong" && samePayload(a.payload, b.payload);
    case "message":
      return b.type === "message" && a.binary === b.binary && samePayload(a.payload, b.payload);
  }
}

/** True if both stand for the same octets, however they are written. */
function samePayload(a: Payload, b: Payload): boolean {
  if (a.length !== b.length) return false;
  // Most often both come from one constant; 16 MiB need not be made and compared for that.
  return a.pattern === b.pattern || Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

/** RSV1 as the number of a frame's reserved bits. */
const COMPRESSED = 4;

/** RSV1 marks the first frame of a compressed message (RFC 7692 §6); without permessage-deflate that is the end of it. */
function mayHaveBits({ rsv, opcode }: FrameStep): boolean {
  return rsv === 0 || (rsv === COMPRESSED && (opcode === Opcode.text || opcode === Opcode.binary));
}

class IdealPeer {
  readonly events: ExpectedEvent[] = [];
  #listening = true;
  /** The message that has begun: its opcode and what has come of it. */
  #message: { readonly opcode: number; readonly compressed: boolean; readonly parts: Payload[] } | null =
    null;
  /** The frame whose payload arrives in parts. */
  #frame: {
    readonly opcode: number;
    readonly fin: boolean;
    readonly length: number;
    parts: Payload[];
  } | null = null;

  see(step: Step): void {
    if (step.do === "wait") this.events.push({ type: "timeout", tag: step.tag });
    else if (this.#listening) this.#hear(step);
  }

  #hear(step: Step): void {
    switch (step.do) {
      case "frame":
        return this.#frameSent(step);
      case "message":
        return this.#deliver(step.opcode, [step.payload]);
      case "frame-header":
        this.#frame = { opcode: step.opcode, fin: step.fin, length: step.length, parts: [] };
        return this.#frameInParts();
      case "payload-part":
        this.#frame?.parts.push(step.payload);
        return this.#frameInParts();
      case "end-tcp":
      case "close":
      case "raw-close":
        this.#listening = false;
        return;
      default:
        return;
    }
  }

  #frameInParts(): void {
    const frame = this.#frame;
    if (frame === null) return;
    const payload = concat(frame.parts);
    if (payload.length < frame.length) return;
    this.#frame = null;
    this.#frameSent({ do: "frame", opcode: frame.opcode, fin: frame.fin, rsv: 0, payload });
  }

  #frameSent(frame: FrameStep): void {
    const isWrong =
      frame.announces !== undefined || (frame.masking !== undefined && frame.masking !== "zero");
    if (isWrong || !mayHaveBits(frame) || isReserved(frame.opcode)) this.#listening = false;
    else if (isControl(frame.opcode)) this.#controlSent(frame);
    else this.#dataSent(frame);
  }

  #controlSent(frame: FrameStep): void {
    if (!frame.fin || frame.payload.length > 125 || frame.opcode === Opcode.close) this.#listening = false;
    else if (frame.opcode === Opcode.ping) this.events.push({ type: "pong", payload: frame.payload });
  }

  #dataSent(frame: FrameStep): void {
    const continues = frame.opcode === Opcode.continuation;
    if (continues !== (this.#message !== null)) {
      this.#listening = false;
      return;
    }
    this.#message ??= { opcode: frame.opcode, compressed: frame.rsv === COMPRESSED, parts: [] };
    this.#message.parts.push(frame.payload);
    if (!frame.fin) return;
    const { opcode, compressed, parts } = this.#message;
    this.#message = null;
    if (!compressed) this.#deliver(opcode, parts);
    else if (frame.inflatesTo === undefined) this.#listening = false;
    else this.#deliver(opcode, [frame.inflatesTo]);
  }

  #deliver(opcode: number, parts: readonly Payload[]): void {
    const payload = concat(parts);
    if (opcode === Opcode.text && !isUtf8(bytesOf(payload))) this.#listening = false;
    else this.events.push({ type: "message", binary: opcode === Opcode.binary, payload });
  }
}
