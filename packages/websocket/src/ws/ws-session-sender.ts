import type { Duplex } from "node:stream";

import { checkedReason } from "./close-arguments.js";
import { toPayload } from "./data.js";
import type { WsSession } from "./ws-session.js";
import { joinedFrame } from "./raw-frame.js";
import type { SendCallback, SendOptions } from "./types.js";

/** The `_sender` of a WebSocket, for applications that frame a message once and send it to many connections. */
export class WsSessionSender {
  readonly #session: WsSession;

  constructor(session: WsSession) {
    this.#session = session;
  }

  get _socket(): Duplex {
    return this.#session.socket;
  }

  /** Octets that wait behind a message that is being compressed or a Blob that is being read. */
  get _bufferedBytes(): number {
    return this.#session.bufferedAmount - this.#session.socket.writableLength;
  }

  /** Sends pieces of frames that `Sender.frame` has made, behind what was sent before. */
  sendFrame(pieces: readonly (Uint8Array | string)[], callback?: SendCallback): void {
    const { outbox, isServer, socket } = this.#session;
    outbox.sendFrames(joinedFrame(pieces), isServer, socket, callback);
  }

  send(data: unknown, options: SendOptions, callback?: SendCallback): void {
    const { binary = false, compress = false, fin = false } = options;
    const sending = { isBinary: binary, mayCompress: compress, isLast: fin };
    this.#session.outbox.send(toPayload(data), sending, callback);
  }

  ping(data: unknown, _mask?: boolean, callback?: SendCallback): void {
    this.#session.outbox.control(true, toPayload(data), callback);
  }

  pong(data: unknown, _mask?: boolean, callback?: SendCallback): void {
    this.#session.outbox.control(false, toPayload(data), callback);
  }

  close(code?: number, reason?: string | Uint8Array): void {
    this.#session.close(code, checkedReason(code, reason, this.#session.isServer));
  }
}
