import type { ConnectionLimits, ServerLimits } from "@wireproof/websocket";

/** Limits of a peer that a conformance suite tests: several messages of 16 MiB may be in flight. */
export const PEER_LIMITS: Partial<ConnectionLimits> = {
  messageOctets: 64 * 1024 * 1024,
  backlogOctets: 256 * 1024 * 1024,
  // Case 9.3.1 sends 65,536.
  fragments: 1_000_000,
};

/** The same for a server: many clients on one machine connect to it. */
export const SERVER_LIMITS: Partial<ServerLimits> = {
  ...PEER_LIMITS,
  totalRetainedOctets: 1024 * 1024 * 1024,
  perAddress: 100_000,
};
