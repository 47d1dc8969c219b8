/**
 * WebSockets as routes of a Hono application.
 *
 * @packageDocumentation
 */
import { createServer } from "@wireproof/websocket";
import type { Server, ServerOptions, UpgradeRequest, WebSocketConnection } from "@wireproof/websocket";
import type { Hono } from "hono";
import { WSContext, createWSMessageEvent, defineWebSocketHelper } from "hono/ws";
import type { UpgradeWebSocket, WSEvents } from "hono/ws";

import { fetchRequest } from "./fetch-request.js";

/**
 * The events of one connection, as `upgradeWebSocket` of Hono takes them, and what becomes `ws.data`. In the events,
 * `ws.raw` is the connection.
 *
 * @typeParam Data - Type of `ws.raw.data`.
 *
 * @example
 * ```ts
 * import type { HonoEvents } from "@wireproof/adapters/hono";
 *
 * const events: HonoEvents<{ user: string }> = {
 *   data: { user: "ada" },
 *   onMessage: (event, ws) => ws.send(`${ws.raw?.data.user}: ${String(event.data)}`),
 * };
 * console.assert(events.data.user === "ada");
 * ```
 */
export type HonoEvents<Data> = WSEvents<WebSocketConnection<Data>> &
  ([Data] extends [undefined] ? { readonly data?: undefined } : { readonly data: Data });

/**
 * Options of a server for Hono: all but the handlers, the path and the hook, which are routes of the application.
 *
 * @example
 * ```ts
 * import type { HonoServerOptions } from "@wireproof/adapters/hono";
 *
 * const options: HonoServerOptions = { limits: { messageOctets: 65_536 }, compression: false };
 * console.assert(options.compression === false);
 * ```
 */
export type HonoServerOptions = Omit<
  ServerOptions,
  "path" | "upgrade" | "open" | "message" | "drain" | "ping" | "pong" | "close" | "error"
>;

/**
 * What {@link honoWebSocket} gives.
 *
 * @typeParam Data - Type of `ws.raw.data`.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { honoWebSocket, type HonoWebSocket } from "@wireproof/adapters/hono";
 *
 * const websocket: HonoWebSocket<undefined> = honoWebSocket(new Hono());
 * console.assert(websocket.server.connections.size === 0);
 * ```
 */
export interface HonoWebSocket<Data> {
  /** Makes the handler of a route, as `upgradeWebSocket` of Hono's own adapters does. */
  readonly upgradeWebSocket: UpgradeWebSocket<WebSocketConnection<Data>, undefined, HonoEvents<Data>>;
  /** The server, for `attach`, `listen`, `publish` and `close`. */
  readonly server: Server<Data>;
}

/**
 * Makes WebSockets routes of a Hono application: the middleware of the application and of the route runs first, and what
 * it sets in the context is there for `upgradeWebSocket`. Header fields and cookies of the context are sent with the
 * answer. Middleware that returns a response refuses the client with it.
 *
 * `c.env` has `incoming`, the request of node:http, as with @hono/node-server. A route that is asked for without an
 * opening handshake goes on to the next handler.
 *
 * @typeParam Data - Type of `ws.raw.data`. Default `undefined`.
 * @param app - The application.
 * @param options - Limits, heartbeat, origins and the other options of `createServer`. Default: its defaults.
 * @returns The helper for routes, and the server.
 * @throws `WebSocketError` (InvalidArgument) for options that cannot be used.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { honoWebSocket } from "@wireproof/adapters/hono";
 * import { connect } from "@wireproof/websocket";
 *
 * const app = new Hono();
 * const { server, upgradeWebSocket } = honoWebSocket<{ user: string }>(app);
 * app.get(
 *   "/chat/:user",
 *   upgradeWebSocket((c) => ({
 *     data: { user: c.req.param("user") ?? "nobody" },
 *     onOpen: (_event, ws) => ws.send(`hello ${ws.raw?.data.user}`),
 *   })),
 * );
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const ws = await connect(`ws://127.0.0.1:${port}/chat/ada`);
 * for await (const message of ws) {
 *   console.assert(message === "hello ada");
 *   break;
 * }
 * await server.close();
 * ```
 */
export function honoWebSocket<Data = undefined>(
  app: Pick<Hono, "fetch">,
  options: HonoServerOptions = {},
): HonoWebSocket<Data> {
  const openings = new WeakMap<object, Served<Data>>();
  const served = new WeakMap<WebSocketConnection<Data>, Served<Data>>();

  const upgradeWebSocket = defineWebSocketHelper<WebSocketConnection<Data>>((c, events) => {
    const env: unknown = c.env;
    if (!(env instanceof OpeningEnv)) return;
    openings.set(env, { events: events as HonoEvents<Data>, url: c.req.url });
    // It stands for the acceptance. Middleware may still set header fields, or answer with something else.
    return c.body(null, ACCEPTED);
  });

  const server = createServer<Data>({
    ...options,
    async upgrade(request) {
      const env = new OpeningEnv(request.raw);
      const response = await app.fetch(fetchRequest(request), env);
      const opening = openings.get(env);
      if (opening === undefined || response.status !== ACCEPTED) return response;
      const headers = [...response.headers].filter(([name]) => !name.startsWith("content-"));
      // Until the connection is open. Then it is what the route has given.
      return { data: opening as unknown as Data, headers };
    },
    open(ws) {
      const opening = ws.data as unknown as Served<Data>;
      ws.data = opening.events.data as Data;
      opening.context = contextOf(ws, opening.url);
      served.set(ws, opening);
      opening.events.onOpen?.(new Event("open"), opening.context);
    },
    message(ws, data) {
      const { events, context } = served.get(ws)!;
      return events.onMessage?.(
        createWSMessageEvent(typeof data === "string" ? data : ownBuffer(data)),
        context!,
      );
    },
    close(ws, code, reason, wasClean) {
      const { events, context } = served.get(ws)!;
      const event = Object.assign(new Event("close"), { code, reason, wasClean });
      return events.onClose?.(event, context!);
    },
    error(ws, error) {
      const { events, context } = served.get(ws) ?? {};
      const event = Object.assign(new Event("error"), { error, message: error.message });
      if (context !== undefined) events?.onError?.(event, context);
    },
  });
  return { upgradeWebSocket: upgradeWebSocket as HonoWebSocket<Data>["upgradeWebSocket"], server };
}

/** A connection and its route. */
interface Served<Data> {
  readonly events: HonoEvents<Data>;
  readonly url: string;
  context?: WSContext<WebSocketConnection<Data>>;
}

/** The status that a route answers with when it wants the WebSocket to open. */
const ACCEPTED = 200;
const STATES = { open: 1, closing: 2, closed: 3 } as const;

/** `c.env` of an opening handshake. */
class OpeningEnv {
  readonly incoming: UpgradeRequest["raw"];

  constructor(raw: UpgradeRequest["raw"]) {
    this.incoming = raw;
  }
}

function contextOf<Data>(ws: WebSocketConnection<Data>, url: string): WSContext<WebSocketConnection<Data>> {
  return new WSContext<WebSocketConnection<Data>>({
    send: (data, { compress }) => void ws.send(data, compress === undefined ? {} : { compress }),
    close: (code, reason) => ws.close(code, reason),
    raw: ws,
    get readyState() {
      return STATES[ws.state];
    },
    url: url.replace(/^http/, "ws"),
    protocol: ws.protocol,
  });
}

/** Events have an ArrayBuffer with the message and nothing else in it. */
function ownBuffer({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBuffer {
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
