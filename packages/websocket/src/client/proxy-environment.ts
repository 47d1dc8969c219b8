import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

import { WebSocketError, invalidArgument } from "../errors.js";
import { parseProxy } from "./target.js";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment has for a ws: or wss: URL, by the rules of curl: HTTP_PROXY for ws, HTTPS_PROXY for
 * wss, and NO_PROXY for the hosts that are reached without; names in lower case come first. A proxy without a scheme is
 * one of http. Throws InvalidArgument if the value is no URL of an HTTP proxy.
 */
export function proxyFromEnvironment(url: URL, environment: Environment = process.env): URL | undefined {
  const name = url.protocol === "wss:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = read(environment, name);
  if (value === "" || isExempt(url, read(environment, "NO_PROXY"))) return undefined;
  try {
    return parseProxy(value.includes("://") ? value : `http://${value}`);
  } catch (error) {
    // Without the value, which may contain a password.
    const why = error instanceof WebSocketError ? error.message : String(error);
    throw invalidArgument(`${name} in the environment: ${why}`);
  }
}

function read(environment: Environment, name: string): string {
  const lower = environment[name.toLowerCase()];
  if (lower !== undefined) return lower.trim();
  // In a CGI program this is the Proxy field of a client's request ("httpoxy").
  if (name === "HTTP_PROXY" && environment["REQUEST_METHOD"] !== undefined) return "";
  return environment[name]?.trim() ?? "";
}

/** Whether NO_PROXY lists the host: "*", names with all below them, addresses, networks, each with or without a port. */
function isExempt(url: URL, list: string): boolean {
  const host = bare(url.hostname);
  const port = url.port === "" ? (url.protocol === "wss:" ? "443" : "80") : url.port;
  return list.split(/[\s,]+/).some((entry) => entry === "*" || matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  const [, name = "", ofPort] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [
    undefined,
    entry,
    undefined,
  ];
  if (name === "" || (ofPort !== undefined && ofPort !== port)) return false;
  const pattern = bare(name);
  if (isIP(host) !== 0) return matchesAddress(pattern, host);
  const suffix = domainToASCII(pattern.replace(/^\*?\./, ""));
  return suffix !== "" && (host === suffix || host.endsWith(`.${suffix}`));
}

/** An address, or a network such as "10.0.0.0/8". */
function matchesAddress(pattern: string, host: string): boolean {
  const [address = "", bits] = pattern.split("/");
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const widest = family === "ipv6" ? 128 : 32;
  const prefix = bits === undefined ? widest : Number(bits);
  if (isIP(address) === 0 || bits === "" || !Number.isInteger(prefix) || prefix < 0 || prefix > widest)
    return false;
  const network = new BlockList();
  network.addSubnet(address, prefix, family);
  return network.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
}

/** Without the brackets of an IPv6 address, and the dot of the root. */
function bare(name: string): string {
  const inside = /^\[(.*)\]$/.exec(name)?.[1] ?? name;
  return inside.toLowerCase().replace(/\.$/, "");
}
