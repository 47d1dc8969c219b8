import { STRICT } from "../protocol/limits.js";
import type { Ledger, Leniency } from "../protocol/limits.js";
import type { Reading } from "./join.js";
import type { Liveness } from "./liveness.js";
import type { RateOptions } from "./rate.js";
import type { CompressionOptions } from "./settings.js";

/**
 * Options that servers and clients have in common.
 *
 * @example
 * ```ts
 * import { connect, createServer, type CommonOptions } from "@wireproof/websocket";
 *
 * const common: CommonOptions = { compression: { threshold: 4096 }, heartbeat: { intervalMs: 30_000 } };
 * await using server = createServer(common);
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`ws://127.0.0.1:${port}`, common);
 * console.assert(ws.handshake.extensions.startsWith("permessage-deflate"));
 * ```
 */
export interface CommonOptions {
  /** When a silent peer is sent a ping, and when it is given up; false: never. Default: see {@link Liveness}. */
  readonly heartbeat?: Partial<Liveness> | false;
  /**
   * permessage-deflate (RFC 7692). With true a server accepts it with a compressor that all connections share; a client
   * offers it, with context takeover as the server allows it. Default true.
   */
  readonly compression?: boolean | CompressionOptions;
  /** How fast the peer of each connection may send messages and octets. Default: as fast as it can. */
  readonly rate?: RateOptions;
  /** Deviations from RFC 6455 that are accepted from the peer. Default: none. */
  readonly lenient?: Partial<Leniency>;
  /**
   * How text reaches the `message` handler. "octets" saves the decoding when it is only passed on. Default "string".
   */
  readonly text?: "string" | "octets";
  /**
   * Hands out binary messages without copying them. They are then valid only until the handler returns: the memory
   * is used for another connection's octets next. Default false.
   */
  readonly zeroCopy?: boolean;
  /** Whether the library answers pings (RFC 6455 §5.5.2). Default true. */
  readonly autoPong?: boolean;
  /**
   * Whether the fast way of reading may be used, one buffer for all connections. It rests on internals of Node. It is
   * tested at start-up, and not used where they are missing; see {@link readMode}. Default true.
   */
  readonly staticRead?: boolean;
}

/** How connections with these options read. */
export function readingOf(options: CommonOptions, ledger: Ledger | undefined): Reading {
  return {
    text: options.text ?? "string",
    autoPong: options.autoPong ?? true,
    staticRead: options.staticRead ?? true,
    leniency: { ...STRICT, ...options.lenient },
    ledger,
  };
}
