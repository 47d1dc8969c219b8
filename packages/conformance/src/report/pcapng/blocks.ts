/**
 * The blocks of a pcapng file (IETF draft-ietf-opsawg-pcapng). All numbers little-endian; a block is padded to four octets
 * and begins and ends with its length.
 */
const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const OPTION_COMMENT = 1;
const OPTION_APPLICATION = 4;
const OPTION_NAME = 2;
/** LINKTYPE_RAW: packets begin with the IP header. */
const RAW_IP = 101;
/** An option has at most 65,535 octets; a comment needs far fewer. */
const COMMENT_OCTETS = 4096;

/** A packet of the capture. */
export interface CapturedPacket {
  /** Microseconds since 1970. */
  readonly atMicros: number;
  /** What was kept. */
  readonly octets: Buffer;
  /** How long it was; more than `octets` where it was cut. */
  readonly length: number;
  /** What a reader of the capture should know about this packet. */
  readonly comment?: string;
}

/** The beginning of the file: a section, and its only interface. */
export function beginning(application: string): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(BYTE_ORDER, 0);
  header.writeUInt16LE(1, 4);
  // The length of the section is not known: all ones.
  header.fill(0xff, 8);
  const description = Buffer.alloc(8);
  description.writeUInt16LE(RAW_IP, 0);
  return Buffer.concat([
    block(SECTION_HEADER, header, [option(OPTION_APPLICATION, application)]),
    block(INTERFACE_DESCRIPTION, description, [option(OPTION_NAME, "wireproof")]),
  ]);
}

/** One packet; times have the default resolution, microseconds. */
export function packetBlock({ atMicros, octets, length, comment }: CapturedPacket): Buffer {
  const head = Buffer.alloc(20);
  const micros = BigInt(Math.max(0, Math.round(atMicros)));
  head.writeUInt32LE(Number(micros >> 32n), 4);
  head.writeUInt32LE(Number(micros & 0xffff_ffffn), 8);
  head.writeUInt32LE(octets.length, 12);
  head.writeUInt32LE(length, 16);
  const options = comment === undefined ? [] : [option(OPTION_COMMENT, comment)];
  return block(ENHANCED_PACKET, Buffer.concat([head, padded(octets)]), options);
}

function block(type: number, body: Buffer, options: readonly Buffer[]): Buffer {
  const end = options.length === 0 ? [] : [...options, Buffer.alloc(4)];
  const content = Buffer.concat([body, ...end]);
  const length = content.length + 12;
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(length, 0);
  return Buffer.concat([head, content, tail]);
}

function option(code: number, text: string): Buffer {
  const value = Buffer.from(text).subarray(0, COMMENT_OCTETS);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return Buffer.concat([head, padded(value)]);
}

function padded(octets: Buffer): Buffer {
  return Buffer.concat([octets, Buffer.alloc((4 - (octets.length % 4)) % 4)]);
}
