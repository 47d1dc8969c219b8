import type { ConnectionLimits, ServerLimits } from "@wireproof/websocket";

/** What a peer takes that a conformance suite is let loose on: messages of 16 MiB, several of them on their way. */
export const PEER_LIMITS: Partial<ConnectionLimits> = {
  messageOctets: 64 * 1024 * 1024,
  backlogOctets: 256 * 1024 * 1024,
  // Case 9.3.1 sends 65,536.
  fragments: 1_000_000,
};

/** The same for a server, which many clients on one machine connect to. */
export const SERVER_LIMITS: Partial<ServerLimits> = {
  ...PEER_LIMITS,
  totalRetainedOctets: 1024 * 1024 * 1024,
  perAddress: 100_000,
};
