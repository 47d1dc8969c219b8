import type { PingsRecord } from "../record/record.js";

/** The Pings of a peer, in a case that answers them itself or not at all. Only the latest is kept. */
export class PeerPings {
  readonly #now: () => number;
  #count = 0;
  #firstMs: number | null = null;
  #latest: Uint8Array | null = null;
  #onNext: (() => void) | null = null;

  /** `now`: milliseconds since the connection opened. */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(payload: Uint8Array): void {
    this.#count++;
    this.#firstMs ??= this.#now();
    this.#latest = payload.slice(0, 125);
    const onNext = this.#onNext;
    this.#onNext = null;
    onNext?.();
  }

  /** Calls back once, when the next Ping comes. */
  whenNext(callback: () => void): void {
    this.#onNext = callback;
  }

  /** The payload of the latest; null if none has come. */
  get latest(): Uint8Array | null {
    return this.#latest;
  }

  get record(): PingsRecord {
    return { count: this.#count, firstMs: this.#firstMs };
  }
}
