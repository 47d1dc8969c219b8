import type { Carrier } from "./carrier.js";

/** Channels that are subscribed to, or unsubscribed from, in one call. */
const BATCH = 500;
/**
 * A channel is given up after its last subscriber was gone for so long: where clients come and go, a topic often gets
 * another one.
 */
export const LINGER_MS = 1_000;
/**
 * A call that fails is made again so often, after so long and then twice as long each time: a cluster refuses some while it
 * still connects to its nodes.
 */
export const RETRIES = 5;
export const FIRST_RETRY_MS = 100;
/** What is refused all the same, such as by permissions, is tried again so much later. */
export const LATER_MS = 30_000;

type Link = Pick<Carrier, "subscribe" | "unsubscribe">;

/**
 * Brings what a carrier is subscribed to in line with what is wanted: in batches, one at a time, and only with what has not
 * changed back meanwhile. So its memory is bounded by the number of channels, however often they come and go.
 */
export class Subscriptions {
  readonly #link: Link;
  readonly #failed: (channels: readonly string[], cause: unknown) => void;
  readonly #wanted = new Set<string>();
  /** What the carrier has confirmed. */
  readonly #held = new Set<string>();
  /** What is wanted and not held. */
  readonly #missing = new Set<string>();
  /** What is held and not wanted, and what of it was not wanted for long enough. */
  readonly #surplus = new Set<string>();
  readonly #leaving = new Set<string>();
  #isLinked = false;
  /** Changes with each connection: what a call on an earlier one brings is void. */
  #connection = 0;
  /** Resolves when that one ends: a call on it may never be answered. */
  #ended: Promise<void> = Promise.resolve();
  #end: () => void = () => {};
  #running: Promise<void> | undefined = undefined;
  #linger: NodeJS.Timeout | undefined = undefined;
  /** Channels that were refused, and when they are tried again. */
  readonly #refused = new Set<string>();
  #later: NodeJS.Timeout | undefined = undefined;

  /** `failed` gets channels that could not be subscribed to, each once on a connection. They are tried again. */
  constructor(link: Link, failed: (channels: readonly string[], cause: unknown) => void) {
    this.#link = link;
    this.#failed = failed;
  }

  want(channel: string): void {
    this.#wanted.add(channel);
    this.#surplus.delete(channel);
    this.#leaving.delete(channel);
    if (this.#held.has(channel)) return;
    this.#missing.add(channel);
    void this.settled();
  }

  unwant(channel: string): void {
    this.#wanted.delete(channel);
    this.#missing.delete(channel);
    if (!this.#held.has(channel)) return;
    this.#surplus.add(channel);
    this.#linger ??= setTimeout(() => {
      this.#linger = undefined;
      for (const idle of this.#surplus) this.#leaving.add(idle);
      void this.settled();
    }, LINGER_MS).unref();
  }

  /** There is a connection, on which nothing is subscribed to. Resolves as `settled`. */
  up(): Promise<void> {
    this.down();
    this.#ended = new Promise((resolve) => (this.#end = resolve));
    this.#isLinked = true;
    return this.settled();
  }

  down(): void {
    this.#isLinked = false;
    this.#connection++;
    this.#end();
    this.#held.clear();
    this.#surplus.clear();
    this.#leaving.clear();
    this.#refused.clear();
    clearTimeout(this.#later);
    this.#later = undefined;
    for (const channel of this.#wanted) this.#missing.add(channel);
  }

  stop(): void {
    this.down();
    clearTimeout(this.#linger);
  }

  /** Resolves when what is wanted is subscribed to, as far as there is a connection. */
  settled(): Promise<void> {
    if (this.#running === undefined && this.#hasWork) {
      this.#running = this.#run().then(() => {
        this.#running = undefined;
        // What was wanted after the last look.
        return this.settled();
      });
    }
    return this.#running ?? Promise.resolve();
  }

  get #hasWork(): boolean {
    return this.#isLinked && this.#missing.size + this.#leaving.size > 0;
  }

  /** One call at a time: clients differ in what a call does to an earlier one about the same channel. */
  async #run(): Promise<void> {
    // Those who subscribe in the same turn share a batch.
    await new Promise(setImmediate);
    while (this.#hasWork) {
      if (this.#missing.size > 0) await this.#subscribe(taken(this.#missing));
      else await this.#unsubscribe(taken(this.#leaving));
    }
  }

  async #subscribe(batch: readonly string[]): Promise<void> {
    const connection = this.#connection;
    for (let retryMs = FIRST_RETRY_MS; ; retryMs *= 2) {
      const error = await this.#tried(batch);
      // The end of a connection is no news, and the next one begins anew.
      if (connection !== this.#connection) return;
      if (error === undefined) break;
      if (retryMs === FIRST_RETRY_MS * 2 ** RETRIES) return this.#refuse(batch, error);
      await Promise.race([passed(retryMs), this.#ended]);
      if (connection !== this.#connection) return;
    }
    for (const channel of batch) {
      this.#held.add(channel);
      this.#refused.delete(channel);
      if (!this.#wanted.has(channel)) this.unwant(channel);
    }
  }

  /** What went wrong; undefined for nothing. */
  async #tried(batch: readonly string[]): Promise<{ readonly cause: unknown } | undefined> {
    try {
      await Promise.race([this.#link.subscribe(batch), this.#ended]);
      return undefined;
    } catch (cause) {
      return { cause };
    }
  }

  #refuse(batch: readonly string[], { cause }: { readonly cause: unknown }): void {
    const news = batch.filter((channel) => !this.#refused.has(channel));
    for (const channel of news) this.#refused.add(channel);
    if (news.length > 0) this.#failed(news, cause);
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      for (const channel of this.#refused) {
        if (this.#wanted.has(channel)) this.#missing.add(channel);
        else this.#refused.delete(channel);
      }
      void this.settled();
    }, LATER_MS).unref();
  }

  async #unsubscribe(batch: readonly string[]): Promise<void> {
    for (const channel of batch) {
      this.#surplus.delete(channel);
      this.#held.delete(channel);
    }
    try {
      await Promise.race([this.#link.unsubscribe(batch), this.#ended]);
    } catch {
      // The connection is gone, and with it what was subscribed to.
    }
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** The first of a set, which are taken out of it. */
function taken(channels: Set<string>): readonly string[] {
  const batch = [...channels].slice(0, BATCH);
  for (const channel of batch) channels.delete(channel);
  return batch;
}
