import { invalidArgument } from "../errors.js";

/** The address that a client connects to. */
export interface Target {
  /** ws: or wss:; for a socket in the file system, what is asked of it, at localhost. */
  readonly url: URL;
  /** The path of a socket in the file system. */
  readonly socketPath: string | undefined;
}

/**
 * Reads a ws: or wss: URL (RFC 6455 §3); http: and https: stand for them, as in the WHATWG's standard. ws+unix: is as
 * the package ws has it: "ws+unix:", the path of a socket, and behind a colon path and query of the request. Throws.
 */
export function parseTarget(text: string | URL): Target {
  const url = parse(text);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.hash !== "") throw invalidArgument("A WebSocket URL has no fragment (RFC 6455 §3).");
  if (url.protocol === "ws+unix:") return parseUnix(url);
  if (url.protocol !== "ws:" && url.protocol !== "wss:")
    throw invalidArgument(`A WebSocket URL begins with ws:, wss: or ws+unix:, not with ${url.protocol}`);
  return { url, socketPath: undefined };
}

function parseUnix({ host, pathname, search }: URL): Target {
  if (host !== "") throw invalidArgument('A ws+unix: URL has no host: "ws+unix:///path" has three slashes.');
  const colon = pathname.indexOf(":");
  const [path, asked] =
    colon < 0 ? [pathname, "/"] : [pathname.slice(0, colon), pathname.slice(colon + 1) || "/"];
  if (path === "" || path === "/") throw invalidArgument("A ws+unix: URL names the path of a socket.");
  if (!asked.startsWith("/"))
    throw invalidArgument('What a ws+unix: URL asks for, behind the second colon, begins with "/".');
  return { url: parse(`ws://localhost${asked}${search}`), socketPath: unescaped(path) };
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidArgument("The path of a ws+unix: URL is percent-encoded UTF-8.");
  }
}

/** Reads the URL of an HTTP proxy, together with its credentials. Throws. */
export function parseProxy(text: string | URL): URL {
  const url = parse(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw invalidArgument(`The URL of a proxy begins with http: or https:, not with ${url.protocol}`);
  basicCredentials(url);
  return url;
}

/** "user:password@" of a URL as the value of an Authorization header (RFC 7617 §2); undefined without. Throws. */
export function basicCredentials(url: URL): string | undefined {
  if (url.username === "" && url.password === "") return undefined;
  try {
    const plain = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return `Basic ${Buffer.from(plain).toString("base64")}`;
  } catch {
    // The message must not show the password.
    throw invalidArgument("The user and password of a URL are percent-encoded UTF-8.");
  }
}

function parse(text: string | URL): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw invalidArgument(`This is not a URL: ${(cause as Error).message}`);
  }
}
