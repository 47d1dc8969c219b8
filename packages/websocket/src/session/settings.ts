import { invalidArgument } from "../errors.js";

/**
 * How an application uses permessage-deflate (RFC 7692).
 *
 * @example
 * ```ts
 * import { connect, createServer, type CompressionOptions } from "@wireproof/websocket";
 *
 * const compression: CompressionOptions = { threshold: 256, contextTakeover: true, windowBits: 12 };
 * await using server = createServer({ compression });
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`ws://127.0.0.1:${port}`);
 * console.assert(ws.handshake.extensions.includes("server_max_window_bits=12"));
 * ```
 */
export interface CompressionOptions {
  /** Messages shorter than this many octets are sent uncompressed. 0 or more; default 1,024, as `ws` has it. */
  readonly threshold?: number;
  /**
   * zlib's level, 0–9. Default 1: messages of 300 octets of JSON take a third of the time of level 6, at nearly its ratio.
   */
  readonly level?: number;
  /** zlib's memLevel, 1–9. Default 8. */
  readonly memLevel?: number;
  /**
   * Whether what this side sends may refer to earlier messages (RFC 7692 §7.1.1). Default false for servers: all
   * connections then share the compressor, and an idle connection costs nothing. With true, small messages that are alike
   * compress better, at about 260 KiB for each connection. Default true for clients, unless the server declines.
   */
  readonly contextTakeover?: boolean;
  /** The largest window this side compresses with, 8–15 bits (RFC 7692 §7.1.2). Default 15. */
  readonly windowBits?: number;
  /** Whether the peer is asked to do without context takeover (RFC 7692 §7.1.1). Default false. */
  readonly peerNoContextTakeover?: boolean;
  /**
   * The largest window the peer is asked to use, 8–15 bits (RFC 7692 §7.1.2). Default 15: the peer is asked for nothing.
   */
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
