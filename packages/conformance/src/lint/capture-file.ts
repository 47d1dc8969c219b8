import { OctetSource } from "./octet-source.js";
import type { CaptureEnd, Packet } from "./packet.js";
import { readPcap } from "./pcap.js";
import { readPcapng } from "./pcapng.js";

/** The file cannot be read as a capture. The message is one sentence. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
}

const PCAPNG = 0x0a0d0d0a;
/** Both orders of octets, with microseconds and with nanoseconds. */
const PCAP: ReadonlySet<number> = new Set([0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1]);

/**
 * The packets of a capture in either of the two formats, pcapng and pcap, one at a time. A file that is cut off or
 * damaged gives what can be read of it, and `end` says what is wrong. Throws a CaptureError if it is no capture.
 */
export async function* packetsOf(
  chunks: AsyncIterable<Uint8Array>,
  end: CaptureEnd,
): AsyncGenerator<Packet, void> {
  const source = new OctetSource(chunks);
  try {
    const magic = (await source.take(4))?.readUInt32BE(0);
    if (magic === PCAPNG) yield* readPcapng(source, end);
    else if (magic !== undefined && PCAP.has(magic)) yield* readPcap(source, magic, end);
    else throw new CaptureError(whyNot(magic));
  } finally {
    await source.close();
  }
}

function whyNot(magic: number | undefined): string {
  if (magic === undefined) return "is not a capture: it has fewer than four octets";
  if (magic >>> 16 === 0x1f8b) return "is compressed with gzip; unpack it first";
  if (magic === 0x28b52ffd) return "is compressed with zstd; unpack it first";
  return "is neither a pcapng nor a pcap file";
}
