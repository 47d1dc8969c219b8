/** The target of a request line. */
export interface Target {
  /** Path and query, beginning with "/". */
  readonly path: string;
  /** Host and port, where the target is a whole URI. */
  readonly authority: string | undefined;
}

/**
 * Reads a request target: a path, or a whole URI as RFC 6455 §4.2.1 and RFC 9112 §3.2.2 allow it. Undefined for
 * anything else, such as "*", a fragment (RFC 6455 §3), or a character that no URI may have.
 */
export function parseTarget(target: string): Target | undefined {
  if (!isUriText(target)) return undefined;
  if (target.startsWith("/")) return { path: target, authority: undefined };
  const colon = target.indexOf("://");
  if (!SCHEMES.has(target.slice(0, Math.max(colon, 0)).toLowerCase())) return undefined;
  const rest = target.slice(colon + 3);
  const end = endOfAuthority(rest);
  const path = rest.slice(end);
  return { path: path.startsWith("/") ? path : `/${path}`, authority: rest.slice(0, end) };
}

function isUriText(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code >= DELETE || code === HASH) return false;
  }
  return true;
}

function endOfAuthority(text: string): number {
  let at = 0;
  while (at < text.length && text.charCodeAt(at) !== SLASH && text.charCodeAt(at) !== QUESTION) at++;
  return at;
}

const SCHEMES: ReadonlySet<string> = new Set(["http", "https", "ws", "wss"]);
const SPACE = 0x20;
const HASH = 0x23;
const SLASH = 0x2f;
const QUESTION = 0x3f;
const DELETE = 0x7f;
