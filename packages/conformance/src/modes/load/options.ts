/** Options of `runLoad`. */
export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  /** Messages per second over all connections; `"max"`: each connection sends the next message when it has the echo. */
  readonly rate: number | "max";
  /** Octets of the messages. The sizes take turns. */
  readonly sizes: readonly number[];
  /** Binary messages instead of text. */
  readonly binary: boolean;
  /** Offer permessage-deflate, and compress every message if it is agreed on. */
  readonly compression: boolean;
  /** How long to measure, in ms. */
  readonly durationMs: number;
  /** How long to send messages before that, in ms. */
  readonly warmupMs: number;
  /** How long to wait for an opening handshake at the beginning, and for echoes at the end, in ms. */
  readonly timeoutMs: number;
  /** Options of node:tls for wss. */
  readonly tls: { readonly rejectUnauthorized?: boolean; readonly ca?: string };
  /** Called about once a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Aborted: no more messages are sent, and the result has the figures so far. */
  readonly signal: AbortSignal;
}

export interface LoadProgress {
  readonly elapsedMs: number;
  readonly sent: number;
  readonly echoed: number;
}

/** Microseconds. */
export interface Latencies {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface LoadResult {
  /** Connections that were opened, and how many of them ended too early. */
  readonly opened: number;
  readonly lostConnections: number;
  /** The extension of the first connection, or "". */
  readonly extensions: string;
  /** The following figures do not include messages of the warm-up. */
  readonly sent: number;
  readonly echoed: number;
  /** Echoes with another type or length than the message. */
  readonly different: number;
  /** Messages that were due and could not be sent: the server, or this machine, was too slow. */
  readonly late: number;
  /** Messages without an echo. */
  readonly unanswered: number;
  readonly durationMs: number;
  /** Echoes per second, and octets of payload per second in one direction. */
  readonly messagesPerSecond: number;
  readonly octetsPerSecond: number;
  /**
   * From the time at which a message was due to its echo. So the time that messages wait behind a slow echo is counted,
   * and nothing is left out (coordinated omission). Messages without an echo and late messages count with the time that
   * they have waited.
   */
  readonly response: Latencies;
  /** From sending a message to its echo. */
  readonly service: Latencies;
  readonly interrupted: boolean;
}
