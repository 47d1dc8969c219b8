import type { Counters as ConnectionCounters } from "../protocol/counters.js";

/**
 * What a server has seen, as plain numbers.
 *
 * @example
 * ```ts
 * import { createServer, type Counters } from "@wireproof/websocket";
 *
 * const server = createServer();
 * const { connections, opened }: Readonly<Counters> = server.counters;
 * console.assert(connections === 0 && opened === 0);
 * ```
 */
export interface Counters {
  /** Connections that are open now, including those in the closing handshake. */
  connections: number;
  /** Opening handshakes that were answered with 101. */
  opened: number;
  /** Opening handshakes that were refused, for any reason. */
  refused: number;
  /** Connections that ended with both Close frames (RFC 6455 §7.1.4). */
  closedCleanly: number;
  /** Connections that ended without them. */
  closedUncleanly: number;
  /** Messages that were received whole. */
  messagesReceived: number;
  /** Messages that were sent. */
  messagesSent: number;
  /** Octets of frames that were received, without those of TLS. */
  octetsReceived: number;
  /** Octets of frames that were sent, without those of TLS. */
  octetsSent: number;
  /** Connections that were failed because the peer broke the protocol or a limit. Errors in handlers do not count. */
  violations: number;
  /** Messages that the backlog policy "drop" dropped. */
  dropped: number;
  /** Connections that were failed because the peer was silent for too long. */
  heartbeatTimeouts: number;
  /** How often a peer sent more than the option `rate` allows: a message was dropped, reading paused, or a connection failed. */
  rateExceeded: number;
}

export function newCounters(): Counters {
  return {
    connections: 0,
    opened: 0,
    refused: 0,
    closedCleanly: 0,
    closedUncleanly: 0,
    messagesReceived: 0,
    messagesSent: 0,
    octetsReceived: 0,
    octetsSent: 0,
    violations: 0,
    dropped: 0,
    heartbeatTimeouts: 0,
    rateExceeded: 0,
  };
}

/** Adds what went over one connection. */
export function addTraffic(counters: Counters, connection: ConnectionCounters): void {
  counters.messagesReceived += connection.messagesReceived;
  counters.messagesSent += connection.messagesSent;
  counters.octetsReceived += connection.octetsReceived;
  counters.octetsSent += connection.octetsSent;
}
