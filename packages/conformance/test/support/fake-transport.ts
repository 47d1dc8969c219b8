import type { Transport } from "../../src/net/transport.js";

/** Keeps what was written and what was done to it. Writes are handed over at once unless they are held. */
export class FakeTransport implements Transport {
  readonly writes: Uint8Array[] = [];
  ended = 0;
  destroyed = 0;
  finished = 0;
  resets = 0;
  /** Nothing is read. */
  isHeld = false;
  /** Keep the callbacks of writes, as if the system did not take the octets yet. */
  isHolding = false;
  readonly #held: (() => void)[] = [];

  write(octets: Uint8Array, done?: () => void): void {
    // A copy: whoever writes may use the array again.
    this.writes.push(new Uint8Array(octets));
    if (done === undefined) return;
    if (this.isHolding) this.#held.push(done);
    else done();
  }

  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
  }

  end(): void {
    this.ended++;
  }

  destroy(): void {
    this.destroyed++;
  }

  finish(): void {
    this.finished++;
  }

  reset(): void {
    this.resets++;
  }

  /** The system takes the oldest write that is held. */
  release(): void {
    this.#held.shift()?.();
  }

  /** All octets written so far. */
  get octets(): Uint8Array {
    return Buffer.concat(this.writes);
  }
}
