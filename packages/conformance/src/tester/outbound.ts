import { Opcode } from "../case/opcode.js";
import type { TrafficCounts } from "../record/record.js";
import type { FrameView } from "../record/wire-log.js";
import { encodeFrame, encodeFrames, frameSpace, headerOctets, type FrameHeader } from "../wire/frame.js";
import type { MaskedSpace } from "../wire/mask.js";
import { SelfCheck } from "../wire/self-check.js";
import { newMaskingKey, newMaskingKeys } from "./masking-keys.js";
import { shown, type Recorder } from "../record/recorder.js";
import type { Delivery, SendQueue } from "./send-queue.js";
import { TrafficCounter } from "../record/traffic.js";

export interface OutboundFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly payload: Uint8Array;
  /** See the step of the script. */
  readonly masking?: "wrong" | "wrong-zero" | "zero";
  readonly lengthBits?: 16 | 64;
  readonly announces?: string;
  /** Number of octets of the pattern that was repeated to make the payload. */
  readonly pattern?: number;
}

export interface OutboundContext {
  readonly role: "client" | "server";
  readonly queue: SendQueue;
  readonly recorder: Recorder;
  /** permessage-deflate was agreed on. */
  readonly deflate: boolean;
}

/** Frames of a load case are collected into writes of this size. */
const BATCH_OCTETS = 65_536;

/** Sends what the tester has to send: encodes, counts and records it, and shows it to the self-check. */
export class Outbound {
  readonly #context: OutboundContext;
  readonly #selfCheck: SelfCheck;
  readonly #traffic = new TrafficCounter();
  /** Octets of payload that are still missing from a frame that is sent in parts. */
  #owed = 0;
  /** Frames that wait for the end of that frame: the peer would read them as its payload. */
  #waiting: (() => void)[] = [];
  #hasEnded = false;

  constructor(context: OutboundContext) {
    this.#context = context;
    this.#selfCheck = new SelfCheck(context.role, context.deflate);
  }

  /** The illegal things that were sent. */
  get illegal(): ReadonlySet<string> {
    return this.#selfCheck.found;
  }

  get traffic(): TrafficCounts {
    return this.#traffic.snapshot();
  }

  /** A frame is being sent in parts, and its payload is not complete. */
  get isInsideFrame(): boolean {
    return this.#owed > 0;
  }

  /** Nothing can be sent any more. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** From now on nothing is sent: this direction of TCP ends. */
  end(): void {
    this.#hasEnded = true;
  }

  /**
   * Sends one frame, legal or not; masked if the tester is a client. If another frame is being sent in parts, it waits
   * for the end of that frame.
   */
  frame(frame: OutboundFrame, delivery: Delivery, sent?: () => void): void {
    if (this.#hasEnded) return;
    if (this.isInsideFrame) {
      this.#waiting.push(() => this.frame(frame, delivery, sent));
      return;
    }
    this.#selfCheck.begin();
    this.octets(this.#encode(frame, delivery), delivery, sent);
  }

  /** Sends octets that need not be a whole frame. */
  octets(octets: Uint8Array, delivery: Delivery, sent?: () => void): void {
    this.#selfCheck.push(octets);
    this.#context.queue.send(octets, delivery, sent);
  }

  /** Sends the header of a frame whose payload follows in parts. */
  header(header: Uint8Array, payloadLength: number): void {
    this.#selfCheck.begin();
    this.#owed = payloadLength;
    this.octets(header, {});
  }

  /** Sends the next octets of that payload, already masked if they have to be. */
  part(octets: Uint8Array): void {
    this.octets(octets, {});
    this.#owed = Math.max(0, this.#owed - octets.length);
    if (this.isInsideFrame) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const send of waiting) send();
  }

  /**
   * Sends the frames of a load case, many of them in one write. The self-check looks at their headers only, since their
   * payload is known.
   */
  load(frames: Iterable<OutboundFrame>): void {
    const isMasked = this.#context.role === "client";
    let batch: OutboundFrame[] = [];
    let octets = 0;
    for (const frame of frames) {
      const { length } = frame.payload;
      batch.push(frame);
      octets += headerOctets(length, isMasked) + length;
      if (octets < BATCH_OCTETS) continue;
      this.#sendBatch(batch, octets);
      batch = [];
      octets = 0;
    }
    if (batch.length > 0) this.#sendBatch(batch, octets);
  }

  /** Octets of a message before compression, for the traffic record. */
  countApplication(octets: number): void {
    this.#traffic.application(octets);
  }

  /** A fresh key for a client, null for a server (RFC 6455 §5.3). */
  maskingKey(): Uint8Array | null {
    return this.#context.role === "client" ? newMaskingKey() : null;
  }

  #sendBatch(frames: readonly OutboundFrame[], length: number): void {
    const keys = this.#context.role === "client" ? newMaskingKeys(frames.length) : null;
    const space = takeSpace(length);
    const encoded = encodeFrames(frames, keys, space);
    for (let i = 0; i < frames.length; i++) {
      const frame = frames[i] as OutboundFrame;
      this.#note(frame, () => viewOf(frame, keys?.subarray(4 * i, 4 * i + 4) ?? null, {}));
    }
    this.#selfCheck.pushHeaders(encoded);
    this.#context.queue.send(encoded, {}, () => giveBackSpace(space));
  }

  #encode(frame: OutboundFrame, delivery: Delivery): Uint8Array {
    const maskingKey = this.#keyOf(frame);
    const { payload, lengthBits } = frame;
    const form = lengthBits === undefined ? {} : { lengthForm: lengthBits };
    const header: FrameHeader = { ...frame, ...form, length: payload.length, maskingKey };
    this.#note(frame, () => viewOf(frame, maskingKey, delivery));
    return encodeFrame(header, payload);
  }

  #keyOf({ masking }: OutboundFrame): Uint8Array | null {
    if (masking === undefined) return this.maskingKey();
    const isMasked = (this.#context.role === "client") === (masking === "zero");
    if (!isMasked) return null;
    return masking === "wrong" ? newMaskingKey() : new Uint8Array(4);
  }

  #note({ opcode, fin, payload: { length } }: OutboundFrame, view: () => FrameView): void {
    if (opcode < Opcode.close) {
      this.#traffic.frame(headerOctets(length, this.#context.role === "client"), length, fin);
    }
    this.#context.recorder.frame(">", opcode, view);
  }
}

function viewOf(frame: OutboundFrame, maskingKey: Uint8Array | null, delivery: Delivery): FrameView {
  return {
    opcode: frame.opcode,
    fin: frame.fin,
    rsv: frame.rsv,
    masked: maskingKey !== null,
    mask: maskingKey === null ? null : Buffer.from(maskingKey).toString("hex"),
    length: frame.payload.length,
    payload: shown(frame.payload),
    ...(delivery.chop === undefined ? {} : { chop: delivery.chop }),
    ...(delivery.sync === true ? { sync: true } : {}),
    ...(frame.pattern === undefined ? {} : { pattern: frame.pattern }),
  };
}

/** Size of every space that is kept: enough for one write and the largest message that is sent compressed. */
const KEPT_OCTETS = 256 * 1024;
/** For all connections together. The space that came back last is used first: it is still in the processor's cache. */
const KEPT_SPACES = 16;

const spaces: MaskedSpace[] = [];

/** Space for at least `length` octets of frames. New memory for every write would keep the garbage collector busy. */
export function takeSpace(length: number): MaskedSpace {
  return length > KEPT_OCTETS ? frameSpace(length) : (spaces.pop() ?? frameSpace(KEPT_OCTETS));
}

/** Call this when the system has taken the octets. A space that is not given back is garbage collected. */
export function giveBackSpace(space: MaskedSpace): void {
  if (space.octets.length === KEPT_OCTETS && spaces.length < KEPT_SPACES) spaces.push(space);
}
