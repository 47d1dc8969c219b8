/**
 * The URL that a client gets in a case. Only a client that the suite starts once for each case can get it.
 *
 * @example
 * ```ts
 * import { cases, type UrlScript } from "wireproof";
 *
 * const url: UrlScript | undefined = cases.find(({ id }) => id === "22.1.2.1")?.url;
 * console.assert(url?.text === "{base}" && url.target === "/");
 * ```
 */
export interface UrlScript {
  /**
   * The URL. `{base}` stands for `ws://` or `wss://` with the address and the port of the tester, `{scheme}` and
   * `{address}` for the parts of it on both sides of `://`.
   */
  readonly text: string;
  /** Where the tester listens: at the loopback address of IPv6, or at port 80 or 443. Absent: at any port. */
  readonly at?: "ipv6" | "default-port";
  /** The target of a request for it. */
  readonly target: string;
  /** What is looked at. */
  readonly asks: UrlRule;
}

/**
 * What is looked at in a case that gives the client a URL.
 *
 * - `target`: the request has the right target. `host`: its Host header names the host, and the port where it has to.
 * - `no-fragment`, `escaping`, `no-userinfo`: the client refuses the URL, or leaves the fragment out, writes what is no
 *   ASCII as percent-encoded UTF-8, keeps user and password out of target and Host.
 * - `http2-setting`: the tester speaks HTTP/2 there, and its SETTINGS do not allow extended CONNECT; a client sends none.
 * - `no-downgrade`: a client on TLS does not follow a redirect to a URL without; it needs TLS.
 *
 * @example
 * ```ts
 * import { cases, type UrlRule } from "wireproof";
 *
 * const rules: (UrlRule | undefined)[] = cases.map(({ url }) => url?.asks);
 * console.assert(rules.includes("no-fragment"));
 * ```
 */
export type UrlRule =
  | "target"
  | "host"
  | "no-fragment"
  | "escaping"
  | "no-userinfo"
  | "no-downgrade"
  | "http2-setting";
