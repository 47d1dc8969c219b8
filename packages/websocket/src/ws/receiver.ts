import { Writable } from "node:stream";

import { createInflater } from "../deflate/codec.js";
import { PERMESSAGE_DEFLATE } from "../deflate/negotiation.js";
import { nodeKernels } from "../kernel/node-kernels.js";
import { Connection } from "../protocol/connection.js";
import { copyOctets } from "../protocol/copy.js";
import type { Sink } from "../protocol/sink.js";
import { Side } from "../protocol/state.js";
import type { Violation } from "../protocol/violation.js";
import { NOTHING, asBuffer, ownBuffer, toArrayBuffer } from "./data.js";
import { violationError } from "./errors.js";
import type { PerMessageDeflate } from "./permessage-deflate.js";
import { leniencyOf, limitsOf } from "./settings.js";
import type { BinaryType, SocketOptions } from "./types.js";

/**
 * How a receiver reads.
 *
 * @example
 * ```ts
 * import { Receiver, type ReceiverOptions } from "@wireproof/websocket/ws";
 *
 * const options: ReceiverOptions = { isServer: true, maxPayload: 1024 };
 * const receiver = new Receiver(options);
 * receiver.on("error", (error) => console.assert(error instanceof Error));
 * // A server reads masked frames only.
 * receiver.write(Buffer.from("81026869", "hex"));
 * ```
 */
export interface ReceiverOptions extends SocketOptions {
  /** How binary messages are delivered. Default "nodebuffer". */
  readonly binaryType?: BinaryType | undefined;
  /** The extensions that were agreed on, by name. Default: none. */
  readonly extensions?: Record<string, PerMessageDeflate> | undefined;
  /** Whether it reads what a client sends. Default false. */
  readonly isServer?: boolean | undefined;
}

/**
 * The events of a receiver: `conclude` is the peer's Close frame, 1005 if it has no code.
 *
 * @example
 * ```ts
 * import { Receiver, type ReceiverEvents } from "@wireproof/websocket/ws";
 *
 * const receiver = new Receiver();
 * receiver.on("conclude", (...[code]: ReceiverEvents["conclude"]) => console.assert(code === 1000));
 * receiver.write(Buffer.from("880203e8", "hex"));
 * ```
 */
export interface ReceiverEvents {
  /** A message came. */
  message: [data: Buffer | ArrayBuffer | Buffer[], isBinary: boolean];
  /** A ping came (RFC 6455 §5.5.2). */
  ping: [data: Buffer];
  /** A pong came (RFC 6455 §5.5.3). */
  pong: [data: Buffer];
  /** A Close frame came (RFC 6455 §5.5.1). */
  conclude: [code: number, reason: Buffer];
}

/**
 * Reads frames from the octets that are written to it, without a WebSocket around it. What breaks the protocol or a limit
 * is the stream's `error`. It answers nothing: pings and Close frames are events.
 *
 * @example
 * ```ts
 * import { Receiver } from "@wireproof/websocket/ws";
 *
 * const receiver = new Receiver();
 * receiver.on("message", (data: Buffer, isBinary: boolean) => {
 *   console.assert(data.toString() === "hi" && !isBinary);
 * });
 * receiver.write(Buffer.from("81026869", "hex"));
 * ```
 */
export class Receiver extends Writable implements Sink {
  readonly #connection: Connection;
  readonly #binaryType: BinaryType;
  #error: Error | undefined = undefined;
  #goOn: (() => void) | undefined = undefined;
  #isPaused = false;

  /** @param options - How it reads. Default: as a client, without extensions. */
  constructor(options: ReceiverOptions = {}) {
    super();
    const side = options.isServer === true ? Side.Server : Side.Client;
    const deflate = options.extensions?.[PERMESSAGE_DEFLATE];
    const agreement = deflate?.agreement;
    this.#binaryType = options.binaryType ?? "nodebuffer";
    this.#connection = new Connection(side, this, nodeKernels, {
      limits: limitsOf(options, { autoPong: false, closeTimeoutMs: 1, pendingPongs: 1 }),
      leniency: leniencyOf(options),
      text: "octets",
      autoPong: false,
      now: () => 0,
      compressionThreshold: 0,
      ...(deflate === undefined || agreement === undefined
        ? {}
        : { inflater: createInflater(agreement, side, deflate.codecOptions) }),
    });
  }

  /** @internal */
  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    // Unmasking works in place, and the memory belongs to the writer.
    const octets = copyOctets(chunk);
    this.#connection.receive(octets, 0, octets.length);
    if (this.#isPaused) this.#goOn = () => done(this.#error);
    else done(this.#error);
  }

  /** @internal */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection.transportClosed();
    done(error);
  }

  // Callbacks of the protocol. They are not part of the interface.

  /** @internal */
  onText(): void {}
  /** @internal */
  onMessageStart(): void {}
  /** @internal */
  onMessagePart(): void {}
  /** @internal */
  onOutput(): void {
    this.#connection.output.clear();
  }
  /** @internal */
  onAbort(): void {}

  /** @internal */
  onOctets(octets: Uint8Array, isText: boolean, isOwned: boolean): void {
    const message = isOwned ? asBuffer(octets) : ownBuffer(octets);
    this.emit("message", isText ? message : inType(this.#binaryType, message), !isText);
  }

  /** @internal */
  onPing(payload: Uint8Array): void {
    this.emit("ping", ownBuffer(payload));
  }

  /** @internal */
  onPong(payload: Uint8Array): void {
    this.emit("pong", ownBuffer(payload));
  }

  /** @internal */
  onViolation(violation: Violation): void {
    this.#error = violationError(violation);
  }

  /** @internal */
  onClosing(): void {
    // `onClosed` has the code and the reason, so the end follows at once.
    if (this.#error === undefined) this.#connection.transportClosed();
  }

  onPause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    const goOn = this.#goOn;
    if (isPaused || goOn === undefined) return;
    this.#goOn = undefined;
    goOn();
  }

  /** @internal */
  onClosed(code: number, reason: string): void {
    if (this.destroyed) return;
    this.emit("conclude", code, reason === "" ? NOTHING : Buffer.from(reason));
    this.end();
  }
}

function inType(type: BinaryType, octets: Buffer): Buffer | ArrayBuffer | Buffer[] {
  if (type === "arraybuffer") return toArrayBuffer(octets);
  return type === "fragments" ? [octets] : octets;
}
