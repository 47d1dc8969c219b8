import type { Counters as ConnectionCounters } from "../protocol/counters.js";

/** What a server or a client has seen, as plain numbers. */
export interface Counters {
  /** Connections open now, the closing handshake included. */
  connections: number;
  /** Opening handshakes that were answered with 101. */
  opened: number;
  /** Opening handshakes that were refused, whatever the reason. */
  refused: number;
  closedCleanly: number;
  closedUncleanly: number;
  messagesReceived: number;
  messagesSent: number;
  /** Octets of frames on the wire, TLS not counted. */
  octetsReceived: number;
  octetsSent: number;
  /** Connections failed because the peer broke the protocol or a limit. Faults of handlers are the application's own. */
  violations: number;
  /** Messages dropped by the backlog policy "drop". */
  dropped: number;
  /** Connections failed because nothing came from the peer for too long. */
  heartbeatTimeouts: number;
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
  };
}

/** Adds what went over one connection. */
export function addTraffic(counters: Counters, connection: ConnectionCounters): void {
  counters.messagesReceived += connection.messagesReceived;
  counters.messagesSent += connection.messagesSent;
  counters.octetsReceived += connection.octetsReceived;
  counters.octetsSent += connection.octetsSent;
}
