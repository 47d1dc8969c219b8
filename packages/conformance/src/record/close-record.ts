import type { CloseRecord } from "./record.js";

/** Where every connection begins: nothing has been sent, received or decided. */
export const NOTHING_CLOSED: CloseRecord = {
  closedByTester: false,
  failedByTester: false,
  droppedByTester: false,
  clean: false,
  notCleanReason: null,
  openTimeout: false,
  closeTimeout: false,
  dropTimeout: false,
  localCode: null,
  localReason: null,
  remoteCode: null,
  remoteReason: null,
  remotePayload: null,
  localPayload: null,
  tcp: "never-connected",
};

/**
 * Whether something that the peer sent may be lost. All that arrived before a reset is read (see failed-writes), yet a
 * system that resets a connection discards what it had not sent, and some discard what had arrived. Behind a Close
 * frame nothing is missing. A verdict says of such a connection what came, and never that something was not sent.
 */
export function mayBeLost({ tcp, remotePayload }: CloseRecord): boolean {
  return tcp === "reset-by-peer" && remotePayload === null;
}

/** What is said of such a connection. */
export const RESET_TEXT = "the peer reset TCP, and what it sent before may be lost";
