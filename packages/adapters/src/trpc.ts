/**
 * tRPC over the endpoint.
 *
 * @packageDocumentation
 */
import type { IncomingMessage } from "node:http";

import type { WebSocketConnection } from "@wireproof/websocket";

import { evented } from "./evented-connection.js";
import type { EventedOptions } from "./evented-connection.js";

/**
 * What `getWSConnectionHandler` of `@trpc/server/adapters/ws` (11) returns: it serves a router on one connection.
 *
 * @example
 * ```ts
 * import type { TrpcConnectionHandler } from "@wireproof/adapters/trpc";
 *
 * // In an application: `const handler = getWSConnectionHandler({ router });`
 * const handler: TrpcConnectionHandler = () => {};
 * console.assert(handler.length < 3);
 * ```
 */
export type TrpcConnectionHandler = (client: never, request: IncomingMessage) => unknown;

/**
 * Makes the options of a server that serves a tRPC router. The upgrade hook decides who may connect, and its `ws.data`
 * makes the context of the procedures.
 *
 * The `req` that tRPC passes on has the `url` and the `method` of the opening handshake, nothing else: what the context
 * needs of the header fields, the upgrade hook puts into `data`. Leave `keepAlive` off: the server has its heartbeat.
 *
 * @typeParam Data - Type of `ws.data`.
 * @param handlerFor - Called for each connection; makes the handler of tRPC, with `createContext` looking at the
 * connection.
 * @returns Options, to be spread into those of `createServer`.
 *
 * @example
 * ```ts
 * import { trpcHandlers } from "@wireproof/adapters/trpc";
 * import { createServer } from "@wireproof/websocket";
 *
 * interface Session {
 *   user: string;
 * }
 * // In an application, it is `getWSConnectionHandler` of @trpc/server/adapters/ws.
 * const getWSConnectionHandler = (_options: { createContext: () => Session }) => () => {};
 * const server = createServer<Session>({
 *   ...trpcHandlers<Session>((ws) => getWSConnectionHandler({ createContext: () => ws.data })),
 *   upgrade: () => ({ data: { user: "ada" } }),
 * });
 * console.assert(server.connections.size === 0);
 * ```
 */
export function trpcHandlers<Data>(
  handlerFor: (ws: WebSocketConnection<Data>) => TrpcConnectionHandler,
): EventedOptions<Data> {
  return evented<Data>((socket, ws) => {
    const request = { url: ws.handshake.target, method: "GET", headers: {} };
    handlerFor(ws)(socket as never, request as IncomingMessage);
  });
}
