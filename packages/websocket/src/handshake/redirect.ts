import type { HeaderPair } from "./header-text.js";
import { HANDSHAKE_PROBLEMS, type HandshakeProblem, type HandshakeProblemId } from "./problem.js";

/** The parts of an address that decide about redirects, as a URL parser gives them. */
export interface HopParts {
  /** Without the colon: "ws", "wss", "http" or "https". */
  readonly scheme: string;
  /** In lower case. */
  readonly host: string;
  /** Never left out: 80 or 443 where the address does not name one. */
  readonly port: number;
}

/** Where a client is about to connect. */
export interface Hop extends HopParts {
  readonly scheme: "ws" | "wss";
  /** Redirects that led here; 0 at the beginning. */
  readonly redirects: number;
}

export interface RedirectPolicy {
  /** "same-origin": scheme, host and port stay as they are, or ws becomes wss on the same host. */
  readonly follow: "never" | "same-origin" | "any";
  /** Redirects that are followed one after the other. */
  readonly limit: number;
}

/** No redirects, as browsers have it; the limit, where they are switched on, is that of `ws`. */
export const DEFAULT_REDIRECT_POLICY: RedirectPolicy = { follow: "never", limit: 10 };

export type RedirectCheck =
  | {
      readonly ok: true;
      readonly hop: Hop;
      /** The hop goes to another origin: send it `withoutCredentials`. */
      readonly dropCredentials: boolean;
    }
  | { readonly ok: false; readonly problem: HandshakeProblem };

/**
 * Where a redirect leads (RFC 6455 §4.1 allows to follow one). `location` is the Location field, resolved against the
 * address that was asked; undefined if it is missing or is no URL. From wss to ws is never followed.
 */
export function nextHop(
  from: Hop,
  location: HopParts | undefined,
  status: number,
  policy: RedirectPolicy,
): RedirectCheck {
  if (!isRedirect(status)) return refused("unexpected-status");
  if (policy.follow === "never") return refused("redirect-not-followed");
  if (from.redirects >= policy.limit) return refused("too-many-redirects");
  const scheme = SCHEMES.get(location?.scheme ?? "");
  if (location === undefined || scheme === undefined) return refused("redirect-location");
  const hop: Hop = { scheme, host: location.host, port: location.port, redirects: from.redirects + 1 };
  if (from.scheme === "wss" && scheme === "ws") return refused("redirect-to-plain");
  const dropCredentials = !isSameOrigin(from, hop);
  if (policy.follow === "same-origin" && dropCredentials && !isOnlySecured(from, hop)) {
    return refused("redirect-to-other-origin");
  }
  return { ok: true, hop, dropCredentials };
}

/** The statuses that name another address for the same request; 303 does for a GET, too (RFC 9110 §15.4). */
export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status);
}

/** Header fields without those that say who the client is. */
export function withoutCredentials(headers: readonly HeaderPair[]): HeaderPair[] {
  return headers.filter(([name]) => !CREDENTIALS.has(name.toLowerCase()));
}

function isSameOrigin(from: HopParts, to: HopParts): boolean {
  return from.scheme === to.scheme && from.host === to.host && from.port === to.port;
}

/** The usual redirect to TLS. Credentials are dropped even so: they belong to the origin they were given for. */
function isOnlySecured(from: HopParts, to: HopParts): boolean {
  const isUsualPort = from.port === to.port || (from.port === 80 && to.port === 443);
  return from.scheme === "ws" && to.scheme === "wss" && from.host === to.host && isUsualPort;
}

function refused(id: HandshakeProblemId): RedirectCheck {
  return { ok: false, problem: HANDSHAKE_PROBLEMS[id] };
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);
const SCHEMES: ReadonlyMap<string, "ws" | "wss"> = new Map([
  ["ws", "ws"],
  ["http", "ws"],
  ["wss", "wss"],
  ["https", "wss"],
]);
