import { ReadableStream } from "node:stream/web";

import type { WebSocketError } from "../errors.js";
import { Opcode } from "../protocol/opcode.js";
import type { MessageOpcode } from "../protocol/opcode.js";
import type { TurnLimits } from "../protocol/turns.js";
import type { Violation } from "../protocol/violation.js";
import { PauseReason } from "./pause.js";
import type { Pausable } from "./pause.js";
import { MessageParts } from "./message-parts.js";
import type { MessageQueue } from "./message-queue.js";

/**
 * One message that is read while it arrives, of any size: `limits.messageOctets` does not hold for it.
 *
 * @example
 * ```ts
 * import { connect, createServer, type MessageStream } from "@wireproof/websocket";
 *
 * await using server = createServer({ open: (ws) => ws.send("a long message") });
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`ws://127.0.0.1:${port}`);
 *
 * const { isText, readable }: MessageStream = await ws.nextMessageStream();
 * let octets = 0;
 * for await (const part of readable) octets += part.length;
 * console.assert(isText && octets === 14);
 * ```
 */
export interface MessageStream {
  /** Whether it is a text message. */
  readonly isText: boolean;
  /** The octets in parts as they come; text is UTF-8, validated, and may be cut inside a character. */
  readonly readable: ReadableStream<Uint8Array>;
}

/** A connection that can be asked to deliver its next message in parts. */
interface Streaming extends Pausable {
  readonly connection: { streamNext(): void; gather(): Violation | undefined };
  readonly environment: { readonly limits: TurnLimits };
  /** Where whole messages wait. */
  readonly queue: MessageQueue | undefined;
  fail(violation: Violation): void;
}

interface Waiter {
  readonly resolve: (stream: MessageStream) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The messages of one connection that are streamed, one at a time, in the order in which they were asked for.
 *
 * With a `message` handler, messages that are not asked for go to it. Without one, a message that begins between two
 * requests waits, however large it is: reading stops behind its first header until the application asks for it, here or
 * by iterating.
 */
export class MessageStreams {
  readonly #session: Streaming;
  readonly #isPulled: boolean;
  #waiters: Waiter[] = [];
  /** The parts of the message in progress, if it was asked for. */
  #parts: MessageParts | undefined = undefined;
  /** A message has begun and was not asked for. */
  #unclaimed: MessageOpcode | undefined = undefined;
  #isClosing = false;

  /** `isPulled`: there is no handler that takes messages. */
  constructor(session: Streaming, isPulled: boolean) {
    this.#session = session;
    this.#isPulled = isPulled;
    if (isPulled) session.connection.streamNext();
  }

  next(): Promise<MessageStream> {
    const waiting = this.#session.queue?.take();
    if (waiting !== undefined) return Promise.resolve(wholeAsStream(waiting.message, waiting.isText));
    const opcode = this.#unclaimed;
    if (opcode === undefined) {
      this.#session.connection.streamNext();
      return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
    }
    this.#unclaimed = undefined;
    const stream = this.#open(opcode);
    this.#session.resume(PauseReason.Request);
    return Promise.resolve(stream);
  }

  /** A whole message that began before one was asked for. False when none is waited for. */
  offer(message: string | Uint8Array, isText: boolean): boolean {
    if (this.#session.queue?.isWanted === true) return false;
    const waiter = this.#waiters.shift();
    waiter?.resolve(wholeAsStream(message, isText));
    return waiter !== undefined;
  }

  start(opcode: MessageOpcode): void {
    const waiter = this.#waiters.shift();
    if (this.#isPulled || this.#waiters.length > 0) this.#session.connection.streamNext();
    if (waiter !== undefined) return waiter.resolve(this.#open(opcode));
    this.#unclaimed = opcode;
    if (this.#isClosing || this.#session.queue?.isWanted === true) this.gather();
    else this.#session.pause(PauseReason.Request);
  }

  part(octets: Uint8Array, isLast: boolean): void {
    this.#parts?.push(octets, isLast);
    if (isLast) this.#parts = undefined;
  }

  /** The message that was not asked for is wanted whole, so the limits apply to it. */
  gather(): void {
    if (this.#unclaimed === undefined) return;
    this.#unclaimed = undefined;
    const violation = this.#session.connection.gather();
    // A message that is not wanted must not disturb the closing: it is read and thrown away.
    if (violation !== undefined && !this.#isClosing) this.#session.fail(violation);
    this.#session.resume(PauseReason.Request);
  }

  /** The closing has begun: the peer's Close frame must not wait behind messages that are not asked for. */
  close(): void {
    this.#isClosing = true;
    this.gather();
  }

  /** The connection is gone: a message that has not ended never will. */
  end(error: WebSocketError): void {
    this.#parts?.fail(error);
    this.#parts = undefined;
    this.#unclaimed = undefined;
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters = [];
  }

  /** The message that has begun, as a stream. */
  #open(opcode: MessageOpcode): MessageStream {
    const { readable } = (this.#parts = new MessageParts(this.#session, this.#session.environment.limits));
    return { isText: opcode === Opcode.Text, readable };
  }
}

function wholeAsStream(message: string | Uint8Array, isText: boolean): MessageStream {
  const octets = typeof message === "string" ? Buffer.from(message) : message;
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      if (octets.length > 0) controller.enqueue(octets);
      controller.close();
    },
  });
  return { isText, readable };
}
