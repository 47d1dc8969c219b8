import type { ConnectionOptions } from "./connection-options.js";
import { copyOctets } from "./copy.js";
import type { Counters } from "./counters.js";
import { FIN, RSV1 } from "./frame-header.js";
import { FrameWriter } from "./frame-writer.js";
import type { Kernels } from "./kernels.js";
import type { MessageOpcode } from "./opcode.js";
import { Opcode } from "./opcode.js";
import type { Output } from "./output.js";
import { Frame, SendQueue } from "./send-queue.js";
import type { Sink } from "./sink.js";
import type { Side } from "./state.js";
import { Utf8Validator } from "./utf8.js";

/**
 * What is sent, in order. Messages, parts of them, prepared frames and the Close frame keep their order, also behind a
 * message that an asynchronous deflater still works on; pings and pongs may overtake them (RFC 6455 §5.4).
 */
export class Outbound {
  isCloseWritten = false;
  /** Nothing may follow any more, for example behind a Close frame (§5.5.1): pings and pongs are dropped. */
  #isDone = false;

  readonly #kernels: Kernels;
  readonly #options: ConnectionOptions;
  readonly #sink: Sink;
  readonly #output: Output;
  readonly #counters: Counters;
  readonly #writer: FrameWriter;

  /** A message that is being sent in parts. */
  #parts: Parts | undefined = undefined;

  /** What an asynchronous deflater works on, and what waits behind it. */
  #deflating: Frame | undefined = undefined;
  #waiting: SendQueue | undefined = undefined;
  #deflated: ((result: Uint8Array) => void) | undefined = undefined;

  #isCloseAsked = false;
  #endsWhenIdle = false;

  /** Pongs in the output that the transport has not taken, and the latest of those that were too many. */
  #untakenPongs = 0;
  #latestPong: Uint8Array | undefined = undefined;

  constructor(
    side: Side,
    sink: Sink,
    kernels: Kernels,
    options: ConnectionOptions,
    output: Output,
    counters: Counters,
  ) {
    this.#kernels = kernels;
    this.#options = options;
    this.#sink = sink;
    this.#output = output;
    this.#counters = counters;
    this.#writer = new FrameWriter(side, sink, kernels, output, counters);
  }

  /** Octets of messages that are not in the output yet. */
  get waitingOctets(): number {
    return (this.#waiting?.octets ?? 0) + (this.#deflating?.octets.length ?? 0);
  }

  sendText(text: string, compress: boolean | undefined): void {
    this.#refuseInsideMessage();
    const isCompressed = this.#compressesText(text, compress);
    if (isCompressed || this.#isBusy) this.#enterText(text, isCompressed);
    else this.#writeText(text);
  }

  sendOctets(octets: Uint8Array, isText: boolean, compress?: boolean, isLent?: boolean): void {
    this.#refuseInsideMessage();
    if (isText) this.#refuseUnlessUtf8(octets);
    const opcode = isText ? Opcode.Text : Opcode.Binary;
    const isCompressed = this.#compresses(octets.length, compress);
    this.#submit(opcode, octets, true, isCompressed, isLent === true);
  }

  startMessage(opcode: MessageOpcode, compress: boolean | undefined): void {
    this.#refuseInsideMessage();
    const isCompressed = compress !== false && this.#options.deflater !== undefined;
    const isValidated = opcode === Opcode.Text && !this.#options.leniency.skipUtf8Validation;
    const utf8 = isValidated ? new Utf8Validator(this.#kernels.isUtf8) : undefined;
    this.#parts = { opcode, isCompressed, utf8 };
  }

  sendPart(octets: Uint8Array, isLast: boolean): void {
    const parts = this.#parts;
    if (parts === undefined) throw new Error("a part needs a message that was started");
    if (parts.utf8 !== undefined) refuseUnlessText(parts.utf8, octets, isLast);
    const { opcode, isCompressed } = parts;
    parts.opcode = Opcode.Continuation;
    if (isLast) this.#parts = undefined;
    this.#submit(opcode, octets, isLast, isCompressed, false);
  }

  sendEncoded(frames: Uint8Array, messages: number): void {
    this.#refuseInsideMessage();
    this.#enter(new Frame(Opcode.Binary, frames, true, false, messages));
  }

  ping(payload: Uint8Array): void {
    if (this.#isDone) return;
    this.#counters.pingsSent += 1;
    this.#writer.writeCopied(FIN | Opcode.Ping, payload, 0, payload.length);
  }

  /**
   * Sends a pong. While the transport has not taken `limits.pendingPongs` others, only the latest is kept, until
   * `settlePongs`. One read may bring 80,000 pings, and only the next write or the one after it shows that the peer
   * does not read.
   */
  pong(bytes: Uint8Array, from: number, to: number): void {
    if (this.#isDone) return;
    if (this.#output.octets === 0) this.#untakenPongs = 0;
    if (this.#untakenPongs >= this.#options.limits.pendingPongs) {
      this.#latestPong = copyOctets(bytes, from, to);
      return;
    }
    // One that was kept answers an earlier Ping: behind this one it would be out of order.
    this.#latestPong = undefined;
    this.#writePong(bytes, from, to);
  }

  /** A read has ended: its latest pong goes out with the others, unless nothing is taken now. */
  settlePongs(): void {
    const latest = this.#latestPong;
    if (latest === undefined || this.#output.isBlocked) return;
    this.#latestPong = undefined;
    if (!this.#isDone) this.#writePong(latest, 0, latest.length);
  }

  setBlocked(isBlocked: boolean): void {
    this.#output.isBlocked = isBlocked;
    this.settlePongs();
  }

  /** Sends a Close frame behind what waits, once. */
  sendClose(payload: Uint8Array): void {
    if (this.#isCloseAsked) return;
    this.#isCloseAsked = true;
    this.#submit(Opcode.Close, payload, true, false, false);
  }

  /** Forgets what waits behind the deflater, a Close frame included; only a Close frame can follow. */
  dropWaiting(): void {
    this.#isDone = true;
    this.#deflating = undefined;
    this.#waiting?.clear();
    this.#isCloseAsked = this.isCloseWritten;
    this.#options.deflater?.close();
  }

  /**
   * Ends the output, behind what waits: a peer that has ended its half of the stream still gets what was sent to it.
   */
  end(): void {
    if (this.#output.isEnded) return;
    this.#endsWhenIdle = this.#isBusy;
    if (this.#endsWhenIdle) return;
    this.#isDone = true;
    this.#output.isEnded = true;
    this.#sink.onOutput();
  }

  get #isBusy(): boolean {
    return this.#deflating !== undefined || this.#waiting?.isEmpty === false;
  }

  #refuseInsideMessage(): void {
    // §5.4: the fragments of one message must not be interleaved with another message.
    if (this.#parts !== undefined) throw new Error("a message that was started has not ended yet");
  }

  #refuseUnlessUtf8(octets: Uint8Array): void {
    if (this.#options.leniency.skipUtf8Validation || this.#kernels.isUtf8(octets)) return;
    throw new TypeError("a text message has to be well-formed UTF-8");
  }

  #compresses(octets: number, compress: boolean | undefined): boolean {
    if (this.#options.deflater === undefined) return false;
    return compress ?? octets >= this.#options.compressionThreshold;
  }

  #compressesText(text: string, compress: boolean | undefined): boolean {
    if (this.#options.deflater === undefined) return false;
    if (compress !== undefined) return compress;
    // Octets are counted only where the number of characters does not settle it.
    const threshold = this.#options.compressionThreshold;
    if (text.length >= threshold) return true;
    return 3 * text.length >= threshold && this.#kernels.textOctets(text) >= threshold;
  }

  #writePong(bytes: Uint8Array, from: number, to: number): void {
    this.#untakenPongs += 1;
    this.#counters.pongsSent += 1;
    this.#writer.writeCopied(FIN | Opcode.Pong, bytes, from, to);
  }

  #writeText(text: string): void {
    this.#counters.messagesSent += 1;
    this.#writer.writeText(FIN | Opcode.Text, text);
  }

  /** A text that cannot go straight into the output: as octets, in the memory of the slab if they are few. */
  #enterText(text: string, isCompressed: boolean): void {
    if (this.#isBusy || text.length > SCRATCH_TEXT) {
      const octets = this.#kernels.allocate(this.#kernels.textOctets(text));
      this.#kernels.encodeText(text, octets, 0);
      this.#enter(new Frame(Opcode.Text, octets, true, isCompressed));
      return;
    }
    const slab = this.#output.room(3 * text.length);
    const at = slab.used;
    const length = this.#kernels.encodeText(text, slab.memory, at);
    const frame = new Frame(Opcode.Text, slab.memory.subarray(at, at + length), true, true);
    this.#dispatch(frame);
    if (this.#deflating !== frame) return;
    // An asynchronous deflater reads it after all: nothing else may be written there until it is done.
    slab.commit(length);
    frame.slab = slab;
  }

  #submit(opcode: number, octets: Uint8Array, isLast: boolean, isCompressed: boolean, isLent: boolean): void {
    if (!isCompressed && !this.#isBusy) {
      this.#write(opcode, octets, isLast, false, isLent);
      return;
    }
    this.#enter(new Frame(opcode, isLent ? copyOctets(octets) : octets, isLast, isCompressed));
  }

  #enter(frame: Frame): void {
    if (this.#isBusy) (this.#waiting ??= new SendQueue()).push(frame);
    else this.#dispatch(frame);
  }

  #dispatch(frame: Frame): void {
    if (frame.preparedMessages > 0) {
      this.#counters.messagesSent += frame.preparedMessages;
      this.#writer.writeFrames(frame.octets, frame.preparedMessages);
    } else if (frame.isCompressed) {
      this.#deflate(frame);
    } else {
      this.#write(frame.opcode, frame.octets, frame.isLast, false, false);
    }
  }

  #deflate(frame: Frame): void {
    this.#deflated ??= (result) => this.#onDeflated(result);
    const result = this.#options.deflater!.deflate(frame.octets, frame.isLast, this.#deflated);
    if (result === undefined) this.#deflating = frame;
    else this.#write(frame.opcode, result, frame.isLast, true, false);
  }

  /**
   * Writes what the deflater has made and what waited behind it, up to the next message that is compressed
   * asynchronously.
   */
  #onDeflated(result: Uint8Array): void {
    const done = this.#deflating;
    if (done === undefined) return;
    done.slab?.give(done.octets.length);
    // What is sent meanwhile has to go behind what waits, so the queue must not look empty yet.
    this.#write(done.opcode, result, done.isLast, true, false);
    if (this.#deflating === done) this.#goOn();
  }

  #goOn(): void {
    this.#deflating = undefined;
    const waiting = this.#waiting;
    let next = waiting?.shift();
    while (next !== undefined) {
      this.#dispatch(next);
      if (this.#deflating !== undefined) return;
      next = waiting?.shift();
    }
    if (this.#endsWhenIdle) this.end();
  }

  #write(opcode: number, octets: Uint8Array, isLast: boolean, isCompressed: boolean, isLent: boolean): void {
    // RFC 7692 §6.1: RSV1 on the first frame of a message only.
    const rsv1 = isCompressed && opcode !== Opcode.Continuation ? RSV1 : 0;
    const isClose = opcode === Opcode.Close;
    if (isClose) this.#isDone = this.isCloseWritten = true;
    else if (isLast) this.#counters.messagesSent += 1;
    const first = (isLast ? FIN : 0) | rsv1 | opcode;
    if (isLent) this.#writer.writeCopied(first, octets, 0, octets.length);
    else this.#writer.write(first, octets);
    if (!isClose) return;
    this.#options.deflater?.close();
  }
}

/** A message that is being sent in parts: what its next frame is, and the text so far. */
interface Parts {
  opcode: number;
  readonly isCompressed: boolean;
  readonly utf8: Utf8Validator | undefined;
}

/** Characters up to which a text is encoded into the slab before it is compressed: it needs no other memory. */
const SCRATCH_TEXT = 4096;

function refuseUnlessText(utf8: Utf8Validator, octets: Uint8Array, isLast: boolean): void {
  const isText = utf8.push(octets, 0, octets.length) && (!isLast || utf8.isBetweenCharacters);
  if (!isText) throw new TypeError("a text message has to be well-formed UTF-8");
}
