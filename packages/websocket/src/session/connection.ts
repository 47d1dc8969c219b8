import { invalidArgument } from "../errors.js";
import { CloseCode } from "../protocol/close-code.js";
import type { Counters as ConnectionCounters } from "../protocol/counters.js";
import { toOctets } from "./data.js";
import type { MessageData } from "./data.js";
import type { Environment } from "./environment.js";
import { PauseReason } from "./pause.js";
import type { Pausable } from "./pause.js";
import type { MessageQueue } from "./message-queue.js";
import type { MessageStream } from "./message-streams.js";
import { PreparedMessage, prepared } from "./prepared.js";
import { sendStream } from "./send-stream.js";
import type { StreamSession, StreamSource } from "./send-stream.js";
import type { Subscriber, Topics } from "./topics.js";

/**
 * Options of a single message.
 *
 * @example
 * ```ts
 * import { connect, createServer, type SendOptions } from "@wireproof/websocket";
 *
 * const plain: SendOptions = { compress: false };
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`ws://127.0.0.1:${port}`);
 * console.assert(ws.send(new Uint8Array(4096), plain));
 * ```
 */
export interface SendOptions {
  /**
   * Whether to compress it where permessage-deflate was agreed on. Default: if it has `compression.threshold` octets or
   * more.
   */
  readonly compress?: boolean;
}

/**
 * How a connection ended.
 *
 * @example
 * ```ts
 * import { connect, createServer, type CloseInfo } from "@wireproof/websocket";
 *
 * await using server = createServer({ open: (ws) => ws.close(4000, "enough") });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const ws = await connect(`ws://127.0.0.1:${port}`);
 * for await (const message of ws) console.assert(message === undefined, "no message comes");
 * const { code, reason, wasClean } = ws.closed as CloseInfo;
 * console.assert(code === 4000 && reason === "enough" && wasClean);
 * ```
 */
export interface CloseInfo {
  /** The close code (RFC 6455 §7.1.5): 1005 when the peer's Close frame had none, 1006 when no Close frame came. */
  readonly code: number;
  /** The close reason (RFC 6455 §7.1.6), or "". */
  readonly reason: string;
  /** Whether both Close frames went over the wire (RFC 6455 §7.1.4). */
  readonly wasClean: boolean;
}

/**
 * What is known about the opening handshake.
 *
 * @example
 * ```ts
 * import { connect, createServer, type HandshakeInfo } from "@wireproof/websocket";
 *
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`ws://127.0.0.1:${port}/chat?room=1`);
 * const { target, isSecure, protocol }: HandshakeInfo = ws.handshake;
 * console.assert(target === "/chat?room=1" && !isSecure && protocol === "");
 * ```
 */
export interface HandshakeInfo {
  /** The agreed subprotocol (RFC 6455 §1.9), or "". */
  readonly protocol: string;
  /** The agreed extensions as they stand in the response, or "". */
  readonly extensions: string;
  /** The request target, such as "/chat?room=1". */
  readonly target: string;
  /** The peer's address; "" when the transport has none. */
  readonly remoteAddress: string;
  /** Whether the connection uses TLS. */
  readonly isSecure: boolean;
  /** The version of HTTP of the opening handshake: an upgrade (RFC 6455 §4) or extended CONNECT (RFC 8441 §4). */
  readonly httpVersion: "1.1" | "2.0";
  /**
   * The header fields of the server's answer, such as its cookies (`getSetCookie()`). Clients only: on a server the upgrade
   * hook sees what a client has sent.
   */
  readonly headers?: Headers;
}

/** What a connection needs of the session behind it. */
export interface ConnectionSession extends StreamSession, Pausable, Subscriber {
  readonly environment: Environment & { readonly handlers: { readonly message?: unknown } };
  readonly closed: CloseInfo | undefined;
  /** The topics subscribed to; undefined until the first. */
  topics: Set<string> | undefined;
  readonly rtt: number | undefined;
  ping(payload: Uint8Array): void;
  drop(): void;
  whenClosed(): Promise<void>;
  messages(): MessageQueue;
  nextStream(): Promise<MessageStream>;
}

/**
 * One WebSocket connection, on either side. What it throws is a {@link WebSocketError}.
 *
 * @typeParam Data - Type of `ws.data`. Default `undefined`.
 *
 * @example
 * ```ts
 * import { connect, createServer, type WebSocketConnection } from "@wireproof/websocket";
 *
 * function greet(ws: WebSocketConnection): void {
 *   ws.subscribe("news");
 *   ws.send("welcome");
 * }
 * await using server = createServer({ open: greet });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const ws = await connect(`ws://127.0.0.1:${port}`);
 * const messages = ws[Symbol.asyncIterator]();
 * console.assert((await messages.next()).value === "welcome");
 * console.assert(server.publish("news", "first") === 1);
 * console.assert((await messages.next()).value === "first");
 * ws.close(1000, "done");
 * ```
 */
export class WebSocketConnection<Data = undefined> {
  /** The application's data, from the upgrade hook or the options of `connect`. */
  data: Data;
  /** What is known about the opening handshake. */
  readonly handshake: HandshakeInfo;
  readonly #session: ConnectionSession;

  /** @internal */
  constructor(session: ConnectionSession, handshake: HandshakeInfo, data: Data) {
    this.#session = session;
    this.handshake = handshake;
    this.data = data;
  }

  /** "open" until a Close frame has been sent or received, "closing" until the transport is gone, then "closed". */
  get state(): "open" | "closing" | "closed" {
    if (this.#session.closed !== undefined) return "closed";
    return this.#session.isOpen ? "open" : "closing";
  }

  /** How it ended; undefined until the state is "closed". */
  get closed(): CloseInfo | undefined {
    return this.#session.closed;
  }

  /** The agreed subprotocol, or "" (RFC 6455 §1.9). */
  get protocol(): string {
    return this.handshake.protocol;
  }

  /** Octets that were sent and that the system has not taken yet. */
  get bufferedAmount(): number {
    return this.#session.outbox.backlogOctets;
  }

  /**
   * The round-trip time: milliseconds from a ping to the pong that answers it, for the latest ping that was answered. Both
   * the heartbeat's pings and those of `ping` count. In steps of 0.01 ms; undefined until a pong has come. A pong that
   * answers no ping, or an earlier one, does not count, nor does one that may have waited because this side did not read.
   */
  get rtt(): number | undefined {
    return this.#session.rtt;
  }

  /** What went over this connection so far: octets, frames, messages, pings and pongs in both directions. */
  get counters(): Readonly<ConnectionCounters> {
    return Object.assign({}, this.#session.connection.counters);
  }

  /**
   * Sends one message: a string as text, a prepared message as what it is, everything else as binary.
   *
   * @param data - The message. Its memory must not be changed before it has gone.
   * @param options - Whether to compress it.
   * @returns Whether the sender may go on. False: the backlog is above `limits.highWaterOctets` and the sender should wait
   * for `drain` or `ready()`, or the message was not taken because the connection is not open or the backlog is full.
   * @throws {@link WebSocketError} (InvalidArgument) for anything that is no data, and (Backlog) when the backlog is full
   * and `limits.onBacklog` is "error".
   */
  send(data: MessageData | PreparedMessage, options?: SendOptions): boolean {
    const { outbox } = this.#session;
    const message = typeof data === "string" || data instanceof PreparedMessage ? data : toOctets(data);
    if (!outbox.mayQueue()) return false;
    outbox.send(message, false, options?.compress);
    return outbox.isBelowHighWater();
  }

  /**
   * Sends octets that are UTF-8 already as text, such as those that came with the option `text: "octets"`.
   *
   * @param utf8 - The message. Its memory must not be changed before it has gone.
   * @param options - Whether to compress it.
   * @returns As `send`.
   * @throws {@link WebSocketError} (InvalidArgument) for what is not UTF-8 (RFC 6455 §5.6), and as `send`.
   */
  sendText(utf8: Exclude<MessageData, string>, options?: SendOptions): boolean {
    const { outbox } = this.#session;
    const octets = toOctets(utf8);
    if (!outbox.mayQueue()) return false;
    try {
      outbox.send(octets, true, options?.compress);
    } catch (error) {
      throw asInvalid(error);
    }
    return outbox.isBelowHighWater();
  }

  /**
   * Sends one message in as many frames as the source has parts (RFC 6455 §5.4), at the pace at which the peer reads. Other
   * messages wait until it has ended; pings and pongs do not.
   *
   * @param source - The parts: strings as text, each of whole characters, or octets as binary, which must not be changed
   * afterwards.
   * @param options - Whether to compress it.
   * @returns A promise that resolves when the message has been handed over.
   * @throws {@link WebSocketError} (NotOpen) when the connection closes first; or what the source throws. A message that
   * has begun cannot be taken back, so the connection is then failed with 1011.
   */
  sendStream(source: StreamSource, options?: SendOptions): Promise<void> {
    return handled(sendStream(this.#session, source, options?.compress));
  }

  /**
   * Waits until the backlog is below the high-water mark.
   *
   * @returns A promise that resolves then.
   * @throws {@link WebSocketError} (NotOpen) when the connection is not open, or no longer open: a loop that sends and
   * waits ends then.
   */
  ready(): Promise<void> {
    return handled(this.#session.outbox.ready());
  }

  /**
   * Sends a ping (RFC 6455 §5.5.2). Its pong sets `rtt`; give it octets that no other ping has, so that no other pong is
   * taken for its answer.
   *
   * @param data - At most 125 octets. Default: none.
   * @returns Whether it was taken: false when the connection is not open or the backlog is full.
   * @throws {@link WebSocketError} (InvalidArgument) for more than 125 octets.
   */
  ping(data: MessageData = ""): boolean {
    const octets = controlPayload(data);
    const session = this.#session;
    if (!session.isOpen || session.outbox.isBacklogFull) return false;
    session.ping(octets);
    return true;
  }

  /**
   * Sends a pong that no ping asked for (RFC 6455 §5.5.3).
   *
   * @param data - At most 125 octets. Default: none.
   * @returns As `ping`.
   * @throws As `ping`.
   */
  pong(data: MessageData = ""): boolean {
    const octets = controlPayload(data);
    const session = this.#session;
    if (!session.isOpen || session.outbox.isBacklogFull) return false;
    session.connection.pong(octets);
    return true;
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2) behind the messages sent so far. A message that is being sent in parts
   * is cut off, and those behind it are dropped. Does nothing when the closing has begun already.
   *
   * @param code - 1000–1003, 1007–1014 or 3000–4999, and 1010 for clients only. Default: a Close frame without a code.
   * @param reason - At most 123 octets of UTF-8. Default: none.
   * @throws {@link WebSocketError} (InvalidArgument) for others.
   */
  close(code?: number, reason?: string): void {
    try {
      this.#session.connection.close(code, reason);
    } catch (error) {
      throw asInvalid(error);
    }
  }

  /**
   * Drops the transport at once, without a closing handshake: the peer sees 1006. The state is "closing" when this
   * returns; nothing more is sent or delivered, not even what came in the same read. `close` follows.
   */
  terminate(): void {
    this.#session.drop();
  }

  /**
   * Closes with 1000; for `await using`.
   *
   * @returns A promise that resolves when the transport is gone: at the latest after `limits.closeMs`.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.close(CloseCode.NormalClosure);
    return this.#session.whenClosed();
  }

  /**
   * Stops reading from the network, so that TCP slows the peer down. Meanwhile pings are not answered, the peer's closing
   * is not seen, and the heartbeat does not run.
   */
  pause(): void {
    this.#session.pause(PauseReason.Application);
  }

  /** Reads again after `pause`. */
  resume(): void {
    this.#session.resume(PauseReason.Application);
  }

  /**
   * Messages one by one, as fast as they are asked for; only without a `message` handler.
   *
   * @returns An iterator that ends when the connection was closed cleanly.
   * @throws {@link WebSocketError} (InvalidArgument) when there is a `message` handler. The iterator throws when the
   * connection was not closed cleanly.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<string | Uint8Array> {
    const session = this.#session;
    if (session.environment.handlers.message !== undefined)
      throw invalidArgument("Messages go to the message handler; they cannot be iterated over as well.");
    return session.messages();
  }

  /**
   * The next message as a stream, of any size: the limits on messages, frames and fragments do not hold for it.
   *
   * Without a `message` handler this is the oldest message that has not been taken. From the first call on, a message that
   * begins between two requests waits for the next one, be it another call or an iterator's (whose messages the limits hold
   * for); reading is paused meanwhile. With a `message` handler it is the next message to begin; the others go to the
   * handler.
   *
   * @returns A promise of the message, when it has begun.
   * @throws {@link WebSocketError} when the connection closes first.
   */
  nextMessageStream(): Promise<MessageStream> {
    return handled(this.#session.nextStream());
  }

  /**
   * Receives what is published to the topic from now on. Servers only.
   *
   * @param topic - Name of the topic.
   * @returns False when it was subscribed already, or is not open.
   * @throws {@link WebSocketError} (InvalidArgument) on a client.
   */
  subscribe(topic: string): boolean {
    const session = this.#session;
    const topics = this.#topics();
    if (!session.isOpen) return false;
    session.topics ??= new Set();
    session.topics.add(topic);
    return topics.add(topic, session);
  }

  /**
   * No longer receives what is published to the topic. Servers only.
   *
   * @param topic - Name of the topic.
   * @returns False when it was not subscribed.
   * @throws {@link WebSocketError} (InvalidArgument) on a client.
   */
  unsubscribe(topic: string): boolean {
    this.#session.topics?.delete(topic);
    return this.#topics().remove(topic, this.#session);
  }

  /**
   * Whether it receives what is published to the topic. Servers only.
   *
   * @param topic - Name of the topic.
   * @returns True when it is subscribed.
   * @throws {@link WebSocketError} (InvalidArgument) on a client.
   */
  isSubscribed(topic: string): boolean {
    return this.#topics().has(topic, this.#session);
  }

  /**
   * Sends to every subscriber of the topic except this connection, with the option `engine` in other processes, too.
   * Servers only.
   *
   * @param topic - Name of the topic.
   * @param data - The message.
   * @returns The number of these subscribers in this process.
   * @throws {@link WebSocketError} (InvalidArgument) on a client, and for anything that is no data.
   */
  publish(topic: string, data: MessageData | PreparedMessage): number {
    const isLent = this.#session.environment.zeroCopy;
    return this.#topics().publish(topic, prepared(data, isLent), this.#session);
  }

  #topics(): Topics {
    const { topics } = this.#session.environment;
    if (topics === undefined) throw invalidArgument("Topics exist on servers only.");
    return topics;
  }
}

function controlPayload(data: MessageData): Uint8Array {
  const octets = typeof data === "string" ? Buffer.from(data) : toOctets(data);
  if (octets.length > 125)
    throw invalidArgument("The payload of a control frame has at most 125 octets (RFC 6455 §5.5).");
  return octets;
}

/** What the protocol refuses of the application: nothing was sent. */
function asInvalid(error: unknown): unknown {
  return error instanceof TypeError || error instanceof RangeError ? invalidArgument(error.message) : error;
}

/** If the peer goes away before the application waits for the promise, the rejection must not end the process. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
