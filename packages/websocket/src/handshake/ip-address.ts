/** An IP address: the 4 octets of IPv4 or the 16 of IPv6. IPv4 inside IPv6 (RFC 4291 §2.5.5.2) is IPv4 here. */
export type IpAddress = readonly number[];

/**
 * The address that a text names; undefined for anything else, such as a zone ("fe80::1%eth0"), leading zeros in IPv4, and
 * spaces.
 */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > LONGEST) return undefined;
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** The address of 4 or 16 octets. */
export function ipAddressOf(octets: readonly number[]): IpAddress {
  const isMapped = octets.length === IPV6_OCTETS && MAPPED.every((octet, at) => octets[at] === octet);
  return isMapped ? octets.slice(MAPPED.length) : octets;
}

/** The usual text of an address; for IPv6 that of RFC 5952 §4. Two texts of one address come out the same. */
export function formatIpAddress(address: IpAddress): string {
  if (address.length === IPV4_OCTETS) return address.join(".");
  const groups = Array.from({ length: 8 }, (_, at) => address[2 * at]! * 256 + address[2 * at + 1]!);
  const { from, to } = longestZeros(groups);
  const texts = groups.map((group) => group.toString(16));
  if (to - from < 2) return texts.join(":");
  return `${texts.slice(0, from).join(":")}::${texts.slice(to).join(":")}`;
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = text.split(".");
  if (parts.length !== IPV4_OCTETS || !parts.every((part) => OCTET.test(part))) return undefined;
  return parts.map(Number);
}

/** RFC 4291 §2.2: eight groups, one run of zeros left out, the last two possibly as an IPv4 address. */
function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const front = octetsOfGroups(halves[0]!);
  const back = octetsOfGroups(halves[1] ?? "");
  if (front === undefined || back === undefined) return undefined;
  // IPv4 is the end of the address or nothing.
  if (halves.length === 2 && halves[0]!.includes(".")) return undefined;
  const missing = IPV6_OCTETS - front.length - back.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  const octets = [...front, ...Array<number>(missing).fill(0), ...back];
  return ipAddressOf(octets);
}

function octetsOfGroups(half: string): number[] | undefined {
  if (half === "") return [];
  const octets: number[] = [];
  const groups = half.split(":");
  for (const [at, group] of groups.entries()) {
    const isLast = at === groups.length - 1;
    const inner = isLast ? parseIpv4(group) : undefined;
    if (inner !== undefined) octets.push(...inner);
    else if (GROUP.test(group)) {
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 0xff);
    } else return undefined;
  }
  return octets;
}

/** RFC 5952 §4.2: the longest run of zeros, the first of those that are equally long. */
function longestZeros(groups: readonly number[]): { from: number; to: number } {
  let longest = { from: 0, to: 0 };
  for (let from = 0; from < groups.length; from++) {
    let to = from;
    while (groups[to] === 0) to++;
    if (to - from > longest.to - longest.from) longest = { from, to };
  }
  return longest;
}

/** Of IPv6 with IPv4 as its end: eight groups would be shorter. */
const LONGEST = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length;
const IPV4_OCTETS = 4;
const IPV6_OCTETS = 16;
const MAPPED: IpAddress = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const OCTET = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
const GROUP = /^[0-9a-f]{1,4}$/i;
