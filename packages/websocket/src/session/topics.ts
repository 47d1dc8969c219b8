import type { Engine } from "./engine.js";
import { payload } from "./prepared.js";
import type { PreparedMessage } from "./prepared.js";

/** What published messages are delivered to. */
export interface Subscriber {
  /** False when it could not be sent: the connection is closing, or its backlog is full. */
  deliver(message: PreparedMessage): boolean;
}

type TopicsEngine = Pick<Engine, "subscribe" | "unsubscribe" | "publish">;

/** The subscribers of each topic in this process. A topic exists as long as it has one. */
export class Topics {
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #engine: TopicsEngine | undefined;

  /** `engine`: what leads to the subscribers in other processes, if anything does. It must not throw. */
  constructor(engine?: TopicsEngine) {
    this.#engine = engine;
  }

  /** The number of topics with at least one subscriber. */
  get size(): number {
    return this.#subscribers.size;
  }

  count(topic: string): number {
    return this.#subscribers.get(topic)?.size ?? 0;
  }

  has(topic: string, subscriber: Subscriber): boolean {
    return this.#subscribers.get(topic)?.has(subscriber) ?? false;
  }

  /** False when it was subscribed already. */
  add(topic: string, subscriber: Subscriber): boolean {
    const set = this.#subscribers.get(topic);
    if (set === undefined) {
      this.#subscribers.set(topic, new Set([subscriber]));
      this.#engine?.subscribe(topic);
      return true;
    }
    if (set.has(subscriber)) return false;
    set.add(subscriber);
    return true;
  }

  /** False when it was not subscribed. */
  remove(topic: string, subscriber: Subscriber): boolean {
    const set = this.#subscribers.get(topic);
    if (set === undefined || !set.delete(subscriber)) return false;
    if (set.size === 0) {
      this.#subscribers.delete(topic);
      this.#engine?.unsubscribe(topic);
    }
    return true;
  }

  /** Publishes everywhere but to `except`, and returns how many subscribers in this process it is sent to. */
  publish(topic: string, message: PreparedMessage, except?: Subscriber): number {
    const count = this.deliver(topic, message, except);
    this.#engine?.publish(topic, payload(message), message.isText);
    return count;
  }

  /** The same for this process only. */
  deliver(topic: string, message: PreparedMessage, except?: Subscriber): number {
    const set = this.#subscribers.get(topic);
    if (set === undefined) return 0;
    let count = 0;
    for (const subscriber of set) {
      if (subscriber === except) continue;
      if (subscriber.deliver(message)) count++;
    }
    return count;
  }
}
