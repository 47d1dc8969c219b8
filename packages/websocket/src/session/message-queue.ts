import type { WebSocketError } from "../errors.js";
import type { TurnLimits, TurnTaker } from "../protocol/turns.js";
import { loopTurns } from "../transport/turns.js";
import { PauseReason } from "./pause.js";
import type { Pausable } from "./pause.js";

/** Messages, or octets of messages, that may wait for the reader before reading from the network stops. */
const MAX_WAITING_MESSAGES = 64;
const MAX_WAITING_OCTETS = 256 * 1024;

type Message = string | Uint8Array;

/** A message that waits. */
interface Waiting {
  readonly message: Message;
  readonly isText: boolean;
}

type Result = IteratorResult<Message, undefined>;

/**
 * Messages for `for await`. When the reader is slower than the peer, reading from the network stops, TCP's window
 * fills, and the peer is slowed down: nothing grows here. A loop over messages that wait already goes on from microtask
 * to microtask, and no other socket is read meanwhile. So such a loop also gets only its part of a turn of the event
 * loop.
 */
export class MessageQueue implements AsyncIterableIterator<Message>, TurnTaker {
  readonly #session: Pausable;
  readonly #limits: TurnLimits;
  /** A reader waits and there is no message. */
  readonly #onWanted: () => void;
  #messages: Waiting[] = [];
  #octets = 0;
  #readers: { resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  #isEnded = false;
  #error: WebSocketError | undefined = undefined;
  /** The closing has begun: the peer's Close frame must not wait behind messages that are not read. */
  #isClosing = false;
  #hasDropped = false;
  /** Readers wait although there are messages. */
  #isAwaitingTurn = false;

  constructor(session: Pausable, limits: TurnLimits, onWanted: () => void = () => {}) {
    this.#session = session;
    this.#limits = limits;
    this.#onWanted = onWanted;
  }

  /** Whether a reader waits for a message that has not come. */
  get isWanted(): boolean {
    return this.#readers.length > 0 && !this.#isAwaitingTurn;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  push(message: Message, isText: boolean = typeof message === "string"): void {
    const reader = this.#isAwaitingTurn ? undefined : this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: message });
      return;
    }
    // After one was dropped, all that follow are dropped too, so that there is no gap.
    if (this.#isClosing && (this.#hasDropped || this.#isFull)) {
      this.#hasDropped = true;
      return;
    }
    this.#messages.push({ message, isText });
    this.#octets += message.length;
    if (this.#isFull && !this.#isClosing) this.#session.pause(PauseReason.Queue);
  }

  /** This side has begun to close. What the peer still sends is kept until the queue is full. */
  close(): void {
    this.#isClosing = true;
    this.#session.resume(PauseReason.Queue);
  }

  /** The connection is gone. What waits can still be read; then the iteration ends, or throws `error`. */
  end(error: WebSocketError | undefined): void {
    this.#isEnded = true;
    this.#error = error;
    if (!this.#isAwaitingTurn) this.#settleReaders(error);
  }

  #settleReaders(error: WebSocketError | undefined): void {
    for (const reader of this.#readers) {
      if (error === undefined) reader.resolve({ done: true, value: undefined });
      else reader.reject(error);
    }
    // Only the first reader needs to know why.
    if (this.#readers.length > 0) this.#error = undefined;
    this.#readers = [];
  }

  /** The oldest message that waits; undefined when there is none. */
  take(): Waiting | undefined {
    const waiting = this.#messages.shift();
    if (waiting === undefined) return undefined;
    this.#octets -= waiting.message.length;
    if (this.#messages.length < MAX_WAITING_MESSAGES / 2 && this.#octets < MAX_WAITING_OCTETS / 2)
      this.#session.resume(PauseReason.Queue);
    return waiting;
  }

  next(): Promise<Result> {
    if (this.#messages.length > 0 && this.#hasRoom()) return Promise.resolve(this.#takeResult());
    if (!this.#isEnded || this.#isAwaitingTurn) {
      return new Promise((resolve, reject) => {
        this.#readers.push({ resolve, reject });
        if (!this.#isAwaitingTurn) this.#onWanted();
      });
    }
    const error = this.#error;
    this.#error = undefined;
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }

  /** Leaving a loop keeps what waits for the next one. */
  return(): Promise<Result> {
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  get #isFull(): boolean {
    return this.#messages.length >= MAX_WAITING_MESSAGES || this.#octets >= MAX_WAITING_OCTETS;
  }

  takeTurn(): void {
    this.#isAwaitingTurn = false;
    // The messages may have been taken as streams meanwhile.
    let mayGoOn = true;
    while (mayGoOn && this.#readers.length > 0 && this.#messages.length > 0) {
      this.#readers.shift()!.resolve(this.#takeResult());
      mayGoOn = this.#readers.length === 0 || this.#messages.length === 0 || this.#hasRoom();
    }
    if (this.#isAwaitingTurn || this.#readers.length === 0) return;
    if (this.#isEnded) this.#settleReaders(this.#error);
    else this.#onWanted();
  }

  #hasRoom(): boolean {
    if (this.#isAwaitingTurn) return false;
    if (loopTurns.mayGoOn(this.#limits)) return true;
    this.#isAwaitingTurn = true;
    loopTurns.wait(this, this.#limits);
    return false;
  }

  #takeResult(): Result {
    return { done: false, value: this.take()!.message };
  }
}
