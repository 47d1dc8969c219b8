/**
 * GraphQL over WebSocket: the protocol graphql-transport-ws, by the package graphql-ws, over the endpoint.
 *
 * @packageDocumentation
 */
import type { ServerOptions, WebSocketConnection } from "@wireproof/websocket";

/**
 * What `makeServer` of graphql-ws (6) returns.
 *
 * @typeParam Extra - Type of `ctx.extra`.
 *
 * @example
 * ```ts
 * import type { GraphqlExtra, GraphqlServer } from "@wireproof/adapters/graphql-ws";
 *
 * // In an application: `const graphql = makeServer<ConnectionInitPayload, GraphqlExtra<Session>>({ schema });`
 * const graphql: GraphqlServer<GraphqlExtra<undefined>> = { opened: () => async () => {} };
 * console.assert(typeof graphql.opened === "function");
 * ```
 */
export interface GraphqlServer<Extra> {
  opened(socket: GraphqlSocket, extra: Extra): (code?: number, reason?: string) => Promise<void>;
}

/**
 * What graphql-ws needs of a connection.
 *
 * @example
 * ```ts
 * import type { GraphqlSocket } from "@wireproof/adapters/graphql-ws";
 *
 * const close = (socket: GraphqlSocket): void => void socket.close(4403, "Forbidden");
 * console.assert(typeof close === "function");
 * ```
 */
export interface GraphqlSocket {
  readonly protocol: string;
  send(data: string): Promise<void> | void;
  close(code?: number, reason?: string): Promise<void> | void;
  onMessage(listener: (data: string) => Promise<void>): void;
}

/**
 * `ctx.extra` of graphql-ws: the connection, whose `data` is what the upgrade hook has decided.
 *
 * @typeParam Data - Type of `ws.data`.
 *
 * @example
 * ```ts
 * import type { GraphqlExtra } from "@wireproof/adapters/graphql-ws";
 *
 * const userOf = ({ ws }: GraphqlExtra<{ user: string }>): string => ws.data.user;
 * console.assert(typeof userOf === "function");
 * ```
 */
export interface GraphqlExtra<Data> {
  readonly ws: WebSocketConnection<Data>;
}

/**
 * The options that {@link graphqlHandlers} gives.
 *
 * @typeParam Data - Type of `ws.data`.
 *
 * @example
 * ```ts
 * import { graphqlHandlers, type GraphqlHandlers } from "@wireproof/adapters/graphql-ws";
 *
 * const handlers: GraphqlHandlers<undefined> = graphqlHandlers({ opened: () => async () => {} });
 * console.assert(handlers.protocols[0] === "graphql-transport-ws");
 * ```
 */
export type GraphqlHandlers<Data> = Required<Pick<ServerOptions<Data>, "open" | "message" | "close">> & {
  readonly protocols: readonly string[];
};

/**
 * Makes the options of a server that serves GraphQL: the subprotocol and the handlers. The upgrade hook decides who may
 * connect. A subscription waits while its client reads slowly. A client that does not offer the subprotocol is closed with
 * 4406, and 4500 says that something here has failed, as graphql-ws has it.
 *
 * @typeParam Data - Type of `ws.data`.
 * @param server - What `makeServer` of graphql-ws has made.
 * @returns Options, to be spread into those of `createServer`.
 *
 * @example
 * ```ts
 * import { graphqlHandlers, type GraphqlExtra, type GraphqlServer } from "@wireproof/adapters/graphql-ws";
 * import { createServer } from "@wireproof/websocket";
 *
 * interface Session {
 *   user: string;
 * }
 * // In an application: `makeServer<…, GraphqlExtra<Session>>({ schema, context: (ctx) => ctx.extra.ws.data })`.
 * const graphql: GraphqlServer<GraphqlExtra<Session>> = { opened: () => async () => {} };
 * const server = createServer<Session>({
 *   ...graphqlHandlers(graphql),
 *   upgrade: () => ({ data: { user: "ada" } }),
 * });
 * console.assert(server.connections.size === 0);
 * ```
 */
export function graphqlHandlers<Data>(server: GraphqlServer<GraphqlExtra<Data>>): GraphqlHandlers<Data> {
  const serving = new WeakMap<WebSocketConnection<Data>, Serving>();
  return {
    protocols: ["graphql-transport-ws"],
    open(ws) {
      let receive: Receive = async () => {};
      const socket: GraphqlSocket = {
        protocol: ws.protocol,
        send: (data) => (ws.send(data) ? undefined : writable(ws)),
        close: (code, reason) => ws.close(code, reason),
        onMessage: (listener) => (receive = listener),
      };
      const closed = server.opened(socket, { ws });
      serving.set(ws, { receive: (data) => receive(data), closed });
    },
    async message(ws, data) {
      try {
        await serving.get(ws)?.receive(String(data));
      } catch (error) {
        ws.close(4500, "Internal server error");
        throw error;
      }
    },
    close: (ws, code, reason) => serving.get(ws)?.closed(code, reason),
  };
}

type Receive = (data: string) => Promise<void>;

interface Serving {
  readonly receive: Receive;
  readonly closed: (code?: number, reason?: string) => Promise<void>;
}

/** Resolves when the connection takes more, and when it is gone: then there is nothing to wait for. */
function writable(ws: { ready(): Promise<void> }): Promise<void> {
  return ws.ready().catch(() => {});
}
