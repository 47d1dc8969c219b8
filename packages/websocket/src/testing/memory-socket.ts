import { Duplex } from "node:stream";

import type { Time } from "../transport/time.js";
import { immediate } from "../transport/wake.js";

/** So many octets are on their way in one direction before a sender has to wait, as the buffers of a system are. */
export const CAPACITY_OCTETS = 65_536;

/** One end of a connection in memory. It looks like TCP to what reads and writes it. */
export class MemorySocket extends Duplex {
  /** For `handshake.remoteAddress`. */
  readonly remoteAddress: string;
  /** Where what is written goes, and where what is read comes from. */
  out!: Way;
  in!: Way;

  constructor(remoteAddress: string) {
    super({ allowHalfOpen: true });
    this.remoteAddress = remoteAddress;
    // Whoever uses it has listeners of their own; between two of them an error must not end the process.
    this.on("error", () => {});
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    // The memory may be used again when this has returned.
    this.out.carry(Buffer.from(chunk), done);
  }

  override _final(done: () => void): void {
    this.out.carry(END, done);
  }

  override _read(): void {
    this.in.askedForMore();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.out.carry(END, () => {});
    this.in.discard();
    done(error);
  }
}

/** One direction: what was written arrives in a later turn of the event loop, and after the latency. */
export class Way {
  latencyMs: number;
  isStalled = false;
  readonly #to: MemorySocket;
  readonly #time: Time;
  readonly #onMove: () => void;
  #onTheWay: Carried[] = [];
  #octets = 0;
  #isWanted = false;
  #isEnded = false;
  #isDiscarding = false;
  /** Of what is scheduled; undefined if nothing is. */
  #cancel: (() => void) | undefined = undefined;

  /** `onMove` is called when something arrives. */
  constructor(to: MemorySocket, latencyMs: number, time: Time, onMove: () => void) {
    this.#to = to;
    this.latencyMs = latencyMs;
    this.#time = time;
    this.#onMove = onMove;
  }

  /** Takes octets, or the end of the stream. `onTaken` is called when a sender may go on. */
  carry(what: Buffer | typeof END, onTaken: () => void): void {
    if (this.#isEnded || this.#isDiscarding) return onTaken();
    if (what === END) this.#isEnded = true;
    else this.#octets += what.length;
    const earliest = this.#onTheWay.at(-1)?.at ?? 0;
    const at = Math.max(earliest, this.#time.now() + this.latencyMs);
    const mustWait = this.#octets > CAPACITY_OCTETS;
    this.#onTheWay.push({ what, at, onTaken: mustWait ? onTaken : undefined });
    if (!mustWait) onTaken();
    this.#schedule();
  }

  /** The reader has room. */
  askedForMore(): void {
    this.#isWanted = true;
    this.#schedule();
  }

  /** It is not stalled any more. */
  flow(): void {
    this.isStalled = false;
    this.#schedule();
  }

  /** Nobody reads any more. */
  discard(): void {
    this.#isDiscarding = true;
    this.#cancel?.();
    for (const { onTaken } of this.#onTheWay.splice(0)) onTaken?.();
  }

  #schedule(): void {
    const [first] = this.#onTheWay;
    if (first === undefined || this.#cancel !== undefined || !this.#mayArrive) return;
    const arrive = (): void => {
      this.#cancel = undefined;
      this.#arrive();
    };
    const waitMs = first.at - this.#time.now();
    if (waitMs > 0) {
      this.#cancel = this.#time.after(waitMs, arrive, true);
    } else {
      this.#cancel = () => {};
      immediate(arrive);
    }
  }

  get #mayArrive(): boolean {
    return this.#isWanted && !this.isStalled && !this.#isDiscarding;
  }

  #arrive(): void {
    while (this.#mayArrive && this.#onTheWay[0] !== undefined && this.#onTheWay[0].at <= this.#time.now()) {
      const { what, onTaken } = this.#onTheWay.shift()!;
      this.#onMove();
      if (what === END) {
        this.#to.push(null);
      } else {
        this.#octets -= what.length;
        this.#isWanted = this.#to.push(what);
      }
      onTaken?.();
    }
    this.#schedule();
  }
}

interface Carried {
  readonly what: Buffer | typeof END;
  /** When it arrives. */
  readonly at: number;
  /** Of a sender that waits. */
  readonly onTaken: (() => void) | undefined;
}

const END = null;
