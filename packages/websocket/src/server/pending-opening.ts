import type { Duplex } from "node:stream";

import { ErrorCode, WebSocketError } from "../errors.js";
import type { Time } from "../transport/time.js";
import { REFUSALS } from "./refuse.js";
import type { OpeningRefusal, RefusalId } from "./refuse.js";

/** An opening handshake that the application has not answered yet. */
export class PendingOpening {
  /** The refusal if it takes too long, the client goes, or the server closes. */
  readonly tooLate: Promise<OpeningRefusal>;
  readonly #socket: Duplex;
  readonly #aborting = new AbortController();
  readonly #cancel: () => void;
  #giveUp: (refused: OpeningRefusal) => void = () => {};
  readonly #onGone = (): void => this.abort("client-gone");

  constructor(socket: Duplex, timeoutMs: number, time: Time) {
    this.#socket = socket;
    this.tooLate = new Promise((resolve) => (this.#giveUp = resolve));
    this.#cancel = time.after(timeoutMs, () => this.abort("handshake-timeout"));
    // A client that has ended its side before the answer came can send no Close frame, so it is not accepted.
    for (const event of GONE) socket.on(event, this.#onGone);
  }

  get signal(): AbortSignal {
    return this.#aborting.signal;
  }

  abort(problem: RefusalId): void {
    if (this.signal.aborted) return;
    const refused = REFUSALS[problem];
    this.#giveUp(refused);
    const code = problem === "handshake-timeout" ? ErrorCode.HandshakeTimeout : ErrorCode.NotOpen;
    this.#aborting.abort(new WebSocketError(code, refused.body, { problem }));
  }

  /** It is answered. Call it in the turn in which another listener for the socket's errors is added. */
  settle(): void {
    this.#cancel();
    for (const event of GONE) this.#socket.off(event, this.#onGone);
  }
}

/** "aborted" is how a stream of HTTP/2 reports a reset before it closes. */
const GONE = ["end", "aborted", "close", "error"] as const;
