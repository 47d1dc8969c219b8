import type { ClientHttp2Session } from "node:http2";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import type { Duplex } from "node:stream";

import type { Handlers } from "../session/handlers.js";
import type { ConnectionLimits } from "../session/limits.js";
import type { CommonOptions } from "../session/options.js";

/**
 * How far a client follows redirects. One from wss to ws is never followed.
 *
 * @example
 * ```ts
 * import { connect, createServer, type RedirectOptions } from "@wireproof/websocket";
 *
 * const redirects: RedirectOptions = { max: 3, crossOrigin: false };
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`ws://127.0.0.1:${port}`, { redirects });
 * console.assert(ws.state === "open");
 * ```
 */
export interface RedirectOptions {
  /** How many redirects are followed, 1–20. */
  readonly max: number;
  /**
   * Whether to follow to other origins. The credentials are dropped then: Authorization, Cookie, Proxy-Authorization and,
   * on another host, the client certificate. Default false.
   */
  readonly crossOrigin?: boolean;
}

/**
 * Options of a client. The handlers are options too.
 *
 * @typeParam Data - Type of `ws.data`. Default `undefined`.
 *
 * @example
 * ```ts
 * import { connect, createServer, type ConnectOptions } from "@wireproof/websocket";
 *
 * await using server = createServer({ protocols: ["chat"], message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const options: ConnectOptions = { protocols: ["chat"], handshakeMs: 2_000, compression: false };
 * await using ws = await connect(`ws://127.0.0.1:${port}`, options);
 * console.assert(ws.protocol === "chat");
 * ```
 */
export interface ConnectOptions<Data = undefined> extends CommonOptions, Handlers<Data> {
  /** Becomes `ws.data`. Default: undefined. */
  readonly data?: Data;
  /** Subprotocols to offer, in the order of preference (RFC 6455 §1.9). Default: none. */
  readonly protocols?: readonly string[];
  /**
   * Whether an answer that chooses none of `protocols` rejects with InvalidResponse (`protocol-missing`), as in
   * browsers. RFC 6455 §4.2.2 lets a server choose none; with false the connection then opens and `ws.protocol` is "".
   * Default true.
   */
  readonly requireProtocol?: boolean;
  /** The Origin field, which only browsers have to send (RFC 6455 §4.1). Default: none is sent. */
  readonly origin?: string;
  /** Further header fields of the request, such as Authorization or Cookie. Default: none. */
  readonly headers?: Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
  /** Options of node:tls for wss: `ca`, `cert`, `key`, `servername`, `rejectUnauthorized` … Default: those of Node. */
  readonly tls?: TlsConnectionOptions;
  /**
   * Milliseconds from the call to the complete opening handshake: name, TCP, TLS, proxy and redirects together. Above 0;
   * default 10,000.
   */
  readonly handshakeMs?: number;
  /** Octets of the server's answer up to the empty line. Above 0; default 16 KiB. */
  readonly handshakeOctets?: number;
  /** Gives up the opening handshake. Afterwards it drops the connection without a closing handshake. Default: none. */
  readonly signal?: AbortSignal;
  /**
   * WebSocket over HTTP/2 (RFC 8441): a stream in place of a connection. With true, connections to the same origin with
   * the same `tls` share a session; it is made when it is needed, and closed five seconds after its last use. A server
   * that does not announce RFC 8441, or does not speak HTTP/2 at all, is asked over HTTP/1.1. So is every server behind a
   * `proxy`. A session of the application is used as it is, and never closed: a server that does not announce RFC 8441
   * rejects with InvalidResponse (`connect-not-announced`) then. Redirects lead away from it, to sessions as with true.
   * Default false.
   */
  readonly http2?: boolean | ClientHttp2Session;
  /**
   * An HTTP proxy that is asked to CONNECT (RFC 9110 §9.3.6), such as "http://user:password@proxy:3128"; or "env": the
   * one that HTTP_PROXY (for ws), HTTPS_PROXY (for wss) and NO_PROXY name for the server, and for each that a redirect
   * leads to. Default: none.
   */
  readonly proxy?: string | URL;
  /**
   * Options of node:tls for an "https:" proxy, such as its `ca`; `tls` is for the server alone. Default: those of Node.
   */
  readonly proxyTls?: TlsConnectionOptions;
  /** Whether redirects are followed. Default false: an answer with 3xx rejects. */
  readonly redirects?: false | RedirectOptions;
  /** Opens the stream that is used in place of TCP or TLS; the stream has to be connected. Default: TCP or TLS. */
  readonly createTransport?: (url: URL) => Duplex | Promise<Duplex>;
  /** What the connection may cost. Limits left out have the values of {@link DEFAULT_CONNECTION_LIMITS}. */
  readonly limits?: Partial<ConnectionLimits>;
}
