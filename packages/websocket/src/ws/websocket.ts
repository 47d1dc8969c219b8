import { EventEmitter } from "node:events";
import type { ClientRequest, ClientRequestArgs, IncomingMessage } from "node:http";
import type { Duplex, DuplexOptions } from "node:stream";

import { defineAttributes } from "./attributes.js";
import { ClientOpening } from "./client-opening.js";
import { ownOptions, readClientArguments } from "./client-options.js";
import { checkedReason } from "./close-arguments.js";
import { payloadOctets, toPayload } from "./data.js";
import type { Payload } from "./data.js";
import { addListener, removeListener } from "./event-target.js";
import type { ListenerOptions } from "./event-target.js";
import type { extension } from "./extension.js";
import { WsSession, UNCLEAN_END } from "./ws-session.js";
import type { OwnMethods } from "./ws-session-options.js";
import { WsSessionSender } from "./ws-session-sender.js";
import type * as Deflate from "./permessage-deflate.js";
import type * as RawFrame from "./raw-frame.js";
import { ReadyEvent, ReadyState, changeReadyState, notOpen } from "./ready-state.js";
import type * as Receivers from "./receiver.js";
import type { Sender as SenderClass } from "./sender.js";
// The one circle of imports that is left, and of types only: a server makes WebSockets, and `ws` has the class of servers as
// a static member of this class, which only this file can declare.
import type * as Servers from "./server.js";
import type { OwnOptions } from "./settings.js";
import type { subprotocol } from "./subprotocol.js";
import type * as Types from "./types.js";
import type * as Events from "./websocket-events.js";
import type { EventListener, Listener, WebSocketEvents } from "./websocket-events.js";

/**
 * A WebSocket as the package `ws` has it: a client, made with an address, or a connection of a server. What differs on
 * purpose is in docs/ws-compat.md.
 *
 * @example
 * ```ts
 * import { once } from "node:events";
 * import { WebSocket, WebSocketServer, type AddressInfo } from "@wireproof/websocket/ws";
 *
 * const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
 * server.on("connection", (ws) => ws.send("welcome"));
 * await once(server, "listening");
 *
 * const ws = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
 * const [data] = (await once(ws, "message")) as [Buffer];
 * console.assert(data.toString() === "welcome");
 * ws.close(1000, "done");
 * const [code] = (await once(ws, "close")) as [number];
 * console.assert(code === 1000);
 * server.close();
 * ```
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- EventEmitter has what the interface below declares
export class WebSocket extends EventEmitter {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare static WebSocket: typeof WebSocket;
  declare static Server: typeof Servers.WebSocketServer;
  declare static WebSocketServer: typeof Servers.WebSocketServer;
  declare static createWebSocketStream: (websocket: WebSocket, options?: DuplexOptions) => Duplex;
  declare static Sender: typeof SenderClass;
  declare static Receiver: typeof Receivers.Receiver;
  declare static PerMessageDeflate: typeof Deflate.PerMessageDeflate;
  declare static extension: typeof extension;
  declare static subprotocol: typeof subprotocol;

  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;
  declare onopen: ((event: Event) => void) | null;
  declare onmessage: ((event: MessageEvent) => void) | null;
  declare onclose: ((event: CloseEvent) => void) | null;
  declare onerror: ((event: ErrorEvent) => void) | null;

  // Some applications use these names with an underscore, though they are not part of the interface.
  /** @internal */ _readyState: ReadyState = ReadyState.CONNECTING;
  /** @internal */ _protocol = "";
  /** @internal */ _extensions: Record<string, Deflate.PerMessageDeflate> = {};
  /** @internal */ _isServer: boolean;
  /** @internal */ _url = "";
  /** @internal */ _req: ClientRequest | null = null;
  /** @internal */ _redirects = 0;
  readonly #own: OwnOptions;
  readonly #opening: ClientOpening | undefined;
  #binaryType: Types.BinaryType = "nodebuffer";
  #isPaused = false;
  #session: WsSession | undefined = undefined;
  #sender: WsSessionSender | undefined = undefined;
  /** Octets of messages after the opening handshake has failed. */
  #refusedOctets = 0;

  /**
   * @param address - Where to connect: a ws:, wss:, http:, https: or ws+unix: URL. Null makes a server's connection, which
   * `setSocket` opens.
   * @param protocols - Subprotocols to offer (RFC 6455 §1.9), or the options. Default: none.
   * @param options - How to connect. Default: see `ClientOptions`.
   * @throws A SyntaxError for an address or subprotocols that cannot be used, and a RangeError for a protocol version other
   * than 8 and 13.
   */
  constructor(
    address: string | URL | null,
    protocols?: string | readonly string[] | ClientOptions | ClientRequestArgs,
    options?: ClientOptions | ClientRequestArgs,
  ) {
    super();
    this._isServer = address === null;
    const given = readClientArguments(protocols, options as ClientOptions);
    this.#own = ownOptions(given.options);
    this.#opening = address === null ? undefined : new ClientOpening(this, given.protocols, given.options);
    if (address !== null) this.#opening?.begin(address);
  }

  /** How binary messages are delivered. Default "nodebuffer"; anything else than one of the four is ignored. */
  get binaryType(): Types.BinaryType {
    return this.#binaryType;
  }

  /** Any other value than these four is ignored. */
  set binaryType(type: Types.BinaryType) {
    if (BINARY_TYPES.has(type)) this.#binaryType = type;
  }

  /** Octets that were sent and that the system has not taken yet. */
  get bufferedAmount(): number {
    return this.#session?.bufferedAmount ?? this.#refusedOctets;
  }

  /** Names of the agreed extensions, with commas between them, or "". */
  get extensions(): string {
    return Object.keys(this._extensions).join(",");
  }

  /** Whether `pause` stopped the events. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The agreed subprotocol (RFC 6455 §1.9), or "". */
  get protocol(): string {
    return this._protocol;
  }

  /** CONNECTING (0), OPEN (1), CLOSING (2) or CLOSED (3). */
  get readyState(): ReadyState {
    return this._readyState;
  }

  /** The address of a client; "" on a server. */
  get url(): string {
    return this._url;
  }

  /** @internal Whether Close frames went both ways, for close events. */
  get wasClean(): boolean {
    return this.#session?.end.wasClean ?? false;
  }

  /** @internal The stream below, null before the connection is open; what was sent before has been written to it. */
  get _socket(): Duplex | null {
    this.#session?.outbox.flush();
    return this.#session?.socket ?? null;
  }

  /** @internal */
  get _sender(): WsSessionSender | null {
    if (this.#session !== undefined) this.#sender ??= new WsSessionSender(this.#session);
    return this.#sender ?? null;
  }

  /**
   * Opens the connection over a stream whose opening handshake is complete. The server calls it, and so do applications
   * that make both ends.
   *
   * @param socket - The stream.
   * @param head - Octets that were read behind the opening handshake.
   * @param options - How it reads and sends. Default: see `SocketOptions`.
   */
  setSocket(socket: Duplex, head: Uint8Array, options: Types.SocketOptions = {}): void {
    const deflate = this._extensions["permessage-deflate"];
    const isServer = this._isServer;
    const session = new WsSession(this, {
      socket,
      isServer,
      deflate,
      options,
      own: this.#own,
      methods: METHODS,
    });
    this.#session = session;
    changeReadyState(this, ReadyEvent.Opened);
    // Listeners of `open` may add others in this turn. Until then the stream must not flow.
    if (socket.readableFlowing === true) socket.pause();
    process.nextTick(startSession, session, head);
    this.emit("open");
  }

  /**
   * Sends a message, or a fragment of one.
   *
   * @param data - The message.
   * @param options - How it is sent, or the callback.
   * @param callback - Called when the system has taken it, or with the reason why it never will.
   * @throws An Error before the connection is open.
   */
  send(
    data: Types.BufferLike | null | undefined,
    options?: Types.SendOptions | Types.SendCallback,
    callback?: Types.SendCallback,
  ): void {
    const done = typeof options === "function" ? options : callback;
    const payload = this.#payload(data, done);
    if (payload === undefined) return;
    const given = typeof options === "object" && options !== null ? options : DEFAULTS;
    const sending = {
      isBinary: given.binary ?? (typeof data !== "string" && typeof data !== "number"),
      mayCompress: given.compress ?? true,
      isLast: given.fin ?? true,
    };
    this.#session?.outbox.send(payload, sending, done);
  }

  /**
   * Sends a ping (RFC 6455 §5.5.2).
   *
   * @param data - At most 125 octets. Default: none.
   * @param mask - Without effect, or the callback.
   * @param callback - As for `send`.
   * @throws A RangeError for more than 125 octets, and an Error before the connection is open.
   */
  ping(data?: unknown, mask?: boolean | Types.ControlCallback, callback?: Types.ControlCallback): void {
    this.#control(true, data, mask, callback);
  }

  /**
   * Sends a pong (RFC 6455 §5.5.3).
   *
   * @param data - At most 125 octets. Default: none.
   * @param mask - Without effect, or the callback.
   * @param callback - As for `send`.
   * @throws As `ping`.
   */
  pong(data?: unknown, mask?: boolean | Types.ControlCallback, callback?: Types.ControlCallback): void {
    this.#control(false, data, mask, callback);
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2), or gives up the opening one.
   *
   * @param code - 1000–1003, 1007–1014 or 3000–4999. Default: a Close frame without a code.
   * @param reason - At most 123 octets of UTF-8. Default: none.
   * @throws A TypeError or a RangeError for a code or a reason that cannot be sent.
   */
  close(code?: number, reason?: string | Uint8Array): void {
    const { readyState } = this;
    if (readyState === ReadyState.CONNECTING) this.#opening?.abort(CLOSED_EARLY);
    else if (readyState === ReadyState.OPEN)
      this.#session?.close(code, checkedReason(code, reason, this._isServer));
  }

  /** Drops the connection without a closing handshake. */
  terminate(): void {
    const { readyState } = this;
    if (readyState === ReadyState.CONNECTING) this.#opening?.abort(CLOSED_EARLY);
    else if (readyState !== ReadyState.CLOSED) this.#session?.terminate();
  }

  /** Stops the events until `resume`; TCP then slows the peer down. */
  pause(): void {
    if (this.#session === undefined || this.readyState === ReadyState.CLOSED) return;
    this.#isPaused = true;
    this.#session.pause();
  }

  /** Goes on after `pause`. */
  resume(): void {
    if (this.#session === undefined || this.readyState === ReadyState.CLOSED) return;
    this.#isPaused = false;
    this.#session.resume();
  }

  /**
   * Adds a listener of the browser's kind.
   *
   * @param type - "open", "message", "close" or "error"; others are ignored.
   * @param listener - A function, or an object with `handleEvent`.
   * @param options - Whether it is called only once.
   */
  addEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: EventListener<Type, WebSocket>,
    options: ListenerOptions = {},
  ): void {
    addListener(this, type, listener, options);
  }

  /**
   * Removes a listener of the browser's kind.
   *
   * @param type - The event.
   * @param listener - The listener.
   */
  removeEventListener<Type extends keyof WebSocketEventMap>(
    type: Type,
    listener: EventListener<Type, WebSocket>,
  ): void {
    removeListener(this, type, listener);
  }

  /** @internal Emits `close`. Some applications override it. */
  emitClose(): void {
    const { code, reason } = this.#session?.end ?? UNCLEAN_END;
    changeReadyState(this, ReadyEvent.Ended);
    this.emit("close", code, reason);
  }

  #control(
    isPing: boolean,
    data: unknown,
    mask: boolean | Types.ControlCallback | undefined,
    callback: Types.ControlCallback | undefined,
  ): void {
    const [octets, given] =
      typeof data === "function" ? [undefined, data] : [data, typeof mask === "function" ? mask : callback];
    const done = given as Types.SendCallback | undefined;
    const payload = this.#payload(octets, done);
    if (payload !== undefined) this.#session?.outbox.control(isPing, payload, done);
  }

  /** The payload; undefined if nothing can be sent any more, and the callback gets the error. */
  #payload(data: unknown, done: Types.SendCallback | undefined): Payload | undefined {
    const state = this.readyState;
    if (state === ReadyState.CONNECTING) throw notOpen(state);
    const payload = toPayload(typeof data === "number" ? String(data) : data);
    if (state === ReadyState.OPEN) return payload;
    const octets = payloadOctets(payload);
    if (this.#session === undefined) this.#refusedOctets += octets;
    else this.#session.refuse(octets);
    if (typeof done === "function") process.nextTick(done, notOpen(state));
    return undefined;
  }
}

/** Its events, and those that an application emits. */
export interface WebSocket {
  addListener<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: Listener<WebSocket, WebSocketEvents[Event]>,
  ): this;
  addListener(event: string | symbol, listener: Listener<WebSocket>): this;
  off<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: Listener<WebSocket, WebSocketEvents[Event]>,
  ): this;
  off(event: string | symbol, listener: Listener<WebSocket>): this;
  on<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: Listener<WebSocket, WebSocketEvents[Event]>,
  ): this;
  on(event: string | symbol, listener: Listener<WebSocket>): this;
  once<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: Listener<WebSocket, WebSocketEvents[Event]>,
  ): this;
  once(event: string | symbol, listener: Listener<WebSocket>): this;
  prependListener<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: Listener<WebSocket, WebSocketEvents[Event]>,
  ): this;
  prependListener(event: string | symbol, listener: Listener<WebSocket>): this;
  prependOnceListener<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: Listener<WebSocket, WebSocketEvents[Event]>,
  ): this;
  prependOnceListener(event: string | symbol, listener: Listener<WebSocket>): this;
  removeListener<Event extends keyof WebSocketEvents>(
    event: Event,
    listener: Listener<WebSocket, WebSocketEvents[Event]>,
  ): this;
  removeListener(event: string | symbol, listener: Listener<WebSocket>): this;
}

defineAttributes(WebSocket);

// The types of the files below name no class of WebSocket; here they are those of this one.

/**
 * How to connect. Everything that node:http and node:https take is an option too.
 *
 * @example
 * ```ts
 * import { WebSocket, type ClientOptions } from "@wireproof/websocket/ws";
 *
 * const options: ClientOptions = { origin: "https://example.com", handshakeTimeout: 2_000, maxPayload: 65_536 };
 * const ws = new WebSocket("ws://127.0.0.1:1", options);
 * ws.on("error", (error) => console.assert(error.message !== ""));
 * ```
 */
export interface ClientOptions extends Types.ClientOptionsOf<WebSocket> {
  /** Called instead of `request.end()`, which it has to call. */
  finishRequest?: FinishRequestCallback | undefined;
}

/**
 * Called instead of `request.end()`, which it has to call.
 *
 * @param request - The request of the opening handshake.
 * @param websocket - The client.
 *
 * @example
 * ```ts
 * import { WebSocket, type FinishRequestCallback } from "@wireproof/websocket/ws";
 *
 * const finishRequest: FinishRequestCallback = (request) => {
 *   request.setHeader("X-Signature", "abc");
 *   request.end();
 * };
 * const ws = new WebSocket("ws://127.0.0.1:1", { finishRequest });
 * ws.on("error", () => undefined);
 * ```
 */
export type FinishRequestCallback = (request: ClientRequest, websocket: WebSocket) => void;

/**
 * An event of the browser's API.
 *
 * @example
 * ```ts
 * import { WebSocket, type Event } from "@wireproof/websocket/ws";
 *
 * const types: string[] = [];
 * const ws = new WebSocket("ws://127.0.0.1:1");
 * ws.onerror = (event: Event) => types.push(event.type);
 * await new Promise((resolve) => (ws.onclose = resolve));
 * console.assert(types.join() === "error");
 * ```
 */
export interface Event extends Events.Event<WebSocket> {}

/**
 * The connection is gone.
 *
 * @example
 * ```ts
 * import { WebSocket, type CloseEvent } from "@wireproof/websocket/ws";
 *
 * const ws = new WebSocket("ws://127.0.0.1:1");
 * ws.onerror = () => undefined;
 * ws.onclose = ({ code, wasClean }: CloseEvent) => console.assert(code === 1006 && !wasClean);
 * ```
 */
export interface CloseEvent extends Event, Events.CloseEvent<WebSocket> {}

/**
 * Something went wrong.
 *
 * @example
 * ```ts
 * import { WebSocket, type ErrorEvent } from "@wireproof/websocket/ws";
 *
 * const ws = new WebSocket("ws://127.0.0.1:1");
 * ws.onerror = ({ message, error }: ErrorEvent) => console.assert(message !== "" && error instanceof Error);
 * ```
 */
export interface ErrorEvent extends Event, Events.ErrorEvent<WebSocket> {}

/**
 * A message came.
 *
 * @example
 * ```ts
 * import type { MessageEvent } from "@wireproof/websocket/ws";
 *
 * const lengthOf = ({ data }: MessageEvent): number => (typeof data === "string" ? data.length : 0);
 * console.assert(typeof lengthOf === "function");
 * ```
 */
export interface MessageEvent extends Event, Events.MessageEvent<WebSocket> {}

/**
 * The events of the browser's API by name.
 *
 * @example
 * ```ts
 * import { WebSocket, type WebSocketEventMap } from "@wireproof/websocket/ws";
 *
 * const types: (keyof WebSocketEventMap)[] = ["open", "message", "close", "error"];
 * const ws = new WebSocket("ws://127.0.0.1:1");
 * const seen: string[] = [];
 * for (const type of types) ws.addEventListener(type, (event) => seen.push(event.type));
 * await new Promise((resolve) => ws.on("close", resolve));
 * console.assert(seen.join() === "error,close");
 * ```
 */
export interface WebSocketEventMap extends Events.WebSocketEventMap<WebSocket> {
  /** The connection is open. */
  open: Event;
  /** A message came. */
  message: MessageEvent;
  /** The connection is gone. */
  close: CloseEvent;
  /** Something went wrong. */
  error: ErrorEvent;
}

type SelfEvent = Event;
type SelfCloseEvent = CloseEvent;
type SelfErrorEvent = ErrorEvent;
type SelfMessageEvent = MessageEvent;
type SelfEventMap = WebSocketEventMap;
type SelfClientOptions = ClientOptions;
type SelfFinishRequestCallback = FinishRequestCallback;
type Self = WebSocket;
type SelfClass = typeof WebSocket;
type RequestClass = typeof IncomingMessage;

/**
 * The type names that applications write as `WebSocket.RawData`. Where the package is required the class is all that is
 * exported, and they are also what `import type { RawData } from "ws"` finds: every type that index.ts exports is among them.
 */
export declare namespace WebSocket {
  export type WebSocket = Self;
  export type Server<
    Class extends SelfClass = SelfClass,
    Request extends RequestClass = RequestClass,
  > = Servers.WebSocketServer<Class, Request>;
  export type WebSocketServer<
    Class extends SelfClass = SelfClass,
    Request extends RequestClass = RequestClass,
  > = Servers.WebSocketServer<Class, Request>;
  export type ServerOptions<
    Class extends SelfClass = SelfClass,
    Request extends RequestClass = RequestClass,
  > = Servers.ServerOptions<Class, Request>;
  export type ServerEvents<Socket, Request> = Servers.ServerEvents<Socket, Request>;
  export type UpgradeCallback<Socket, Request> = Servers.UpgradeCallback<Socket, Request>;
  export type VerifyClientInfo<Request extends IncomingMessage = IncomingMessage> =
    Types.VerifyClientInfo<Request>;
  export type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> =
    Types.VerifyClientCallbackSync<Request>;
  export type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> =
    Types.VerifyClientCallbackAsync<Request>;
  export type Sender = SenderClass;
  export type FrameOptions = RawFrame.FrameOptions;
  export type Receiver = Receivers.Receiver;
  export type ReceiverEvents = Receivers.ReceiverEvents;
  export type ReceiverOptions = Receivers.ReceiverOptions;
  export type PerMessageDeflate = Deflate.PerMessageDeflate;
  export type PerMessageDeflateSettings = Deflate.PerMessageDeflateSettings;
  export type AgreedParameters = Deflate.AgreedParameters;
  export type Event = SelfEvent;
  export type CloseEvent = SelfCloseEvent;
  export type ErrorEvent = SelfErrorEvent;
  export type MessageEvent = SelfMessageEvent;
  export type EventListenerOptions = Events.EventListenerOptions;
  export type WebSocketEventMap = SelfEventMap;
  export type WebSocketEvents = Events.WebSocketEvents;
  export type AddressInfo = Types.AddressInfo;
  export type BinaryType = Types.BinaryType;
  export type BufferLike = Types.BufferLike;
  export type CertMeta = Types.CertMeta;
  export type ClientOptions = SelfClientOptions;
  export type ControlCallback = Types.ControlCallback;
  export type Data = Types.Data;
  export type FinishRequestCallback = SelfFinishRequestCallback;
  export type GenerateMask = Types.GenerateMask;
  export type PerMessageDeflateOptions = Types.PerMessageDeflateOptions;
  export type RawData = Types.RawData;
  export type SendCallback = Types.SendCallback;
  export type SendOptions = Types.SendOptions;
  export type SocketOptions = Types.SocketOptions;
}

/** The methods before an application can replace them. They are compared, never called. */
// oxlint-disable-next-line typescript/unbound-method
const METHODS: OwnMethods = { close: WebSocket.prototype.close, pong: WebSocket.prototype.pong };
const DEFAULTS: Types.SendOptions = {};
const BINARY_TYPES: ReadonlySet<string> = new Set(["nodebuffer", "arraybuffer", "fragments", "blob"]);
const CLOSED_EARLY = "WebSocket was closed before the connection was established";

function startSession(session: WsSession, head: Uint8Array): void {
  session.start(head);
}
