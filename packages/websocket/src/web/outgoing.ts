import { Blob } from "node:buffer";

import { copyOctets } from "../protocol/copy.js";
import type { WebSocketConnection } from "../session/connection.js";
import type { CloseArguments } from "./close-arguments.js";

/** What `send` has been given, converted. */
export type Message = string | Uint8Array | Blob;

/**
 * What one WebSocket sends, in the order of the calls. A Blob has to be read first; everything behind it waits, the closing
 * too.
 */
export class Outgoing {
  readonly #connection: WebSocketConnection;
  /** A Blob could not be read. */
  readonly #onFailure: (error: unknown) => void;
  readonly #waiting: (Message | CloseArguments)[] = [];
  #waitingOctets = 0;
  #isReading = false;

  constructor(connection: WebSocketConnection, onFailure: (error: unknown) => void) {
    this.#connection = connection;
    this.#onFailure = onFailure;
  }

  /** Octets that were sent and that the system has not taken. */
  get backlog(): number {
    return this.#connection.bufferedAmount + this.#waitingOctets;
  }

  /** `isHeld`: `flush` will follow. */
  send(message: Message, isHeld: boolean): void {
    if (!isHeld && this.#waiting.length === 0 && !isBlob(message)) {
      this.#connection.send(message);
      return;
    }
    this.#waitingOctets += octetsOf(message);
    // The memory may change as soon as this call returns.
    this.#waiting.push(message instanceof Uint8Array ? copyOctets(message) : message);
    if (!isHeld) this.flush();
  }

  close(closing: CloseArguments): void {
    this.#waiting.push(closing);
    this.flush();
  }

  /** Sends what waits, up to a Blob; and what is behind the Blob when it has been read. */
  flush(): void {
    if (this.#isReading) return;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (isBlob(next)) {
        void this.#read(next);
        return;
      }
      this.#waiting.shift();
      if (typeof next === "object" && "code" in next) this.#connection.close(next.code, next.reason);
      else this.#send(next, octetsOf(next));
    }
  }

  async #read(blob: Blob): Promise<void> {
    this.#isReading = true;
    try {
      const octets = new Uint8Array(await blob.arrayBuffer());
      this.#waiting.shift();
      this.#send(octets, blob.size);
    } catch (error) {
      this.#waiting.length = 0;
      this.#onFailure(error);
    }
    this.#isReading = false;
    this.flush();
  }

  #send(message: string | Uint8Array, octets: number): void {
    this.#waitingOctets -= octets;
    this.#connection.send(message);
  }
}

/** Of any realm, and of any class that behaves like one. */
export function isBlob(value: unknown): value is Blob {
  if (value instanceof Blob) return true;
  if (typeof value !== "object" || value === null) return false;
  const { [Symbol.toStringTag]: tag, arrayBuffer } = value as Partial<Blob> & {
    [Symbol.toStringTag]?: unknown;
  };
  return (tag === "Blob" || tag === "File") && typeof arrayBuffer === "function";
}

/** What `bufferedAmount` counts: octets of the message, without those of its frame. */
export function octetsOf(message: Message): number {
  if (typeof message === "string") return Buffer.byteLength(message);
  return isBlob(message) ? message.size : message.length;
}
