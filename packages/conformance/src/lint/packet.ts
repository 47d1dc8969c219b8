/** A packet as it was captured. */
export interface Packet {
  /** From 1, as other tools count. */
  readonly number: number;
  /** Nanoseconds since 1970; null where the file does not say. */
  readonly atNanos: bigint | null;
  /** The number of the registry of link types (tcpdump.org/linktypes.html). */
  readonly linkType: number;
  /** Only valid until the next packet is read. */
  readonly octets: Buffer;
}

/** How the reading of packets ended. */
export interface CaptureEnd {
  /** Why what follows could not be read, in a clause; null at the end of a whole file. */
  problem: string | null;
}

/** No packet is longer: the longest that tools write are 256 KiB. */
export const MAX_PACKET_OCTETS: number = 1024 * 1024;
