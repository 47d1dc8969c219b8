import { invalidArgument } from "../errors.js";

/** Reads a ws: or wss: URL (RFC 6455 §3); http: and https: stand for them, as in the WHATWG's standard. Throws. */
export function parseTarget(text: string | URL): URL {
  const url = parse(text);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:")
    throw invalidArgument(`A WebSocket URL begins with ws: or wss:, not with ${url.protocol}`);
  if (url.hash !== "") throw invalidArgument("A WebSocket URL has no fragment (RFC 6455 §3).");
  return url;
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
