import { MAX_PACKET_OCTETS, type CaptureEnd, type Packet } from "./packet.js";
import type { OctetSource } from "./octet-source.js";

/** Types of blocks; those that are not here are passed over. */
const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

/** Options of the description of an interface. */
const TIME_RESOLUTION = 9;
const TIME_OFFSET = 14;

/** More interfaces than a machine has. */
const MAX_INTERFACES = 10_000;

const NANOS = 1_000_000_000n;

interface Interface {
  readonly linkType: number;
  /** Octets of a packet that are captured at most; 0 for no limit. */
  readonly snapLength: number;
  readonly ticksPerSecond: bigint;
  readonly offsetSeconds: bigint;
}

/** Why the rest of a file cannot be read. */
class Damage extends Error {}

/** The newer format: sections of blocks, each section in an order of octets of its own. The first type was read. */
export async function* readPcapng(source: OctetSource, end: CaptureEnd): AsyncGenerator<Packet, void> {
  const file = new Blocks(source);
  try {
    for (let isFirst = true; isFirst || !(await source.isAtEnd()); isFirst = false) {
      const packet = await file.next(isFirst);
      if (packet !== null) yield packet;
    }
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    end.problem = error.message;
  }
}

class Blocks {
  readonly #source: OctetSource;
  #isLittle = true;
  #interfaces: Interface[] = [];
  #packets = 0;

  constructor(source: OctetSource) {
    this.#source = source;
  }

  /** Reads one block; null if it is no packet. */
  async next(isTypeRead: boolean): Promise<Packet | null> {
    const typeOctets = isTypeRead ? null : await this.#take(4);
    const type = typeOctets === null ? SECTION : this.#word(typeOctets, 0);
    if (type === SECTION) {
      await this.#section();
      return null;
    }
    const length = this.#word(await this.#take(4), 0);
    if (length < 12 || length % 4 !== 0) throw this.#damaged(`a block of ${length} octets`);
    const body = length - 12;
    switch (type) {
      case INTERFACE:
      case ENHANCED_PACKET:
      case SIMPLE_PACKET:
      case OLD_PACKET: {
        if (body > MAX_PACKET_OCTETS) throw this.#damaged(`a packet of ${body} octets`);
        const octets = await this.#take(body + 4);
        if (this.#word(octets, body) !== length) throw this.#damaged("a block whose two lengths differ");
        return this.#block(type, octets.subarray(0, body));
      }
      default:
        if (!(await this.#source.skip(body + 4))) throw this.#cutOff();
        return null;
    }
  }

  async #section(): Promise<void> {
    const head = await this.#take(8);
    const isLittle = head.readUInt32LE(4) === 0x1a2b3c4d;
    if (!isLittle && head.readUInt32BE(4) !== 0x1a2b3c4d)
      throw this.#damaged("a section without a byte-order magic");
    this.#isLittle = isLittle;
    this.#interfaces = [];
    const length = this.#word(head, 0);
    if (length < 28 || length % 4 !== 0) throw this.#damaged(`a section header of ${length} octets`);
    if (!(await this.#source.skip(length - 12))) throw this.#cutOff();
  }

  #block(type: number, body: Buffer): Packet | null {
    if (type === INTERFACE) {
      this.#addInterface(body);
      return null;
    }
    const number = ++this.#packets;
    if (type === SIMPLE_PACKET) return this.#simple(number, body);
    if (body.length < 20) throw this.#damaged("a packet without a header");
    const isOld = type === OLD_PACKET;
    const from = this.#interfaces[isOld ? this.#half(body, 0) : this.#word(body, 0)];
    if (from === undefined) throw this.#damaged("a packet of an interface that is not described");
    const captured = this.#word(body, 12);
    if (captured > body.length - 20) throw this.#damaged("a packet that is longer than its block");
    return {
      number,
      atNanos: nanosOf((BigInt(this.#word(body, 4)) << 32n) | BigInt(this.#word(body, 8)), from),
      linkType: from.linkType,
      octets: body.subarray(20, 20 + captured),
    };
  }

  /** A packet without a time, of the first interface. */
  #simple(number: number, body: Buffer): Packet {
    const [from] = this.#interfaces;
    if (from === undefined || body.length < 4)
      throw this.#damaged("a packet of an interface that is not described");
    const limit = from.snapLength === 0 ? body.length - 4 : from.snapLength;
    const captured = Math.min(this.#word(body, 0), body.length - 4, limit);
    return { number, atNanos: null, linkType: from.linkType, octets: body.subarray(4, 4 + captured) };
  }

  #addInterface(body: Buffer): void {
    if (body.length < 8 || this.#interfaces.length >= MAX_INTERFACES)
      throw this.#damaged("an interface that is not described as it has to be");
    const { ticksPerSecond, offsetSeconds } = this.#times(body);
    const linkType = this.#half(body, 0);
    const snapLength = this.#word(body, 4);
    this.#interfaces.push({ linkType, snapLength, ticksPerSecond, offsetSeconds });
  }

  #times(body: Buffer): Pick<Interface, "ticksPerSecond" | "offsetSeconds"> {
    let ticksPerSecond = 1_000_000n;
    let offsetSeconds = 0n;
    for (let at = 8; at + 4 <= body.length;) {
      const code = this.#half(body, at);
      const length = this.#half(body, at + 2);
      const value = body.subarray(at + 4, at + 4 + length);
      if (code === 0 || value.length < length) break;
      if (code === TIME_RESOLUTION && length === 1) ticksPerSecond = ticksOf(value.readUInt8(0));
      if (code === TIME_OFFSET && length === 8)
        offsetSeconds = this.#isLittle ? value.readBigInt64LE(0) : value.readBigInt64BE(0);
      at += 4 + length + ((4 - (length % 4)) % 4);
    }
    return { ticksPerSecond, offsetSeconds };
  }

  async #take(octets: number): Promise<Buffer> {
    const taken = await this.#source.take(octets);
    if (taken === null) throw this.#cutOff();
    return taken;
  }

  #word(octets: Buffer, at: number): number {
    return this.#isLittle ? octets.readUInt32LE(at) : octets.readUInt32BE(at);
  }

  #half(octets: Buffer, at: number): number {
    return this.#isLittle ? octets.readUInt16LE(at) : octets.readUInt16BE(at);
  }

  #cutOff(): Damage {
    return new Damage(
      this.#packets === 0 ? "the file is cut off" : `the file is cut off after packet ${this.#packets}`,
    );
  }

  #damaged(what: string): Damage {
    const where = this.#packets === 0 ? "at the beginning" : `after packet ${this.#packets}`;
    return new Damage(`the file has ${what} ${where}: it is damaged, and the rest of it was not read`);
  }
}

/** A power of ten, or of two if the highest bit is set. */
function ticksOf(resolution: number): bigint {
  const exponent = BigInt(resolution & 0x7f);
  return (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
}

function nanosOf(ticks: bigint, { ticksPerSecond, offsetSeconds }: Interface): bigint {
  return (ticks * NANOS) / ticksPerSecond + offsetSeconds * NANOS;
}
