import type { IncomingMessage } from "node:http";
import type { TlsOptions } from "node:tls";

import type { Handlers } from "../session/handlers.js";
import type { ServerLimits } from "../session/limits.js";
import type { CommonOptions } from "../session/options.js";
import type { OriginPolicy } from "./origin.js";

/** An opening handshake that is correct, before it is answered. */
export interface UpgradeRequest {
  /** As sent, such as "/chat?room=1". */
  readonly target: string;
  /** The part of the target before "?", such as "/chat". */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly host: string;
  /** Undefined when the client sent none, as most clients outside browsers. */
  readonly origin: string | undefined;
  /** The subprotocols that the client offers, in its order of preference. */
  readonly protocols: readonly string[];
  /** Lower-case names; several values of one name are joined as node:http does it. */
  readonly headers: IncomingMessage["headers"];
  readonly remoteAddress: string;
  readonly isSecure: boolean;
  /** The request of node:http, with the socket and a client certificate on it. */
  readonly raw: IncomingMessage;
}

/** The answer of the upgrade hook that lets a client in. */
export interface UpgradeAnswer<Data> {
  /** Becomes `ws.data`. */
  readonly data: Data;
  /** One of those offered; default: what `protocols` chooses. */
  readonly protocol?: string;
  /** Further headers of the response, such as Set-Cookie. */
  readonly headers?: Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
}

/** The answer that does not: any HTTP response, a `Response` among them. */
export interface UpgradeRefusal {
  /** 200–599, and nothing but a WebSocket is opened by 101. */
  readonly status: number;
  /** Connection, Content-Length and Transfer-Encoding are ours. */
  readonly headers?: Iterable<readonly [string, string]> | Readonly<Record<string, string>>;
  /** Sent as UTF-8; text/plain unless the headers say otherwise. */
  readonly body?: string;
}

export type UpgradeResult<Data> = UpgradeAnswer<Data> | UpgradeRefusal | Response;

export interface ServerOptions<Data = undefined> extends CommonOptions, Handlers<Data> {
  /** Key and certificate for a listener of its own that speaks TLS; all options of node:tls (ALPN, SNI, client certificates). */
  readonly tls?: TlsOptions;
  /**
   * The path that clients have to ask for; all others are answered with 404. A function decides at once, and only `true`
   * lets a path in. Default: any.
   */
  readonly path?: string | ((path: string) => boolean);
  /**
   * Which pages in browsers may connect (RFC 6455 §10.2): "same-origin" (default), "any", a list of origins or
   * patterns, or a function, which may be asynchronous. Clients that send no Origin are not browsers and are let in, unless a function says no.
   */
  readonly origin?: OriginPolicy;
  /**
   * The hosts that are served, such as "example.com" (on any port) or "localhost:8080"; others are answered with 421.
   * The defence against DNS rebinding, by which a page of anybody's becomes one of the same origin. Default: any.
   */
  readonly hosts?: readonly string[];
  /** Subprotocols in the order of preference, or a function that chooses among those offered, at once. */
  readonly protocols?:
    | readonly string[]
    | ((offered: readonly string[], request: UpgradeRequest) => string | undefined);
  /**
   * Decides whom to let in, and with what `ws.data`. May be asynchronous within `limits.handshakeMs`; `signal` is
   * aborted when the client goes away or the time is over, which is answered with 503. To refuse, return a status, or
   * return or throw a `Response`; its body is sent as text. All else that it throws is answered with 500.
   */
  upgrade?(
    request: UpgradeRequest,
    context: { readonly signal: AbortSignal },
  ): UpgradeResult<Data> | Promise<UpgradeResult<Data>>;
  readonly limits?: Partial<ServerLimits>;
}
