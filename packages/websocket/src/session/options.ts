import { STRICT } from "../protocol/limits.js";
import type { Ledger, Leniency } from "../protocol/limits.js";
import type { Reading } from "./join.js";
import type { Liveness } from "./liveness.js";
import type { CompressionOptions } from "./settings.js";

/** What servers and clients may be told alike. */
export interface CommonOptions {
  /** When a silent peer is asked for a sign of life, and when given up; false: never. */
  readonly heartbeat?: Partial<Liveness> | false;
  /**
   * permessage-deflate; true by default. A server then accepts it with a compressor that all connections share; a
   * client offers it, with context takeover as the server allows it.
   */
  readonly compression?: boolean | CompressionOptions;
  /** Deviations from RFC 6455 that the peer is forgiven. All off by default. */
  readonly lenient?: Partial<Leniency>;
  /** How text reaches the `message` handler. "octets" saves the decoding when it is only passed on. Default "string". */
  readonly text?: "string" | "octets";
  /**
   * Hands out binary messages without copying them. They are then valid only until the handler returns: the memory
   * will hold another connection's octets next. Default false.
   */
  readonly zeroCopy?: boolean;
  /** Whether pings are answered without the application's doing (§5.5.2). Default true. */
  readonly autoPong?: boolean;
  /**
   * Whether the fast way of reading may be used, one buffer for all connections. It rests on internals of Node, is
   * proven at start-up, and gives way silently where they are missing. Default true.
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
