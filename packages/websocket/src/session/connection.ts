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

/** What may be said about a single message. */
export interface SendOptions {
  /** Whether to compress it where permessage-deflate was agreed on. Default: from the threshold on. */
  readonly compress?: boolean;
}

/** How a connection ended. */
export interface CloseInfo {
  /** RFC 6455 §7.1.5; 1005 when the peer's Close frame had no code, 1006 when none came. */
  readonly code: number;
  readonly reason: string;
  /** §7.1.4: both Close frames went over the wire. */
  readonly wasClean: boolean;
}

/** What is known about the opening handshake. */
export interface HandshakeInfo {
  /** The agreed subprotocol, or "". */
  readonly protocol: string;
  /** The agreed extensions as they stand in the response, or "". */
  readonly extensions: string;
  /** The request target, such as "/chat?room=1". */
  readonly target: string;
  /** The peer's address; "" when the transport has none. */
  readonly remoteAddress: string;
  readonly isSecure: boolean;
  /**
   * The header fields of the server's answer, such as its cookies (`getSetCookie()`). Clients only: what a client has
   * sent, the upgrade hook of a server is shown.
   */
  readonly headers?: Headers;
}

/** What a connection needs of the session behind it. */
export interface ConnectionSession extends StreamSession, Pausable, Subscriber {
  readonly environment: Environment & { readonly handlers: { readonly message?: unknown } };
  readonly closed: CloseInfo | undefined;
  /** The topics subscribed to; undefined until the first. */
  topics: Set<string> | undefined;
  drop(): void;
  whenClosed(): Promise<void>;
  messages(): MessageQueue;
  nextStream(): Promise<MessageStream>;
}

/** One WebSocket connection, on either side. What it throws is a `WebSocketError`. */
export class WebSocketConnection<Data = undefined> {
  /** The application's own, from the upgrade hook or the options of `connect`. */
  data: Data;
  readonly handshake: HandshakeInfo;
  readonly #session: ConnectionSession;

  constructor(session: ConnectionSession, handshake: HandshakeInfo, data: Data) {
    this.#session = session;
    this.handshake = handshake;
    this.data = data;
  }

  /** "open" until a Close frame has been sent or received, "closing" until the transport is gone. */
  get state(): "open" | "closing" | "closed" {
    if (this.#session.closed !== undefined) return "closed";
    return this.#session.isOpen ? "open" : "closing";
  }

  /** How it ended; undefined until it has. */
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

  /** What went over this connection so far: octets, frames, messages, pings and pongs in both directions. */
  get counters(): Readonly<ConnectionCounters> {
    return Object.assign({}, this.#session.connection.counters);
  }

  /**
   * Sends one message: a string as text, a prepared message as what it is, all else as binary. Returns false when
   * the backlog is above `limits.highWaterOctets` and the sender should wait for `drain` or `ready()`, or when the
   * message was not taken because the connection is not open or the backlog is full. Memory that is sent must not
   * be changed before it has gone. Throws InvalidArgument for anything that is no data, and Backlog when the backlog
   * is full and `limits.onBacklog` is "error".
   */
  send(data: MessageData | PreparedMessage, options?: SendOptions): boolean {
    const { outbox } = this.#session;
    const message = typeof data === "string" || data instanceof PreparedMessage ? data : toOctets(data);
    if (!outbox.mayQueue()) return false;
    outbox.send(message, false, options?.compress);
    return outbox.isBelowHighWater();
  }

  /**
   * As `send`, with octets that are UTF-8 text already, such as those that came with the option `text: "octets"`.
   * Throws InvalidArgument for what is not UTF-8 (§5.6).
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
   * Sends one message in as many frames as the source has parts, at the pace at which the peer reads: strings as
   * text, each with whole characters, or octets as binary, which must not be changed afterwards. Other messages wait
   * until it has ended; pings and pongs do not. Rejects with NotOpen when the connection closes first, or with what
   * the source throws: the message cannot be taken back, so that the connection is then failed with 1011.
   */
  sendStream(source: StreamSource, options?: SendOptions): Promise<void> {
    return handled(sendStream(this.#session, source, options?.compress));
  }

  /**
   * Resolves when the backlog is below the high-water mark. Rejects with NotOpen when the connection is not open, or
   * not any more: a loop that sends and waits ends then.
   */
  ready(): Promise<void> {
    return handled(this.#session.outbox.ready());
  }

  /** Sends a ping with at most 125 octets (§5.5.2). False when the connection is not open or the backlog is full. */
  ping(data: MessageData = ""): boolean {
    const octets = controlPayload(data);
    const session = this.#session;
    if (!session.isOpen || session.outbox.isBacklogFull) return false;
    session.connection.ping(octets);
    return true;
  }

  /** Sends an unsolicited pong with at most 125 octets (§5.5.3). False as in `ping`. */
  pong(data: MessageData = ""): boolean {
    const octets = controlPayload(data);
    const session = this.#session;
    if (!session.isOpen || session.outbox.isBacklogFull) return false;
    session.connection.pong(octets);
    return true;
  }

  /**
   * Starts the closing handshake (§7.1.2) behind the messages sent so far; one that is being sent in parts is cut off,
   * with those that wait behind it. `code`: 1000–1003, 1007–1014 or 3000–4999, but 1010 for clients only; `reason`: at
   * most 123 octets of UTF-8. Throws InvalidArgument for others. Does nothing when the closing has begun already.
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

  /** Closes with 1000, and resolves when the transport is gone: at the latest after `limits.closeMs`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close(CloseCode.Normal);
    return this.#session.whenClosed();
  }

  /**
   * Stops reading from the network, so that TCP slows the peer down. Pings are not answered and the peer's closing is
   * not seen meanwhile, and the heartbeat does not run.
   */
  pause(): void {
    this.#session.pause(PauseReason.Application);
  }

  resume(): void {
    this.#session.resume(PauseReason.Application);
  }

  /**
   * Messages one by one, as fast as they are asked for; only without a `message` handler. The iteration ends when the
   * connection was closed cleanly and throws when it was not.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<string | Uint8Array> {
    const session = this.#session;
    if (session.environment.handlers.message !== undefined)
      throw invalidArgument("Messages go to the message handler; they cannot be iterated over as well.");
    return session.messages();
  }

  /**
   * The next message as a stream, of any size: the limits on messages, frames and fragments do not hold for it. Rejects
   * when the connection closes first.
   *
   * Without a `message` handler this is the oldest message that nobody has taken, and from the first call on what begins
   * between two requests waits for the next one, be it another call or an iterator's (whose messages the limits hold
   * for): reading stops meanwhile. With a `message` handler it is the next message to begin; the others go to the handler.
   */
  nextMessageStream(): Promise<MessageStream> {
    return handled(this.#session.nextStream());
  }

  /** From now on receives what is published to the topic. False when it did already, or is not open. Servers only. */
  subscribe(topic: string): boolean {
    const session = this.#session;
    const topics = this.#topics();
    if (!session.isOpen) return false;
    session.topics ??= new Set();
    session.topics.add(topic);
    return topics.add(topic, session);
  }

  /** False when it was not subscribed. Servers only. */
  unsubscribe(topic: string): boolean {
    this.#session.topics?.delete(topic);
    return this.#topics().remove(topic, this.#session);
  }

  isSubscribed(topic: string): boolean {
    return this.#topics().has(topic, this.#session);
  }

  /** Sends to every subscriber of the topic but this connection; returns to how many. Servers only. */
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
