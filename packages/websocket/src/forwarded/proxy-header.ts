import { formatIpAddress, ipAddressOf, parseIpAddress } from "../handshake/ip-address.js";

/**
 * What the first octets of a connection are in the PROXY protocol of HAProxy, version 1 or 2.
 * - "more": more octets have to come.
 * - "invalid": this is no PROXY header, or a broken one.
 * - otherwise how many octets it has, and the address of the client; undefined where the proxy does not know it, or has
 *   connected for itself.
 */
export type ProxyHeader =
  | "more"
  | "invalid"
  | { readonly octets: number; readonly source: string | undefined };

/** The longest header that is read: what proxies send has a few hundred octets, while its length could be 64 KiB. */
export const LONGEST_PROXY_HEADER = 4096;

/** Reads a PROXY header from all octets that have come so far. */
export function readProxyHeader(octets: Uint8Array): ProxyHeader {
  if (beginsWith(octets, SIGNATURE_1)) return readVersion1(octets);
  return beginsWith(octets, SIGNATURE_2) ? readVersion2(octets) : "invalid";
}

/** Whether the octets are the beginning of a signature, or begin with it. */
function beginsWith(octets: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((octet, at) => at >= octets.length || octets[at] === octet);
}

/** A line of text: protocol, addresses and ports of the client and of the proxy. */
function readVersion1(octets: Uint8Array): ProxyHeader {
  const end = octets.subarray(0, LONGEST_LINE).indexOf(LF);
  if (end < 0) return octets.length < LONGEST_LINE ? "more" : "invalid";
  const line = String.fromCharCode(...octets.subarray(0, end + 1));
  if (!line.endsWith("\r\n")) return "invalid";
  const [, protocol = "", ...words] = line.slice(0, -2).split(" ");
  // Whatever else the line has is to be ignored then.
  if (protocol === "UNKNOWN") return { octets: end + 1, source: undefined };
  if (words.length !== 4 || !words.slice(2).every(isPort)) return "invalid";
  const [source, destination] = words.slice(0, 2).map((word) => addressOf(protocol, word));
  if (source === undefined || destination === undefined) return "invalid";
  return { octets: end + 1, source };
}

function addressOf(protocol: string, text: string): string | undefined {
  if (protocol !== (text.includes(":") ? "TCP6" : "TCP4")) return undefined;
  const address = parseIpAddress(text);
  return address === undefined ? undefined : formatIpAddress(address);
}

function isPort(text: string): boolean {
  return PORT.test(text) && Number(text) <= 65_535;
}

/** Version and command, family, length; then addresses, and extensions as type, length, value. */
function readVersion2(octets: Uint8Array): ProxyHeader {
  if (octets.length < FIXED_OCTETS) return "more";
  const end = FIXED_OCTETS + numberAt(octets, 14, 2);
  const command = octets[12]!;
  if ((command !== LOCAL && command !== PROXY) || end > LONGEST_PROXY_HEADER) return "invalid";
  if (octets.length < end) return "more";
  const family = octets[13]!;
  // The proxy connects for itself, most often to see whether this server is alive; or it does not know the client. The rest
  // is to be ignored.
  if (command === LOCAL || family === UNSPECIFIED) return { octets: end, source: undefined };
  const addressOctets = ADDRESS_OCTETS.get(family);
  const header = octets.subarray(0, end);
  if (addressOctets === undefined || !areExtensions(header, FIXED_OCTETS + addressOctets)) return "invalid";
  // A Unix socket has no addresses.
  const sourceOctets = Math.floor(addressOctets / 2) - PORT_OCTETS;
  if (sourceOctets > 16) return { octets: end, source: undefined };
  const source = Array.from(header.subarray(FIXED_OCTETS, FIXED_OCTETS + sourceOctets));
  return { octets: end, source: formatIpAddress(ipAddressOf(source)) };
}

/** They have to fill the header exactly. A checksum among them has to be right; all others are skipped. */
function areExtensions(header: Uint8Array, from: number): boolean {
  let at = from;
  while (at + 3 <= header.length) {
    const value = at + 3;
    const end = value + numberAt(header, at + 1, 2);
    if (header[at] === CRC32C && end <= header.length && !hasChecksum(header, value, end)) return false;
    at = end;
  }
  return at === header.length;
}

/** CRC-32C of the header, in which the four octets of the checksum count as zeros. */
function hasChecksum(header: Uint8Array, from: number, to: number): boolean {
  if (to - from !== 4) return false;
  let rest = 0xffffffff;
  for (const [at, octet] of header.entries()) {
    rest ^= at >= from && at < to ? 0 : octet;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? CASTAGNOLI : 0);
  }
  return ~rest >>> 0 === numberAt(header, from, 4);
}

/** A number in network byte order. */
function numberAt(octets: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index++) value = value * 256 + octets[index]!;
  return value;
}

/** "PROXY ". */
const SIGNATURE_1 = [0x50, 0x52, 0x4f, 0x58, 0x59, 0x20];
const SIGNATURE_2 = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
/** Of version 1, with its end: two addresses of IPv6 and two ports. */
const LONGEST_LINE = 107;
const FIXED_OCTETS = 16;
const LF = 0x0a;
const LOCAL = 0x20;
const PROXY = 0x21;
const UNSPECIFIED = 0x00;
const PORT_OCTETS = 2;
/** Two addresses and two ports of IPv4 and of IPv6, and two Unix sockets; each as a stream or as datagrams. */
const ADDRESS_OCTETS: ReadonlyMap<number, number> = new Map([
  [0x11, 12],
  [0x12, 12],
  [0x21, 36],
  [0x22, 36],
  [0x31, 216],
  [0x32, 216],
]);
const CRC32C = 0x03;
/** The polynomial of CRC-32C, its bits in reverse. */
const CASTAGNOLI = 0x82f63b78;
const PORT = /^(?:0|[1-9]\d{0,4})$/;
