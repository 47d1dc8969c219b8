import { sizeOf } from "./buffer.js";

type Message = string | Uint8Array;
type Result = IteratorResult<Message, undefined>;

/** Where reading stops, as in an iteration over an ordinary connection. */
const PAUSE_MESSAGES = 64;
const PAUSE_OCTETS = 256 * 1024;
/** Where a platform that cannot stop reading gives up. Messages are counted as well, since they may be empty. */
const MAX_OCTETS = 16 * 1024 * 1024;
const MAX_MESSAGES = 16_384;

/** Messages that wait for a reader. */
export class Inbox implements AsyncIterableIterator<Message> {
  readonly #pause: (isPaused: boolean) => void;
  readonly #messages: Message[] = [];
  #octets = 0;
  #isPaused = false;
  readonly #readers: { resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  #end: { readonly error: unknown } | undefined = undefined;

  /** `pause` is called with true when reading should stop, and with false when it may go on. */
  constructor(pause: (isPaused: boolean) => void) {
    this.#pause = pause;
  }

  /** Hands a message to the first reader, or keeps it. Returns false if too much is kept. */
  push(message: Message): boolean {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: message });
      return true;
    }
    this.#messages.push(message);
    this.#octets += sizeOf(message);
    this.#lookAtRoom();
    return this.#octets <= MAX_OCTETS && this.#messages.length <= MAX_MESSAGES;
  }

  /** Whether reading should stop. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Takes what waits. */
  takeAll(): Message[] {
    this.#octets = 0;
    return this.#messages.splice(0);
  }

  /** There will be no more. What waits can still be read; then the iteration ends, or throws `error`. */
  end(error: unknown): void {
    this.#end ??= { error };
    for (const { resolve, reject } of this.#readers.splice(0)) {
      if (error === undefined) resolve({ done: true, value: undefined });
      else reject(error);
    }
  }

  next(): Promise<Result> {
    const message = this.#messages.shift();
    if (message !== undefined) {
      this.#octets -= sizeOf(message);
      this.#lookAtRoom();
      return Promise.resolve({ done: false, value: message });
    }
    if (this.#end === undefined)
      return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
    const { error } = this.#end;
    return error === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(error);
  }

  /** Leaving a loop keeps what waits for the next one. */
  return(): Promise<Result> {
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Reading stops at a limit, and goes on at half of it. */
  #lookAtRoom(): void {
    const part = this.#isPaused ? 2 : 1;
    const isFull = this.#messages.length * part >= PAUSE_MESSAGES || this.#octets * part >= PAUSE_OCTETS;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    this.#pause(isFull);
  }
}
