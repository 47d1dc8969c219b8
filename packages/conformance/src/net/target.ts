import { isIP } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";

/** How to reach a peer, and what the opening handshake says. */
export interface TargetOptions {
  /** Accept any certificate. */
  readonly insecure?: boolean;
  /** PEM certificates to trust instead of the usual ones. */
  readonly ca?: string;
  /** Name for SNI and for the certificate check, if it is not the host of the URL. */
  readonly servername?: string;
  readonly origin?: string;
  /** Further header lines of the opening handshake, `Name: value`. */
  readonly headers?: readonly string[];
  readonly subprotocols?: readonly string[];
  /** Speak HTTP/2 (RFC 8441). */
  readonly http2?: boolean;
}

/** A peer's address and how to connect to it, prepared once for all connections. */
export interface Target {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  readonly tls: null | {
    readonly context: SecureContext;
    readonly servername: string | undefined;
    readonly verify: boolean;
  };
  readonly origin?: string;
  readonly headers: readonly string[];
  readonly subprotocols: readonly string[];
  /** Speak HTTP/2: over TLS by ALPN, without TLS with prior knowledge (RFC 9113 §3.3). */
  readonly http2: boolean;
}

/** Throws a TypeError if `url` is not a URL, and an Error if `ca` holds no valid certificates. */
export function target(url: string, options: TargetOptions = {}): Target {
  const parsed = new URL(url);
  const secure = parsed.protocol === "wss:";
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  // SNI carries names only, never addresses (RFC 6066 §3).
  const servername = options.servername ?? (isIP(host) === 0 ? host : undefined);
  return {
    url: parsed,
    host,
    port: parsed.port === "" ? (secure ? 443 : 80) : Number(parsed.port),
    tls: secure
      ? {
          context: createSecureContext(options.ca === undefined ? {} : { ca: options.ca }),
          servername,
          verify: options.insecure !== true,
        }
      : null,
    ...(options.origin === undefined ? {} : { origin: options.origin }),
    headers: options.headers ?? [],
    subprotocols: options.subprotocols ?? [],
    http2: options.http2 === true,
  };
}
