/**
 * The endpoint as the WebSocket adapter of a NestJS application.
 *
 * @packageDocumentation
 */
import type { Server as HttpServer } from "node:http";

import { createServer } from "@wireproof/websocket";
import type { Handlers, Server, ServerOptions, WebSocketConnection } from "@wireproof/websocket";

/**
 * What an adapter gets of a NestJS application.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import type { NestApplicationLike } from "@wireproof/adapters/nestjs";
 *
 * // In an application: `const app = await NestFactory.create(AppModule);`
 * const app: NestApplicationLike = { getHttpServer: () => createServer() };
 * console.assert(typeof app.getHttpServer === "function");
 * ```
 */
export interface NestApplicationLike {
  /** The HTTP server of the application. */
  getHttpServer(): unknown;
}

/**
 * A message as gateways see it: `event` chooses the method with `@SubscribeMessage(event)`, which gets `data`.
 *
 * @example
 * ```ts
 * import type { NestMessage } from "@wireproof/adapters/nestjs";
 *
 * const message: NestMessage = { event: "events", data: { text: "hello" } };
 * console.assert(message.event === "events");
 * ```
 */
export interface NestMessage {
  readonly event: unknown;
  readonly data?: unknown;
}

/**
 * Options of {@link WireproofAdapter}: those of `createServer` without the handlers, which are the gateways, and the
 * path, which gateways have.
 *
 * @typeParam Data - Type of `client.data`.
 *
 * @example
 * ```ts
 * import type { NestAdapterOptions } from "@wireproof/adapters/nestjs";
 *
 * const options: NestAdapterOptions<{ user: string }> = {
 *   upgrade: (request) => ({ data: { user: request.query.get("user") ?? "nobody" } }),
 *   limits: { messageOctets: 65_536 },
 * };
 * console.assert(options.upgrade !== undefined);
 * ```
 */
export type NestAdapterOptions<Data> = Omit<ServerOptions<Data>, keyof Handlers<Data> | "path" | "text"> & {
  /**
   * Reads a message, or returns undefined for one that no gateway gets. Default: JSON with `event` and `data`, as with the
   * adapter of NestJS for ws.
   */
  readonly parse?: (data: string | Uint8Array) => NestMessage | undefined;
  /** Milliseconds that clients may take to close when the application closes. Default 10,000. */
  readonly drainMs?: number;
};

/**
 * The WebSocket adapter of a NestJS application, versions 10 to 12. Gateways stay as they are for `WsAdapter`. Their clients
 * are connections of the endpoint, so `client.data` is what the upgrade hook has decided, and `@WebSocketServer()` is the
 * endpoint's server, with topics and counters.
 *
 * What a method returns is sent as JSON; each value of an Observable is one message. A message that is no JSON, or whose
 * event no gateway has, is ignored. A `WsException` is sent to the client as `{"event":"exception"}`. When the application
 * closes, clients get 1001 and may finish.
 *
 * @typeParam Data - Type of `client.data`.
 *
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { WireproofAdapter } from "@wireproof/adapters/nestjs";
 *
 * // In an application: `const app = await NestFactory.create(AppModule);`
 * const app = { getHttpServer: () => createServer() };
 * const adapter = new WireproofAdapter<{ user: string }>(app, {
 *   upgrade: ({ headers }) =>
 *     typeof headers["x-user"] === "string" ? { data: { user: headers["x-user"] } } : { status: 401 },
 * });
 * // app.useWebSocketAdapter(adapter);
 * console.assert(typeof adapter.create === "function");
 * ```
 */
export class WireproofAdapter<Data = undefined> {
  readonly #app: NestApplicationLike;
  readonly #options: NestAdapterOptions<Data>;
  readonly #parse: (data: string | Uint8Array) => NestMessage | undefined;
  readonly #drainMs: number;
  readonly #connected = new WeakMap<Server<Data>, Connected<Data>[]>();
  readonly #clients = new WeakMap<WebSocketConnection<Data>, Client>();

  /**
   * @param app - The application, whose HTTP server gateways without a port share.
   * @param options - Options of the servers of all gateways. Default: the defaults of `createServer`.
   */
  constructor(app: NestApplicationLike, options?: NestAdapterOptions<Data>) {
    const { parse = parseJson, drainMs = 10_000, ...server } = options ?? {};
    this.#app = app;
    this.#options = server;
    this.#parse = parse;
    this.#drainMs = drainMs;
  }

  /**
   * NestJS calls it once for each port and path of gateways.
   *
   * @param port - The port of the gateway; 0: that of the application.
   * @param options - The options of `@WebSocketGateway`, which may be options of `createServer`. Default: none.
   * @returns The server.
   * @throws An Error for a gateway with a namespace, which are those of socket.io.
   */
  create(port: number, options: Readonly<Record<string, unknown>> = {}): Server<Data> {
    const { namespace, ...own } = options;
    if (namespace !== undefined) throw new Error("WebSocket has no namespaces: give the gateway a path.");
    const connected: Connected<Data>[] = [];
    const server = createServer<Data>({ ...this.#options, ...own, ...this.#handlers(connected) } as never);
    this.#connected.set(server, connected);
    if (port === 0) server.attach(this.#app.getHttpServer() as HttpServer);
    // As with node:net, a port that cannot be used ends the process.
    else void server.listen(port);
    return server;
  }

  /**
   * NestJS says what it does with each client of a server.
   *
   * @param server - The server.
   * @param callback - Called with each connection when it opens.
   */
  bindClientConnect(server: Server<Data>, callback: (...args: never[]) => unknown): void {
    this.#connected.get(server)?.push(callback as Connected<Data>);
  }

  /**
   * NestJS wants to know when a client is gone.
   *
   * @param client - The connection.
   * @param callback - Called with the close reason.
   */
  bindClientDisconnect(client: WebSocketConnection<Data>, callback: (...args: never[]) => unknown): void {
    this.#clients.get(client)?.gone.push(callback as (reason: string) => void);
  }

  /**
   * NestJS says which messages a gateway takes.
   *
   * @param client - The connection.
   * @param handlers - The methods of the gateway, by their messages.
   * @param transform - Makes an Observable of what a method returns.
   */
  bindMessageHandlers(
    client: WebSocketConnection<Data>,
    handlers: readonly NestHandler[],
    transform: (result: unknown) => NestObservable,
  ): void {
    const byMessage = new Map(handlers.map((handler) => [handler.message, handler]));
    this.#clients.get(client)?.gateways.push({ byMessage, transform });
  }

  /**
   * NestJS lets go a client that came while the application was starting.
   *
   * @param client - The connection.
   */
  closeClient(client: WebSocketConnection<Data>): void {
    client.close(1013);
  }

  /**
   * NestJS closes each server with the application.
   *
   * @param server - The server.
   * @returns A promise that resolves when all its connections are gone.
   */
  close(server: Server<Data>): Promise<void> {
    return server.close({ drainMs: this.#drainMs });
  }

  /**
   * NestJS calls it when all servers are closed; nothing is left to do.
   *
   * @returns A promise that has been resolved.
   */
  async dispose(): Promise<void> {}

  #handlers(connected: readonly Connected<Data>[]): Handlers<Data> {
    return {
      open: (ws) => {
        this.#clients.set(ws, { gateways: [], gone: [], running: new Set() });
        // What the filters of NestJS call to tell a client of an exception.
        Object.defineProperty(ws, "emit", EMIT);
        for (const callback of connected) callback(ws);
      },
      message: (ws, data) => {
        const { gateways, running } = this.#clients.get(ws)!;
        const message = this.#parse(data);
        if (message === undefined) return;
        for (const { byMessage, transform } of gateways) {
          const handler = byMessage.get(message.event);
          if (handler === undefined) continue;
          const results = transform(handler.callback(message.data, message.event));
          let subscription: Subscription | undefined;
          const ended = (): void => void (subscription !== undefined && running.delete(subscription));
          subscription = results.subscribe({
            next: (result) =>
              void (result !== undefined && result !== null && ws.send(JSON.stringify(result))),
            // A filter has seen it: what is left has no answer.
            error: ended,
            complete: ended,
          });
          if (subscription.closed !== true) running.add(subscription);
        }
      },
      close: (ws, _code, reason) => {
        const { gone, running } = this.#clients.get(ws)!;
        for (const subscription of running) subscription.unsubscribe();
        for (const callback of gone) callback(reason);
      },
    };
  }
}

/**
 * A method of a gateway, as NestJS hands it to the adapter.
 *
 * @example
 * ```ts
 * import type { NestHandler } from "@wireproof/adapters/nestjs";
 *
 * const handler: NestHandler = { message: "echo", callback: (data) => ({ event: "echo", data }) };
 * console.assert(handler.message === "echo");
 * ```
 */
export interface NestHandler {
  /** What stands in `@SubscribeMessage`. */
  readonly message: unknown;
  /** The method, bound to the gateway and the client. */
  readonly callback: (data?: unknown, event?: unknown) => unknown;
}

/**
 * What is needed of an Observable of rxjs.
 *
 * @example
 * ```ts
 * import type { NestObservable } from "@wireproof/adapters/nestjs";
 *
 * const one: NestObservable = {
 *   subscribe({ next, complete }) {
 *     next(1);
 *     complete();
 *     return { closed: true, unsubscribe() {} };
 *   },
 * };
 * console.assert(typeof one.subscribe === "function");
 * ```
 */
export interface NestObservable {
  subscribe(observer: {
    next: (value: unknown) => void;
    error: (error: unknown) => void;
    complete: () => void;
  }): { readonly closed?: boolean; unsubscribe(): void };
}

type Connected<Data> = (client: WebSocketConnection<Data>) => void;
type Subscription = ReturnType<NestObservable["subscribe"]>;

/** What NestJS has bound to a connection. */
interface Client {
  readonly gateways: {
    readonly byMessage: ReadonlyMap<unknown, NestHandler>;
    readonly transform: (result: unknown) => NestObservable;
  }[];
  readonly gone: ((reason: string) => void)[];
  /** Observables that have not ended. */
  readonly running: Set<Subscription>;
}

const EMIT = {
  value(this: WebSocketConnection<unknown>, event: unknown, data: unknown): boolean {
    return this.send(JSON.stringify({ event, data }));
  },
};

function parseJson(data: string | Uint8Array): NestMessage | undefined {
  try {
    const message = JSON.parse(String(data)) as unknown;
    return typeof message === "object" && message !== null && "event" in message ? message : undefined;
  } catch {
    return undefined;
  }
}
