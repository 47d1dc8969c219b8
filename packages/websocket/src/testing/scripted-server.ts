import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import type { TlsOptions } from "node:tls";

import { invalidArgument } from "../errors.js";
import type { UpgradeOpening } from "../handshake/request.js";
import { isRefusal } from "../server/refuse.js";
import { clientOf } from "../server/request-client.js";
import { readRequest } from "../server/upgrade-request.js";
import { refusalAnswer } from "./opening-answer.js";
import { ScriptError } from "./script-error.js";
import { ScriptedPeer } from "./scripted-peer.js";
import type { BegunPeer } from "./scripted-peer.js";

/**
 * What a {@link scriptedServer} does with one connection. It is over when the function returns, or its promise is
 * fulfilled; what it throws is reported by `done`.
 *
 * @example
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { scriptedServer, type Script } from "@wireproof/websocket/testing";
 *
 * const echoOnce: Script = async (peer) => peer.send(await peer.receive());
 * await using server = await scriptedServer(echoOnce);
 * await using ws = await connect(server.url);
 * ws.send("hello");
 * console.assert((await ws[Symbol.asyncIterator]().next()).value === "hello");
 * ```
 */
export type Script = (peer: ScriptedPeer) => unknown;

/**
 * Options of {@link scriptedServer}.
 *
 * @example
 * ```ts
 * import { scriptedServer, type ScriptedServerOptions } from "@wireproof/websocket/testing";
 *
 * const options: ScriptedServerOptions = { timeoutMs: 1_000 };
 * await using server = await scriptedServer((peer) => peer.refuse(503), options);
 * console.assert(server.port > 0);
 * ```
 */
export interface ScriptedServerOptions {
  /** 0–65535; 0 takes a free port. Default 0. */
  readonly port?: number;
  /** The address to listen on. Default "127.0.0.1". */
  readonly host?: string;
  /** Options of node:tls, with a key and a certificate, for wss. Default: plain TCP. */
  readonly tls?: TlsOptions;
  /**
   * Milliseconds that scripts, `connected` and `done` wait for something before they fail, above 0; Infinity: for ever. This
   * is real time, whatever fake timers say. Default 4,000: less than test runners wait, which cannot say what is missing.
   */
  readonly timeoutMs?: number;
}

/**
 * A server that plays scripts. {@link scriptedServer} makes one.
 *
 * @example
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { scriptedServer, type ScriptedServer } from "@wireproof/websocket/testing";
 *
 * const server: ScriptedServer = await scriptedServer(async (peer) => {
 *   peer.send(`you are number ${peer.number}`);
 *   await peer.gone();
 * });
 * const ws = await connect(server.url);
 * ws.send("anyone there?");
 * ws.close();
 * await server.done();
 * console.assert(server.connections[0]?.messages[0] === "anyone there?");
 * await server.close();
 * ```
 */
export class ScriptedServer {
  readonly #http: HttpServer;
  readonly #scripts: Script | readonly Script[];
  readonly #isSecure: boolean;
  readonly #timeoutMs: number;
  readonly #peers: ScriptedPeer[] = [];
  /** What TLS runs on, by the client's port. */
  readonly #tcp = new Map<number | undefined, Socket>();
  #running = 0;
  #errors: unknown[] = [];
  /** Those that were reported, too. */
  readonly #known = new Set<unknown>();
  #isClosed = false;
  #address: AddressInfo | undefined = undefined;
  readonly #waiting = new Set<() => void>();

  private constructor(scripts: Script | readonly Script[], options: ScriptedServerOptions) {
    this.#scripts = scripts;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    if (!(this.#timeoutMs > 0)) throw invalidArgument("timeoutMs is a number of ms above 0.");
    this.#isSecure = options.tls !== undefined;
    this.#http = options.tls === undefined ? createHttpServer() : createHttpsServer(options.tls);
    this.#http
      .on("connection", (socket: Socket) => this.#watch(socket))
      .on("request", (_request, response) => {
        response.writeHead(426, { Connection: "close", Upgrade: "websocket" }).end();
      })
      .on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) =>
        this.#receive(request, socket, head),
      );
  }

  /** @internal */
  static async start(
    scripts: Script | readonly Script[],
    options: ScriptedServerOptions,
  ): Promise<ScriptedServer> {
    const { port = 0, host = "127.0.0.1" } = options;
    const server = new ScriptedServer(scripts, options);
    server.#http.listen(port, host);
    await once(server.#http, "listening");
    server.#address = server.#http.address() as AddressInfo;
    return server;
  }

  /** The port. */
  get port(): number {
    return this.#address!.port;
  }

  /** The address for clients, such as "ws://127.0.0.1:49152"; with TLS "wss://localhost:49152". */
  get url(): string {
    if (this.#isSecure) return `wss://localhost:${this.port}`;
    const { address, family } = this.#address!;
    return `ws://${family === "IPv6" ? `[${address}]` : address}:${this.port}`;
  }

  /** Every connection that has come, in order, those that are over or were refused too. */
  get connections(): readonly ScriptedPeer[] {
    return this.#peers;
  }

  /**
   * Waits until a connection has been accepted.
   *
   * @param number - Which, from 1 on. Default 1.
   * @returns A promise of the connection.
   * @throws An Error when that does not happen in time; and what a script throws meanwhile.
   */
  async connected(number = 1): Promise<ScriptedPeer> {
    const isAccepted = (): boolean => this.#peers[number - 1]?.isAccepted === true;
    await this.#until(isAccepted, () => `Connection ${number} has not come`);
    return this.#peers[number - 1]!;
  }

  /**
   * Waits until the scripts have ended: with a list all of it, else those of all connections that have come, at least one.
   *
   * @returns A promise that is fulfilled when all have ended well.
   * @throws What a script throws, at once, such as a {@link ScriptError}; an AggregateError for several. An Error when no
   * connection comes in time.
   */
  async done(): Promise<void> {
    const wanted = typeof this.#scripts === "function" ? 1 : this.#scripts.length;
    const isDone = (): boolean => this.#peers.length >= wanted && this.#running === 0;
    const missing = (): string => `${this.#peers.length} of ${wanted} connections have come`;
    await this.#until(isDone, missing, () => this.#running > 0);
  }

  /**
   * Drops all connections and stops listening. Scripts that have not ended are left where they are.
   *
   * @returns A promise that is fulfilled when all sockets are closed.
   * @throws What a script has thrown, if `done` or `connected` has not reported it: no failure is lost.
   */
  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      const closed = once(this.#http, "close");
      this.#http.close();
      this.#http.closeAllConnections();
      for (const socket of this.#tcp.values()) socket.destroy();
      await closed;
    }
    this.#throwErrors();
  }

  /** As `close()`; for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #watch(socket: Socket): void {
    const { remotePort } = socket;
    this.#tcp.set(remotePort, socket);
    socket.once("close", () => this.#tcp.delete(remotePort));
  }

  #receive(raw: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on("error", () => {});
    const number = this.#peers.length + 1;
    const read = readRequest(raw, clientOf(socket, raw.rawHeaders, undefined), { origin: "any" });
    if (isRefusal(read)) {
      const { status, body } = read;
      this.#fail(new ScriptError(number, `the client's opening handshake is wrong: ${body}`));
      return void socket.end(refusalAnswer(status, { body }));
    }
    const { request } = read;
    const opening = read.opening as UpgradeOpening;
    const tcp = this.#tcp.get(socket.remotePort) ?? socket;
    const timeoutMs = this.#timeoutMs;
    const onOpen = (): void => this.#wake();
    const onFault = (fault: ScriptError): void => this.#fail(fault);
    const origin = { number, timeoutMs, opening, request, socket, tcp, head, onOpen, onFault };
    const begun = ScriptedPeer.begin(origin);
    this.#peers.push(begun.peer);
    void this.#play(begun);
  }

  async #play({ peer, finish, fail }: BegunPeer): Promise<void> {
    const scripts = this.#scripts;
    this.#running++;
    try {
      const script = typeof scripts === "function" ? scripts : scripts[peer.number - 1];
      if (script === undefined)
        throw new ScriptError(
          peer.number,
          `there are ${scripts.length} scripts, and none for this connection.`,
        );
      await script(peer);
      finish();
    } catch (error) {
      if (this.#isClosed) return;
      fail(error);
      this.#fail(error);
    } finally {
      this.#running--;
      this.#wake();
    }
  }

  #fail(error: unknown): void {
    // A client's fault may be what its script throws as well.
    if (this.#known.has(error)) return;
    this.#known.add(error);
    this.#errors.push(error);
    this.#wake();
  }

  #throwErrors(): void {
    const errors = this.#errors;
    this.#errors = [];
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, `${errors.length} scripts have failed.`);
  }

  /** Rejects with the errors of scripts, or in time with what is missing; not while `isBusy`. */
  async #until(isSo: () => boolean, missing: () => string, isBusy = (): boolean => false): Promise<void> {
    let isLate = false;
    let wake = (): void => {};
    const onWake = (): void => wake();
    this.#waiting.add(onWake);
    const timeoutMs = this.#timeoutMs;
    const late = (): void => {
      isLate = true;
      wake();
    };
    const timer = timeoutMs === Infinity ? undefined : begin(late, timeoutMs);
    try {
      for (;;) {
        this.#throwErrors();
        if (isSo()) return;
        if (isLate && !isBusy()) throw new Error(`${missing()}: nothing more came in ${timeoutMs} ms.`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      cancel(timer);
      this.#waiting.delete(onWake);
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

/**
 * Starts a server for tests of clients, of this package or any other, on a free port of the loopback. A script plays its
 * end of each connection: it can be a good server, one with troubles, or one that breaks the protocol.
 *
 * @param scripts - One function for every connection; or a list, of which each plays one connection in order, and further
 * connections are refused and make `done` reject.
 * @param options - Where to listen, and how long to wait. Default: a free port of 127.0.0.1, 4,000 ms.
 * @returns The server, when it listens.
 * @throws The error of the system when the address cannot be used.
 *
 * @example
 * A client that comes back after a restart:
 *
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { scriptedServer } from "@wireproof/websocket/testing";
 *
 * await using server = await scriptedServer([
 *   (peer) => peer.close(1012, "restarting"),
 *   async (peer) => void (await peer.receive("back again")),
 * ]);
 * for (let code = 1012; code === 1012; ) {
 *   const ws = await connect(server.url);
 *   ws.send("back again");
 *   ws.close();
 *   for await (const message of ws) console.assert(message === undefined, "no message comes");
 *   code = ws.closed?.code ?? 0;
 * }
 * await server.done();
 * ```
 */
export function scriptedServer(
  scripts: Script | readonly Script[],
  options: ScriptedServerOptions = {},
): Promise<ScriptedServer> {
  return ScriptedServer.start(scripts, options);
}

/** Vitest and Jest give a test 5 s. */
const TIMEOUT_MS = 4_000;

/** Kept at start-up: the tests of an application may replace them later, to control the time. */
const [begin, cancel] = [setTimeout, clearTimeout];
