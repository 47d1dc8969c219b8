import type { CloseRecord } from "../report/event.js";

/**
 * Whether something that the peer sent may be lost. All that arrived before a reset is read (see failed-writes), yet a
 * system that resets a connection discards what it had not sent, and some discard what had arrived. Behind a Close
 * frame nothing is missing. A verdict says of such a connection what came, and never that something was not sent.
 */
export function mayBeLost({ tcp, remotePayload }: CloseRecord): boolean {
  return tcp === "reset-by-peer" && remotePayload === null;
}

/** What is said of such a connection. */
export const RESET = "the peer reset TCP, and what it sent before may be lost";
