import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import type { Duplex } from "node:stream";

import type { Handlers } from "../session/handlers.js";
import type { ConnectionLimits } from "../session/limits.js";
import type { CommonOptions } from "../session/options.js";

export interface RedirectOptions {
  /** How many hops are followed, 1–20. */
  readonly max: number;
  /**
   * Whether to follow to other origins: without the credentials then, which are Authorization, Cookie,
   * Proxy-Authorization and, on another host, the client certificate. Default false.
   */
  readonly crossOrigin?: boolean;
}

export interface ConnectOptions<Data = undefined> extends CommonOptions, Handlers<Data> {
  /** Becomes `ws.data`. */
  readonly data?: Data;
  /** Subprotocols to offer, in the order of preference (RFC 6455 §1.9). */
  readonly protocols?: readonly string[];
  /**
   * Whether an answer that chooses none of `protocols` rejects with InvalidResponse (`protocol-missing`), as in
   * browsers. RFC 6455 §4.2.2 lets a server choose none; with false the connection then opens and `ws.protocol` is "".
   * Default true.
   */
  readonly requireProtocol?: boolean;
  /** The Origin header, which only browsers have to send. */
  readonly origin?: string;
  /** Further headers of the request, such as Authorization or Cookie. */
  readonly headers?: Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
  /** Options of node:tls for wss: `ca`, `cert`, `key`, `servername`, `rejectUnauthorized` … */
  readonly tls?: TlsConnectionOptions;
  /** From the call to the complete opening handshake: name, TCP, TLS, proxy and redirects together. Default 10,000 ms. */
  readonly handshakeMs?: number;
  /** Octets of the server's answer up to the empty line. Default 16 KiB. */
  readonly handshakeOctets?: number;
  /** Gives up the opening handshake; afterwards it drops the connection without a closing handshake. */
  readonly signal?: AbortSignal;
  /**
   * An HTTP proxy that is asked to CONNECT (RFC 9110 §9.3.6), such as "http://user:password@proxy:3128"; or "env": the
   * one that HTTP_PROXY (for ws), HTTPS_PROXY (for wss) and NO_PROXY have for the server, and for each that a redirect
   * leads to. Default: none.
   */
  readonly proxy?: string | URL;
  /** Options of node:tls for an "https:" proxy, such as its `ca`; `tls` is for the server alone. */
  readonly proxyTls?: TlsConnectionOptions;
  /** Whether redirects are followed. Default false: an answer with 3xx rejects. */
  readonly redirects?: false | RedirectOptions;
  /** A transport of one's own in place of TCP or TLS; it has to be connected. */
  readonly createTransport?: (url: URL) => Duplex | Promise<Duplex>;
  readonly limits?: Partial<ConnectionLimits>;
}
