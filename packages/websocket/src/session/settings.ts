import { invalidArgument } from "../errors.js";

/** permessage-deflate (RFC 7692) as an application asks for it. */
export interface CompressionOptions {
  /** Messages shorter than this many octets are sent uncompressed. Default 1,024, as `ws` has it. */
  readonly threshold?: number;
  /** zlib's level, 0–9. Default 1: on messages of 300 octets of JSON a third of the time of level 6 at nearly its ratio. */
  readonly level?: number;
  /** zlib's memLevel, 1–9. Default 8. */
  readonly memLevel?: number;
  /**
   * Whether what this side sends may refer to earlier messages. Default false for servers: the compressor is then
   * shared by all connections and an idle one costs nothing. True: better ratios for small alike messages, at about
   * 260 KiB a connection. Clients: true unless the server declines.
   */
  readonly contextTakeover?: boolean;
  /** The largest window this side compresses with, 8–15 bits. Default 15. */
  readonly windowBits?: number;
  /** Whether the peer is asked to do without context takeover. Default false. */
  readonly peerNoContextTakeover?: boolean;
  /** The largest window the peer is asked to use, 8–15 bits. Default 15: nothing is asked. */
  readonly peerWindowBits?: number;
}

/** `CompressionOptions` with nothing missing. */
export type CompressionSettings = Required<CompressionOptions>;

export function resolveCompression(
  given: boolean | CompressionOptions | undefined,
  role: "server" | "client",
): CompressionSettings | undefined {
  if (given === false) return undefined;
  const settings: CompressionSettings = {
    threshold: 1024,
    level: 1,
    memLevel: 8,
    contextTakeover: role === "client",
    windowBits: 15,
    peerNoContextTakeover: false,
    peerWindowBits: 15,
    ...(typeof given === "object" ? given : {}),
  };
  checkRange("level", settings.level, 0, 9);
  checkRange("memLevel", settings.memLevel, 1, 9);
  checkRange("windowBits", settings.windowBits, 8, 15);
  checkRange("peerWindowBits", settings.peerWindowBits, 8, 15);
  checkRange("threshold", settings.threshold, 0, Number.MAX_SAFE_INTEGER);
  return settings;
}

function checkRange(name: string, value: number, from: number, to: number): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw invalidArgument(`compression.${name} must be a whole number from ${from} to ${to}.`);
}
