import { MAX_PACKET_OCTETS, type CaptureEnd, type Packet } from "./packet.js";
import type { OctetSource } from "./octet-source.js";

const NANOS = 1_000_000_000n;

/** The classic format: a header of 24 octets, then packets, each with a header of 16. `magic`: its first four octets. */
export async function* readPcap(
  source: OctetSource,
  magic: number,
  end: CaptureEnd,
): AsyncGenerator<Packet, void> {
  const isLittle = magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1;
  const perTick = magic === 0xa1b23c4d || magic === 0x4d3cb2a1 ? 1n : 1000n;
  const word = (octets: Buffer, at: number): number =>
    isLittle ? octets.readUInt32LE(at) : octets.readUInt32BE(at);
  const rest = await source.take(20);
  if (rest === null) {
    end.problem = "the file ends inside its header";
    return;
  }
  // Above the link type are bits about check sums.
  const linkType = word(rest, 16) & 0xffff;
  for (let number = 1; !(await source.isAtEnd()); number++) {
    const header = await source.take(16);
    const captured = header === null ? 0 : word(header, 8);
    if (captured > MAX_PACKET_OCTETS) {
      end.problem = `packet ${number} announces ${captured} octets: the file is damaged, and the rest of it was not read`;
      return;
    }
    const atNanos =
      header === null ? null : BigInt(word(header, 0)) * NANOS + BigInt(word(header, 4)) * perTick;
    const octets = header === null ? null : await source.take(captured);
    if (octets === null) {
      end.problem = `the file ends inside packet ${number}`;
      return;
    }
    yield { number, atNanos, linkType, octets };
  }
}
