import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";

import { ErrorCode, WebSocketError, invalidArgument } from "../errors.js";
import { parseAuthority } from "../handshake/authority.js";
import { collectFields, isRedirect, nextHop, valuesOf, withoutCredentials } from "../handshake/index.js";
import type { HeaderPair, Hop, HopParts, RedirectPolicy, ResponseHead } from "../handshake/index.js";
import type { ConnectOptions } from "./options.js";
import { basicCredentials } from "./target.js";
import type { Target } from "./target.js";

/**
 * Follows redirects: the address of the next request, and which of the application's options and header fields it gets.
 */
export class Hops {
  url: URL;
  /** Set while the address is a socket in the file system. */
  socketPath: string | undefined;
  headers: readonly HeaderPair[];
  tls: TlsConnectionOptions | undefined;
  #hop: Hop;
  readonly #policy: RedirectPolicy;

  constructor(
    { url, socketPath }: Target,
    options: Pick<ConnectOptions<never>, "headers" | "redirects" | "tls">,
  ) {
    this.url = url;
    this.socketPath = socketPath;
    this.tls = options.tls;
    this.headers = withUserInfo(url, headerPairs(options.headers));
    this.#hop = { ...partsOf(url), scheme: url.protocol === "wss:" ? "wss" : "ws", redirects: 0 };
    this.#policy = policyOf(options.redirects);
  }

  /** Whether this is the address that the application has named, and not one that a redirect leads to. */
  get isFirst(): boolean {
    return this.#hop.redirects === 0;
  }

  /** Follows one redirect. False if the answer is no redirect or redirects are not followed. Throws RedirectRefused. */
  follow(head: ResponseHead): boolean {
    if (!isRedirect(head.status) || this.#policy.follow === "never") return false;
    const location = resolve(valuesOf(collectFields(head.rawHeaders), "location")[0], this.url);
    const next = nextHop(
      this.#hop,
      location === undefined ? undefined : partsOf(location),
      head.status,
      this.#policy,
    );
    if (!next.ok || location === undefined) throw redirectRefused(next, head);
    this.#hop = next.hop;
    if (next.dropCredentials) this.headers = withoutCredentials(this.headers);
    if (next.dropCredentials) this.socketPath = undefined;
    if (location.hostname !== this.url.hostname) this.tls = withoutIdentity(this.tls);
    location.protocol = `${next.hop.scheme}:`;
    location.hash = "";
    location.username = "";
    location.password = "";
    this.url = location;
    return true;
  }
}

function policyOf(redirects: ConnectOptions["redirects"]): RedirectPolicy {
  if (redirects === undefined || redirects === false) return { follow: "never", limit: 0 };
  const { max, crossOrigin } = redirects;
  if (!Number.isInteger(max) || max < 1 || max > 20)
    throw invalidArgument("redirects.max must be a whole number from 1 to 20.");
  return { follow: crossOrigin === true ? "any" : "same-origin", limit: max };
}

function redirectRefused(next: ReturnType<typeof nextHop>, head: ResponseHead): WebSocketError {
  const why = next.ok ? "its Location cannot be used." : next.problem.sentence;
  return new WebSocketError(ErrorCode.RedirectRefused, `The redirect is not followed: ${why}`, {
    status: head.status,
    problem: next.ok ? undefined : next.problem.id,
  });
}

function resolve(location: string | undefined, base: URL): URL | undefined {
  if (location === undefined || !URL.canParse(location, base.href)) return undefined;
  const url = new URL(location, base);
  // An invalid host, such as one of a thousand characters.
  return parseAuthority(url.host) === undefined ? undefined : url;
}

function partsOf(url: URL): HopParts {
  const scheme = url.protocol.slice(0, -1);
  const standard = scheme === "wss" || scheme === "https" ? 443 : 80;
  return { scheme, host: url.hostname, port: url.port === "" ? standard : Number(url.port) };
}

/** A client certificate says who the client is, and `servername` which server it meant: neither is for another host. */
function withoutIdentity(tls: TlsConnectionOptions | undefined): TlsConnectionOptions | undefined {
  if (tls === undefined) return undefined;
  const { cert: _cert, key: _key, pfx: _pfx, passphrase: _passphrase, servername: _name, ...rest } = tls;
  return rest;
}

/** "ws://user:password@host" means Basic authentication, unless the application says otherwise. */
function withUserInfo(url: URL, headers: readonly HeaderPair[]): readonly HeaderPair[] {
  const credentials = basicCredentials(url);
  if (credentials === undefined) return headers;
  if (headers.some(([name]) => name.toLowerCase() === "authorization")) return headers;
  return [...headers, ["Authorization", credentials]];
}

function headerPairs(headers: ConnectOptions["headers"]): readonly HeaderPair[] {
  if (headers === undefined) return [];
  return Symbol.iterator in headers
    ? [...(headers as Iterable<HeaderPair>)]
    : Object.entries(headers as Record<string, string>);
}
