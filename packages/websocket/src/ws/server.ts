import { EventEmitter } from "node:events";
// The whole module, so that a replaced `createServer` is used.
import http from "node:http";
import type { IncomingMessage, OutgoingHttpHeaders, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";

import { answerPlainly, openOnce } from "./server-http.js";
import { UNACCEPTABLE_EXTENSIONS, checkOpening, isFault, negotiate, originOf } from "./server-check.js";
import type { RequestFault } from "./server-check.js";
import { serverOptions } from "./server-options.js";
import { refuseOpening } from "./server-refusal.js";
import { respond, responseLines } from "./server-response.js";
import type { PerMessageDeflate } from "./permessage-deflate.js";
import type {
  AddressInfo,
  CommonOptions,
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
} from "./types.js";
import type { Listener } from "./websocket-events.js";
import { WebSocket } from "./websocket.js";

/**
 * How to serve. The object is kept as `options` and read for each client.
 *
 * @typeParam Class - Class of connections.
 * @typeParam Request - Class of requests.
 *
 * @example
 * ```ts
 * import { WebSocketServer, type ServerOptions } from "@wireproof/websocket/ws";
 *
 * const options: ServerOptions = { noServer: true, path: "/chat", maxPayload: 64 * 1024 };
 * const server = new WebSocketServer(options);
 * console.assert(server.options.path === "/chat");
 * server.close();
 * ```
 */
export interface ServerOptions<
  Class extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends CommonOptions {
  /** Name or address to listen on. Default: all interfaces. */
  host?: string | undefined;
  /** The port to listen on, 0–65535, where 0 takes a free one. */
  port?: number | undefined;
  /** Connections that may wait to be accepted. Default: as node:net has it. */
  backlog?: number | undefined;
  /** A server of node:http or node:https to take opening handshakes from, instead of `port`. */
  server?: HttpServer<Request> | HttpsServer<Request> | undefined;
  /** Whether opening handshakes come by `handleUpgrade` only, instead of `port`. Default false. */
  noServer?: boolean | undefined;
  /** The path that clients have to ask for. Default: any. */
  path?: string | undefined;
  /** Whether `clients` has the connections. Default true. */
  clientTracking?: boolean | undefined;
  /**
   * Decides whether a client may connect; a function with two parameters decides by its callback. Default: every client
   * may.
   */
  verifyClient?:
    | VerifyClientCallbackAsync<InstanceType<Request>>
    | VerifyClientCallbackSync<InstanceType<Request>>
    | undefined;
  /** Chooses a subprotocol among those offered; false chooses none. Default: the first one. */
  handleProtocols?:
    | ((protocols: Set<string>, request: InstanceType<Request>) => string | false | undefined)
    | undefined;
  /**
   * The class of connections, which is called as `new WebSocket(null, undefined, options)`. Default {@link WebSocket}.
   */
  WebSocket?: Class | undefined;
}

/**
 * The events of a server with their arguments.
 *
 * @typeParam Socket - Class of connections.
 * @typeParam Request - Class of requests.
 *
 * @example
 * ```ts
 * import type { IncomingMessage } from "node:http";
 * import { WebSocketServer, type ServerEvents, type WebSocket } from "@wireproof/websocket/ws";
 *
 * type Events = ServerEvents<WebSocket, IncomingMessage>;
 * const server = new WebSocketServer({ noServer: true });
 * server.on("headers", (...[lines]: Events["headers"]) => lines.push("X-Served-By: example"));
 * server.close();
 * ```
 */
export interface ServerEvents<Socket, Request> {
  /** A client has connected. */
  connection: [websocket: Socket, request: Request];
  /** The header lines of an answer, which may be changed, before they are sent. */
  headers: [headers: string[], request: Request];
  /** A request is no opening handshake; the listener has to answer it. */
  wsClientError: [error: Error, socket: Duplex, request: Request];
  /** The HTTP server has failed. */
  error: [error: Error];
  /** The HTTP server listens. */
  listening: [];
  /** The server is closed. */
  close: [];
}

/** As `ws` numbers them. */
const ServerState = { RUNNING: 0, CLOSING: 1, CLOSED: 2 } as const;
type ServerState = (typeof ServerState)[keyof typeof ServerState];

/**
 * Called with the open connection of a client.
 *
 * @typeParam Socket - Class of connections.
 * @typeParam Request - Class of requests.
 * @param websocket - The connection.
 * @param request - The request of the opening handshake.
 *
 * @example
 * ```ts
 * import type { IncomingMessage } from "node:http";
 * import type { UpgradeCallback, WebSocket } from "@wireproof/websocket/ws";
 *
 * const opened: UpgradeCallback<WebSocket, IncomingMessage> = (ws, { url }) => ws.send(`you asked for ${url}`);
 * console.assert(opened.length === 2);
 * ```
 */
export type UpgradeCallback<Socket, Request> = (websocket: Socket, request: Request) => void;

/**
 * A server as the package `ws` has it: on a port of its own, on an HTTP server of the application, or on requests that
 * are handed to it. What differs on purpose is in docs/ws-compat.md.
 *
 * @typeParam Class - Class of connections.
 * @typeParam Request - Class of requests.
 *
 * @example
 * ```ts
 * import { once } from "node:events";
 * import { WebSocket, WebSocketServer, type AddressInfo } from "@wireproof/websocket/ws";
 *
 * const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
 * server.on("connection", (ws) => ws.on("message", (data, isBinary) => ws.send(data, { binary: isBinary })));
 * await once(server, "listening");
 *
 * const ws = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
 * ws.on("open", () => ws.send("hello"));
 * const [data] = (await once(ws, "message")) as [Buffer];
 * console.assert(data.toString() === "hello");
 * ws.close();
 * server.close();
 * ```
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- EventEmitter has what the interface below declares
export class WebSocketServer<
  Class extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends EventEmitter {
  /** The options, with the defaults of those left out. */
  options: ServerOptions<Class, Request>;
  /** The connections that are not gone; absent with `clientTracking: false`. */
  clients!: Set<InstanceType<Class>>;
  /** Declared for applications that name it. As in `ws` it is never set; the path is in the options. */
  declare path: string;
  /** @internal */ _server: HttpServer<Request> | null = null;
  /** @internal */ _state: ServerState = ServerState.RUNNING;
  #leave: (() => void) | undefined = undefined;
  #onGone: ((this: WebSocket) => void) | undefined = undefined;

  /**
   * @param options - How to serve: exactly one of `port`, `server` and `noServer` is needed.
   * @param callback - A listener of `listening`.
   * @throws A TypeError unless one of the three is given.
   */
  constructor(options?: ServerOptions<Class, Request>, callback?: () => void) {
    super();
    this.options = serverOptions<ServerOptions<Class, Request>>(options, WebSocket);
    const { server, port, host, backlog, clientTracking } = this.options;
    if (clientTracking) this.clients = new Set();
    if (port !== undefined && port !== null) {
      this._server = http.createServer(answerPlainly) as unknown as HttpServer<Request>;
      this._server.listen(port, host, backlog, callback);
    } else if (server) this._server = server;
    if (this._server !== null) this.#leave = this.#join(this._server);
  }

  /**
   * Where it listens.
   *
   * @returns The address; null once it is closed.
   * @throws An Error with `noServer`.
   */
  address(): AddressInfo | string | null {
    if (this.options.noServer === true) throw new Error('The server is operating in "noServer" mode');
    return this._server?.address() ?? null;
  }

  /**
   * Accepts no new clients; `close` follows when the last connection is gone, at once without client tracking. Open
   * connections go on.
   *
   * @param callback - A listener of `close`. It gets an error when the server was closed already.
   */
  close(callback?: (error?: Error) => void): void {
    if (this._state === ServerState.CLOSED) {
      if (callback !== undefined) this.once("close", () => callback(new Error("The server is not running")));
      process.nextTick(() => this.#emitClose());
      return;
    }
    if (callback !== undefined) this.once("close", callback);
    if (this._state === ServerState.CLOSING) return;
    this._state = ServerState.CLOSING;
    const server = this._server;
    this.#leave?.();
    this.#leave = undefined;
    this._server = null;
    if (server !== null && !this.options.server) server.close(() => this.#emitClose());
    else if (this.#isEmpty()) process.nextTick(() => this.#emitClose());
  }

  /**
   * Whether a request is for this server; others are answered with 400. Applications may override it.
   *
   * @param request - The request.
   * @returns True, or a promise, accepts it.
   */
  shouldHandle(request: InstanceType<Request>): boolean | Promise<boolean> {
    const { path } = this.options;
    if (path === undefined || path === null || path === "") return true;
    const { url = "" } = request as IncomingMessage;
    const end = url.indexOf("?");
    return (end < 0 ? url : url.slice(0, end)) === path;
  }

  /**
   * Takes an opening handshake as the `upgrade` event of node:http hands it over, or an extended CONNECT request of
   * node:http2 (RFC 8441) with its stream, as the `connect` event has them.
   *
   * @param request - The request. One of node:http2 serves as well; it has the same members.
   * @param socket - Its connection; over HTTP/2 its stream.
   * @param head - Octets that were read behind the request.
   * @param callback - Takes the open connection.
   * @throws An Error for a socket that was opened before.
   */
  handleUpgrade(
    request: InstanceType<Request>,
    socket: Duplex,
    head: Uint8Array,
    callback: UpgradeCallback<InstanceType<Class>, InstanceType<Request>>,
  ): void {
    socket.on("error", destroyThis);
    const { perMessageDeflate, maxPayload, verifyClient } = this.options;
    const opening = checkOpening(request, socket, Boolean(perMessageDeflate));
    const isFaulty = isFault(opening);
    if (isFaulty && opening.isLate !== true) return this.#fault(opening, socket, request);
    if (!this.shouldHandle(request)) return refuseOpening(socket, 400);
    if (isFaulty) return this.#fault(opening, socket, request);
    const extensions = negotiate(opening, perMessageDeflate, maxPayload);
    if (extensions === undefined) return this.#fault(UNACCEPTABLE_EXTENSIONS, socket, request);
    const complete = (): void =>
      this.completeUpgrade(
        extensions,
        "key" in opening ? opening.key : "",
        new Set(opening.protocols),
        request,
        socket,
        head,
        callback,
      );
    if (verifyClient) this.#verify(verifyClient, request, socket, complete);
    else complete();
  }

  /**
   * Answers the handshake and opens the connection.
   *
   * @param extensions - The extensions that were agreed on, by name.
   * @param key - Sec-WebSocket-Key of the request; "" over HTTP/2.
   * @param protocols - The subprotocols that are offered.
   * @param request - The request.
   * @param socket - Its connection.
   * @param head - Octets that were read behind the request.
   * @param callback - Takes the open connection.
   * @throws An Error for a socket that was opened before.
   */
  completeUpgrade(
    extensions: Record<string, PerMessageDeflate>,
    key: string,
    protocols: Set<string>,
    request: InstanceType<Request>,
    socket: Duplex,
    head: Uint8Array,
    callback: UpgradeCallback<InstanceType<Class>, InstanceType<Request>>,
  ): void {
    // The client has gone meanwhile.
    if (!socket.readable || !socket.writable) return void socket.destroy();
    openOnce(socket);
    if (this._state !== ServerState.RUNNING) return refuseOpening(socket, 503);
    const protocol = this.#choose(protocols, request);
    const lines = responseLines(socket, key, protocol, extensions);
    this.#emit("headers", lines, request);
    const Class: typeof WebSocket = this.options.WebSocket ?? WebSocket;
    const websocket = new Class(null, undefined, this.options) as InstanceType<Class>;
    websocket._protocol = protocol ?? "";
    websocket._extensions = extensions;
    if (!respond(socket, lines)) {
      process.emitWarning(
        "A listener for the headers event, or handleProtocols, has added a line that is no header field.",
      );
      return refuseOpening(socket, 500);
    }
    socket.removeListener("error", destroyThis);
    websocket.setSocket(socket, head, this.options);
    this.#track(websocket);
    callback(websocket, request);
  }

  #join(server: HttpServer<Request>): () => void {
    const listeners = {
      listening: () => this.#emit("listening"),
      error: (error: Error) => this.#emit("error", error),
      upgrade: (request: InstanceType<Request>, socket: Duplex, head: Uint8Array) =>
        this.handleUpgrade(request, socket, head, (websocket, opened) =>
          this.#emit("connection", websocket, opened),
        ),
    };
    const emitter: EventEmitter = server;
    for (const [event, listener] of Object.entries(listeners)) emitter.on(event, listener as () => void);
    return () => {
      for (const [event, listener] of Object.entries(listeners))
        emitter.removeListener(event, listener as () => void);
    };
  }

  #choose(protocols: Set<string>, request: InstanceType<Request>): string | undefined {
    if (protocols.size === 0) return undefined;
    const { handleProtocols } = this.options;
    // Not checked: a client that did not offer it fails the connection (RFC 6455 §4.1).
    const choice = handleProtocols ? handleProtocols(protocols, request) : [...protocols][0];
    return choice || undefined;
  }

  #fault({ status, message, headers }: RequestFault, socket: Duplex, request: InstanceType<Request>): void {
    if (this.listenerCount("wsClientError") === 0) return refuseOpening(socket, status, message, headers);
    this.#emit("wsClientError", new Error(message), socket, request);
  }

  #verify(
    verify:
      | VerifyClientCallbackSync<InstanceType<Request>>
      | VerifyClientCallbackAsync<InstanceType<Request>>,
    request: InstanceType<Request>,
    socket: Duplex,
    complete: () => void,
  ): void {
    const { authorized, encrypted } = request.socket as { authorized?: boolean; encrypted?: boolean };
    const info = {
      origin: originOf(request) as string,
      secure: authorized === true || encrypted === true,
      req: request,
    };
    if (verify.length !== 2) {
      const isAllowed = (verify as VerifyClientCallbackSync<InstanceType<Request>>)(info);
      return isAllowed ? complete() : refuseOpening(socket, 401);
    }
    let isDecided = false;
    verify(info, (isAllowed: boolean, code?: number, message?: string, headers?: OutgoingHttpHeaders) => {
      if (isDecided) return;
      isDecided = true;
      if (isAllowed) complete();
      else refuseOpening(socket, code ?? 401, message, headers);
    });
  }

  #track(websocket: InstanceType<Class>): void {
    const { clients } = this;
    if (clients === undefined) return;
    clients.add(websocket);
    this.#onGone ??= this.#untracker();
    websocket.on("close", this.#onGone);
  }

  /** One function for all clients. */
  #untracker(): (this: WebSocket) => void {
    const untrack = this.#untrack.bind(this);
    return function (this: WebSocket): void {
      untrack(this as InstanceType<Class>);
    };
  }

  #untrack(websocket: InstanceType<Class>): void {
    this.clients.delete(websocket);
    const isLast = this._state === ServerState.CLOSING && this._server === null && this.clients.size === 0;
    if (isLast && (this.options.noServer === true || this.options.server))
      process.nextTick(() => this.#emitClose());
  }

  /** With the arguments of `ServerEvents`, which the compiler cannot follow through two parameters of the class. */
  #emit(event: keyof ServerEvents<unknown, unknown>, ...args: readonly unknown[]): void {
    (this as EventEmitter).emit(event, ...args);
  }

  #isEmpty(): boolean {
    return this.clients === undefined || this.clients.size === 0;
  }

  #emitClose(): void {
    this._state = ServerState.CLOSED;
    this.emit("close");
  }
}

type EventsOf<Class extends typeof WebSocket, Request extends typeof IncomingMessage> = ServerEvents<
  InstanceType<Class>,
  InstanceType<Request>
>;

/** Its events, and those that an application emits. */
export interface WebSocketServer<
  Class extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> {
  addListener<Event extends keyof EventsOf<Class, Request>>(
    event: Event,
    listener: Listener<this, EventsOf<Class, Request>[Event]>,
  ): this;
  addListener(event: string | symbol, listener: Listener<this>): this;
  off<Event extends keyof EventsOf<Class, Request>>(
    event: Event,
    listener: Listener<this, EventsOf<Class, Request>[Event]>,
  ): this;
  off(event: string | symbol, listener: Listener<this>): this;
  on<Event extends keyof EventsOf<Class, Request>>(
    event: Event,
    listener: Listener<this, EventsOf<Class, Request>[Event]>,
  ): this;
  on(event: string | symbol, listener: Listener<this>): this;
  once<Event extends keyof EventsOf<Class, Request>>(
    event: Event,
    listener: Listener<this, EventsOf<Class, Request>[Event]>,
  ): this;
  once(event: string | symbol, listener: Listener<this>): this;
  prependListener<Event extends keyof EventsOf<Class, Request>>(
    event: Event,
    listener: Listener<this, EventsOf<Class, Request>[Event]>,
  ): this;
  prependListener(event: string | symbol, listener: Listener<this>): this;
  prependOnceListener<Event extends keyof EventsOf<Class, Request>>(
    event: Event,
    listener: Listener<this, EventsOf<Class, Request>[Event]>,
  ): this;
  prependOnceListener(event: string | symbol, listener: Listener<this>): this;
  removeListener<Event extends keyof EventsOf<Class, Request>>(
    event: Event,
    listener: Listener<this, EventsOf<Class, Request>[Event]>,
  ): this;
  removeListener(event: string | symbol, listener: Listener<this>): this;
}

function destroyThis(this: Duplex): void {
  this.destroy();
}
