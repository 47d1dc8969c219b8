import { createHash } from "node:crypto";

/** The number of a link type, and the octets of a packet before its IP header. */
export interface Link {
  readonly type: number;
  readonly header: (isIpv6: boolean) => Buffer;
}

const ethernet =
  (tags: readonly number[] = []) =>
  (isIpv6: boolean) =>
    Buffer.concat([
      Buffer.alloc(12, 2),
      ...tags.map((tag) => Buffer.from([tag >> 8, tag & 0xff, 0, 1])),
      isIpv6 ? Buffer.of(0x86, 0xdd) : Buffer.of(8, 0),
    ]);

export const LINKS: Readonly<Record<string, Link>> = {
  Ethernet: { type: 1, header: ethernet() },
  "Ethernet with VLAN tags": { type: 1, header: ethernet([0x88a8, 0x8100]) },
  "loopback, little-endian": { type: 0, header: (isIpv6) => Buffer.of(isIpv6 ? 30 : 2, 0, 0, 0) },
  "loopback, big-endian": { type: 108, header: (isIpv6) => Buffer.of(0, 0, 0, isIpv6 ? 30 : 2) },
  "raw IP": { type: 101, header: () => Buffer.alloc(0) },
  "Linux cooked": {
    type: 113,
    header: (isIpv6) => Buffer.concat([Buffer.alloc(14), isIpv6 ? Buffer.of(0x86, 0xdd) : Buffer.of(8, 0)]),
  },
  "Linux cooked, second form": {
    type: 276,
    header: (isIpv6) => Buffer.concat([isIpv6 ? Buffer.of(0x86, 0xdd) : Buffer.of(8, 0), Buffer.alloc(18)]),
  },
};
const ETHERNET = LINKS["Ethernet"] as Link;

export interface TalkOptions {
  readonly clientPort?: number;
  readonly isIpv6?: boolean;
  /** Extension headers of IPv6: the number of each. */
  readonly extensions?: readonly number[];
  readonly link?: Link;
  /** Initial sequence numbers. */
  readonly seq?: { readonly client: number; readonly server: number };
}

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

/** A TCP connection, packet by packet. */
export class Talk {
  readonly packets: Buffer[] = [];
  readonly #options: TalkOptions;
  readonly #next: { client: number; server: number };

  constructor(options: TalkOptions = {}) {
    this.#options = options;
    this.#next = { ...(options.seq ?? { client: 1000, server: 9000 }) };
  }

  open(): this {
    this.#send("client", SYN);
    this.#send("server", SYN | ACK);
    return this;
  }

  client(octets: Uint8Array | string): this {
    return this.#send("client", ACK, octets);
  }

  server(octets: Uint8Array | string): this {
    return this.#send("server", ACK, octets);
  }

  /** In segments of this length. */
  cut(side: "client" | "server", octets: Uint8Array, length: number): this {
    for (let at = 0; at < octets.length; at += length)
      this.#send(side, ACK, octets.subarray(at, at + length));
    return this;
  }

  end(): this {
    this.#send("server", FIN | ACK);
    return this.#send("client", FIN | ACK);
  }

  reset(): this {
    return this.#send("client", RST);
  }

  /** Octets that are sent and not captured. */
  lose(side: "client" | "server", octets: number): this {
    this.#next[side] += octets;
    return this;
  }

  #send(side: "client" | "server", flags: number, payload: Uint8Array | string = ""): this {
    const octets = typeof payload === "string" ? Buffer.from(payload, "latin1") : Buffer.from(payload);
    const { clientPort = 50_000 } = this.#options;
    const tcp = Buffer.alloc(20);
    const [from, to] = side === "client" ? [clientPort, 80] : [80, clientPort];
    tcp.writeUInt16BE(from, 0);
    tcp.writeUInt16BE(to, 2);
    tcp.writeUInt32BE(this.#next[side] >>> 0, 4);
    tcp.writeUInt8(5 << 4, 12);
    tcp.writeUInt8(flags, 13);
    this.#next[side] += octets.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
    this.packets.push(this.#packet(side, Buffer.concat([tcp, octets])));
    return this;
  }

  #packet(side: "client" | "server", tcp: Buffer): Buffer {
    const { isIpv6 = false, link = ETHERNET, extensions = [] } = this.#options;
    const ip = isIpv6 ? ipv6(side, tcp, extensions) : ipv4(side, tcp);
    return Buffer.concat([link.header(isIpv6), ip]);
  }
}

function ipv4(side: "client" | "server", payload: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt8(6, 9);
  header.set([10, 0, 0, side === "client" ? 1 : 2], 12);
  header.set([10, 0, 0, side === "client" ? 2 : 1], 16);
  return Buffer.concat([header, payload]);
}

function ipv6(side: "client" | "server", payload: Buffer, extensions: readonly number[]): Buffer {
  const numbers = [...extensions, 6];
  const more = extensions.map((number, i) => {
    const header = Buffer.alloc(number === 51 ? 12 : 8);
    header.writeUInt8(numbers[i + 1] ?? 6, 0);
    // In units of four octets, less two; of the others in units of eight, less one.
    if (number === 51) header.writeUInt8(1, 1);
    return header;
  });
  const body = Buffer.concat([...more, payload]);
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(body.length, 4);
  header.writeUInt8(numbers[0] ?? 6, 6);
  header.writeUInt8(side === "client" ? 1 : 2, 23);
  header.writeUInt8(side === "client" ? 2 : 1, 39);
  return Buffer.concat([header, body]);
}

export interface FileOptions {
  readonly linkType?: number;
  readonly isBigEndian?: boolean;
  /** Nanoseconds in the file, not microseconds. */
  readonly isNano?: boolean;
  /** Octets kept of each packet. */
  readonly snapLength?: number;
}

/** Nanoseconds since 1970 of packet `index`, a thousandth of a second after the one before. */
function timeOf(index: number): bigint {
  return 1_700_000_000_000_000_000n + BigInt(index) * 1_000_000n;
}

class Words {
  readonly #isBigEndian: boolean;

  constructor(isBigEndian = false) {
    this.#isBigEndian = isBigEndian;
  }

  of(...words: readonly number[]): Buffer {
    const octets = Buffer.alloc(4 * words.length);
    for (const [i, word] of words.entries()) {
      if (this.#isBigEndian) octets.writeUInt32BE(word >>> 0, 4 * i);
      else octets.writeUInt32LE(word >>> 0, 4 * i);
    }
    return octets;
  }

  halves(...halves: readonly number[]): Buffer {
    const octets = Buffer.alloc(2 * halves.length);
    for (const [i, half] of halves.entries()) {
      if (this.#isBigEndian) octets.writeUInt16BE(half, 2 * i);
      else octets.writeUInt16LE(half, 2 * i);
    }
    return octets;
  }
}

/** The packets as a classic capture. */
export function pcap(packets: readonly Buffer[], options: FileOptions = {}): Buffer {
  const { linkType = 1, isBigEndian = false, isNano = false, snapLength = 262_144 } = options;
  const words = new Words(isBigEndian);
  const file = [
    words.of(isNano ? 0xa1b23c4d : 0xa1b2c3d4),
    words.halves(2, 4),
    words.of(0, 0, snapLength, linkType),
  ];
  for (const [i, packet] of packets.entries()) {
    const at = timeOf(i);
    const seconds = Number(at / 1_000_000_000n);
    const rest = Number((at % 1_000_000_000n) / (isNano ? 1n : 1000n));
    const kept = packet.subarray(0, snapLength);
    file.push(words.of(seconds, rest, kept.length, packet.length), kept);
  }
  return Buffer.concat(file);
}

export interface PcapngOptions extends FileOptions {
  /** How a packet is written: the usual way, without a time, or as older tools did. */
  readonly block?: "enhanced" | "simple" | "old";
  /** The exponent of the resolution of times. */
  readonly resolution?: number;
}

/** The packets as a pcapng capture, with an interface that is described, and a block that nobody knows. */
export function pcapng(packets: readonly Buffer[], options: PcapngOptions = {}): Buffer {
  const {
    linkType = 1,
    isBigEndian = false,
    isNano = false,
    snapLength = 262_144,
    block = "enhanced",
  } = options;
  const words = new Words(isBigEndian);
  const { resolution = isNano ? 9 : 6 } = options;
  const wrapped = (type: number, body: Buffer): Buffer => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    return Buffer.concat([words.of(type, padded.length + 12), padded, words.of(padded.length + 12)]);
  };
  const timeOption = Buffer.concat([words.halves(9, 1), Buffer.of(resolution, 0, 0, 0), words.halves(0, 0)]);
  const file = [
    wrapped(
      0x0a0d0d0a,
      Buffer.concat([words.of(0x1a2b3c4d), words.halves(1, 0), words.of(0xffffffff, 0xffffffff)]),
    ),
    wrapped(1, Buffer.concat([words.halves(linkType, 0), words.of(snapLength), timeOption])),
    wrapped(0x0000_0bad, Buffer.alloc(37, 7)),
  ];
  for (const [i, packet] of packets.entries()) {
    const kept = packet.subarray(0, snapLength);
    const ticks = (timeOf(i) * 10n ** BigInt(resolution)) / 1_000_000_000n;
    const high = Number(ticks >> 32n);
    const low = Number(ticks & 0xffffffffn);
    const times = words.of(high, low, kept.length, packet.length);
    if (block === "simple") file.push(wrapped(3, Buffer.concat([words.of(packet.length), kept])));
    else if (block === "old") file.push(wrapped(2, Buffer.concat([words.halves(0, 0xffff), times, kept])));
    else file.push(wrapped(6, Buffer.concat([words.of(0), times, kept])));
  }
  return Buffer.concat(file);
}

/** In pieces, as a file is read. */
export async function* inPieces(file: Uint8Array, length: number = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += length) yield file.subarray(at, at + length);
}

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export function request(lines: readonly string[] = [], key: string = KEY): string {
  const all = [
    "GET /chat HTTP/1.1",
    "Host: example.com",
    "Upgrade: websocket",
    "Connection: Upgrade",
    ...(key === "" ? [] : [`Sec-WebSocket-Key: ${key}`]),
    "Sec-WebSocket-Version: 13",
    ...lines,
  ];
  return `${all.join("\r\n")}\r\n\r\n`;
}

export function answer(lines: readonly string[] = [], key: string = KEY): string {
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const all = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...lines,
  ];
  return `${all.join("\r\n")}\r\n\r\n`;
}
