import type { Deflater, Inflater } from "./codec.js";
import type { Ledger, Leniency, Limits } from "./limits.js";

export interface ConnectionOptions {
  readonly limits: Limits;
  readonly leniency: Leniency;
  /** How text messages are handed over: decoded (`onText`) or as validated octets (`onOctets`). */
  readonly text: "string" | "octets";
  /** Pings are answered at once (RFC 6455 §5.5.2). Whoever turns it off has to answer them with `pong`. */
  readonly autoPong: boolean;
  /** The answer to a Close frame repeats its reason, as `ws` does; RFC 6455 §5.5.1 asks for the code only. Default false. */
  readonly echoReason?: boolean;
  /** The caller's monotonic clock, in ms; `tick` speaks of the same one. */
  readonly now: () => number;
  /** The memory budget that this connection shares with others. */
  readonly ledger?: Ledger | undefined;
  /** From permessage-deflate, if it was negotiated. The connection closes both. */
  readonly inflater?: Inflater | undefined;
  readonly deflater?: Deflater | undefined;
  /** Octets of payload data below which a message goes uncompressed unless it asks for compression. */
  readonly compressionThreshold: number;
}
