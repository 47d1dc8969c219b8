import { createServer as createHttpServer } from "node:http";

import { connect } from "../client/connect.js";
import type { ClientConnection } from "../client/connect.js";
import type { ConnectOptions } from "../client/options.js";
import { Server } from "../server/server.js";
import type { ServerOptions } from "../server/options.js";
import type { WebSocketConnection } from "../session/connection.js";
import { madeWith } from "./fake-time.js";
import type { FakeTime, SteppedTime } from "./fake-time.js";
import { MemoryLink } from "./link.js";
import type { Link } from "./link.js";

/**
 * Options of {@link pair}.
 *
 * @typeParam ServerData - Type of `ws.data` on the server's side.
 * @typeParam ClientData - Type of `ws.data` on the client's side.
 *
 * @example
 * ```ts
 * import { pair, type PairOptions } from "@wireproof/websocket/testing";
 *
 * const options: PairOptions<{ user: string }> = {
 *   url: "ws://localhost/chat?user=ada",
 *   server: { upgrade: ({ query }) => ({ data: { user: query.get("user") ?? "" } }) },
 *   client: { origin: "http://localhost" },
 * };
 * await using both = await pair(options);
 * console.assert(both.server.data.user === "ada");
 * ```
 */
export interface PairOptions<ServerData = undefined, ClientData = undefined> {
  /** What the client asks for. There is no TLS, whatever the URL says. Default "ws://localhost/". */
  readonly url?: string | URL;
  /**
   * The server: options with handlers, as for `createServer`, or a server of the application, to which several pairs may
   * belong; it is not closed with the pair. Default: one that accepts every client.
   */
  readonly server?: ServerOptions<ServerData> | Server<ServerData>;
  /** The client: options with handlers, as for `connect`. Default: none. */
  readonly client?: Omit<
    ConnectOptions<ClientData>,
    "createTransport" | "http2" | "proxy" | "proxyTls" | "tls"
  >;
  /**
   * The time that both sides follow, and the link. A server of the application keeps the time with which it was made.
   * Default: the one that is installed, else the time of the process.
   */
  readonly time?: FakeTime;
  /** Milliseconds that octets take one way, also those of the opening handshake; 0 or more. Default 0. */
  readonly latencyMs?: number;
  /** The client's address as the server sees it. Default "127.0.0.1". */
  readonly clientAddress?: string;
}

/**
 * Two ends of one connection, in memory. With `await using` they are gone at the end of the block.
 *
 * @typeParam ServerData - Type of `server.data`.
 * @typeParam ClientData - Type of `client.data`.
 *
 * @example
 * ```ts
 * import { pair, type Pair } from "@wireproof/websocket/testing";
 *
 * const both: Pair = await pair();
 * both.client.close(4000, "enough");
 * for await (const message of both.server) console.assert(message === undefined, "no message comes");
 * console.assert(both.server.closed?.code === 4000);
 * await both.close();
 * ```
 */
export interface Pair<ServerData = undefined, ClientData = undefined> {
  /** The client's end. */
  readonly client: ClientConnection<ClientData>;
  /** The server's end. */
  readonly server: WebSocketConnection<ServerData>;
  /** The network between them. */
  readonly link: Link;
  /**
   * Drops both ends, whatever is on its way.
   *
   * @returns A promise that resolves when both are gone.
   */
  close(): Promise<void>;
  /** As `close()`; for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Connects a client and a server in memory, without sockets. Everything else is real: the opening handshake with its hook,
 * origins and subprotocols, frames, compression, limits, heartbeats, topics. So handlers can be tested as they are.
 *
 * @typeParam ServerData - Type of `server.data`. Default `undefined`.
 * @typeParam ClientData - Type of `client.data`. Default `undefined`.
 * @param options - What both sides do. Default: nothing; messages wait to be iterated over.
 * @returns Both ends, when the opening handshake is complete.
 * @throws {@link WebSocketError} as `connect` and `createServer` do, such as UnexpectedResponse when the server refuses.
 *
 * @example
 * ```ts
 * import { pair } from "@wireproof/websocket/testing";
 *
 * await using both = await pair({ server: { message: (ws, data) => ws.send(`echo: ${String(data)}`) } });
 * both.client.send("hello");
 * for await (const message of both.client) {
 *   console.assert(message === "echo: hello");
 *   break;
 * }
 * ```
 *
 * @example
 * Two clients of one server:
 *
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { pair } from "@wireproof/websocket/testing";
 *
 * const server = createServer({ open: (ws) => void ws.subscribe("news") });
 * await using one = await pair({ server });
 * await using other = await pair({ server });
 * console.assert(server.publish("news", "first") === 2);
 * for (const { client } of [one, other])
 *   console.assert((await client[Symbol.asyncIterator]().next()).value === "first");
 * await server.close();
 * ```
 */
export async function pair<ServerData = undefined, ClientData = undefined>(
  options: PairOptions<ServerData, ClientData> = {},
): Promise<Pair<ServerData, ClientData>> {
  const { url = "ws://localhost/", server: given = {}, client = {}, latencyMs = 0 } = options;
  const time = options.time as SteppedTime | undefined;
  const own = given instanceof Server ? undefined : madeWith(time, () => new Server(withoutSockets(given)));
  const server = own ?? (given as Server<ServerData>);
  const http = createHttpServer();
  server.attach(http);
  const link = madeWith(time, () => new MemoryLink(latencyMs, options.clientAddress ?? "127.0.0.1"));
  const accepted = acceptedBy(server, link);
  http.emit("connection", link.server);
  try {
    const createTransport = (): MemoryLink["client"] => link.client;
    const connecting = madeWith(time, () => connect(url, { ...withoutSockets(client), createTransport }));
    const connection = await connecting;
    return new Both(connection, accepted(), link, own);
  } catch (error) {
    link.sever();
    await own?.close();
    throw error;
  }
}

class Both<ServerData, ClientData> implements Pair<ServerData, ClientData> {
  readonly client: ClientConnection<ClientData>;
  readonly server: WebSocketConnection<ServerData>;
  readonly link: Link;
  readonly #own: Server<ServerData> | undefined;

  constructor(
    client: ClientConnection<ClientData>,
    server: WebSocketConnection<ServerData>,
    link: Link,
    own: Server<ServerData> | undefined,
  ) {
    this.client = client;
    this.server = server;
    this.link = link;
    this.#own = own;
  }

  async close(): Promise<void> {
    for (const end of [this.client, this.server]) {
      end.terminate();
      // Resolves when the transport is gone.
      await end[Symbol.asyncDispose]();
    }
    await this.#own?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The connection that the server opens over the link. It is the latest one when the server writes its answer. */
function acceptedBy<Data>(server: Server<Data>, link: MemoryLink): () => WebSocketConnection<Data> {
  let accepted: WebSocketConnection<Data> | undefined;
  const { out } = link.server;
  const carry = out.carry.bind(out);
  out.carry = (what, onTaken) => {
    accepted = [...server.connections].at(-1);
    out.carry = carry;
    carry(what, onTaken);
  };
  return () => accepted!;
}

/** The fast way of reading needs a self-test with sockets, and is of no use here. Handlers may be methods of a class. */
function withoutSockets<Options extends object>(options: Options): Options {
  const copy: Options = Object.create(Object.getPrototypeOf(options) as object) as Options;
  return Object.assign(copy, options, { staticRead: false });
}
