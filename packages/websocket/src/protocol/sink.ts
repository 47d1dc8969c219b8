import type { MessageOpcode } from "./opcode.js";
import type { Violation } from "./violation.js";

/**
 * The callbacks of a connection. All are synchronous, and none comes after `onClosed`. Each may call any method of the
 * connection. None may throw.
 */
export interface Sink {
  /** A text message, decoded (only with `text: "string"`). */
  onText(text: string): void;
  /**
   * A message as octets. Unless `isOwned`, the view is valid only until this call returns: its memory belongs to the
   * transport, which reads the octets of other connections into it.
   */
  onOctets(octets: Uint8Array, isText: boolean, isOwned: boolean): void;
  /** A streamed message begins (only after `streamNext()` was called); its parts follow, unless it is gathered now. */
  onMessageStart(opcode: MessageOpcode): void;
  /** A part of it, under the same rule as in `onOctets`; may be empty. */
  onMessagePart(octets: Uint8Array, isLast: boolean, isOwned: boolean): void;
  /** The view is valid only until the call returns. The pong has been queued already. */
  onPing(payload: Uint8Array): void;
  onPong(payload: Uint8Array): void;
  /**
   * The peer's Close frame has come; code and reason as in `onClosed`. It is answered when the call returns, unless this
   * side has closed, or closes now.
   */
  onPeerClose?(code: number, reason: string): void;
  /** The connection is failed (RFC 6455 §7.1.7); a Close frame with the violation's code has been queued. */
  onViolation(violation: Violation): void;
  /**
   * The closing has begun on either side: nothing can be sent any more. If this side began it, messages still come
   * until the peer's Close frame.
   */
  onClosing(): void;
  /**
   * Output waits in `connection.output` and has to be written soon. Called when the first octets wait, and on
   * `isEnded`.
   */
  onOutput(): void;
  /** Input has to stop (true) or may go on (false): see `reading.ts` for what stops it. */
  onPause(isPaused: boolean): void;
  /**
   * Close the transport at once, even if octets wait to be written: a deadline has passed or there is nothing to wait
   * for.
   */
  onAbort(): void;
  /**
   * The transport is gone. Code and reason as in §7.1.5 and §7.1.6 (1005: a Close frame without a code, 1006: none
   * came); `wasClean` as in §7.1.4. Exactly once.
   */
  onClosed(code: number, reason: string, wasClean: boolean): void;
}
