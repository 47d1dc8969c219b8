import type { Deflater, Inflater } from "./codec.js";
import type { Ledger, Leniency, Limits } from "./limits.js";
import type { Turns } from "./turns.js";

export interface ConnectionOptions {
  readonly limits: Limits;
  readonly leniency: Leniency;
  /** How text messages are handed over: decoded (`onText`) or as validated octets (`onOctets`). */
  readonly text: "string" | "octets";
  /** Pings are answered at once (RFC 6455 §5.5.2). Whoever turns it off has to answer them with `pong`. */
  readonly autoPong: boolean;
  /** The answer to a Close frame repeats its reason, as `ws` does; RFC 6455 §5.5.1 asks for the code only. Default false. */
  readonly echoReason?: boolean;
  /** The Close frame with which the connection is failed says in a sentence why. Default true. */
  readonly explainsFailure?: boolean;
  /** The caller's monotonic clock, in ms; `tick` speaks of the same one. */
  readonly now: () => number;
  /** The memory budget that this connection shares with others. */
  readonly ledger?: Ledger | undefined;
  /** How the turns of the event loop are shared; without it, everything that came is delivered at once. */
  readonly turns?: Turns | undefined;
  /** From permessage-deflate, if it was negotiated. The connection closes both. */
  readonly inflater?: Inflater | undefined;
  readonly deflater?: Deflater | undefined;
  /** Octets of payload data below which a message goes uncompressed unless it asks for compression. */
  readonly compressionThreshold: number;
}
