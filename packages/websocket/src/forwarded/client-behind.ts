import { isSameToken, trimWhitespace } from "../handshake/fields.js";
import { type Hop, forwardedForHops, forwardedHops } from "./hops.js";
import { formatIpAddress, parseIpAddress } from "../handshake/ip-address.js";
import { type Network, isWithin } from "./networks.js";

/** Where a request comes from. */
export interface Client {
  readonly remoteAddress: string;
  /** Whether its sender used TLS. */
  readonly isSecure: boolean;
}

/** The style of header fields in which proxies name the client: that of RFC 7239, or the older one. */
export type ForwardedStyle = "forwarded" | "x-forwarded-for";

/**
 * The client behind a trusted proxy. Each proxy names the one that has connected to it, so what it says is believed as long
 * as the one who says it is trusted: the walk goes from the last proxy to the first, and ends at the first address that is
 * in none of the networks. What that one says itself, in fields that it has sent, is never looked at.
 *
 * Where a proxy names nobody, or its words cannot be understood, the walk ends at this proxy.
 */
export function clientBehind(
  proxy: Client,
  rawHeaders: readonly string[],
  style: ForwardedStyle,
  networks: readonly Network[],
): Client {
  let client = proxy;
  for (const { address, isSecure = proxy.isSecure } of hopsOf(rawHeaders, style)) {
    const remoteAddress = address === undefined ? client.remoteAddress : formatIpAddress(address);
    client = { remoteAddress, isSecure };
    if (address === undefined || !isWithin(networks, address)) break;
  }
  return client;
}

/** The address in text form is in one of the networks. A zone, such as that of "fe80::1%eth0", makes no difference. */
export function isAddressWithin(networks: readonly Network[], text: string): boolean {
  const zone = text.indexOf("%");
  const address = parseIpAddress(zone < 0 ? text : text.slice(0, zone));
  return address !== undefined && isWithin(networks, address);
}

function hopsOf(rawHeaders: readonly string[], style: ForwardedStyle): Iterable<Hop> {
  if (style === "forwarded") return forwardedHops(valuesOf(rawHeaders, "forwarded"));
  const protos = valuesOf(rawHeaders, "x-forwarded-proto");
  return forwardedForHops(valuesOf(rawHeaders, "x-forwarded-for"), protos);
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    if (isSameToken(rawHeaders[at]!, name)) values.push(trimWhitespace(rawHeaders[at + 1]!));
  return values;
}
