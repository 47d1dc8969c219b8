import type { Inflated, Inflater } from "../protocol/codec.js";
import { VIOLATIONS } from "../protocol/violation.js";
import { InflateSteps } from "./inflate-steps.js";
import { deflateLimiter } from "./limiter.js";
import type { Slot } from "./limiter.js";
import type { StreamPool } from "./stream-pool.js";
import { WarmList } from "./warm.js";
import type { Warm } from "./warm.js";
import { Outcome } from "./zlib-stream.js";
import type { Ran, ZlibStream } from "./zlib-stream.js";

export interface InflaterSettings {
  readonly pool: StreamPool;
  /** Whether messages may refer to earlier ones: then the stream is kept until `close()`. */
  readonly hasTakeover: boolean;
  readonly windowBits: number;
  readonly syncLimit: number;
  readonly maxConcurrent: number;
}

/**
 * The inflater of one connection (RFC 7692 §7.2.2). With context takeover it keeps its stream after a message, until
 * `MOST_WARM` others have been used since. Then it goes on with another stream and the window that it has kept.
 */
export class MessageInflater implements Inflater, Warm {
  newer: Warm | undefined = undefined;
  older: Warm | undefined = undefined;
  isListed = false;
  readonly #settings: InflaterSettings;
  readonly #steps: InflateSteps;
  #stream: ZlibStream | undefined = undefined;
  #slot: Slot | undefined = undefined;
  #done: ((result: Inflated) => void) | undefined = undefined;
  /** Set by the first failure and by `close()`: nothing is inflated any more. */
  #end: Inflated | undefined = undefined;
  #isLast = false;

  constructor(settings: InflaterSettings) {
    this.#settings = settings;
    this.#steps = new InflateSteps(settings.hasTakeover, settings.windowBits);
  }

  inflate(
    octets: Uint8Array,
    isLast: boolean,
    limit: number,
    done: (result: Inflated) => void,
  ): Inflated | undefined {
    if (this.#slot !== undefined) throw new Error("A message is being inflated already.");
    if (this.#end !== undefined) return this.#end;
    warmInflaters.remove(this);
    this.#isLast = isLast;
    const result =
      this.#steps.begin(octets, isLast, limit) ??
      (octets.length <= this.#settings.syncLimit ? this.#inflateNow() : undefined);
    if (result !== undefined) return this.#finish(result);
    this.#done = done;
    this.#steps.own();
    this.#slot = deflateLimiter.enter(this.#settings.maxConcurrent, () => this.#inflateLater());
    return undefined;
  }

  /** The window is remembered, so the stream is not needed before the next message. */
  cool(): void {
    this.#steps.loseWindow();
    this.#letGo();
  }

  close(): void {
    warmInflaters.remove(this);
    this.#end ??= VIOLATIONS["internal-error"];
    this.#slot?.leave();
    this.#slot = undefined;
    this.#done = undefined;
    this.#letGo();
  }

  /** Undefined when the thread pool has to do the rest. */
  #inflateNow(): Inflated | undefined {
    const steps = this.#steps;
    const most = MORE_THAN_INPUT * this.#settings.syncLimit;
    for (;;) {
      const stream = this.#hold();
      const ran = stream.runNow(steps.source, steps.from, steps.to, steps.limit, most);
      if (ran === undefined) return undefined;
      const result = steps.take(ran);
      if (result !== undefined) return result;
      if (ran.outcome === Outcome.More) return undefined;
    }
  }

  #inflateLater(): void {
    const { source, from, to, limit } = this.#steps;
    this.#hold().run(source, from, to, limit, (ran) => this.#onRan(ran));
  }

  #onRan(ran: Ran): void {
    // A pooled stream may answer although this inflater was closed: nothing needs the message any more.
    const slot = this.#slot;
    if (slot === undefined) return;
    const result = this.#steps.take(ran);
    if (result === undefined) return this.#inflateLater();
    const done = this.#done;
    this.#slot = undefined;
    this.#done = undefined;
    slot.leave();
    this.#finish(result);
    slot.run(() => done?.(result));
  }

  #hold(): ZlibStream {
    this.#stream ??= this.#settings.pool.lend();
    if (this.#steps.isResetDue) {
      this.#steps.isResetDue = false;
      this.#stream.reset();
    }
    return this.#stream;
  }

  #finish(result: Inflated): Inflated {
    const hasFailed = !(result instanceof Uint8Array);
    if (hasFailed) this.#end = result;
    if (hasFailed || (this.#isLast && !this.#settings.hasTakeover)) this.#letGo();
    else if (this.#isLast && this.#stream !== undefined) warmInflaters.add(this);
    return result;
  }

  #letGo(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream !== undefined) this.#settings.pool.takeBack(stream);
  }
}

/**
 * So many inflaters of the process keep their stream between messages, 42 KiB each. Without its stream, the next
 * message takes 1 to 7 µs more, since the window has to be restored.
 */
export const MOST_WARM = 256;
export const warmInflaters: WarmList = new WarmList(MOST_WARM);

/**
 * Work done at once gives at most this many times `syncLimit` octets (and one chunk): deflate can expand a
 * thousandfold, and other connections must not wait for that.
 */
const MORE_THAN_INPUT = 8;
