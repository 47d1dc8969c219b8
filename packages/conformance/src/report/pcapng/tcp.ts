/** One end of a connection that is made up: an IPv4 address as four octets, and a port. */
export interface End {
  readonly address: readonly [number, number, number, number];
  readonly port: number;
}

/** The flags of a TCP header (RFC 9293 §3.1). */
export const Flag: Readonly<Record<"fin" | "syn" | "rst" | "psh" | "ack", number>> = {
  fin: 1,
  syn: 2,
  rst: 4,
  psh: 8,
  ack: 16,
};

/** A TCP segment as an IPv4 packet. */
export interface SegmentFacts {
  readonly from: End;
  readonly to: End;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  /** What is known of the payload, from its beginning. */
  readonly payload: Uint8Array;
  /** Length of the payload in octets, at most {@link MAX_PAYLOAD}. */
  readonly length: number;
}

const IP_HEADER = 20;
const TCP_HEADER = 20;

/** Octets of payload in a segment: an IPv4 packet has at most 65,535 octets. */
export const MAX_PAYLOAD: number = 65_535 - IP_HEADER - TCP_HEADER;

/** The packet, cut behind what is known of the payload. A checksum over octets that are not known is left at 0. */
export function ipPacket({ from, to, seq, ack, flags, payload, length }: SegmentFacts): Buffer {
  const packet = Buffer.alloc(IP_HEADER + TCP_HEADER + payload.length);
  packet.writeUInt8(0x45, 0);
  packet.writeUInt16BE(IP_HEADER + TCP_HEADER + length, 2);
  packet.writeUInt16BE(0x4000, 6);
  packet.writeUInt8(64, 8);
  packet.writeUInt8(6, 9);
  packet.set(from.address, 12);
  packet.set(to.address, 16);
  packet.writeUInt16BE(checksum(packet.subarray(0, IP_HEADER)), 10);
  const tcp = packet.subarray(IP_HEADER);
  tcp.writeUInt16BE(from.port, 0);
  tcp.writeUInt16BE(to.port, 2);
  tcp.writeUInt32BE(seq >>> 0, 4);
  tcp.writeUInt32BE(ack >>> 0, 8);
  tcp.writeUInt8((TCP_HEADER / 4) << 4, 12);
  tcp.writeUInt8(flags, 13);
  tcp.writeUInt16BE(65_535, 14);
  tcp.set(payload, TCP_HEADER);
  if (payload.length === length) {
    const pseudo = Buffer.from([...from.address, ...to.address, 0, 6, 0, 0]);
    pseudo.writeUInt16BE(tcp.length, 10);
    tcp.writeUInt16BE(checksum(Buffer.concat([pseudo, tcp])), 16);
  }
  return packet;
}

/** Length of the whole packet on the wire. */
export function packetLength(payloadLength: number): number {
  return IP_HEADER + TCP_HEADER + payloadLength;
}

/** The sum of RFC 1071. */
function checksum(octets: Buffer): number {
  let sum = 0;
  for (let at = 0; at < octets.length; at += 2) {
    sum += at + 1 < octets.length ? octets.readUInt16BE(at) : octets.readUInt8(at) << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
