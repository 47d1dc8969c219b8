import type { CloseRecord } from "./record.js";

/** The record of a connection on which nothing was sent, received or decided yet. */
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
 * Whether something that the peer sent may be lost. The tester reads everything that arrived before a reset (see
 * failed-writes). But a system that resets a connection discards what it had not sent yet, and some systems discard
 * what had already arrived. After a Close frame nothing more is expected. A verdict on such a connection says what
 * came, and never that the peer did not send something.
 */
export function mayBeLost({ tcp, remotePayload }: CloseRecord): boolean {
  return tcp === "reset-by-peer" && remotePayload === null;
}

/** What verdicts and the wire log say about such a connection. */
export const RESET_TEXT = "the peer reset TCP, and data that it sent before may be lost";

/** What verdicts say of a stream on which flow control keeps the tester from sending (RFC 9113 §5.2). */
export const NO_ROOM = "the peer let the tester send nothing more: its HTTP/2 window had no room";

/** Whether the peer never got the tester's last octets for that reason. */
export function hadNoRoom({ notCleanReason }: CloseRecord): boolean {
  return notCleanReason?.startsWith(NO_ROOM) === true;
}

/** How TCP ended, as the last line of a wire log. */
export const TCP_END_NOTES: Readonly<Record<CloseRecord["tcp"], string>> = {
  "ended-by-peer": "the peer ended the stream",
  "reset-by-peer": "the peer reset the TCP connection",
  "ended-by-tester": "the tester dropped the TCP connection",
  "never-connected": "there was no TCP connection",
};
