import { type IpAddress, formatIpAddress, parseIpAddress } from "../handshake/ip-address.js";

/** A network: the addresses that begin with the first `prefix` bits of `address`. */
export interface Network {
  readonly address: IpAddress;
  readonly prefix: number;
}

/** The networks that have a name, as users of Express know them. */
const NAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ["loopback", ["127.0.0.0/8", "::1"]],
  ["linklocal", ["169.254.0.0/16", "fe80::/10"]],
  ["uniquelocal", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);

/**
 * The networks that a text stands for: an address, a network such as "10.0.0.0/8", or a name. Throws a TypeError for
 * anything else, and for what is more likely a mistake: bits behind the prefix, and a prefix of 0, which is everybody.
 */
export function parseNetworks(text: string): readonly Network[] {
  const named = NAMED.get(text);
  if (named !== undefined) return named.flatMap(parseNetworks);
  const slash = text.indexOf("/");
  const host = slash < 0 ? text : text.slice(0, slash);
  const address = parseIpAddress(host);
  const digits = slash < 0 ? undefined : text.slice(slash + 1);
  if (address === undefined || (digits !== undefined && !PREFIX.test(digits))) throw notANetwork(text);
  const bits = 8 * address.length;
  // IPv4 inside IPv6: its prefix counts the 96 bits in front of it, too.
  const inFront = host.includes(":") ? 128 - bits : 0;
  const prefix = digits === undefined ? bits : Number(digits) - inFront;
  if (prefix === 0)
    throw new TypeError(
      `${JSON.stringify(text)} would trust every address: name the networks of the proxies.`,
    );
  if (prefix < 0 || prefix > bits) throw notANetwork(text);
  const network = { address: address.map((octet, at) => octet & maskOf(prefix, at)), prefix };
  if (!address.every((octet, at) => octet === network.address[at])) {
    const meant = `${formatIpAddress(network.address)}/${prefix}`;
    throw new TypeError(`${JSON.stringify(text)} has bits behind its prefix: write ${meant} or one address.`);
  }
  return [network];
}

/** Whether an address is in one of the networks. Those of the other family never match. */
export function isWithin(networks: readonly Network[], address: IpAddress): boolean {
  return networks.some(
    (network) =>
      network.address.length === address.length &&
      network.address.every((octet, at) => (address[at]! & maskOf(network.prefix, at)) === octet),
  );
}

/** The bits of an octet that belong to the prefix. */
function maskOf(prefix: number, at: number): number {
  const bits = Math.min(8, Math.max(0, prefix - 8 * at));
  return 0xff & (0xff << (8 - bits));
}

function notANetwork(text: string): TypeError {
  const names = [...NAMED.keys()].map((name) => `"${name}"`).join(", ");
  return new TypeError(
    `${JSON.stringify(text)} is no network such as "10.0.0.0/8", "fd00::/8", "192.0.2.1", ${names} or "unix".`,
  );
}

const PREFIX = /^(?:0|[1-9]\d{0,2})$/;
