import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import type { TlsOptions } from "node:tls";

import type { Engine } from "../session/engine.js";
import type { Handlers } from "../session/handlers.js";
import type { ServerLimits } from "../session/limits.js";
import type { CommonOptions } from "../session/options.js";
import type { OriginPolicy } from "./origin.js";

/**
 * An opening handshake that is correct (RFC 6455 §4.2.1, RFC 8441 §5), before it is answered.
 *
 * @example
 * ```ts
 * import { createServer, type UpgradeRequest } from "@wireproof/websocket";
 *
 * const roomOf = (request: UpgradeRequest): string => request.query.get("room") ?? "lobby";
 * const server = createServer({ upgrade: (request) => ({ data: { room: roomOf(request) } }) });
 * console.assert(server.connections.size === 0);
 * ```
 */
export interface UpgradeRequest {
  /** The request target as sent, such as "/chat?room=1". */
  readonly target: string;
  /** The part of the target before "?", such as "/chat". */
  readonly path: string;
  /** The part of the target behind "?". */
  readonly query: URLSearchParams;
  /** The Host field, such as "example.com:8080"; `:authority` over HTTP/2. */
  readonly host: string;
  /** The Origin field; undefined when the client sent none, as most clients outside browsers. */
  readonly origin: string | undefined;
  /** The subprotocols that the client offers, in its order of preference. */
  readonly protocols: readonly string[];
  /**
   * Header fields. The names are in lower case; several values of one name are joined as node:http does it. Over HTTP/2
   * there are no pseudo-header fields among them, and `host` is `:authority`.
   */
  readonly headers: IncomingMessage["headers"];
  /**
   * The client's address. Behind a proxy it is the proxy's, unless `trustProxy` says that the proxy is believed;
   * `raw.socket.remoteAddress` is always the proxy's.
   */
  readonly remoteAddress: string;
  /** Whether the client's request came over TLS: to this server, or to the proxy that is believed. */
  readonly isSecure: boolean;
  /** The version of HTTP: an upgrade (RFC 6455 §4) or extended CONNECT (RFC 8441 §4). */
  readonly httpVersion: "1.1" | "2.0";
  /** The request of node:http or node:http2, with the socket and a client certificate on it. */
  readonly raw: IncomingMessage | Http2ServerRequest;
}

/**
 * The answer of the upgrade hook that accepts a client.
 *
 * @typeParam Data - Type of `ws.data`.
 *
 * @example
 * ```ts
 * import { createServer, type UpgradeAnswer } from "@wireproof/websocket";
 *
 * const accept = (user: string): UpgradeAnswer<{ user: string }> => ({
 *   data: { user },
 *   headers: { "Set-Cookie": "seen=1" },
 * });
 * const server = createServer<{ user: string }>({ upgrade: () => accept("ada") });
 * console.assert(server.counters.opened === 0);
 * ```
 */
export interface UpgradeAnswer<Data> {
  /** Becomes `ws.data`. */
  readonly data: Data;
  /** The subprotocol, one of those offered (RFC 6455 §4.2.2). Default: what the option `protocols` chooses. */
  readonly protocol?: string;
  /** Further header fields of the response, such as Set-Cookie. Default: none. */
  readonly headers?: Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
}

/**
 * The answer of the upgrade hook that refuses a client: any HTTP response but 101. A `Response` serves as well.
 *
 * @example
 * ```ts
 * import { connect, createServer, ErrorCode, WebSocketError, type UpgradeRefusal } from "@wireproof/websocket";
 *
 * const refusal: UpgradeRefusal = { status: 403, body: "Members only." };
 * await using server = createServer({ upgrade: () => refusal });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const error: unknown = await connect(`ws://127.0.0.1:${port}`).catch((reason: unknown) => reason);
 * console.assert(error instanceof WebSocketError && error.code === ErrorCode.UnexpectedResponse);
 * console.assert(error instanceof WebSocketError && error.status === 403);
 * ```
 */
export interface UpgradeRefusal {
  /**
   * The HTTP status, 200–599, and 300–599 over HTTP/2. Only a WebSocket is opened by 101, and over HTTP/2 by 2xx (RFC
   * 8441 §5).
   */
  readonly status: number;
  /**
   * Header fields. Connection, Content-Length and Transfer-Encoding are set by the library; over HTTP/2 those about one
   * connection, such as Upgrade, are left out. Default: none.
   */
  readonly headers?: Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
  /** Sent as UTF-8; text/plain unless the header fields say otherwise. Default: empty. */
  readonly body?: string;
}

/**
 * What an upgrade hook returns: it accepts with an {@link UpgradeAnswer}, or refuses with a status or a `Response`.
 *
 * @typeParam Data - Type of `ws.data`.
 *
 * @example
 * ```ts
 * import { createServer, type UpgradeRequest, type UpgradeResult } from "@wireproof/websocket";
 *
 * function upgrade({ headers }: UpgradeRequest): UpgradeResult<{ user: string }> {
 *   const user = headers["x-user"];
 *   return typeof user === "string" ? { data: { user } } : new Response("Who are you?", { status: 401 });
 * }
 * const server = createServer<{ user: string }>({ upgrade });
 * console.assert(server.subscribers("news") === 0);
 * ```
 */
export type UpgradeResult<Data> = UpgradeAnswer<Data> | UpgradeRefusal | Response;

/**
 * The proxies that a server believes, and how they say who their clients are. What others say is ignored.
 *
 * @example
 * ```ts
 * import { connect, createServer, type TrustProxyOptions } from "@wireproof/websocket";
 *
 * const trustProxy: TrustProxyOptions = { networks: ["loopback", "10.0.0.0/8"], headers: "x-forwarded-for" };
 * await using server = createServer({ trustProxy, open: (ws) => ws.send(ws.handshake.remoteAddress) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const ws = await connect(`ws://127.0.0.1:${port}`, { headers: { "X-Forwarded-For": "192.0.2.7" } });
 * for await (const message of ws) {
 *   console.assert(message === "192.0.2.7");
 *   break;
 * }
 * ```
 */
export interface TrustProxyOptions {
  /**
   * Where the proxies are: addresses such as "192.0.2.1", networks such as "10.0.0.0/8" and "fd00::/8", and names:
   * "loopback", "linklocal" (169.254.0.0/16, fe80::/10), "uniquelocal" (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16,
   * fc00::/7) and "unix", which is every client of a Unix socket. A network of everybody, such as "0.0.0.0/0", is refused.
   * Everybody in these networks can claim to be any client.
   */
  readonly networks: readonly string[];
  /**
   * The header fields that the proxies set: Forwarded (RFC 7239), or X-Forwarded-For with X-Forwarded-Proto. Name the one
   * that your proxies replace or add to; a client can send the other, which is never read. Default: none.
   */
  readonly headers?: "forwarded" | "x-forwarded-for";
  /**
   * Whether the proxies begin each connection with a header of the PROXY protocol, version 1 or 2, in front of TLS and
   * HTTP. True: those in `networks` have to, within `limits.handshakeMs`, and others must not. "required": others are
   * dropped as well. For the server's own listeners only, and over TCP. Default false.
   */
  readonly proxyProtocol?: boolean | "required";
}

/**
 * Options of a server. The handlers are options too.
 *
 * @typeParam Data - Type of `ws.data`, which the upgrade hook gives. Default `undefined`.
 *
 * @example
 * ```ts
 * import { createServer, type ServerOptions } from "@wireproof/websocket";
 *
 * const options: ServerOptions = {
 *   path: "/chat",
 *   origin: ["https://example.com"],
 *   protocols: ["chat.v2", "chat.v1"],
 *   limits: { messageOctets: 64 * 1024, connections: 10_000 },
 *   message: (ws, data) => ws.send(data),
 * };
 * const server = createServer(options);
 * console.assert(server.limits.messageOctets === 65_536);
 * ```
 */
export interface ServerOptions<Data = undefined> extends CommonOptions, Handlers<Data> {
  /**
   * Options of node:tls for a listener that speaks TLS: key, certificate, ALPN, SNI, client certificates. Default: plain
   * TCP.
   */
  readonly tls?: TlsOptions;
  /**
   * The path that clients have to ask for; all others are answered with 404. A function decides synchronously, and only
   * `true` accepts a path. Default: any path.
   */
  readonly path?: string | ((path: string) => boolean);
  /**
   * Which pages in browsers may connect (RFC 6455 §10.2): "same-origin", "any", a list of origins or patterns, or a
   * function, which may be asynchronous. Clients that send no Origin are not browsers and are accepted, unless a function
   * refuses them. Others are answered with 403. Default "same-origin".
   */
  readonly origin?: OriginPolicy;
  /**
   * The hosts that are served, such as "example.com" (on any port) or "localhost:8080"; others are answered with 421.
   * This is the defence against DNS rebinding, which turns a foreign page into one of the same origin. Default: any host.
   */
  readonly hosts?: readonly string[];
  /**
   * Subprotocols in the order of preference (RFC 6455 §1.9), or a function that chooses synchronously among those offered.
   * Default: none.
   */
  readonly protocols?:
    | readonly string[]
    | ((offered: readonly string[], request: UpgradeRequest) => string | undefined);
  /**
   * Decides whether to accept a client, and sets `ws.data`. It may be asynchronous within `limits.handshakeMs`; `signal` is
   * aborted when the client goes away or the time is over, which is answered with 503. To refuse, return a status, or
   * return or throw a `Response`; its body is sent as text. Everything else that it throws is answered with 500. Default:
   * every client is accepted.
   */
  upgrade?(
    request: UpgradeRequest,
    context: { readonly signal: AbortSignal },
  ): UpgradeResult<Data> | Promise<UpgradeResult<Data>>;
  /**
   * The proxies that are believed when they say who their clients are, so that `remoteAddress`, `isSecure`, the limits for
   * each address and the same-origin rule are about the client and not about the proxy. Default: no proxy is believed.
   */
  readonly trustProxy?: TrustProxyOptions;
  /**
   * What joins the topics of this server to those of servers in other processes and on other machines, such as one of
   * `@wireproof/websocket/engines`. An engine belongs to one server, which closes it. Default: none.
   */
  readonly engine?: Engine;
  /** What connections may cost. Those left out have the values of {@link DEFAULT_SERVER_LIMITS}. */
  readonly limits?: Partial<ServerLimits>;
}
