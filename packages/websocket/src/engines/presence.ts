import { randomInt } from "node:crypto";

import { Kind } from "./envelope.js";

/** How often a process says that it is there. */
export const BEAT_MS = 10_000;
/** A process that has said nothing for so long is gone. */
const GONE_MS = 3 * BEAT_MS;
/** More processes than this are not remembered: nobody has them, so something else fills the channel. */
const MAX_MEMBERS = 10_000;
/** So long after it has connected, a process may not know yet who else is there. */
const SETTLE_MS = 500;
const MAX_BODY_OCTETS = 1_048_576;

/** What presence needs of its engine. `to`: one process, or all of them. */
export interface PresenceHost {
  send(kind: Kind, to: string | undefined, body: Uint8Array): void;
  count(topic: string): number;
}

interface Count {
  readonly waiting: Set<string>;
  sum: number;
  readonly done: () => void;
}

/**
 * Which processes there are, and how many subscribers they have together. A broker can only tell how many processes
 * subscribe, so each is asked.
 */
export class Presence {
  readonly #host: PresenceHost;
  /** The other processes, each with the time when it was heard last. */
  readonly #members = new Map<string, number>();
  readonly #counts = new Map<number, Count>();
  #nextId = randomInt(2 ** 30);
  #upAt = 0;

  constructor(host: PresenceHost) {
    this.#host = host;
  }

  get members(): number {
    return this.#members.size;
  }

  /** The engine has a connection, perhaps after others have taken this process for gone. */
  up(now: number): void {
    this.#upAt = now;
    this.#host.send(Kind.Hello, undefined, NOTHING);
  }

  beat(now: number): void {
    for (const [origin, heard] of this.#members) if (now - heard > GONE_MS) this.#forget(origin);
    this.#host.send(Kind.Here, undefined, NOTHING);
  }

  bye(): void {
    this.#host.send(Kind.Bye, undefined, NOTHING);
    for (const { done } of this.#counts.values()) done();
  }

  /** A message that is not a published one. False for what cannot be understood. */
  heard(kind: Kind, origin: string, body: Uint8Array, now: number): boolean {
    if (kind === Kind.Bye) {
      this.#forget(origin);
      return true;
    }
    if (this.#members.size < MAX_MEMBERS || this.#members.has(origin)) this.#members.set(origin, now);
    if (kind === Kind.Hello) this.#host.send(Kind.Here, origin, NOTHING);
    else if (kind === Kind.Question) return this.#answer(origin, read(body));
    else if (kind === Kind.Answer) return this.#add(origin, read(body));
    return true;
  }

  /** The number of subscribers in the other processes; those that do not answer in time have none. */
  async count(topic: string, timeoutMs: number, now: number): Promise<number> {
    const settlesInMs = this.#upAt + SETTLE_MS - now;
    if (settlesInMs > 0) await new Promise((resolve) => setTimeout(resolve, settlesInMs));
    if (this.#members.size === 0) return 0;
    const id = this.#nextId++;
    let timer: NodeJS.Timeout | undefined;
    const waiting = new Set(this.#members.keys());
    const count: Count = await new Promise((resolve) => {
      const count: Count = { waiting, sum: 0, done: () => resolve(count) };
      this.#counts.set(id, count);
      timer = setTimeout(() => {
        // They are asked again as soon as they are heard.
        for (const origin of waiting) this.#members.delete(origin);
        count.done();
      }, timeoutMs);
      this.#host.send(Kind.Question, undefined, Buffer.from(JSON.stringify({ id, topic })));
    });
    clearTimeout(timer);
    this.#counts.delete(id);
    return count.sum;
  }

  #answer(origin: string, { id, topic }: Body): boolean {
    if (typeof id !== "number" || typeof topic !== "string") return false;
    const count = this.#host.count(topic);
    this.#host.send(Kind.Answer, origin, Buffer.from(JSON.stringify({ id, count })));
    return true;
  }

  #add(origin: string, { id, count }: Body): boolean {
    if (typeof id !== "number" || !Number.isSafeInteger(count) || Number(count) < 0) return false;
    const asked = this.#counts.get(id);
    if (asked?.waiting.delete(origin) === true) {
      asked.sum += Number(count);
      if (asked.waiting.size === 0) asked.done();
    }
    return true;
  }

  #forget(origin: string): void {
    this.#members.delete(origin);
    for (const { waiting, done } of this.#counts.values())
      if (waiting.delete(origin) && waiting.size === 0) done();
  }
}

interface Body {
  readonly id?: unknown;
  readonly topic?: unknown;
  readonly count?: unknown;
}

const NOTHING = new Uint8Array(0);

/** An empty object for what is no JSON. */
function read(body: Uint8Array): Body {
  if (body.length > MAX_BODY_OCTETS) return {};
  try {
    return (JSON.parse(Buffer.from(body).toString()) as Body | null) ?? {};
  } catch {
    return {};
  }
}
