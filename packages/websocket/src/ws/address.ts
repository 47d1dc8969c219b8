import { unescape } from "node:querystring";

/** Where a client connects to. */
export interface Address {
  /** ws, wss or ws+unix. */
  readonly url: URL;
  readonly isSecure: boolean;
  /** The path of a socket in the file system, for ws+unix. */
  readonly socketPath: string | undefined;
  /** Path and query. */
  readonly target: string;
}

/**
 * Reads an address; http and https mean ws and wss. Throws a SyntaxError for an address that no client can connect to.
 */
export function readAddress(address: string | URL): Address {
  const url = withSocketScheme(parse(address));
  const isUnix = url.protocol === "ws+unix:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:" && !isUnix) throw new SyntaxError(WRONG_SCHEME);
  if (isUnix && url.pathname === "") throw new SyntaxError("The URL's pathname is empty");
  if (url.hash !== "") throw new SyntaxError("The URL contains a fragment identifier");
  const target = url.pathname + url.search;
  if (!isUnix) return { url, isSecure: url.protocol === "wss:", socketPath: undefined, target };
  const colon = target.indexOf(":");
  const socketPath = colon < 0 ? target : target.slice(0, colon);
  return { url, isSecure: false, socketPath, target: colon < 0 ? "" : target.slice(colon + 1) };
}

/** Host and port, or the path of the socket: credentials are sent again only if it stays the same. */
export function placeOf({ url, socketPath }: Address): string {
  return socketPath === undefined ? url.host : `unix ${socketPath}`;
}

/** Host without the brackets of an IPv6 address. */
export function hostOf({ url }: Address): string {
  return url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
}

/** User name and password as `http.request` takes them. */
export function credentialsOf({ url }: Address): string | undefined {
  if (url.username === "" && url.password === "") return undefined;
  return `${unescape(url.username)}:${unescape(url.password)}`;
}

function parse(address: string | URL): URL {
  if (address instanceof URL) return address;
  try {
    return new URL(address);
  } catch {
    throw new SyntaxError(`Invalid URL: ${address}`);
  }
}

function withSocketScheme(url: URL): URL {
  if (url.protocol !== "http:" && url.protocol !== "https:") return url;
  const changed = new URL(url);
  changed.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  return changed;
}

const WRONG_SCHEME = 'The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"';
