import type { Socket } from "node:net";

import { invalidArgument } from "../errors.js";
import { type Client, clientBehind, isAddressWithin } from "../forwarded/client-behind.js";
import { type Network, parseNetworks } from "../forwarded/networks.js";
import type { TrustProxyOptions } from "./options.js";

/** What identifies a connection of TCP; over TLS and HTTP/2 it is that of the socket below. */
type Peer = Pick<Socket, "destroyed" | "remoteAddress" | "remotePort" | "localAddress" | "localPort">;

/** What a PROXY header said of a connection. Undefined: the proxy named nobody. */
interface Introduction {
  readonly source: string | undefined;
}

/** The proxies that a server believes, and what they say of their clients. */
export class TrustedProxies {
  readonly proxyProtocol: boolean | "required";
  readonly #networks: readonly Network[];
  readonly #isUnixTrusted: boolean;
  readonly #headers: TrustProxyOptions["headers"];
  /** By the ends of the connection: over TLS and HTTP/2, requests come from other objects than the socket of TCP. */
  readonly #introductions = new Map<string, Introduction>();

  /** Throws an InvalidArgument error for options that cannot be used. */
  constructor(options: TrustProxyOptions) {
    const { networks, headers, proxyProtocol = false } = checked(options);
    this.proxyProtocol = proxyProtocol;
    this.#headers = headers;
    this.#isUnixTrusted = networks.includes("unix");
    this.#networks = networks.filter((text) => text !== "unix").flatMap(networksOf);
  }

  /** Whether the other end of the connection is a proxy that is believed. */
  trusts(peer: Peer): boolean {
    const { remoteAddress } = peer;
    if (remoteAddress !== undefined) return isAddressWithin(this.#networks, remoteAddress);
    return this.#isUnixTrusted && isUnix(peer);
  }

  /** Keeps what the PROXY header of a connection said until the connection is closed. */
  introduce(socket: Socket, source: string | undefined): void {
    const key = keyOf(socket);
    const introduction = { source };
    this.#introductions.set(key, introduction);
    socket.once("close", () => {
      // The system may have given the same ends to a new connection already.
      if (this.#introductions.get(key) === introduction) this.#introductions.delete(key);
    });
  }

  /** The address of the client as far as the connection shows it: that of its PROXY header, or that of TCP. */
  addressOf(peer: Peer): string {
    return this.#introductions.get(keyOf(peer))?.source ?? peer.remoteAddress ?? "";
  }

  /**
   * Who sends a request. Behind a PROXY header, header fields are believed only if it named another trusted proxy: all else
   * in the connection comes from the one that it named, or, where it named nobody, from anybody.
   */
  clientOf(peer: Peer, isSecure: boolean, rawHeaders: readonly string[]): Client {
    const introduction = this.#introductions.get(keyOf(peer));
    const sender = { remoteAddress: introduction?.source ?? peer.remoteAddress ?? "", isSecure };
    if (this.#headers === undefined) return sender;
    const isTrusted =
      introduction === undefined
        ? this.trusts(peer)
        : introduction.source !== undefined && isAddressWithin(this.#networks, introduction.source);
    return isTrusted ? clientBehind(sender, rawHeaders, this.#headers, this.#networks) : sender;
  }
}

/**
 * A peer of TCP that has gone has no address any more either, but this end of it still has one: who resets a connection
 * must not become a trusted proxy.
 */
function isUnix({ destroyed, localAddress }: Peer): boolean {
  return !destroyed && localAddress === undefined;
}

function keyOf({ remoteAddress, remotePort, localAddress, localPort }: Peer): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

function networksOf(text: string): readonly Network[] {
  try {
    return parseNetworks(text);
  } catch (error) {
    throw invalidArgument(`The option trustProxy: ${(error as Error).message}`);
  }
}

/** The options as they are, if they can be used. */
function checked(options: TrustProxyOptions): TrustProxyOptions {
  const isObject = typeof options === "object" && options !== null;
  check(isObject, 'is an object such as { networks: ["10.0.0.0/8"], headers: "x-forwarded-for" }.');
  for (const name of Object.keys(options)) check(NAMES.includes(name), `has no part named "${name}".`);
  const { networks, headers, proxyProtocol } = options;
  const areTexts = Array.isArray(networks) && networks.every((text) => typeof text === "string");
  check(areTexts && networks.length > 0, "needs networks, a list of the networks that the proxies are in.");
  const isStyle = headers === undefined || headers === "forwarded" || headers === "x-forwarded-for";
  check(isStyle, 'reads the headers "forwarded" or "x-forwarded-for".');
  const isProtocol = typeof proxyProtocol === "boolean" || proxyProtocol === "required";
  check(proxyProtocol === undefined || isProtocol, 'has true, false or "required" as proxyProtocol.');
  check(headers !== undefined || Boolean(proxyProtocol), "needs headers, proxyProtocol or both.");
  // Nothing tells the connections of a Unix socket from one another.
  check(
    !proxyProtocol || !networks.includes("unix"),
    "reads the PROXY protocol over TCP, not over Unix sockets.",
  );
  return options;
}

const NAMES = ["networks", "headers", "proxyProtocol"];

function check(isRight: boolean, message: string): void {
  if (!isRight) throw invalidArgument(`The option trustProxy ${message}`);
}
