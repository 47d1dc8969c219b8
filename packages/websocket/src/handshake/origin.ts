import { type Authority, defaultPort, parseAuthority } from "./authority.js";

/**
 * Which pages may connect (RFC 6455 §10.2).
 * - "same-origin": those that the same host and port serve.
 * - a list: texts such as "https://example.com", and expressions that have to match the whole origin.
 * - "any": the field is ignored.
 *
 * A browser always sends Origin, and other programs can send any value, so a request without the field is allowed: the
 * rule guards against pages, not against programs.
 */
export type OriginRule = "same-origin" | "any" | readonly (string | RegExp)[];

/**
 * Whether the rule lets this origin connect. `host` is the request's, `isSecure` says that it came over TLS. "null", an
 * empty field, several origins, and anything that is no origin in the form of RFC 6454 §6.2 are refused. Case and
 * default ports make no difference.
 *
 * A page served over plain HTTP is not the same origin as a secure server. A page served over HTTPS counts as the same
 * origin as a plain server of that name, because TLS often ends in front of the server.
 */
export function checkOrigin(
  origin: string | undefined,
  host: string,
  isSecure: boolean,
  rule: OriginRule,
): boolean {
  if (rule === "any" || origin === undefined) return true;
  const parsed = parseOrigin(origin);
  if (parsed === undefined) return false;
  return rule === "same-origin" ? isSameOrigin(parsed, host, isSecure) : isListed(parsed, rule);
}

/** Throws a TypeError for a rule with an entry that can never match. Call it when the rule is configured. */
export function assertOriginRule(rule: OriginRule): void {
  if (rule === "same-origin" || rule === "any") return;
  if (!Array.isArray(rule))
    throw new TypeError(
      'An origin policy is "same-origin", "any" or a list; a server takes a function, too.',
    );
  for (const entry of rule as readonly (string | RegExp)[]) {
    if (!(entry instanceof RegExp) && parseOrigin(entry) === undefined) {
      throw new TypeError(`${JSON.stringify(entry)} is not an origin such as "https://example.com".`);
    }
  }
}

interface Origin extends Authority {
  readonly scheme: string;
}

function parseOrigin(text: string): Origin | undefined {
  const colon = text.indexOf("://");
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (scheme.length > LONGEST_SCHEME || !SCHEME.test(scheme)) return undefined;
  const authority = parseAuthority(text.slice(colon + 3));
  if (authority === undefined) return undefined;
  return { scheme, name: authority.name, port: authority.port ?? defaultPort(scheme) };
}

function isSameOrigin(origin: Origin, host: string, isSecure: boolean): boolean {
  if (origin.scheme !== "https" && (origin.scheme !== "http" || isSecure)) return false;
  const own = parseAuthority(host);
  return own?.name === origin.name && (own.port ?? defaultPort(origin.scheme)) === origin.port;
}

function isListed(origin: Origin, list: readonly (string | RegExp)[]): boolean {
  const text = formatOrigin(origin);
  return list.some((entry) => {
    if (entry instanceof RegExp) return wholeText(entry).test(text);
    const listed = parseOrigin(entry);
    return listed !== undefined && formatOrigin(listed) === text;
  });
}

/** As RFC 6454 §6.2 has it: lower case, no default port. */
function formatOrigin({ scheme, name, port }: Origin): string {
  return `${scheme}://${name}${port === undefined || port === defaultPort(scheme) ? "" : `:${port}`}`;
}

/**
 * The same expression for a whole text: /example\.com/ must not let https://example.com.evil.net in. The flags g and y
 * are removed, because with them the answer would depend on the one before.
 */
function wholeText(expression: RegExp): RegExp {
  let whole = wholeTexts.get(expression);
  if (whole === undefined) {
    whole = new RegExp(`^(?:${expression.source})$`, expression.flags.replace(/[gmy]/g, ""));
    wholeTexts.set(expression, whole);
  }
  return whole;
}

const wholeTexts: WeakMap<RegExp, RegExp> = new WeakMap();
const LONGEST_SCHEME = 32;
const SCHEME = /^[a-z][a-z0-9+.-]*$/;
