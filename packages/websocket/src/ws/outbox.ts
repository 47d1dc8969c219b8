import type { Duplex } from "node:stream";

import type { Connection } from "../protocol/connection.js";
import { COPIED_OCTETS } from "../protocol/frame-writer.js";
import { Opcode } from "../protocol/opcode.js";
import { State } from "../protocol/state.js";
import type { SocketTransport } from "../transport/socket-transport.js";
import { isBlob, payloadOctets } from "./data.js";
import type { Payload } from "./data.js";
import { callSafely } from "./emit.js";
import { destroyedError } from "./errors.js";
import type { SendCallback } from "./types.js";

/** Is notified when a Blob could not be read. */
export interface OutboxOwner {
  onSendError(error: Error): void;
}

/** Something that waits behind a Blob whose octets are being read, or that Blob itself. */
interface Waiting {
  readonly payload: Payload;
  readonly octets: number;
  readonly send: (payload: string | Uint8Array) => void;
  readonly done: SendCallback | undefined;
}

/** How to send a data message. */
export interface Sending {
  readonly isBinary: boolean;
  readonly mayCompress: boolean;
  readonly isLast: boolean;
}

/** What is sent over one connection, in order: messages and their fragments, Blobs, pings, and the callbacks of all. */
export class Outbox {
  /** The connection is dropped, although its end has not come yet. */
  isCut = false;
  readonly #connection: Connection;
  readonly #transport: SocketTransport;
  readonly #owner: OutboxOwner;
  /** A message whose first fragment has fewer octets is not compressed. */
  readonly #threshold: number;
  /** The callbacks of what was written and not taken yet. */
  #callbacks: SendCallback[] | undefined = undefined;
  /** A message was begun with `fin: false`. */
  #isInMessage = false;
  #line: Waiting[] | undefined = undefined;
  #lineOctets = 0;

  constructor(connection: Connection, transport: SocketTransport, owner: OutboxOwner, threshold: number) {
    this.#connection = connection;
    this.#transport = transport;
    this.#owner = owner;
    this.#threshold = threshold;
  }

  /** Octets that were sent and that the system has not taken; what can be written is written first. */
  get bufferedOctets(): number {
    this.flush();
    return this.#connection.queuedOctets + this.#transport.bufferedOctets + this.#lineOctets;
  }

  send(payload: Payload, sending: Sending, done: SendCallback | undefined): void {
    // No closure in the most common case.
    if (this.#line === undefined && (typeof payload === "string" || payload instanceof Uint8Array)) {
      this.#sendNow(payload, sending);
      this.#note(done);
    } else this.#enter(payload, (ready) => this.#sendNow(ready, sending), done);
  }

  control(isPing: boolean, payload: Payload, done: SendCallback | undefined): void {
    if (payloadOctets(payload) > 125)
      throw new RangeError("The data size must not be greater than 125 bytes");
    const send = (ready: string | Uint8Array): void => {
      const octets = typeof ready === "string" ? Buffer.from(ready) : ready;
      if (isPing) this.#connection.ping(octets);
      else this.#connection.pong(octets);
    };
    this.#enter(payload, send, done);
  }

  /** The Close frame, behind whatever waits. */
  close(code: number | undefined, reason: string): void {
    this.#enter("", () => this.#connection.close(code, reason), undefined);
  }

  /** Frames that are ready to be written; only servers can send them behind what else they send. */
  sendFrames(frames: Uint8Array, isServer: boolean, socket: Duplex, done?: SendCallback): void {
    if (isServer) {
      this.#connection.sendEncoded(frames, 1);
      this.#note(done);
      return;
    }
    this.flush();
    // The callback of a stream may get null instead of undefined.
    socket.write(frames, (error) => done?.(error ?? undefined));
  }

  /** Writes what waits in the output, as far as the system takes it. */
  flush(): void {
    if (this.#connection.output.octets > 0) this.#transport.flush();
  }

  /** The system has taken everything that was written. */
  onDrained(): void {
    // More follows behind a message that is being compressed.
    const callbacks = this.#callbacks;
    if (callbacks === undefined || this.#connection.queuedOctets > 0) return;
    this.#callbacks = undefined;
    process.nextTick(callAll, callbacks, undefined);
  }

  /** The connection is gone, and what waits is never sent. The callbacks get an error before `close` is emitted. */
  abandon(): void {
    const callbacks = this.#callbacks ?? [];
    this.#callbacks = undefined;
    if (callbacks.length > 0) callEach(callbacks, destroyedError());
    this.#abandonLine();
  }

  #abandonLine(): void {
    const line = this.#line ?? [];
    this.#line = undefined;
    this.#lineOctets = 0;
    if (line.length > 0) callEach(callbacksOf(line), new Error(BLOB_NOT_READ));
  }

  #enter(payload: Payload, send: Waiting["send"], done: SendCallback | undefined): void {
    if (this.#line === undefined && !isBlob(payload)) {
      send(payload);
      this.#note(done);
      return;
    }
    const octets = payloadOctets(payload);
    this.#lineOctets += octets;
    const entry = { payload, octets, send, done };
    if (this.#line !== undefined) this.#line.push(entry);
    else {
      this.#line = [entry];
      void this.#readLine(this.#line);
    }
  }

  #note(done: SendCallback | undefined): void {
    if (typeof done !== "function") return;
    if (this.#callbacks === undefined) this.#callbacks = [done];
    else this.#callbacks.push(done);
  }

  async #readLine(line: Waiting[]): Promise<void> {
    try {
      for (let next = line[0]; next !== undefined; next = line[0]) {
        const { payload, octets, send, done } = next;
        const ready = isBlob(payload) ? new Uint8Array(await payload.arrayBuffer()) : payload;
        if (this.#line !== line) return;
        if (this.isCut) return this.#abandonLine();
        line.shift();
        this.#lineOctets -= octets;
        send(ready);
        this.#note(done);
      }
      this.#line = undefined;
    } catch (error) {
      if (this.#line === line) this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    const line = this.#line ?? [];
    this.#line = undefined;
    this.#lineOctets = 0;
    process.nextTick(callAll, callbacksOf(line), error);
    process.nextTick(() => this.#owner.onSendError(error));
  }

  #sendNow(payload: string | Uint8Array, { isBinary, mayCompress, isLast }: Sending): void {
    const connection = this.#connection;
    const compress = mayCompress ? undefined : false;
    if (this.#isInMessage || !isLast) this.#sendPart(payload, isBinary, mayCompress, isLast);
    else if (typeof payload === "string" && !isBinary) connection.sendText(payload, compress);
    else {
      const octets = typeof payload === "string" ? Buffer.from(payload) : payload;
      connection.sendOctets(octets, !isBinary, compress);
      // With `ws`, applications may use their memory again as soon as the system has taken it.
      if (octets.length > COPIED_OCTETS) this.#transport.flush();
    }
  }

  #sendPart(payload: string | Uint8Array, isBinary: boolean, mayCompress: boolean, isLast: boolean): void {
    const octets = typeof payload === "string" ? Buffer.from(payload) : payload;
    const connection = this.#connection;
    if (connection.state !== State.Open) return;
    if (!this.#isInMessage) {
      const compress = mayCompress && octets.length >= this.#threshold;
      connection.startMessage(isBinary ? Opcode.Binary : Opcode.Text, compress);
      this.#isInMessage = true;
    }
    connection.sendPart(octets, isLast);
    if (isLast) this.#isInMessage = false;
  }
}

function callbacksOf(line: readonly Waiting[]): SendCallback[] {
  return line.flatMap(({ done }) => done ?? []);
}

/** Calls them at once. */
function callEach(callbacks: readonly SendCallback[], error: Error): void {
  for (const callback of callbacks) callSafely(() => callback(error));
}

/** In the words of `ws`. */
const BLOB_NOT_READ = "The socket was closed while the blob was being read";

function callAll(callbacks: readonly SendCallback[], error: Error | undefined): void {
  let at = 0;
  try {
    while (at < callbacks.length) {
      const callback = callbacks[at++]!;
      if (error === undefined) callback();
      else callback(error);
    }
  } finally {
    // The others are called even if one throws.
    if (at < callbacks.length) process.nextTick(callAll, callbacks.slice(at), error);
  }
}
