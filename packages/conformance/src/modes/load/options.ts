/** What `runLoad` is to do. */
export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  /** Messages a second over all connections; `"max"`: each connection sends the next one when it has its echo. */
  readonly rate: number | "max";
  /** Octets of the messages, one size after the other. */
  readonly sizes: readonly number[];
  /** Binary messages instead of text. */
  readonly binary: boolean;
  /** Whether permessage-deflate is offered, and what is sent compressed where it is agreed on. */
  readonly compression: boolean;
  /** How long figures are taken, in ms. */
  readonly durationMs: number;
  /** How long messages go out before that, in ms. */
  readonly warmupMs: number;
  /** How long echoes are waited for in the end, and opening handshakes in the beginning, in ms. */
  readonly patienceMs: number;
  /** Options of node:tls for wss. */
  readonly tls: { readonly rejectUnauthorized?: boolean; readonly ca?: string };
  /** Called about once a second. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Aborted: no more messages are sent, and the figures are those so far. */
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
  /** Connections that were open in the beginning, and those that ended before the end. */
  readonly opened: number;
  readonly lostConnections: number;
  /** The extension of the first connection, or "". */
  readonly extensions: string;
  /** What follows leaves out the messages of the warm-up. */
  readonly sent: number;
  readonly echoed: number;
  /** Echoes of another type or length than what was sent. */
  readonly different: number;
  /** Messages that should have been sent by the end and were not: the server, or this machine, did not keep up. */
  readonly late: number;
  /** Messages without an echo. */
  readonly unanswered: number;
  readonly durationMs: number;
  /** Echoes a second, and octets of payload a second in one direction. */
  readonly messagesPerSecond: number;
  readonly octetsPerSecond: number;
  /**
   * From the time at which a message should have been sent to its echo, so that the waiting which a slow server
   * imposes on what comes behind is counted, and nothing is left out (coordinated omission). Messages without an echo
   * and those that were late count with the time they had waited.
   */
  readonly response: Latencies;
  /** From the time at which a message was sent to its echo. */
  readonly service: Latencies;
  readonly interrupted: boolean;
}
