import { hostname } from "node:os";
import { isIP } from "node:net";

import { quote } from "../report/escape.js";
import { headerValues, type RequestHead } from "../wire/http1.js";

/** Names that containers use for the machine on which they run. No public name server resolves them. */
const CONTAINER_HOSTS = ["host.docker.internal", "host.testcontainers.internal", "host.containers.internal"];

export interface AdmissionOptions {
  /** Further names of this server. */
  readonly hosts?: readonly string[];
  /** Further origins whose pages may connect; `null` is that of files and of sandboxed pages. */
  readonly origins?: readonly string[];
  /** Called once for every refused host or origin, for the first ten of them. */
  readonly onRefused?: (refused: RefusedName) => void;
}

/** A host or an origin that was refused. */
export interface RefusedName {
  readonly kind: "host" | "origin";
  /** As it was sent, shortened. */
  readonly value: string;
}

/** The answer to a refused request: the HTTP status, and a sentence without a full stop. */
export interface Refusal {
  readonly status: 403 | 421;
  readonly sentence: string;
}

/** How many refused names are reported. More would only fill the terminal. */
const MAX_REPORTED = 10;
const SHOWN_LENGTH = 100;

/**
 * Decides who may use a server that runs on the same machine as a user's browser. Two kinds of web pages must not:
 *
 * - A page of a foreign site. It can open a WebSocket to any address, but its browser sends the site in Origin, which
 *   no page can change (RFC 6455 §10.2).
 * - A page whose own name resolves to this machine (DNS rebinding). For the browser it has the same origin as this
 *   server, but the browser still sends that name in Host.
 *
 * Clients that are not browsers send no Origin, and may connect.
 */
export class Admission {
  readonly #names = new Set<string>();
  readonly #origins: ReadonlySet<string>;
  readonly #ports = new Set<number>();
  readonly #reported = new Set<string>();
  readonly #onRefused: (refused: RefusedName) => void;

  constructor({ hosts = [], origins = [], onRefused = () => undefined }: AdmissionOptions = {}) {
    for (const name of ["localhost", ...CONTAINER_HOSTS, hostname(), ...hosts]) this.addName(name);
    this.#origins = new Set(origins.map(comparable));
    this.#onRefused = onRefused;
  }

  /** Adds a name of this server, without a port. */
  addName(name: string): void {
    this.#names.add(bareName(name));
  }

  /** Adds a port of ours: pages from this port are our own. */
  addPort(port: number): void {
    this.#ports.add(port);
  }

  /** Checks the Host of a request for a page. Returns why it is refused; null if it is not. */
  checkHost(host: string | undefined): Refusal | null {
    return this.#isKnown(hostOf(host ?? "")?.hostname ?? "") ? null : this.#misdirected(host ?? "");
  }

  /** Checks Host and Origin of an opening handshake. Returns why it is refused; null if it is not. */
  check(head: Pick<RequestHead, "headers">): Refusal | null {
    // Over HTTP/2 the host is in :authority (RFC 9113 §8.3.1).
    const hosts = [...headerValues(head, ":authority"), ...headerValues(head, "host")];
    // Drafts of version 8 have another name for Origin.
    const origins = [...headerValues(head, "origin"), ...headerValues(head, "sec-websocket-origin")];
    const [host = ""] = hosts;
    // A missing or repeated Host is a matter of the opening handshake.
    if (hosts.length === 1 && !this.#mayName(host, origins.length > 0)) return this.#misdirected(host);
    const foreign = origins.find((origin) => !this.#isAllowedOrigin(origin, host));
    return foreign === undefined ? null : this.#foreignOrigin(foreign);
  }

  /**
   * A name without a dot is usually that of the tester's container. A browser may use such a name, too, but then it
   * sends an Origin.
   */
  #mayName(host: string, isOfPage: boolean): boolean {
    const name = hostOf(host)?.hostname ?? "";
    return this.#isKnown(name) || (!isOfPage && /^[\w-]+$/.test(name));
  }

  #isKnown(name: string): boolean {
    return isIP(bareAddress(name)) !== 0 || this.#names.has(bareName(name));
  }

  #isAllowedOrigin(origin: string, host: string): boolean {
    if (this.#origins.has(comparable(origin))) return true;
    const from = webOrigin(origin);
    if (from === null) return false;
    return isLoopback(from.hostname) || this.#isOurPage(from, host);
  }

  /** True for a page from one of our ports on the same host that it connects to. */
  #isOurPage(from: URL, host: string): boolean {
    const usual = from.protocol === "https:" || from.protocol === "wss:" ? 443 : 80;
    const port = from.port === "" ? usual : Number(from.port);
    return this.#ports.has(port) && bareName(from.hostname) === bareName(hostOf(host)?.hostname ?? "");
  }

  #misdirected(host: string): Refusal {
    const value = host.slice(0, SHOWN_LENGTH);
    this.#report({ kind: "host", value });
    return {
      status: 421,
      sentence: `this server does not allow the host name ${quote(value)}; use its address`,
    };
  }

  #foreignOrigin(origin: string): Refusal {
    const value = origin.slice(0, SHOWN_LENGTH);
    this.#report({ kind: "origin", value });
    const sentence = `pages of the origin ${quote(value)} may not use this server; its own pages and pages of localhost may`;
    return { status: 403, sentence };
  }

  #report(refused: RefusedName): void {
    const key = `${refused.kind} ${refused.value}`;
    if (this.#reported.size >= MAX_REPORTED || this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#onRefused(refused);
  }
}

/** 127.0.0.0/8 and ::1, also mapped into IPv6 (RFC 4291 §2.5.3, §2.5.5.2), and localhost (RFC 6761 §6.3). */
function isLoopback(name: string): boolean {
  const address = bareAddress(name);
  if (isIP(address) === 4) return address.startsWith("127.");
  if (isIP(address) === 6) return address === "::1" || /^::ffff:7f[\da-f]{2}:/.test(address);
  return bareName(name) === "localhost";
}

/** An origin with a scheme of the web; null for anything else, also for the text `null`. */
function webOrigin(origin: string): URL | null {
  if (!/^(https?|wss?):\/\//i.test(origin) || !URL.canParse(origin)) return null;
  return new URL(origin);
}

/** Reads a Host field; null if it makes no sense. `URL` reads every notation of an IPv4 address. */
function hostOf(host: string): URL | null {
  // URLs do not allow zones of IPv6 addresses, but some clients send them.
  const url = `http://${host.replace(/%[^\]]*\]/, "]")}`;
  return host === "" || /[\s/?#@\\]/.test(host) || !URL.canParse(url) ? null : new URL(url);
}

function bareAddress(name: string): string {
  return name.replace(/^\[(.*)\]$/, "$1");
}

/** Without the dot at the end, which marks a complete name. */
function bareName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** A text that is the same for the same origins. */
function comparable(origin: string): string {
  const from = webOrigin(origin);
  return from === null ? origin.toLowerCase().replace(/\/$/, "") : `${from.protocol}//${from.host}`;
}
