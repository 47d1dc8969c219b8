import { isIP, connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";

import { ErrorCode, WebSocketError } from "../errors.js";
import { tunnel } from "./tunnel.js";

/** The address to connect to, and how. */
export interface DialOptions {
  readonly url: URL;
  /** The path of a socket in the file system, which is used instead of the URL's host. */
  readonly socketPath: string | undefined;
  readonly tls: TlsConnectionOptions | undefined;
  /** The protocols to offer (RFC 7301), whatever `tls` says. Default: HTTP/1.1, unless `tls` says otherwise. */
  readonly alpn?: readonly string[] | undefined;
  readonly proxy: Proxy | undefined;
  readonly signal: AbortSignal;
}

/** An HTTP proxy on the way. */
export interface Proxy {
  readonly url: URL;
  /** For a proxy that is reached over TLS. */
  readonly tls: TlsConnectionOptions | undefined;
  /** The limit for its answer. */
  readonly headOctets: number;
}

/** Opens TCP, through a proxy if there is one, and TLS for wss. Rejects with Unreachable or ProxyRefused. */
export async function dial(options: DialOptions): Promise<Socket> {
  const { url, socketPath, proxy, signal } = options;
  const tls = options.alpn === undefined ? options.tls : { ...options.tls, ALPNProtocols: [...options.alpn] };
  if (socketPath !== undefined) {
    const socket = connectTcp({ path: socketPath, allowHalfOpen: true });
    return connected(socket, "connect", signal, socketPath);
  }
  const isSecure = url.protocol === "wss:";
  if (proxy === undefined) return isSecure ? secure(undefined, url, tls, signal) : plain(url, signal);
  const socket = await toProxy(proxy, signal);
  try {
    const { headOctets } = proxy;
    await tunnel(socket, proxy.url, `${url.hostname}:${portOf(url)}`, { headOctets, signal });
    // The certificate has to be the server's, also behind a proxy.
    return isSecure ? await secure(socket, url, tls, signal) : socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function toProxy({ url, tls }: Proxy, signal: AbortSignal): Promise<Socket> {
  return url.protocol === "https:" ? secure(undefined, url, tls, signal) : plain(url, signal);
}

function plain(url: URL, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({ host: bareHost(url), port: portOf(url), allowHalfOpen: true });
  return connected(socket, "connect", signal, url.host);
}

function secure(
  socket: Socket | undefined,
  url: URL,
  tls: TlsConnectionOptions | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  const host = bareHost(url);
  const secured = connectTls({
    ALPNProtocols: ["http/1.1"],
    // The name is both sent (RFC 6066 §3, which knows no addresses) and checked against the certificate.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...tls,
    ...(socket === undefined ? { host, port: portOf(url) } : { socket, host }),
    // Known to Node (lib/_tls_wrap.js has it since 12), unknown to its types.
    ...({ allowHalfOpen: true } as object),
  } as TlsConnectionOptions);
  return connected(secured, "secureConnect", signal, url.host);
}

function connected<S extends Socket>(
  socket: S,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
  where: string,
): Promise<S> {
  // This listener stays: between two steps there may be no other, and an error without a listener ends the process.
  socket.on("error", () => {});
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", onError).off("close", onClose);
    };
    const fail = (error: unknown): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    const onError = (cause: Error): void => fail(unreachable(where, cause));
    const onClose = (): void => fail(unreachable(where, undefined));
    if (signal.aborted) return fail(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError);
    socket.once("close", onClose);
    socket.once(event, () => {
      settle();
      resolve(socket);
    });
  });
}

function unreachable(where: string, cause: Error | undefined): WebSocketError {
  const why = cause === undefined ? "the connection was closed" : reasonOf(cause);
  return new WebSocketError(ErrorCode.Unreachable, `Cannot reach ${where}: ${why}`, { cause });
}

/** Several addresses that all fail make an AggregateError with an empty message. */
function reasonOf(error: Error & { code?: string }): string {
  if (error.message !== "") return error.message;
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  return first?.message ?? error.code ?? "unknown error";
}

function bareHost(url: URL): string {
  return url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
}

function portOf(url: URL): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "wss:" || url.protocol === "https:" ? 443 : 80;
}
