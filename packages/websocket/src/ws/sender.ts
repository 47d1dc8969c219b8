import type { Duplex } from "node:stream";

import { PERMESSAGE_DEFLATE } from "../deflate/negotiation.js";
import { Opcode } from "../protocol/opcode.js";
import { checkedReason } from "./close-arguments.js";
import { toPayload } from "./data.js";
import type { PerMessageDeflate } from "./permessage-deflate.js";
import { rawFrame } from "./raw-frame.js";
import type { FrameOptions } from "./raw-frame.js";
import type { GenerateMask, SendCallback, SendOptions } from "./types.js";

/**
 * Writes frames to any stream, without a WebSocket around it: for applications that speak the protocol themselves. Most
 * use `Sender.frame`. Blobs cannot be sent through it.
 *
 * @example
 * ```ts
 * import { Sender } from "@wireproof/websocket/ws";
 * import { PassThrough } from "node:stream";
 *
 * const socket = new PassThrough();
 * new Sender(socket).ping("hi");
 * console.assert((socket.read() as Buffer).toString("hex") === "89026869");
 * ```
 */
export class Sender {
  readonly #socket: Duplex;
  readonly #deflate: PerMessageDeflate | undefined;
  readonly #generateMask: GenerateMask | undefined;
  /** The message that is being compressed, and all that waits behind it. */
  #working: Promise<void> | undefined = undefined;
  #isInMessage = false;
  #isCompressed = false;

  /**
   * @param socket - Where frames are written to.
   * @param extensions - The extensions that were agreed on, by name. Default: none.
   * @param generateMask - Makes the masking keys. Default: they are drawn at random.
   */
  constructor(
    socket: Duplex,
    extensions: Record<string, PerMessageDeflate> = {},
    generateMask?: GenerateMask,
  ) {
    this.#socket = socket;
    this.#deflate = extensions[PERMESSAGE_DEFLATE];
    this.#generateMask = generateMask;
  }

  /**
   * Makes one frame.
   *
   * @param data - The payload data.
   * @param options - What the frame consists of. The opcode of text is 1, of binary data 2.
   * @returns The pieces to write.
   */
  static frame(data: string | Uint8Array, options: FrameOptions): Buffer[] {
    return rawFrame(data, options);
  }

  /**
   * Sends a message or a fragment of one.
   *
   * @param data - The payload data.
   * @param options - `fin`, `mask` and `binary` are false by default.
   * @param callback - Called when it has been written.
   */
  send(data: unknown, options: SendOptions & { readonly mask?: boolean }, callback?: SendCallback): void {
    const payload = octetsOf(data);
    const isFirst = !this.#isInMessage;
    if (isFirst) this.#isCompressed = options.compress === true && this.#deflate !== undefined;
    const isCompressed = this.#isCompressed;
    const fin = options.fin === true;
    this.#isInMessage = !fin;
    const opcode = isFirst ? (options.binary === true ? Opcode.Binary : Opcode.Text) : Opcode.Continuation;
    const frame = { opcode, fin, rsv1: isFirst && isCompressed, mask: options.mask };
    if (isCompressed) this.#inTurn(() => this.#compress(payload, frame, callback));
    else this.#whenIdle(() => this.#write(payload, frame, callback));
  }

  /**
   * Sends a ping (RFC 6455 §5.5.2).
   *
   * @param data - At most 125 octets.
   * @param mask - Whether to mask it. Default false.
   * @param callback - Called when it has been written.
   * @throws A RangeError for more than 125 octets.
   */
  ping(data: unknown, mask = false, callback?: SendCallback): void {
    this.#control(Opcode.Ping, octetsOf(data), mask, callback);
  }

  /**
   * Sends a pong (RFC 6455 §5.5.3).
   *
   * @param data - At most 125 octets.
   * @param mask - Whether to mask it. Default false.
   * @param callback - Called when it has been written.
   * @throws A RangeError for more than 125 octets.
   */
  pong(data: unknown, mask = false, callback?: SendCallback): void {
    this.#control(Opcode.Pong, octetsOf(data), mask, callback);
  }

  /**
   * Sends a Close frame (RFC 6455 §5.5.1).
   *
   * @param code - The close code. Default: none.
   * @param reason - At most 123 octets. Default: none.
   * @param mask - Whether to mask it. Default false.
   * @param callback - Called when it has been written.
   * @throws A TypeError or a RangeError for a code or a reason that cannot be sent.
   */
  close(code?: number, reason?: string | Uint8Array, mask = false, callback?: SendCallback): void {
    const text = Buffer.from(checkedReason(code, reason, false));
    const payload = Buffer.alloc(code === undefined ? 0 : 2 + text.length);
    if (code !== undefined) payload.writeUInt16BE(code);
    payload.set(text, Math.min(2, payload.length));
    this.#control(Opcode.Close, payload, mask, callback);
  }

  /**
   * Writes pieces of frames as they are.
   *
   * @param pieces - As `Sender.frame` makes them.
   * @param callback - Called when they have been written.
   */
  sendFrame(pieces: readonly (Uint8Array | string)[], callback?: SendCallback): void {
    const last = pieces.length - 1;
    this.#socket.cork();
    for (const [at, piece] of pieces.entries()) {
      if (at < last) this.#socket.write(piece);
      else this.#socket.write(piece, (error) => callback?.(error ?? undefined));
    }
    this.#socket.uncork();
  }

  #control(opcode: number, payload: Uint8Array, mask: boolean, callback: SendCallback | undefined): void {
    if (payload.length > 125) throw new RangeError("The data size must not be greater than 125 bytes");
    this.#whenIdle(() => this.#write(payload, { opcode, fin: true, mask }, callback));
  }

  #write(payload: Uint8Array, frame: FrameOptions, callback: SendCallback | undefined): void {
    this.sendFrame(rawFrame(payload, { ...frame, generateMask: this.#generateMask }), callback);
  }

  #compress(payload: Uint8Array, frame: FrameOptions, callback: SendCallback | undefined): Promise<void> {
    return new Promise((resolve) => {
      this.#deflate?.compress(payload, frame.fin === true, (error, result) => {
        if (error === null && result !== undefined) this.#write(result, frame, callback);
        else callback?.(error ?? undefined);
        resolve();
      });
    });
  }

  #whenIdle(write: () => void): void {
    if (this.#working === undefined) write();
    else this.#inTurn(write);
  }

  #inTurn(work: () => void | Promise<void>): void {
    const working = (this.#working ?? Promise.resolve()).then(work).then(() => {
      if (this.#working === working) this.#working = undefined;
    });
    this.#working = working;
  }
}

function octetsOf(data: unknown): Uint8Array {
  const payload = toPayload(data);
  if (typeof payload === "string") return Buffer.from(payload);
  if (payload instanceof Uint8Array) return payload;
  throw new TypeError("A Blob can only be sent by a WebSocket");
}
