import { FIN, MASK, MAX_CONTROL_OCTETS, RSV1, RSV2_RSV3 } from "./frame-header.js";
import type { Kernels } from "./kernels.js";
import type { Leniency, Limits } from "./limits.js";
import { rotateKey } from "./mask.js";
import type { MessageOpcode } from "./opcode.js";
import { isControl, Opcode } from "./opcode.js";
import { VIOLATIONS, violationOf } from "./violation.js";
import type { Violation } from "./violation.js";

/** What a step of the parser has found. */
export const Step = {
  /** All octets are used up. */
  Starved: 0,
  /** A message begins that is delivered in parts. Its payload data follows. */
  Start: 1,
  /** Payload data of a message, unmasked, in `bytes[from..to)` of the parser's fields. */
  Data: 2,
  /** A whole control frame. Its payload data likewise, valid until the next step. */
  Control: 3,
  /** `violation` says what is wrong. The parser must not be called again. */
  Violation: 4,
} as const;

export type Step = (typeof Step)[keyof typeof Step];

export interface ParserOptions {
  readonly isMaskExpected: boolean;
  /** RSV1 may begin a message: permessage-deflate was negotiated. */
  readonly mayBeCompressed: boolean;
  readonly limits: Limits;
  readonly leniency: Leniency;
}

/**
 * Reads frames (RFC 6455 §5.2) out of octets cut anywhere and checks everything that is about frames: masking, reserved
 * bits and opcodes, lengths, the order of fragments, the limits that a header can break. The header is read octet by
 * octet, so that a mistake is found at the same octet however the stream was cut. That takes about 20 ns a frame, and a
 * header that was cut needs no buffer.
 */
export class FrameParser {
  /** After a step: the octets up to here are used up. */
  at = 0;
  /** After `Data` and `Control`: where the payload data is. */
  bytes: Uint8Array = NO_OCTETS;
  from = 0;
  to = 0;
  /** The frame in progress, or the one that has just ended. */
  opcode = 0;
  isFin = false;
  /** The payload data of the step was the last of its frame. */
  isFrameEnd = false;
  violation: Violation | undefined = undefined;

  /** The message in progress, or the one that has just ended. */
  messageOpcode: MessageOpcode = Opcode.Text;
  isCompressed = false;
  isStreamed = false;
  /** Payload data of the message's frames so far. The frame in progress counts in full. */
  messageOctets = 0;
  /** The next message is delivered in parts. */
  streamsNext = false;

  #stage: number = Stage.First;
  #isInsideMessage = false;
  #fragments = 0;
  #isMasked = false;
  #length = 0;
  #lengthForm = 0;
  /** Octets of the length or of the masking key that are still to come; then those of the payload data. */
  #missing = 0;
  #key = 0;
  /** Payload data of a control frame that was cut. */
  #control: Uint8Array = NO_OCTETS;
  #controlLength = 0;

  readonly #unmask: Kernels["unmask"];
  readonly #limits: Limits;
  readonly #leniency: Leniency;
  readonly #mayBeCompressed: boolean;
  readonly #isMaskExpected: boolean;
  /** Octets of compressed payload data that are handed on at once in a message delivered in parts. */
  readonly #partOctets: number;

  constructor(kernels: Kernels, options: ParserOptions) {
    this.#unmask = kernels.unmask;
    this.#limits = options.limits;
    this.#leniency = options.leniency;
    this.#mayBeCompressed = options.mayBeCompressed;
    this.#isMaskExpected = options.isMaskExpected;
    this.#partOctets = compressedPartOctets(options.limits.retainedOctets);
  }

  /** Reads from `bytes[from]` until it has found something. Unmasks in place. */
  next(bytes: Uint8Array, from: number, to: number): Step {
    let at = from;
    if (this.#stage !== Stage.Payload) {
      at = this.#readHeader(bytes, from, to);
      this.at = at;
      if (this.violation !== undefined) return Step.Violation;
      if (this.#stage !== Stage.Payload) return Step.Starved;
      if (this.#isStart()) return Step.Start;
    }
    const missing = this.#missing;
    if (at === to && missing > 0) {
      this.at = at;
      return Step.Starved;
    }
    let count = Math.min(missing, to - at);
    if (this.isStreamed && this.isCompressed && count > this.#partOctets) count = this.#partOctets;
    return this.#readPayload(bytes, at, at + count);
  }

  /**
   * After `Start`, before anything else is read: the message is delivered whole after all. Returns the limit that
   * forbids this, if one does, and changes nothing then.
   */
  gather(): Violation | undefined {
    const violation = this.#overLimit();
    if (violation === undefined) this.isStreamed = false;
    return violation;
  }

  /** Lets go of the memory that was read. */
  forget(): void {
    this.bytes = NO_OCTETS;
  }

  #readPayload(bytes: Uint8Array, at: number, end: number): Step {
    const count = end - at;
    if (this.#isMasked && count > 0) {
      this.#unmask(bytes, at, end, this.#key);
      this.#key = rotateKey(this.#key, count);
    }
    this.at = end;
    this.#missing -= count;
    this.isFrameEnd = this.#missing === 0;
    if (this.isFrameEnd) this.#stage = Stage.First;
    if (isControl(this.opcode)) return this.#readControl(bytes, at, end);
    this.bytes = bytes;
    this.from = at;
    this.to = end;
    return Step.Data;
  }

  #readControl(bytes: Uint8Array, at: number, end: number): Step {
    if (this.isFrameEnd && this.#controlLength === 0) {
      this.bytes = bytes;
      this.from = at;
      this.to = end;
      return Step.Control;
    }
    if (this.#controlLength === 0) this.#control = new Uint8Array(this.#length);
    for (let index = at; index < end; index += 1) {
      this.#control[this.#controlLength] = bytes[index]!;
      this.#controlLength += 1;
    }
    if (!this.isFrameEnd) return Step.Starved;
    this.bytes = this.#control;
    this.from = 0;
    this.to = this.#controlLength;
    this.#control = NO_OCTETS;
    this.#controlLength = 0;
    return Step.Control;
  }

  /** Whether the header that was just read begins a message that is delivered in parts. */
  #isStart(): boolean {
    return this.isStreamed && this.#fragments === 1 && !isControl(this.opcode);
  }

  #readHeader(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && this.#stage !== Stage.Payload && this.violation === undefined) {
      const octet = bytes[at]!;
      at += 1;
      switch (this.#stage) {
        case Stage.First:
          this.violation = this.#readFirst(octet);
          break;
        case Stage.Second:
          this.violation = this.#readSecond(octet);
          break;
        case Stage.Length:
          this.violation = this.#readLength(octet);
          break;
        case Stage.Key:
          this.#readKey(octet);
          break;
      }
    }
    return at;
  }

  /** FIN, RSV1–3 and the opcode. */
  #readFirst(octet: number): Violation | undefined {
    const opcode = octet & 0x0f;
    this.opcode = opcode;
    this.isFin = (octet & FIN) !== 0;
    this.#stage = Stage.Second;
    if ((octet & RSV2_RSV3) !== 0) return this.#reservedBits(octet);
    const isCompressed = (octet & RSV1) !== 0;
    if (isCompressed && !this.#mayBeCompressed) return this.#reservedBits(octet);
    if (isControl(opcode)) return this.#beginControl(opcode, isCompressed);
    if (opcode === Opcode.Continuation) return this.#beginContinuation(isCompressed);
    if (opcode > Opcode.Binary) return violationOf("reserved-opcode", opcode);
    return this.#beginMessage(opcode as MessageOpcode, isCompressed);
  }

  /** The reserved bits that are set and have no meaning. RSV1 has one where messages may be compressed. */
  #reservedBits(octet: number): Violation {
    const meaningless = this.#mayBeCompressed ? RSV2_RSV3 : RSV1 | RSV2_RSV3;
    return violationOf("rsv-not-negotiated", (octet & meaningless) >> 4);
  }

  #beginControl(opcode: number, isCompressed: boolean): Violation | undefined {
    if (opcode > Opcode.Pong) return violationOf("reserved-opcode", opcode);
    if (!this.isFin) return VIOLATIONS["control-frame-fragmented"];
    return isCompressed ? VIOLATIONS["compressed-control-frame"] : undefined;
  }

  #beginContinuation(isCompressed: boolean): Violation | undefined {
    if (isCompressed) return VIOLATIONS["compressed-continuation"];
    if (!this.#isInsideMessage) return VIOLATIONS["continuation-without-message"];
    this.#isInsideMessage = !this.isFin;
    this.#fragments += 1;
    if (this.#fragments <= this.#limits.fragments || this.isStreamed) return undefined;
    return VIOLATIONS["too-many-fragments"];
  }

  #beginMessage(opcode: MessageOpcode, isCompressed: boolean): Violation | undefined {
    if (this.#isInsideMessage) return violationOf("message-inside-message", opcode);
    this.#isInsideMessage = !this.isFin;
    this.messageOpcode = opcode;
    this.isCompressed = isCompressed;
    this.isStreamed = this.streamsNext;
    this.streamsNext = false;
    this.messageOctets = 0;
    this.#fragments = 1;
    return undefined;
  }

  /** The mask bit and the length, or how many octets of it follow. */
  #readSecond(octet: number): Violation | undefined {
    this.#isMasked = (octet & MASK) !== 0;
    if (this.#isMasked !== this.#isMaskExpected) {
      if (this.#isMasked && !this.#leniency.acceptMasked) return VIOLATIONS.masked;
      if (!this.#isMasked && !this.#leniency.acceptUnmasked) return VIOLATIONS["not-masked"];
    }
    const form = octet & 0x7f;
    if (form > MAX_CONTROL_OCTETS && isControl(this.opcode)) {
      return violationOf("control-frame-too-long", form);
    }
    this.#lengthForm = form;
    if (form <= 125) {
      this.#length = form;
      return this.#endLength();
    }
    this.#length = 0;
    this.#missing = form === 126 ? 2 : 8;
    this.#stage = Stage.Length;
    return undefined;
  }

  #readLength(octet: number): Violation | undefined {
    if (this.#missing === 8 && octet >= 0x80) return VIOLATIONS["length-over-63-bits"];
    // Beyond 2^53 the sum is no longer exact, and is refused as soon as it is complete.
    this.#length = this.#length * 256 + octet;
    this.#missing -= 1;
    if (this.#missing > 0) return undefined;
    const least = this.#lengthForm === 126 ? 126 : 0x1_0000;
    if (this.#length < least && !this.#leniency.acceptNonMinimalLength) {
      return violationOf("length-not-minimal", this.#length);
    }
    // Whatever the limits are: such a length cannot be counted.
    if (this.#length > Number.MAX_SAFE_INTEGER) return violationOf("frame-too-big", this.#length);
    return this.#endLength();
  }

  /** The length is known: the limits are checked before anything is kept for the frame. */
  #endLength(): Violation | undefined {
    if (this.#isMasked) {
      this.#key = 0;
      this.#missing = 4;
      this.#stage = Stage.Key;
    } else {
      this.#missing = this.#length;
      this.#stage = Stage.Payload;
    }
    return isControl(this.opcode) ? undefined : this.#checkLimits();
  }

  #checkLimits(): Violation | undefined {
    this.messageOctets += this.#length;
    // What is delivered in parts costs no memory, so only the size of a number bounds it.
    return this.isStreamed ? undefined : this.#overLimit();
  }

  /** What is too large about the frame whose header was read, or about its message so far. */
  #overLimit(): Violation | undefined {
    const limits = this.#limits;
    const most = this.isCompressed ? largestCompressed(limits.frameOctets) : limits.frameOctets;
    if (this.#length > most) return violationOf("frame-too-big", this.#length);
    if (this.messageOctets <= limits.messageOctets || this.isCompressed) return undefined;
    return violationOf("message-too-big", this.messageOctets);
  }

  #readKey(octet: number): void {
    // The first octet ends up in the lowest eight bits.
    this.#key = (this.#key >>> 8) | (octet << 24);
    this.#missing -= 1;
    if (this.#missing > 0) return;
    this.#missing = this.#length;
    this.#stage = Stage.Payload;
  }
}

/**
 * Octets that cannot be made fewer are stored in blocks with five octets in front of each (RFC 1951 §3.2.4). The smallest
 * buffers of zlib make blocks of 127 octets.
 */
function largestCompressed(octets: number): number {
  return octets + octets / 16 + 64;
}

const NO_OCTETS = new Uint8Array(0);

/** What comes next of a frame. */
const Stage = { First: 0, Second: 1, Length: 2, Key: 3, Payload: 4 } as const;

/**
 * Deflate makes at most 1,032 octets out of one, and what one part inflates to must not be more than may be retained.
 */
function compressedPartOctets(retainedOctets: number): number {
  return Math.max(1, Math.min(16_384, Math.floor(retainedOctets / 1_040)));
}
