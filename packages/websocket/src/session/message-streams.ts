import { ReadableStream } from "node:stream/web";
import type { ReadableStreamDefaultController } from "node:stream/web";

import type { WebSocketError } from "../errors.js";
import { Opcode } from "../protocol/opcode.js";
import type { MessageOpcode } from "../protocol/opcode.js";
import { Hold } from "./hold.js";
import type { Holdable } from "./hold.js";

/** One message that is read while it arrives, however large: it is not held against `limits.messageOctets`. */
export interface MessageStream {
  readonly isText: boolean;
  /** The octets in parts as they come; text is UTF-8, validated, and may be cut inside a character. */
  readonly readable: ReadableStream<Uint8Array>;
}

/** Octets that may wait for the reader of a stream before reading from the network stops. */
const HIGH_WATER_OCTETS = 256 * 1024;

/** A connection that can be asked to deliver its next message in parts. */
interface Streaming extends Holdable {
  readonly connection: { streamNext(): void };
}

interface Waiter {
  readonly resolve: (stream: MessageStream) => void;
  readonly reject: (error: unknown) => void;
}

/** The messages of one connection that are streamed: one at a time, in the order in which they were asked for. */
export class MessageStreams {
  readonly #session: Streaming;
  #waiters: Waiter[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined = undefined;

  constructor(session: Streaming) {
    this.#session = session;
  }

  next(): Promise<MessageStream> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#waiters.length === 1 && this.#controller === undefined) this.#session.connection.streamNext();
    });
  }

  start(opcode: MessageOpcode): void {
    const readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#session.release(Hold.Stream),
        // The rest of the message is read and thrown away.
        cancel: () => {
          this.#controller = undefined;
          this.#session.release(Hold.Stream);
        },
      },
      { highWaterMark: HIGH_WATER_OCTETS, size: (part) => part.length },
    );
    this.#waiters.shift()?.resolve({ isText: opcode === Opcode.Text, readable });
  }

  part(octets: Uint8Array, isLast: boolean): void {
    const controller = this.#controller;
    if (controller !== undefined) {
      if (octets.length > 0) controller.enqueue(octets);
      if (isLast) controller.close();
      else if ((controller.desiredSize ?? 1) <= 0) this.#session.hold(Hold.Stream);
    }
    if (!isLast) return;
    this.#controller = undefined;
    if (this.#waiters.length > 0) this.#session.connection.streamNext();
  }

  /** The connection is gone: a message that has not ended never will. */
  end(error: WebSocketError): void {
    this.#controller?.error(error);
    this.#controller = undefined;
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters = [];
  }
}
