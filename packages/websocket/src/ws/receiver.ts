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

export interface ReceiverOptions extends SocketOptions {
  readonly binaryType?: BinaryType | undefined;
  readonly extensions?: Record<string, PerMessageDeflate> | undefined;
  readonly isServer?: boolean | undefined;
}

/** The events of a receiver: `conclude` is the peer's Close frame, 1005 if it has no code. */
export interface ReceiverEvents {
  message: [data: Buffer | ArrayBuffer | Buffer[], isBinary: boolean];
  ping: [data: Buffer];
  pong: [data: Buffer];
  conclude: [code: number, reason: Buffer];
}

/**
 * Reads frames from whatever is written to it, without a WebSocket around it. A broken rule or limit is the stream's
 * `error`. Nothing is answered: pings and Close frames are only emitted.
 */
export class Receiver extends Writable implements Sink {
  readonly #connection: Connection;
  readonly #binaryType: BinaryType;
  #error: Error | undefined = undefined;
  #goOn: (() => void) | undefined = undefined;
  #isPaused = false;

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

  override _write(chunk: Uint8Array, _encoding: string, done: (error?: Error | null) => void): void {
    // Unmasking works in place, and the memory belongs to the writer.
    const octets = copyOctets(chunk);
    this.#connection.receive(octets, 0, octets.length);
    if (this.#isPaused) this.#goOn = () => done(this.#error);
    else done(this.#error);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection.transportClosed();
    done(error);
  }

  // Callbacks of the protocol. They are not part of the interface.

  onText(): void {}
  onMessageStart(): void {}
  onMessagePart(): void {}
  onOutput(): void {
    this.#connection.output.clear();
  }
  onAbort(): void {}

  onOctets(octets: Uint8Array, isText: boolean, isOwned: boolean): void {
    const message = isOwned ? asBuffer(octets) : ownBuffer(octets);
    this.emit("message", isText ? message : inType(this.#binaryType, message), !isText);
  }

  onPing(payload: Uint8Array): void {
    this.emit("ping", ownBuffer(payload));
  }

  onPong(payload: Uint8Array): void {
    this.emit("pong", ownBuffer(payload));
  }

  onViolation(violation: Violation): void {
    this.#error = violationError(violation);
  }

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
