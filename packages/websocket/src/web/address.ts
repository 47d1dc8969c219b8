import { isToken } from "../handshake/fields.js";

/**
 * The address of a server and the subprotocols, checked as the constructors of the WebSockets standard check them. Throws
 * a SyntaxError, which is a DOMException there.
 */
export function parseAddress(text: string): URL {
  const url = parse(text);
  if (url.protocol === "http:") url.protocol = "ws:";
  else if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:")
    throw syntaxError(
      `The URL of a WebSocket begins with ws:, wss:, http: or https:, not with ${url.protocol}`,
    );
  // An empty fragment is one, too.
  if (url.href.includes("#")) throw syntaxError("The URL of a WebSocket has no fragment.");
  return url;
}

function parse(text: string): URL {
  // Where there is no page there is no base, unless somebody has defined one.
  const { location } = globalThis as { readonly location?: { readonly href?: unknown } };
  const base = typeof location?.href === "string" ? location.href : undefined;
  try {
    return new URL(text, base);
  } catch {
    throw syntaxError("This is not a URL.");
  }
}

/** Throws a SyntaxError unless every subprotocol is a token and none comes twice (RFC 6455 §4.1). */
export function checkProtocols(protocols: readonly string[]): void {
  if (new Set(protocols.map((name) => name.toLowerCase())).size !== protocols.length)
    throw syntaxError("A subprotocol is offered twice.");
  if (!protocols.every((name) => isToken(name)))
    throw syntaxError("A subprotocol has to be a token, without spaces and separators.");
}

/** Ports that other protocols than HTTP have, which the Fetch standard never connects to. */
export function isBlockedPort({ port }: URL): boolean {
  return port !== "" && BLOCKED_PORTS.has(Number(port));
}

// The list "bad port" of the Fetch standard.
const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
]);

function syntaxError(message: string): DOMException {
  return new DOMException(message, "SyntaxError");
}
