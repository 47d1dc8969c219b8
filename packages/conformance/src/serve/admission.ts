import { hostname } from "node:os";
import { isIP } from "node:net";

import { quote } from "../report/escape.js";
import { headerValues, type RequestHead } from "../wire/http1.js";

/** Names by which containers reach the machine that they run on. No public name server answers for them. */
const CONTAINER_HOSTS = ["host.docker.internal", "host.testcontainers.internal", "host.containers.internal"];

export interface AdmissionOptions {
  /** Further names that the tester is known by. */
  readonly hosts?: readonly string[];
  /** Further origins whose pages may connect; `null` is that of files and of sandboxed pages. */
  readonly origins?: readonly string[];
  /** Called once for every name or origin that is refused and new, for the first few of them. */
  readonly onRefused?: (refused: Stranger) => void;
}

/** What somebody came with who was refused. */
export interface Stranger {
  readonly kind: "host" | "origin";
  /** As it was sent, shortened. */
  readonly value: string;
}

/** The answer to somebody who is refused: the HTTP status, and a sentence without a full stop. */
export interface Refused {
  readonly status: 403 | 421;
  readonly sentence: string;
}

/** Strangers that are told of; whoever comes with more names than that wants to fill a terminal. */
const MAX_TOLD = 10;
const SHOWN_LENGTH = 100;

/**
 * Who may use a server that runs beside a user's browser. Two kinds of web pages must not:
 *
 * - One of any site may open a WebSocket to any address. Its browser says which site it is, in Origin, which no page can
 *   change (RFC 6455 §10.2).
 * - One whose own name was made to resolve to this machine (DNS rebinding) is of the same origin as what it reads here.
 *   Its browser still sends that name, in Host.
 *
 * What is no browser sends no Origin, and is let in.
 */
export class Admission {
  readonly #names = new Set<string>();
  readonly #origins: ReadonlySet<string>;
  readonly #ports = new Set<number>();
  readonly #told = new Set<string>();
  readonly #onRefused: (refused: Stranger) => void;

  constructor({ hosts = [], origins = [], onRefused = () => undefined }: AdmissionOptions = {}) {
    for (const name of ["localhost", ...CONTAINER_HOSTS, hostname(), ...hosts]) this.knowName(name);
    this.#origins = new Set(origins.map(comparable));
    this.#onRefused = onRefused;
  }

  /** Adds a name by which the tester is known, without a port. */
  knowName(name: string): void {
    this.#names.add(bareName(name));
  }

  /** Adds a port of ours: pages that come from it are our own. */
  knowPort(port: number): void {
    this.#ports.add(port);
  }

  /** Why a request for a page is refused, by its Host; null if it is not. */
  checkHost(host: string | undefined): Refused | null {
    return this.#isKnown(hostOf(host ?? "")?.hostname ?? "") ? null : this.#misdirected(host ?? "");
  }

  /** Why a request to the tester is refused, by its Host and its Origin; null if it is not. */
  check(head: Pick<RequestHead, "headers">): Refused | null {
    const hosts = headerValues(head, "host");
    // The drafts of version 8 had a name of their own for it.
    const origins = [...headerValues(head, "origin"), ...headerValues(head, "sec-websocket-origin")];
    const [host = ""] = hosts;
    // That there is one is for the opening handshake to check.
    if (hosts.length === 1 && !this.#mayName(host, origins.length > 0)) return this.#misdirected(host);
    const stranger = origins.find((origin) => !this.#isFriend(origin, host));
    return stranger === undefined ? null : this.#foreign(stranger);
  }

  /**
   * A name without a dot is that of a container, beside which the tester runs. Browsers may look such a name up as well,
   * and say so by an Origin when they connect.
   */
  #mayName(host: string, isOfPage: boolean): boolean {
    const name = hostOf(host)?.hostname ?? "";
    return this.#isKnown(name) || (!isOfPage && /^[\w-]+$/.test(name));
  }

  #isKnown(name: string): boolean {
    return isIP(bareAddress(name)) !== 0 || this.#names.has(bareName(name));
  }

  #isFriend(origin: string, host: string): boolean {
    if (this.#origins.has(comparable(origin))) return true;
    const from = webOrigin(origin);
    if (from === null) return false;
    return isLoopback(from.hostname) || this.#isOurPage(from, host);
  }

  /** A page that came from one of our ports, of the host that it connects to. */
  #isOurPage(from: URL, host: string): boolean {
    const usual = from.protocol === "https:" || from.protocol === "wss:" ? 443 : 80;
    const port = from.port === "" ? usual : Number(from.port);
    return this.#ports.has(port) && bareName(from.hostname) === bareName(hostOf(host)?.hostname ?? "");
  }

  #misdirected(host: string): Refused {
    const value = host.slice(0, SHOWN_LENGTH);
    this.#tell({ kind: "host", value });
    return { status: 421, sentence: `this server is not known by the name ${quote(value)}; use its address` };
  }

  #foreign(origin: string): Refused {
    const value = origin.slice(0, SHOWN_LENGTH);
    this.#tell({ kind: "origin", value });
    const sentence = `pages of the origin ${quote(value)} may not use this server; loopback origins and its own pages may`;
    return { status: 403, sentence };
  }

  #tell(refused: Stranger): void {
    const key = `${refused.kind} ${refused.value}`;
    if (this.#told.size >= MAX_TOLD || this.#told.has(key)) return;
    this.#told.add(key);
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

/** The origin of a web page, or what somebody sends who is none; null for anything else, `null` included. */
function webOrigin(origin: string): URL | null {
  if (!/^(https?|wss?):\/\//i.test(origin) || !URL.canParse(origin)) return null;
  return new URL(origin);
}

/** What a Host field says; null for nonsense. `URL` knows every way to write an IPv4 address. */
function hostOf(host: string): URL | null {
  // URLs know no zones of IPv6 addresses, which some send along.
  const url = `http://${host.replace(/%[^\]]*\]/, "]")}`;
  return host === "" || /[\s/?#@\\]/.test(host) || !URL.canParse(url) ? null : new URL(url);
}

function bareAddress(name: string): string {
  return name.replace(/^\[(.*)\]$/, "$1");
}

/** The dot behind a name says that it is complete. */
function bareName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** Origins that are the same are the same text. */
function comparable(origin: string): string {
  const from = webOrigin(origin);
  return from === null ? origin.toLowerCase().replace(/\/$/, "") : `${from.protocol}//${from.host}`;
}
