import { Accumulator } from "./accumulator.js";
import type { Inflated } from "./codec.js";
import type { ConnectionOptions } from "./connection-options.js";
import type { Counters } from "./counters.js";
import type { FrameParser } from "./frame-parser.js";
import type { Kernels } from "./kernels.js";
import { Opcode } from "./opcode.js";
import type { Retention } from "./retention.js";
import type { Sink } from "./sink.js";
import { Utf8Validator } from "./utf8.js";
import type { Violation } from "./violation.js";
import { VIOLATIONS } from "./violation.js";

/**
 * Makes messages out of the payload data that the parser finds (RFC 6455 §5.4), and delivers them. A message in one
 * frame that lies wholly in what was read goes out without a copy; others grow in one buffer. Text is validated as it
 * comes (§8.1), compressed text as it is inflated.
 */
export class MessageAssembler {
  /** An asynchronous inflater works on what was pushed last: nothing more may be pushed before `goOn`. */
  isWaiting = false;

  readonly #sink: Sink;
  readonly #kernels: Kernels;
  readonly #options: ConnectionOptions;
  readonly #counters: Counters;
  readonly #parser: FrameParser;
  readonly #inflated: ((result: Inflated) => void) | undefined;

  readonly #retention: Retention;

  /**
   * The message so far, inflated; and compressed octets that are too few to be inflated alone. Made when first needed:
   * on most connections every message comes in one piece.
   */
  #message: Accumulator | undefined = undefined;
  #compressed: Accumulator | undefined = undefined;
  #utf8: Utf8Validator | undefined = undefined;
  /** A part of the message in progress has come, perhaps an empty one. */
  #isInside = false;
  #isLast = false;

  /** `inflated` is called with the result of an asynchronous inflater, and has to call `goOn`. */
  constructor(
    sink: Sink,
    kernels: Kernels,
    options: ConnectionOptions,
    counters: Counters,
    parser: FrameParser,
    retention: Retention,
    inflated: ((result: Inflated) => void) | undefined,
  ) {
    this.#sink = sink;
    this.#kernels = kernels;
    this.#options = options;
    this.#counters = counters;
    this.#parser = parser;
    this.#inflated = inflated;
    this.#retention = retention;
  }

  /** Takes the payload data that the parser's last step found. Returns what is wrong with it, if something is. */
  push(): Violation | undefined {
    const parser = this.#parser;
    const isLast = parser.isFrameEnd && parser.isFin;
    this.#isLast = isLast;
    if (parser.isCompressed) return this.#pushCompressed(parser, isLast);
    const { bytes, from, to } = parser;
    if (isLast && !this.#isInside && !parser.isStreamed) {
      return this.#deliver(bytes.subarray(from, to), false, false);
    }
    const violation = this.#validate(bytes, from, to, isLast);
    if (violation !== undefined) return violation;
    this.#isInside = !isLast;
    if (parser.isStreamed) return this.#deliverPart(bytes.subarray(from, to), isLast, false);
    return this.#accumulate(bytes, from, to, parser.isFin ? parser.messageOctets : this.#limitOctets);
  }

  /** The most octets that a message of unknown size may have. */
  get #limitOctets(): number {
    return this.#options.limits.messageOctets;
  }

  /** Goes on with what the asynchronous inflater made. */
  goOn(result: Inflated): Violation | undefined {
    this.isWaiting = false;
    return this.#takeInflated(result);
  }

  /** Forgets everything, for good. */
  clear(): void {
    this.isWaiting = false;
    this.#message?.clear();
    this.#compressed?.clear();
    this.#options.inflater?.close();
  }

  #pushCompressed(parser: FrameParser, isLast: boolean): Violation | undefined {
    const { bytes, from, to } = parser;
    const isEnough = isLast || parser.isStreamed || to - from >= INFLATED_OCTETS;
    if (isEnough && (this.#compressed === undefined || this.#compressed.length === 0)) {
      return this.#inflate(bytes.subarray(from, to), isLast);
    }
    const pending = (this.#compressed ??= new Accumulator(this.#kernels, this.#retention));
    const violation = pending.append(bytes, from, to, Infinity);
    if (violation !== undefined) return violation;
    if (!isLast && pending.length < INFLATED_OCTETS) return undefined;
    return this.#inflate(pending.detach(), isLast);
  }

  #inflate(octets: Uint8Array, isLast: boolean): Violation | undefined {
    const { inflater, limits } = this.#options;
    const room = limits.messageOctets - (this.#message?.length ?? 0);
    // The parser cuts what is delivered in parts so small that each part fits.
    const limit = this.#parser.isStreamed ? limits.retainedOctets : room;
    const result = inflater!.inflate(octets, isLast, limit, this.#inflated!);
    if (result !== undefined) return this.#takeInflated(result);
    this.isWaiting = true;
    return undefined;
  }

  #takeInflated(result: Inflated): Violation | undefined {
    if (!(result instanceof Uint8Array)) return result;
    const isLast = this.#isLast;
    const { isStreamed } = this.#parser;
    if (isLast && !this.#isInside && !isStreamed) return this.#deliver(result, true, false);
    const violation = this.#validate(result, 0, result.length, isLast);
    if (violation !== undefined) return violation;
    this.#isInside = !isLast;
    if (isStreamed) return this.#deliverPart(result, isLast, true);
    return this.#accumulate(result, 0, result.length, this.#limitOctets);
  }

  #validate(bytes: Uint8Array, from: number, to: number, isLast: boolean): Violation | undefined {
    if (this.#parser.messageOpcode !== Opcode.Text) return undefined;
    if (this.#options.leniency.skipUtf8Validation) return undefined;
    const utf8 = (this.#utf8 ??= new Utf8Validator(this.#kernels.isUtf8));
    if (utf8.push(bytes, from, to) && (!isLast || utf8.isBetweenCharacters)) return undefined;
    return VIOLATIONS["invalid-utf8"];
  }

  #accumulate(bytes: Uint8Array, from: number, to: number, expected: number): Violation | undefined {
    const message = (this.#message ??= new Accumulator(this.#kernels, this.#retention));
    const violation = message.append(bytes, from, to, expected);
    if (violation !== undefined || !this.#isLast) return violation;
    return this.#deliver(message.detach(), true, true);
  }

  /** A whole message. */
  #deliver(octets: Uint8Array, isOwned: boolean, isValid: boolean): Violation | undefined {
    const isText = this.#parser.messageOpcode === Opcode.Text;
    if (isText && this.#options.text === "string") return this.#deliverText(octets);
    if (isText && !isValid && !this.#options.leniency.skipUtf8Validation) {
      if (!this.#kernels.isUtf8(octets)) return VIOLATIONS["invalid-utf8"];
    }
    this.#counters.messagesReceived += 1;
    this.#sink.onOctets(octets, isText, isOwned);
    return undefined;
  }

  #deliverText(octets: Uint8Array): Violation | undefined {
    const text = this.#kernels.decodeText(octets);
    if (text === undefined) return VIOLATIONS["invalid-utf8"];
    this.#counters.messagesReceived += 1;
    this.#sink.onText(text);
    return undefined;
  }

  #deliverPart(octets: Uint8Array, isLast: boolean, isOwned: boolean): Violation | undefined {
    if (isLast) this.#counters.messagesReceived += 1;
    else if (octets.length === 0) return undefined;
    this.#sink.onMessagePart(octets, isLast, isOwned);
    return undefined;
  }
}

/** So many compressed octets are inflated before the message has ended. Fewer wait for more. */
const INFLATED_OCTETS = 65_536;
