import type { Deflater, Inflater } from "./codec.js";
import type { Ledger, Leniency, Limits } from "./limits.js";
import type { Turns } from "./turns.js";

export interface ConnectionOptions {
  readonly limits: Limits;
  readonly leniency: Leniency;
  /** How text messages are handed over: decoded (`onText`) or as validated octets (`onOctets`). */
  readonly text: "string" | "octets";
  /** Pings are answered at once (RFC 6455 §5.5.2). If this is off, the owner has to answer them with `pong`. */
  readonly autoPong: boolean;
  /** The answer to a Close frame repeats its reason, as `ws` does; RFC 6455 §5.5.1 asks for the code only. Default false. */
  readonly echoReason?: boolean;
  /** When this side fails the connection, its Close frame says why, in one sentence. Default true. */
  readonly explainsFailure?: boolean;
  /** The caller's monotonic clock, in ms. `tick` takes the time of the same clock. */
  readonly now: () => number;
  /** The memory budget that this connection shares with others. */
  readonly ledger?: Ledger | undefined;
  /** How connections share the turns of the event loop. Without it, everything that came is delivered at once. */
  readonly turns?: Turns | undefined;
  /** From permessage-deflate, if it was negotiated. The connection closes both. */
  readonly inflater?: Inflater | undefined;
  readonly deflater?: Deflater | undefined;
  /** A message with fewer octets of payload data is sent uncompressed, unless it asks for compression. */
  readonly compressionThreshold: number;
}
