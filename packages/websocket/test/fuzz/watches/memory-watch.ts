import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const MIB = 1024 * 1024;
/** Reading what is held takes some µs. */
const LOOK_EVERY_MS = 10;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/**
 * How much more the process holds than at the start: the heap, and memory of buffers. Garbage does not count: above the
 * bound it is collected first, and looked at again. What lies outside of both, such as zlib's, shows in the resident set.
 */
export class MemoryWatch {
  /** At most, in MiB. */
  heldMib = 0;
  readonly #boundMib: number;
  readonly #before: number;
  #looked = performance.now();
  #timesOver = 0;

  constructor(boundMib: number) {
    collectGarbage();
    this.#boundMib = boundMib;
    this.#before = heldMib();
  }

  /** To be called often. */
  look(): void {
    const now = performance.now();
    if (now - this.#looked < LOOK_EVERY_MS) return;
    this.#looked = now;
    const held = heldMib() - this.#before;
    if (held <= this.#boundMib) {
      this.#timesOver = 0;
      this.heldMib = Math.max(this.heldMib, held);
      return;
    }
    // Memory of buffers is given back a turn or two after the garbage has been collected.
    collectGarbage();
    this.#timesOver += 1;
    if (this.#timesOver > TURNS_TO_GIVE_BACK) this.heldMib = Math.max(this.heldMib, heldMib() - this.#before);
  }

  /** What is still held when all is over, in MiB: what is more than `enough` is looked at again some times. */
  async leftMib(enough: number): Promise<number> {
    for (let left = TURNS_TO_GIVE_BACK; ; left -= 1) {
      collectGarbage();
      const held = heldMib() - this.#before;
      if (held <= enough || left === 0) return held;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

const TURNS_TO_GIVE_BACK = 5;

/** Pages that the process has, in MiB; what was given back to the allocator may still be among them. */
export function residentMib(): number {
  return process.memoryUsage.rss() / MIB;
}

function heldMib(): number {
  const { external, arrayBuffers, heapUsed } = process.memoryUsage();
  return (Math.max(external, arrayBuffers) + heapUsed) / MIB;
}
