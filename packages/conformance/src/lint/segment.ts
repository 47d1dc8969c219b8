import type { Packet } from "./packet.js";

/** A TCP segment of a packet. */
export interface Segment {
  /** Address and port of both ends, as octets in hexadecimal. */
  readonly from: string;
  readonly to: string;
  readonly seq: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** Only valid as long as the packet is. */
  readonly payload: Buffer;
  /** Octets of the payload that were on the wire, but not captured. */
  readonly cut: number;
}

/** What a packet holds if it is no TCP segment that can be read. */
export type NoSegment = "other" | "fragment" | "unknown-link";

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLAN: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const TCP = 6;

/** The TCP segment in a packet. */
export function segmentOf({ linkType, octets }: Packet): Segment | NoSegment {
  const at = startOfIp(linkType, octets);
  if (at === null) return "unknown-link";
  if (at < 0 || at >= octets.length) return "other";
  const ip = octets.subarray(at);
  const version = ip.readUInt8(0) >> 4;
  if (version === 4) return fromIpv4(ip);
  return version === 6 ? fromIpv6(ip) : "other";
}

/** Where the IP header begins; negative for another protocol, null for a link type that is not known. */
function startOfIp(linkType: number, octets: Buffer): number | null {
  switch (linkType) {
    // BSD loopback: four octets for the family, of which the IP header itself says enough.
    case 0:
    case 108:
      return 4;
    case 1:
      return afterEthernet(octets);
    // Raw IP, under the numbers of several systems.
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return 0;
    // "Any" interface of Linux, both forms.
    case 113:
      return isIp(octets, 14) ? 16 : -1;
    case 276:
      return isIp(octets, 0) ? 20 : -1;
    default:
      return null;
  }
}

function afterEthernet(octets: Buffer): number {
  let at = 12;
  while (at + 6 <= octets.length && VLAN.has(octets.readUInt16BE(at))) at += 4;
  return isIp(octets, at) ? at + 2 : -1;
}

function isIp(octets: Buffer, at: number): boolean {
  if (octets.length < at + 2) return false;
  const type = octets.readUInt16BE(at);
  return type === IPV4 || type === IPV6;
}

function fromIpv4(ip: Buffer): Segment | NoSegment {
  if (ip.length < 20) return "other";
  const header = (ip.readUInt8(0) & 0x0f) * 4;
  if (ip.readUInt8(9) !== TCP || header < 20) return "other";
  // More fragments, or not the first one.
  if ((ip.readUInt16BE(6) & 0x3fff) !== 0) return "fragment";
  // 0 where the network card cuts what the system hands over: then it is as long as the packet.
  const total = ip.readUInt16BE(2) || ip.length;
  return fromTcp(ip, header, total, ip.subarray(12, 16), ip.subarray(16, 20));
}

/** Extension headers: their length is in units of 8 octets, or of 4 for authentication (RFC 8200 §4, RFC 4302 §2). */
function fromIpv6(ip: Buffer): Segment | NoSegment {
  if (ip.length < 40) return "other";
  const payload = ip.readUInt16BE(4);
  const total = payload === 0 ? ip.length : 40 + payload;
  let next = ip.readUInt8(6);
  let at = 40;
  while (next !== TCP) {
    if (at + 8 > ip.length) return "other";
    const length = ip.readUInt8(at + 1);
    if (next === 44) {
      if ((ip.readUInt16BE(at + 2) & 0xfff9) !== 0) return "fragment";
      next = ip.readUInt8(at);
      at += 8;
      continue;
    }
    if (next !== 0 && next !== 43 && next !== 60 && next !== 51) return "other";
    const unit = next === 51 ? 4 : 8;
    next = ip.readUInt8(at);
    at += 8 + length * unit;
  }
  return fromTcp(ip, at, total, ip.subarray(8, 24), ip.subarray(24, 40));
}

function fromTcp(ip: Buffer, at: number, total: number, source: Buffer, target: Buffer): Segment | NoSegment {
  if (ip.length < at + 20) return "other";
  const header = (ip.readUInt8(at + 12) >> 4) * 4;
  const start = at + header;
  if (header < 20 || total < start || ip.length < start) return "other";
  const flags = ip.readUInt8(at + 13);
  // What is behind the IP packet is padding of the link.
  const payload = ip.subarray(start, Math.min(total, ip.length));
  return {
    from: source.toString("hex") + ip.toString("hex", at, at + 2),
    to: target.toString("hex") + ip.toString("hex", at + 2, at + 4),
    seq: ip.readUInt32BE(at + 4),
    syn: (flags & 0x02) !== 0,
    ack: (flags & 0x10) !== 0,
    fin: (flags & 0x01) !== 0,
    rst: (flags & 0x04) !== 0,
    payload,
    cut: total - start - payload.length,
  };
}

/** An end as people write it: `127.0.0.1:9001`, `[::1]:9001`. */
export function endText(end: string): string {
  const octets = Buffer.from(end, "hex");
  const port = octets.readUInt16BE(octets.length - 2);
  if (octets.length === 6) return `${octets.subarray(0, 4).join(".")}:${port}`;
  const groups = octets.toString("hex", 0, 16).match(/.{4}/g) ?? [];
  return `${new URL(`http://[${groups.join(":")}]`).hostname}:${port}`;
}
