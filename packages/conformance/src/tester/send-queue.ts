import type { Clock } from "../time/clock.js";
import type { Transport } from "../net/transport.js";

export interface Delivery {
  /** Cut into writes of this many octets. */
  readonly chop?: number;
  /** With `chop`: only this many octets are cut, and the rest is one write. */
  readonly chopFirst?: number;
  /** One write that is sent alone. */
  readonly sync?: true;
}

/**
 * Keeps writes apart on the wire. Chopped and sync writes are queued: each goes out alone, and the event loop turns
 * before the next, so that the peer sees them in pieces. While the queue is not empty, all other writes wait in it, so
 * that the order is kept.
 */
export class SendQueue {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #wrote: (octets: Uint8Array, queued: boolean) => void;
  readonly #queue: { octets: Uint8Array; queued: boolean; sent: (() => void) | undefined }[] = [];
  #sending = false;
  #stopped = false;
  #whenEmpty: (() => void)[] = [];
  /** Writes that the system has not taken yet, and how many it has taken. */
  #untaken = 0;
  #taken = 0;
  #whenTaken: (() => void)[] = [];
  #whenWritten: (() => void)[] = [];

  /** `wrote` is called for every single write when it is made. */
  constructor(transport: Transport, clock: Clock, wrote: (octets: Uint8Array, queued: boolean) => void) {
    this.#transport = transport;
    this.#clock = clock;
    this.#wrote = wrote;
  }

  /** `sent` is called when the system has taken the last of the octets. */
  send(octets: Uint8Array, delivery: Delivery = {}, sent?: () => void): void {
    if (this.#stopped) return;
    const { chop, chopFirst = Infinity } = delivery;
    if (chop !== undefined) {
      for (let at = 0; at < octets.length;) {
        const end = at < chopFirst ? at + chop : octets.length;
        this.#queue.push({
          octets: octets.subarray(at, end),
          queued: true,
          sent: end >= octets.length ? sent : undefined,
        });
        at = end;
      }
    } else if (delivery.sync === true || this.#sending) {
      this.#queue.push({ octets, queued: delivery.sync === true, sent });
    } else {
      this.#wrote(octets, false);
      this.#write(octets, () => sent?.());
      return;
    }
    if (!this.#sending) this.#next();
  }

  /** Calls back when everything that is queued has gone out; at once if nothing is queued. */
  whenEmpty(callback: () => void): void {
    if (this.#sending) this.#whenEmpty.push(callback);
    else callback();
  }

  /** Calls back when the system has taken everything that was sent so far; at once if it has. */
  whenTaken(callback: () => void): void {
    if (this.#isTaken) callback();
    else this.#whenTaken.push(callback);
  }

  /** Calls back when all writes so far have been made; at once if none waits in the queue. */
  whenWritten(callback: () => void): void {
    if (this.#queue.length === 0) callback();
    else this.#whenWritten.push(callback);
  }

  /** Writes that the system has taken so far. While this number grows, the peer reads. */
  get taken(): number {
    return this.#taken;
  }

  /** Sends nothing more, and calls nothing back. */
  stop(): void {
    this.#stopped = true;
    this.#queue.length = 0;
    this.#whenEmpty = [];
    this.#whenTaken = [];
    this.#whenWritten = [];
  }

  #write(octets: Uint8Array, done: () => void): void {
    this.#untaken++;
    this.#transport.write(octets, () => {
      this.#untaken--;
      this.#taken++;
      done();
      this.#notifyTaken();
    });
  }

  /** The turn of the event loop after the last queued write does not count. */
  get #isTaken(): boolean {
    return this.#queue.length === 0 && this.#untaken === 0;
  }

  #notifyTaken(): void {
    if (!this.#isTaken || this.#whenTaken.length === 0) return;
    const waiting = this.#whenTaken;
    this.#whenTaken = [];
    for (const callback of waiting) callback();
  }

  #next(): void {
    const item = this.#queue.shift();
    if (item === undefined || this.#stopped) {
      this.#sending = false;
      const waiting = this.#whenEmpty;
      this.#whenEmpty = [];
      for (const callback of waiting) callback();
      return;
    }
    this.#sending = true;
    this.#wrote(item.octets, item.queued);
    // The next write waits until the system has the octets and the event loop has turned. Otherwise writes would merge.
    this.#write(item.octets, () => {
      item.sent?.();
      this.#clock.turn(() => this.#next());
    });
    if (this.#queue.length > 0) return;
    const waiting = this.#whenWritten;
    this.#whenWritten = [];
    for (const callback of waiting) callback();
  }
}
