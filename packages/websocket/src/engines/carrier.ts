/**
 * What a {@link Carrier} reports to its engine.
 *
 * @example
 * ```ts
 * import type { CarrierHost } from "@wireproof/websocket/engines";
 *
 * const seen: string[] = [];
 * const host: CarrierHost = {
 *   up: () => void seen.push("up"),
 *   down: () => void seen.push("down"),
 *   message: (channel, octets) => void seen.push(`${channel}: ${octets.length} octets`),
 *   dropped: () => void seen.push("dropped"),
 *   failed: (what) => void seen.push(what),
 * };
 * host.message("wireproof:all", new Uint8Array(3));
 * console.assert(seen[0] === "wireproof:all: 3 octets");
 * ```
 */
export interface CarrierHost {
  /** The connection is there, again or for the first time. All channels are subscribed to anew. */
  up(): void;
  /**
   * The connection is lost, and the carrier tries to get it back.
   *
   * @param error - Why. Default: unknown.
   */
  down(error?: unknown): void;
  /**
   * A message has come.
   *
   * @param channel - The channel on which it came.
   * @param octets - The octets as they were sent. They must not be changed afterwards.
   */
  message(channel: string, octets: Uint8Array): void;
  /** A message was dropped for one of those who should get it, since too much waits for them. */
  dropped(): void;
  /**
   * Something did not work, and the connection goes on.
   *
   * @param what - What, as one sentence.
   * @param cause - What was caught. Default: nothing.
   */
  failed(what: string, cause?: unknown): void;
}

/**
 * What carries octets on named channels between processes: everything that an engine has to know of Redis, NATS or another
 * broker. {@link createEngine} makes an engine of it. Who sends on a channel may hear it as well or not.
 *
 * @example
 * ```ts
 * import { EventEmitter } from "node:events";
 * import { createServer } from "@wireproof/websocket";
 * import { createEngine, type Carrier } from "@wireproof/websocket/engines";
 *
 * // A broker in this process, for tests.
 * const broker = new EventEmitter();
 * function inMemory(): Carrier {
 *   let deliver = (_channel: string, _octets: Uint8Array): void => {};
 *   const listeners = new Map<string, (octets: Uint8Array) => void>();
 *   return {
 *     name: "memory",
 *     open(host) {
 *       deliver = host.message;
 *       host.up();
 *     },
 *     async subscribe(channels) {
 *       for (const channel of channels) {
 *         const listener = (octets: Uint8Array): void => deliver(channel, octets);
 *         listeners.set(channel, listener);
 *         broker.on(channel, listener);
 *       }
 *     },
 *     async unsubscribe(channels) {
 *       for (const channel of channels) broker.off(channel, listeners.get(channel) ?? (() => {}));
 *     },
 *     send: (channel, octets) => void broker.emit(channel, octets),
 *     close: async () => void broker.removeAllListeners(),
 *   };
 * }
 * const [one, other] = [createEngine(inMemory()), createEngine(inMemory())];
 * await using here = createServer({ engine: one });
 * await using there = createServer({ engine: other });
 * await Promise.all([one.ready(), other.ready()]);
 * here.publish("news", "hello");
 * console.assert((await there.subscribers("news", { everywhere: true })) === 0);
 * ```
 */
export interface Carrier {
  /** Its name in errors, such as "Redis". */
  readonly name: string;
  /**
   * Which names channels may have: "any" text without surrogates, or a "token" of the characters A–Z, a–z, 0–9, `_`, `-` and
   * `%`. What is not in there is escaped. Default "token".
   */
  readonly channels?: "any" | "token";
  /** The most octets that a message may have now. Default: any number. */
  readonly maxOctets?: number | undefined;
  /**
   * Connects, and stays connected. It is called once.
   *
   * @param host - Where to report what happens. Its methods need no `this`.
   */
  open(host: CarrierHost): void;
  /**
   * Subscribes to channels; some may be subscribed to already.
   *
   * @param channels - Names, at least one.
   * @returns A promise that resolves when what is sent from now on arrives.
   */
  subscribe(channels: readonly string[]): Promise<void>;
  /**
   * Ends subscriptions.
   *
   * @param channels - Names, at least one.
   * @returns A promise that resolves when they have ended.
   */
  unsubscribe(channels: readonly string[]): Promise<void>;
  /**
   * Sends one message, at most once and in the order of the calls. It may throw.
   *
   * @param channel - The channel.
   * @param octets - The message. The memory is not used again.
   * @returns A promise that settles when the message does not wait in this process any more; nothing if it never waits.
   */
  send(channel: string, octets: Uint8Array): Promise<unknown> | void;
  /**
   * Drops the connection and makes another: for 30 seconds, nothing that was sent to everybody has come back, as it did
   * before. Default: the client is left to notice this.
   */
  reopen?(): void;
  /**
   * Closes what `open` has opened. What belongs to the application stays open.
   *
   * @returns A promise that resolves when it is closed.
   */
  close(): Promise<void>;
}
