import { clearTimeout, setTimeout } from "node:timers";

import type { CloseInfo } from "../session/connection.js";
import { ScriptError, closeInWords, messageInWords } from "./script-error.js";

/** Kept at start-up: the tests of an application may replace them later, to control the time. */
const [begin, cancel] = [setTimeout, clearTimeout];

/**
 * What a Close frame of the client says (RFC 6455 §5.5.1).
 *
 * @example
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { scriptedServer, type ReceivedClose } from "@wireproof/websocket/testing";
 *
 * await using server = await scriptedServer(async (peer) => {
 *   const { code, reason }: ReceivedClose = await peer.receiveClose();
 *   console.assert(code === 4000 && reason === "enough");
 * });
 * const ws = await connect(server.url);
 * ws.close(4000, "enough");
 * await server.done();
 * ```
 */
export interface ReceivedClose {
  /** The close code; 1005 when the frame has none. */
  readonly code: number;
  /** The close reason, or "". */
  readonly reason: string;
}

/** What has come from one client, until the script takes it. */
export class Inbox {
  /** All messages, those that were taken too. */
  readonly messages: (string | Buffer)[] = [];
  close: ReceivedClose | undefined = undefined;
  /** How the connection ended. */
  ended: CloseInfo | undefined = undefined;
  readonly #number: number;
  readonly #timeoutMs: number;
  #taken = 0;
  #isCloseTaken = false;
  /** What the client did wrong. */
  #fault: ScriptError | undefined = undefined;
  readonly #payloads = { ping: [] as Buffer[], pong: [] as Buffer[] };
  readonly #waiting = new Set<() => void>();

  /** `number`: of the connection, for errors. */
  constructor(number: number, timeoutMs: number) {
    this.#number = number;
    this.#timeoutMs = timeoutMs;
  }

  addMessage(message: string | Buffer): void {
    this.messages.push(message);
    this.#wake();
  }

  addPayload(kind: "ping" | "pong", payload: Buffer): void {
    this.#payloads[kind].push(payload);
    this.#wake();
  }

  addClose(close: ReceivedClose): void {
    this.close = close;
    this.#wake();
  }

  addFault(fault: ScriptError): void {
    this.#fault ??= fault;
    this.#wake();
  }

  end(ended: CloseInfo): void {
    this.ended ??= ended;
    this.#wake();
  }

  /** The next message. Rejects if something else comes, or nothing in time. */
  message(expected: string): Promise<string | Buffer> {
    return this.#take(expected, () => {
      const message = this.messages[this.#taken];
      if (message !== undefined) this.#taken++;
      else if (this.close !== undefined)
        throw this.#error(expected, `${closeInWords(this.close.code, this.close.reason)} came`);
      return message;
    });
  }

  /** The Close frame; rejects as `message` does, also when a message comes that the script has not taken. */
  closing(expected: string): Promise<ReceivedClose> {
    return this.#take(expected, () => {
      const message = this.messages[this.#taken];
      if (message !== undefined) throw this.#error(expected, `${messageInWords(message)} came`);
      if (this.close !== undefined) this.#isCloseTaken = true;
      return this.close;
    });
  }

  /** The payload data of the next Ping or Pong, whatever else has come. */
  payload(kind: "ping" | "pong", expected: string): Promise<Buffer> {
    return this.#take(expected, () => this.#payloads[kind].shift());
  }

  ending(): Promise<CloseInfo> {
    return this.#take("the end of the connection", () => this.ended);
  }

  #error(expected: string, what: string): ScriptError {
    return new ScriptError(this.#number, `expected ${expected}, but ${what}.`);
  }

  async #take<T>(expected: string, find: () => T | undefined): Promise<T> {
    let isLate = false;
    let wake = (): void => {};
    const onWake = (): void => wake();
    this.#waiting.add(onWake);
    const timer =
      this.#timeoutMs === Infinity
        ? undefined
        : begin(() => {
            isLate = true;
            wake();
          }, this.#timeoutMs);
    try {
      for (;;) {
        const found = find();
        if (found !== undefined) return found;
        if (this.#fault !== undefined) throw this.#fault;
        if (this.ended !== undefined) throw this.#error(expected, this.#endInWords(this.ended));
        if (isLate) throw this.#error(expected, `nothing came in ${this.#timeoutMs} ms`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      cancel(timer);
      this.#waiting.delete(onWake);
    }
  }

  #endInWords({ code }: CloseInfo): string {
    if (this.close === undefined) return "the connection ended without a Close frame";
    return this.#isCloseTaken ? "the connection has ended" : `${closeInWords(code, this.close.reason)} came`;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
