import { Blob } from "node:buffer";

import type { WebSocketError } from "../errors.js";
import type { WebSocketConnection } from "../session/connection.js";
import { checkProtocols, parseAddress } from "./address.js";
import { BufferedAmount } from "./buffered.js";
import { closeArguments } from "./close-arguments.js";
import { clampedShort, isIterable, toOctets, toText, toTexts } from "./convert.js";
import { describe } from "./describe.js";
import { EventHandlers } from "./event-handlers.js";
import type { Handler } from "./event-handlers.js";
import { CloseEvent, errorEvent, messageEvent } from "./events.js";
import type { WebSocketErrorEvent } from "./events.js";
import { openConnection } from "./opening.js";
import type { WebSocketOptions } from "./opening.js";
import { Outgoing, isBlob, octetsOf } from "./outgoing.js";
import type { Message } from "./outgoing.js";
import { Tasks } from "./tasks.js";

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** Messages, and octets or characters of them, that may wait for their events before reading from the network stops. */
const MAX_UNDELIVERED = 64;
const MAX_UNDELIVERED_LENGTH = 256 * 1024;

/**
 * What binary messages arrive as.
 *
 * @example
 * ```ts
 * import { WebSocket, type BinaryType } from "@wireproof/websocket/web";
 *
 * const ws = new WebSocket("ws://127.0.0.1:1/");
 * const binaryType: BinaryType = "arraybuffer";
 * ws.binaryType = binaryType;
 * console.assert(ws.binaryType === "arraybuffer");
 * ws.close();
 * ```
 */
export type BinaryType = "blob" | "arraybuffer";

/**
 * The events of a WebSocket by their types.
 *
 * @example
 * ```ts
 * import { WebSocket, type WebSocketEventMap } from "@wireproof/websocket/web";
 *
 * const ws = new WebSocket("ws://127.0.0.1:1/");
 * const onClose = ({ code }: WebSocketEventMap["close"]): void => console.assert(code === 1006);
 * ws.addEventListener("close", onClose);
 * ```
 */
export interface WebSocketEventMap {
  readonly open: Event;
  readonly message: MessageEvent;
  readonly error: WebSocketErrorEvent;
  readonly close: CloseEvent;
}

/**
 * The interface of browsers, as the WHATWG's WebSockets standard has it, on this package's client. It begins to connect in
 * its constructor. Listeners get `open`, `message`, `error` and `close`; after `error`, `close` follows.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { WebSocket, type CloseEvent } from "@wireproof/websocket/web";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const ws = new WebSocket(`ws://127.0.0.1:${port}`);
 * ws.onopen = () => ws.send("hello");
 * ws.onmessage = ({ data }) => {
 *   console.assert(data === "hello");
 *   ws.close(1000, "done");
 * };
 * const { code, wasClean } = await new Promise<CloseEvent>((resolve) => (ws.onclose = resolve));
 * console.assert(code === 1000 && wasClean);
 * ```
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the interface only gives an inherited method better types
export class WebSocket extends EventTarget {
  /** The opening handshake is not complete yet. */
  declare static readonly CONNECTING: 0;
  /** Messages may be sent. */
  declare static readonly OPEN: 1;
  /** The closing has begun. */
  declare static readonly CLOSING: 2;
  /** The connection is gone, or was never made. */
  declare static readonly CLOSED: 3;
  /** The opening handshake is not complete yet. */
  declare readonly CONNECTING: 0;
  /** Messages may be sent. */
  declare readonly OPEN: 1;
  /** The closing has begun. */
  declare readonly CLOSING: 2;
  /** The connection is gone, or was never made. */
  declare readonly CLOSED: 3;

  readonly #url: URL;
  readonly #opening: AbortController = new AbortController();
  readonly #tasks: Tasks = new Tasks({
    onRest: () => this.#outgoing?.flush(),
    onIdle: () => this.#caughtUp(),
  });
  readonly #handlers: EventHandlers = new EventHandlers(this);
  readonly #buffered: BufferedAmount = new BufferedAmount();
  #readyState: 0 | 1 | 2 | 3 = CONNECTING;
  #binaryType: BinaryType = "blob";
  /** Messages that have arrived, and whose events are not over; and the length of all that came since none was. */
  #undelivered = 0;
  #undeliveredLength = 0;
  /** Undefined until the connection is open. */
  #connection: WebSocketConnection | undefined = undefined;
  #outgoing: Outgoing | undefined = undefined;
  /** Why the connection was failed; undefined while it was not. */
  #failure: WebSocketError | undefined = undefined;

  /**
   * @param url - Address of the server: ws, wss, http or https, without a fragment.
   * @param protocols - Subprotocols to offer, in the order of preference (RFC 6455 §1.9); or, in a second form that no
   * browser has, an object with `protocols` and the options of `connect`. Default: none.
   * @throws DOMException (SyntaxError) for an address that cannot be one, and for subprotocols that are no tokens or come
   * twice. Everything else that can go wrong emits `error` and then `close`, with 1006.
   */
  constructor(url: string | URL, protocols?: string | readonly string[] | WebSocketOptions) {
    if (arguments.length === 0) throw new TypeError("The constructor of WebSocket needs a URL.");
    super();
    const address = toText(url);
    const options = isOptions(protocols) ? protocols : {};
    const offered = toProtocols(isOptions(protocols) ? protocols.protocols : protocols);
    this.#url = parseAddress(address);
    checkProtocols(offered);
    openConnection(this.#url, offered, options, this.#opening.signal, {
      open: (connection) => this.#opened(connection),
      message: (_connection, data) => this.#received(data),
      error: (_connection, error) => (this.#failure ??= error),
      close: (_connection, code, reason, wasClean) => this.#gone(code, reason, wasClean),
    }).catch((error: unknown) => {
      // Not before the script that has made it could add its listeners, and what it does after the next `await` as well.
      setImmediate(() => this.#end(1006, "", false, error));
    });
  }

  /** The address, as it was parsed. */
  get url(): string {
    return this.#url.href;
  }

  /** 0 (CONNECTING), 1 (OPEN), 2 (CLOSING) or 3 (CLOSED). */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#state;
  }

  /**
   * Octets of messages that were sent and that the network has not taken, without those of frames. It does not fall while the
   * script runs that has sent. What is sent when the connection is not open any more is added, and stays.
   */
  get bufferedAmount(): number {
    return this.#buffered.amount(this.#backlog);
  }

  /** The agreed extensions as they stand in the response, or "". */
  get extensions(): string {
    return this.#connection?.handshake.extensions ?? "";
  }

  /** The agreed subprotocol (RFC 6455 §1.9), or "". */
  get protocol(): string {
    return this.#connection?.protocol ?? "";
  }

  /** What binary messages arrive as: "blob" or "arraybuffer". Other values are ignored. Default "blob". */
  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    // Before the value is converted, as Web IDL has it.
    if (!(#binaryType in this)) throw new TypeError("binaryType belongs to a WebSocket.");
    const text = toText(type);
    if (text === "blob" || text === "arraybuffer") this.#binaryType = text;
  }

  /** Called with the event `open`: the opening handshake is complete. */
  get onopen(): Handler<Event> {
    return this.#handlers.get("open");
  }

  set onopen(handler: Handler<Event>) {
    this.#handlers.set("open", handler);
  }

  /** Called with the event `message`, whose `data` is text, or what `binaryType` says. */
  get onmessage(): Handler<MessageEvent> {
    return this.#handlers.get("message");
  }

  set onmessage(handler: Handler<MessageEvent>) {
    this.#handlers.set("message", handler);
  }

  /** Called with the event `error`, whose `error` and `message` say why the connection could not be opened, or was failed. */
  get onerror(): Handler<WebSocketErrorEvent> {
    return this.#handlers.get("error");
  }

  set onerror(handler: Handler<WebSocketErrorEvent>) {
    this.#handlers.set("error", handler);
  }

  /** Called with the event `close`, the last one. */
  get onclose(): Handler<CloseEvent> {
    return this.#handlers.get("close");
  }

  set onclose(handler: Handler<CloseEvent>) {
    this.#handlers.set("close", handler);
  }

  /**
   * Sends one message: octets and Blobs as binary, everything else as text. What is sent after the closing has begun is lost,
   * and only counted in `bufferedAmount`.
   *
   * @param data - The message. Its memory is copied if it has to be kept. Memory that is shared or can be resized is refused.
   * @throws DOMException (InvalidStateError) before the connection is open.
   */
  send(data: string | ArrayBufferLike | ArrayBufferView | Blob): void {
    if (arguments.length === 0) throw new TypeError("send needs a message.");
    const message: Message = toOctets(data) ?? (isBlob(data) ? data : toText(data));
    const state = this.#state;
    if (state === CONNECTING) throw new DOMException("The connection is not open yet.", "InvalidStateError");
    const octets = octetsOf(message);
    if (state !== OPEN) {
      this.#buffered.lose(octets);
      return;
    }
    this.#buffered.add(octets, this.#backlog);
    // The answers to the messages of one read go out together.
    this.#outgoing!.send(message, this.#tasks.areSeveral);
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2) behind the messages sent so far, or gives up connecting. Does nothing when
   * the closing has begun already.
   *
   * @param code - 1000 or 3000–4999. Default: a Close frame without a code, or 1000 with a reason.
   * @param reason - At most 123 octets of UTF-8. Default: none.
   * @throws DOMException: InvalidAccessError for another code, SyntaxError for a longer reason.
   */
  close(code?: number, reason?: string): void {
    const state = this.#state;
    const closing = closeArguments(
      code === undefined ? undefined : clampedShort(code),
      reason === undefined ? "" : toText(reason),
    );
    if (state === CLOSING || state === CLOSED) return;
    this.#readyState = CLOSING;
    if (state === OPEN) this.#outgoing!.close(closing);
    else this.#opening.abort(new DOMException("The WebSocket was closed before it was open.", "AbortError"));
  }

  get #state(): 0 | 1 | 2 | 3 {
    // The peer's Close frame counts when what came before it has been delivered.
    const isEnding =
      this.#readyState === OPEN && this.#undelivered === 0 && this.#connection?.state !== "open";
    return isEnding ? CLOSING : this.#readyState;
  }

  get #backlog(): number {
    return this.#outgoing?.backlog ?? 0;
  }

  #opened(connection: WebSocketConnection): void {
    this.#connection = connection;
    this.#outgoing = new Outgoing(connection, (error) => this.#fail(error));
    this.#tasks.run(() => {
      // It may have been closed meanwhile.
      if (this.#readyState !== CONNECTING) return;
      this.#readyState = OPEN;
      this.dispatchEvent(new Event("open"));
    });
  }

  #received(data: string | Uint8Array): void {
    // The memory is lent until this returns.
    const own = typeof data === "string" ? data : memoryOf(data);
    this.#undelivered++;
    this.#tasks.run(() => {
      if (this.#readyState === OPEN) this.#deliver(own);
      this.#undelivered--;
    });
    if (this.#undelivered === 0) return;
    // The listeners are slower than the peer.
    this.#undeliveredLength += data.length;
    if (this.#undelivered >= MAX_UNDELIVERED || this.#undeliveredLength >= MAX_UNDELIVERED_LENGTH)
      this.#connection?.pause();
  }

  #caughtUp(): void {
    this.#undeliveredLength = 0;
    this.#connection?.resume();
    this.#outgoing?.flush();
  }

  #deliver(data: string | ArrayBuffer): void {
    const value = typeof data === "string" || this.#binaryType === "arraybuffer" ? data : new Blob([data]);
    this.dispatchEvent(messageEvent(value, this.#url.origin));
  }

  /** This side cannot go on. */
  #fail(error: unknown): void {
    this.#failure ??= error as WebSocketError;
    this.#connection?.terminate();
  }

  #gone(code: number, reason: string, wasClean: boolean): void {
    const failure = this.#failure;
    if (failure === undefined) this.#end(code, reason, wasClean, undefined);
    // The code of the peer's Close frame, if one came, is not why it ended.
    else this.#end(1006, "", false, failure);
  }

  #end(code: number, reason: string, wasClean: boolean, failure: unknown): void {
    const backlog = this.#backlog;
    this.#tasks.run(() => {
      this.#readyState = CLOSED;
      this.#buffered.end(backlog);
      if (!wasClean) this.dispatchEvent(errorEvent(failure ?? broken()));
      this.dispatchEvent(new CloseEvent("close", { wasClean, code, reason }));
    });
  }
}

/** Overloads with the types of the events. */
export interface WebSocket {
  addEventListener<K extends keyof WebSocketEventMap>(
    type: K,
    listener: (this: WebSocket, event: WebSocketEventMap[K]) => unknown,
    options?: ListenerArguments[2],
  ): void;
  addEventListener(type: string, listener: ListenerArguments[1], options?: ListenerArguments[2]): void;
}

type ListenerArguments = Parameters<EventTarget["addEventListener"]>;

describe(
  WebSocket,
  "WebSocket",
  [
    "url",
    "readyState",
    "bufferedAmount",
    "extensions",
    "protocol",
    "binaryType",
    "onopen",
    "onmessage",
    "onerror",
    "onclose",
    "send",
    "close",
  ],
  { constructor: 1, send: 1, close: 0 },
);
for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED })) {
  for (const holder of [WebSocket, WebSocket.prototype])
    Object.defineProperty(holder, name, { enumerable: true, value });
}

/** The second form of the constructor: an object that is no list. */
function isOptions(value: unknown): value is WebSocketOptions {
  return typeof value === "object" && value !== null && !isIterable(value);
}

function toProtocols(value: unknown): string[] {
  if (value === undefined) return [];
  return isIterable(value) ? toTexts(value, "protocols") : [toText(value)];
}

/** Memory of its own, as long as the message. */
function memoryOf({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  return (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
}

function broken(): Error {
  return new Error("The connection ended without a closing handshake.");
}
