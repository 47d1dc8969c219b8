import { ReadableStream } from "node:stream/web";
import type { ReadableStreamDefaultController } from "node:stream/web";

import type { TurnLimits, TurnTaker } from "../protocol/turns.js";
import { loopTurns } from "../transport/turns.js";
import { PauseReason } from "./pause.js";
import type { Pausable } from "./pause.js";

/** Octets, or parts, that may wait for the reader of a stream before reading from the network stops. */
const HIGH_WATER_OCTETS = 256 * 1024;
const HIGH_WATER_PARTS = 64;

/**
 * The parts of one message on their way to the reader of `readable`. They wait here and not in the stream, so that a
 * reader that goes on from microtask to microtask gets only its part of a turn of the event loop.
 */
export class MessageParts implements TurnTaker {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #session: Pausable;
  readonly #limits: TurnLimits;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #parts: Uint8Array[] = [];
  #octets = 0;
  #isComplete = false;
  #isOver = false;
  #error: Error | undefined = undefined;
  /** Ends the reader's wait for a part. */
  #pulled: (() => void) | undefined = undefined;
  #isAwaitingTurn = false;

  constructor(session: Pausable, limits: TurnLimits) {
    this.#session = session;
    this.#limits = limits;
    this.readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => this.#pull(),
        // The rest of the message is read and thrown away.
        cancel: () => this.#cancel(),
      },
      { highWaterMark: 0 },
    );
  }

  push(octets: Uint8Array, isLast: boolean): void {
    if (this.#isOver) return;
    if (octets.length > 0) this.#parts.push(octets);
    this.#octets += octets.length;
    this.#isComplete = isLast;
    this.#feed();
    if (!isLast && this.#isFull) this.#session.pause(PauseReason.Stream);
  }

  /** The message will never end. What came of it can still be read. */
  fail(error: Error): void {
    this.#error = error;
    this.#feed();
  }

  takeTurn(): void {
    this.#isAwaitingTurn = false;
    this.#hand();
  }

  get #isFull(): boolean {
    return this.#octets >= HIGH_WATER_OCTETS || this.#parts.length >= HIGH_WATER_PARTS;
  }

  #pull(): Promise<void> {
    return new Promise((resolve) => {
      this.#pulled = resolve;
      this.#feed();
    });
  }

  #feed(): void {
    if (this.#isAwaitingTurn) return;
    if (this.#pulled === undefined || this.#parts.length === 0) return this.#endIfOver();
    if (loopTurns.mayGoOn(this.#limits)) return this.#hand();
    this.#isAwaitingTurn = true;
    loopTurns.wait(this, this.#limits);
  }

  #hand(): void {
    const part = this.#parts.shift();
    if (part === undefined) return;
    this.#octets -= part.length;
    this.#controller.enqueue(part);
    if (!this.#isFull) this.#session.resume(PauseReason.Stream);
    this.#endIfOver();
    this.#wake();
  }

  #endIfOver(): void {
    if (this.#isOver || this.#parts.length > 0) return;
    if (this.#isComplete) this.#controller.close();
    else if (this.#error !== undefined) this.#controller.error(this.#error);
    else return;
    this.#isOver = true;
    this.#wake();
  }

  #cancel(): void {
    this.#isOver = true;
    this.#parts = [];
    this.#session.resume(PauseReason.Stream);
    this.#wake();
  }

  #wake(): void {
    const wake = this.#pulled;
    this.#pulled = undefined;
    wake?.();
  }
}
