import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server, Http2ServerRequest, ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import { invalidArgument } from "../errors.js";
import { nodeKernels } from "../kernel/node-kernels.js";
import { CloseCode } from "../protocol/close-code.js";
import { checkClose } from "../protocol/close-frame.js";
import { Side } from "../protocol/state.js";
import { Budget } from "../session/budget.js";
import type { WebSocketConnection } from "../session/connection.js";
import { addTraffic, newCounters } from "../session/counters.js";
import type { Counters } from "../session/counters.js";
import type { MessageData } from "../session/data.js";
import { CHANNELS, passWatched } from "../session/diagnostics.js";
import { joiner } from "../session/join.js";
import type { Join } from "../session/join.js";
import { DEFAULT_SERVER_LIMITS, resolveLimits } from "../session/limits.js";
import type { ServerLimits } from "../session/limits.js";
import { resolveLiveness } from "../session/liveness.js";
import { prepared } from "../session/prepared.js";
import { resolveRate } from "../session/rate.js";
import { readingOf } from "../session/options.js";
import type { PreparedMessage } from "../session/prepared.js";
import type { Session, SessionEnvironment } from "../session/session.js";
import { resolveCompression } from "../session/settings.js";
import type { Topics } from "../session/topics.js";
import { attach } from "./attachments.js";
import { assertServerOptions } from "./check-options.js";
import { attachHttp2 } from "./http2-attachments.js";
import { joinedTopics } from "./joined-engine.js";
import { Listener } from "./listener.js";
import type { ListenOptions } from "./listener.js";
import type { Opened } from "./opening.js";
import type { ServerOptions, UpgradeRequest } from "./options.js";
import { Reception } from "./reception.js";
import { assertReusePort } from "./reuse-port.js";
import { TrustedProxies } from "./trusted-proxies.js";
import { isHttp2Stream } from "../transport/http2-stream.js";
import { LONGEST_TIMER_MS, presentTime } from "../transport/time.js";
import { settleReadMode } from "../transport/static-read.js";

/**
 * How a server ends.
 *
 * @example
 * ```ts
 * import { createServer, type ShutdownOptions } from "@wireproof/websocket";
 *
 * const server = createServer();
 * await server.listen(0, "127.0.0.1");
 * const shutdown: ShutdownOptions = { code: 1012, reason: "Back in a minute.", drainMs: 3_000 };
 * await server.close(shutdown);
 * console.assert(server.connections.size === 0);
 * ```
 */
export interface ShutdownOptions {
  /**
   * The close code that clients get: 1000–1003, 1007–1009, 1011–1014 or 3000–4999. Default 1001, going away (RFC 6455
   * §7.4.1).
   */
  readonly code?: number;
  /** The close reason that clients get, at most 123 octets of UTF-8 (RFC 6455 §5.5). Default "". */
  readonly reason?: string;
  /** Milliseconds that clients may take to close, 0 or more; then they are dropped. Default 10,000. */
  readonly drainMs?: number;
}

/**
 * Where `subscribers` counts.
 *
 * @example
 * ```ts
 * import { createServer, type CountOptions } from "@wireproof/websocket";
 *
 * const everywhere: CountOptions = { everywhere: true, timeoutMs: 500 };
 * const server = createServer();
 * console.assert((await server.subscribers("news", everywhere)) === 0);
 * ```
 */
export interface CountOptions {
  /** Counts in all processes that the option `engine` joins. */
  readonly everywhere: true;
  /** Milliseconds that other processes may take to answer, above 0. Default 1,000. */
  readonly timeoutMs?: number;
}

/**
 * A WebSocket server: on a port of its own, beside an HTTP application, or on requests that are handed to it.
 * {@link createServer} makes one.
 *
 * @typeParam Data - Type of `ws.data`. Default `undefined`.
 *
 * @example
 * ```ts
 * import { createServer as createHttpServer } from "node:http";
 * import { once } from "node:events";
 * import { connect, createServer, type Server } from "@wireproof/websocket";
 *
 * const http = createHttpServer((_request, response) => response.end("a page"));
 * const server: Server = createServer({ path: "/live", open: (ws) => ws.send("welcome") }).attach(http);
 * http.listen(0, "127.0.0.1");
 * await once(http, "listening");
 * const address = http.address();
 * const port = typeof address === "object" ? address?.port : undefined;
 *
 * const ws = await connect(`ws://127.0.0.1:${port}/live`);
 * for await (const message of ws) {
 *   console.assert(message === "welcome");
 *   break;
 * }
 * await server.close();
 * http.close();
 * ```
 */
export class Server<Data = undefined> {
  /** The limits in force: the defaults with those of the options put over them. */
  readonly limits: ServerLimits;
  readonly #options: ServerOptions<Data>;
  readonly #environment: SessionEnvironment<Data>;
  readonly #join: Join<Data>;
  readonly #reception: Reception<Data>;
  readonly #proxies: TrustedProxies | undefined;
  readonly #counters = newCounters();
  readonly #topics: Topics;
  readonly #sessions = new Set<Session<Data>>();
  readonly #listeners = new Set<Listener>();
  readonly #leave: (() => void)[] = [];
  #whenEmpty: (() => void) | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;

  /**
   * @param options - As for {@link createServer}.
   * @throws {@link WebSocketError} (InvalidArgument) for options that cannot be used.
   */
  constructor(options: ServerOptions<Data>) {
    assertServerOptions(options);
    this.#options = options;
    this.limits = resolveLimits(DEFAULT_SERVER_LIMITS, options.limits);
    const reading = readingOf(options, new Budget(this.limits.totalRetainedOctets));
    const compression = resolveCompression(options.compression, "server");
    const liveness = resolveLiveness(options.heartbeat);
    // Last of all that may throw: an engine begins to connect.
    this.#topics = joinedTopics(options.engine);
    this.#environment = {
      role: "server",
      handlers: options,
      limits: this.limits,
      liveness,
      zeroCopy: options.zeroCopy ?? false,
      compression,
      rate: resolveRate(options.rate),
      counters: this.#counters,
      time: presentTime(),
      topics: this.#topics,
      gone: (session) => this.#gone(session),
    };
    this.#join = joiner(this.#environment, reading);
    const start = this.#start.bind(this);
    const { trustProxy } = options;
    const proxies = trustProxy === undefined ? undefined : new TrustedProxies(trustProxy);
    this.#proxies = proxies;
    this.#reception = new Reception(options, this.limits, compression, this.#counters, start, proxies);
  }

  /** What has happened so far, as it stands now. Reading it looks at each open connection. */
  get counters(): Readonly<Counters> {
    const counters = { ...this.#counters };
    for (const { connection } of this.#sessions) addTraffic(counters, connection.counters);
    return counters;
  }

  /** The connections that are not gone, in the order in which they were opened. */
  get connections(): ReadonlySet<WebSocketConnection<Data>> {
    return new Set([...this.#sessions].map((session) => session.ws));
  }

  /**
   * Listens on a port of its own. May be called several times.
   *
   * @param port - 0–65535, where 0 takes a free one, or the options of `net.Server.listen` and `http2`. Default 0.
   * @param host - Name or address to listen on. Default: all interfaces, as in node:net.
   * @returns The address.
   * @throws The error of the system when the address cannot be used; {@link WebSocketError} (InvalidArgument) when the
   * server has been closed, and for `reusePort` where there is none.
   */
  async listen(port: number | ListenOptions = 0, host?: string): Promise<AddressInfo> {
    this.#checkOpen();
    const { http2 = false, ...options }: ListenOptions =
      typeof port === "number" ? { port, ...(host === undefined ? {} : { host }) } : port;
    if (typeof http2 !== "boolean") throw invalidArgument("The option http2 is true or false.");
    if (options.reusePort === true) await assertReusePort();
    const listener = new Listener(this.#options.tls, this.limits, this.#reception, http2, this.#proxies);
    const address = await listener.listen(options);
    // Some 60 ms, once in a process; otherwise the first connections would be read the slow way for all their lives.
    // The listener comes first: the test keeps no process alive, and a process with nothing else to do would end here.
    if (this.#options.staticRead !== false) await settleReadMode();
    this.#listeners.add(listener);
    if (this.#closing !== undefined) await this.#stopListening();
    this.#checkOpen();
    return address;
  }

  /**
   * Takes the opening handshakes that reach a server of the application at `path`. All other requests stay with the
   * application, and so do the limits on the size and time of a request.
   *
   * A server of node:http2 announces from now on that it takes extended CONNECT (RFC 8441 §3), to clients that connect from
   * now on. With `allowHTTP1` it gets opening handshakes of HTTP/1.1 on the same port.
   *
   * @param server - The server of node:http, node:https or node:http2. Closing this server does not close it.
   * @returns This server.
   * @throws {@link WebSocketError} (InvalidArgument) when this server has been closed, or when it requires the PROXY protocol,
   * which only its own listeners read.
   */
  attach(server: HttpServer | Http2Server | Http2SecureServer): this {
    this.#checkOpen();
    if (this.#proxies?.proxyProtocol === "required")
      throw invalidArgument(
        'A server with proxyProtocol "required" attaches to no other, which does not read it.',
      );
    if (this.#options.staticRead !== false) void settleReadMode();
    if ("updateSettings" in server) this.#leave.push(attachHttp2(server, this.#reception));
    // One of node:http2 passes upgrades on with `allowHTTP1` only.
    this.#leave.push(attach(server as HttpServer, this.#reception));
    return this;
  }

  /**
   * Takes one opening handshake as the `upgrade` event of node:http hands it over, whatever its path; or one of HTTP/2, as
   * the `connect` event of node:http2 hands it over.
   *
   * @param raw - The request.
   * @param socket - Its connection; over HTTP/2 its stream.
   * @param head - Octets that were read behind the request. Default: none.
   */
  handleUpgrade(
    raw: IncomingMessage | Http2ServerRequest,
    socket: Duplex,
    head: Uint8Array = new Uint8Array(0),
  ): void {
    if (!isHttp2Stream(socket)) return this.#reception.handle(raw as IncomingMessage, socket, head);
    const { headers, rawHeaders } = raw;
    const stream = socket as ServerHttp2Stream;
    this.#reception.handleStream({ session: stream.session, stream, headers, rawHeaders });
  }

  /**
   * Sends to every subscriber of a topic, with the option `engine` in other processes, too. The message is framed and
   * compressed once in each process.
   *
   * @param topic - Name of the topic.
   * @param data - The message.
   * @returns The number of subscribers in this process.
   * @throws {@link WebSocketError} (InvalidArgument) for anything that is no data.
   */
  publish(topic: string, data: MessageData | PreparedMessage): number {
    return this.#topics.publish(topic, prepared(data, this.#environment.zeroCopy));
  }

  /**
   * The number of subscribers of a topic in this process.
   *
   * @param topic - Name of the topic.
   * @returns 0 or more.
   */
  subscribers(topic: string): number;
  /**
   * The number of subscribers of a topic in all processes that the option `engine` joins. Every process is asked, and
   * answers: a message to each and a message back. One that does not answer in time counts as 0.
   *
   * @param topic - Name of the topic.
   * @param options - `everywhere`: true. `timeoutMs`: so long it waits for answers, above 0; default 1,000.
   * @returns A promise of 0 or more; without an engine the number in this process.
   * @throws {@link WebSocketError} (Engine) when the engine is not connected, and (InvalidArgument) for another time.
   */
  subscribers(topic: string, options: CountOptions): Promise<number>;
  subscribers(topic: string, options?: CountOptions): number | Promise<number> {
    if (options?.everywhere !== true) return this.#topics.count(topic);
    return this.#countEverywhere(topic, options.timeoutMs ?? 1_000);
  }

  /**
   * Stops accepting, sends a Close frame to every client, waits until they have closed or `drainMs` are over, and drops the
   * rest. HTTP servers that this server was attached to go on.
   *
   * @param options - Close code, reason and time. Default: 1001, and 10,000 ms.
   * @returns A promise that resolves when all connections are gone.
   * @throws {@link WebSocketError} (InvalidArgument) for a code or a reason that cannot be sent.
   */
  close(options: ShutdownOptions = {}): Promise<void> {
    this.#closing ??= this.#close(options).catch((error: unknown) => {
      this.#closing = undefined;
      throw error;
    });
    return this.#closing;
  }

  /**
   * As `close()`; for `await using`.
   *
   * @returns A promise that resolves when all connections are gone.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #countEverywhere(topic: string, timeoutMs: number): Promise<number> {
    if (!(timeoutMs > 0)) throw invalidArgument("timeoutMs must be a number of ms above 0.");
    const { engine } = this.#options;
    const others = (await engine?.count(topic, Math.min(timeoutMs, LONGEST_TIMER_MS))) ?? 0;
    return this.#topics.count(topic) + others;
  }

  async #close(options: ShutdownOptions): Promise<void> {
    const { code = CloseCode.GoingAway, reason = "", drainMs = 10_000 } = options;
    checkShutdown(code, reason, drainMs);
    for (const leave of this.#leave.splice(0)) leave();
    this.#reception.close();
    const stopped = [...this.#listeners].map((listener) => listener.stop());
    for (const { connection } of this.#sessions) connection.close(code, reason);
    await this.#drained(drainMs);
    for (const { ws } of this.#sessions) ws.terminate();
    // Those who have just been refused may still read why.
    await settledWithin(stopped, Math.min(drainMs, GRACE_MS));
    await this.#stopListening();
    // After the last handler: until then it may publish.
    await this.#options.engine?.close();
  }

  async #stopListening(): Promise<void> {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    const stopped = listeners.map((listener) => listener.stop());
    for (const listener of listeners) listener.destroySockets();
    await Promise.all(stopped);
  }

  /** Resolves when the last connection is gone, or the time is over. */
  async #drained(drainMs: number): Promise<void> {
    if (this.#sessions.size === 0) return;
    let cancel = (): void => {};
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
      cancel = this.#environment.time.after(drainMs, resolve, true);
    });
    cancel();
  }

  #start(opened: Opened<Data>, request: UpgradeRequest, socket: Duplex, head: Uint8Array): void {
    const { agreement, data, protocol, extensions } = opened;
    const { target, remoteAddress, isSecure, httpVersion } = request;
    const handshake = { protocol, extensions, target, remoteAddress, isSecure, httpVersion };
    const session = this.#join(socket, handshake, agreement, data);
    this.#sessions.add(session);
    if (CHANNELS.open.hasSubscribers) passWatched(socket, session.ws);
    if (typeof opened.response === "string") socket.write(opened.response, "latin1");
    session.start(head);
  }

  #gone(session: Session<Data>): void {
    this.#sessions.delete(session);
    this.#reception.leave(session.ws.handshake.remoteAddress);
    if (this.#sessions.size === 0) this.#whenEmpty?.();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw invalidArgument("This server has been closed.");
  }
}

/**
 * Makes a server; nothing listens yet. A server whose `ws.data` is not undefined needs an upgrade hook that sets it.
 *
 * @typeParam Data - Type of `ws.data`.
 * @param options - Options and handlers. Default: every client is accepted, and messages wait to be iterated over.
 * @returns The server.
 * @throws {@link WebSocketError} (InvalidArgument) for options that cannot be used.
 *
 * @example
 * ```ts
 * import { connect, createServer } from "@wireproof/websocket";
 *
 * const server = createServer<{ user: string }>({
 *   upgrade(request) {
 *     const user = request.query.get("user");
 *     return user === null ? { status: 401 } : { data: { user } };
 *   },
 *   message: (ws, data) => ws.send(`${ws.data.user}: ${String(data)}`),
 * });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const ws = await connect(`ws://127.0.0.1:${port}/?user=ada`);
 * ws.send("hello");
 * for await (const message of ws) {
 *   console.assert(message === "ada: hello");
 *   break;
 * }
 * await server.close();
 * ```
 */
export function createServer<Data>(options: ServerOptions<Data> & WithHook<Data>): Server<Data>;
export function createServer(options?: ServerOptions): Server;
export function createServer<Data>(options: ServerOptions<Data> = {}): Server<Data> {
  return new Server(options);
}

type WithHook<Data> = Required<Pick<ServerOptions<Data>, "upgrade">>;

/** Resolves when all have ended, or the time is over. */
async function settledWithin(promises: readonly Promise<void>[], timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
  await Promise.race([Promise.all(promises), late]);
  clearTimeout(timer);
}

const GRACE_MS = 500;

function checkShutdown(code: number, reason: string, drainMs: number): void {
  try {
    checkClose(Side.Server, nodeKernels, code, reason);
  } catch (error) {
    throw invalidArgument((error as Error).message);
  }
  if (!(drainMs >= 0)) throw invalidArgument("drainMs must be a number of ms, 0 or more.");
}
