import { invalidArgument } from "../errors.js";

/**
 * How much a peer may send: a bucket of tokens, of which each message or octet takes one. Above 0.
 *
 * @example
 * ```ts
 * import { createServer, type RateLimit } from "@wireproof/websocket";
 *
 * // As Discord's gateway: 120 in a minute, at once or one by one.
 * const messages: RateLimit = { perSecond: 2, burst: 120 };
 * const server = createServer({ rate: { messages } });
 * console.assert(server.counters.rateExceeded === 0);
 * ```
 */
export interface RateLimit {
  /** Tokens that come back in a second. */
  readonly perSecond: number;
  /** Tokens that a connection has at first, and at most: what may come at once. Default: those of one second, and 1 at least. */
  readonly burst?: number;
}

/**
 * What happens to a peer that sends more than the rate: its connection is failed with 1008, its messages are dropped, or
 * reading pauses until the rate allows more.
 *
 * @example
 * ```ts
 * import { createServer, type RatePolicy } from "@wireproof/websocket";
 *
 * const policy: RatePolicy = "pause";
 * const server = createServer({ rate: { octets: { perSecond: 64 * 1024 }, policy } });
 * console.assert(server.connections.size === 0);
 * ```
 */
export type RatePolicy = "close" | "drop" | "pause";

/**
 * How fast the peer of each connection may send. At least one of `messages` and `octets` is given.
 *
 * @example
 * ```ts
 * import { connect, createServer, type RateOptions } from "@wireproof/websocket";
 *
 * const rate: RateOptions = { messages: { perSecond: 0.01, burst: 2 }, policy: "close" };
 * await using server = createServer({ rate, message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const ws = await connect(`ws://127.0.0.1:${port}`);
 * for (const text of ["one", "two", "three"]) ws.send(text);
 * const echoes: unknown[] = [];
 * for await (const message of ws) echoes.push(message);
 * console.assert(echoes.join() === "one,two" && ws.closed?.code === 1008);
 * ```
 */
export interface RateOptions {
  /** Messages. Control frames are none; their octets count. */
  readonly messages?: RateLimit;
  /** Octets of frames as they come over the wire, with their headers, before inflating, and of all kinds of frames. */
  readonly octets?: RateLimit;
  /** What happens to what is too much. Default "close". */
  readonly policy?: RatePolicy;
}

/** `RateOptions` with nothing missing. */
export interface Rate {
  readonly messages: Required<RateLimit>;
  readonly octets: Required<RateLimit>;
  readonly policy: RatePolicy;
}

/** Throws for options that cannot be used. Undefined where nothing is limited. */
export function resolveRate(given: RateOptions | undefined): Rate | undefined {
  if (given === undefined) return undefined;
  const { messages, octets, policy = "close", ...others } = given;
  for (const name of Object.keys(others)) throw invalidArgument(`The option rate has no "${name}".`);
  if (policy !== "close" && policy !== "drop" && policy !== "pause")
    throw invalidArgument('rate.policy must be "close", "drop" or "pause".');
  if (messages === undefined && octets === undefined)
    throw invalidArgument("The option rate needs messages, octets or both.");
  return { messages: bucketOf("messages", messages), octets: bucketOf("octets", octets), policy };
}

function bucketOf(name: string, limit: RateLimit | undefined): Required<RateLimit> {
  if (limit === undefined) return UNLIMITED;
  const { perSecond, burst = Math.max(1, perSecond) } = limit;
  if (!(typeof perSecond === "number" && perSecond > 0))
    throw invalidArgument(`rate.${name}.perSecond must be a number above 0.`);
  if (!(typeof burst === "number" && burst >= 1))
    throw invalidArgument(`rate.${name}.burst must be a number, and 1 at least.`);
  return perSecond === Infinity ? UNLIMITED : { perSecond, burst };
}

/** Nothing has to come back, and 0 times any time is a number. */
const UNLIMITED: Required<RateLimit> = { perSecond: 0, burst: Infinity };

/** The two buckets of one connection. Times are in ms of the caller's clock. */
export class Buckets {
  readonly #rate: Rate;
  #messages: number;
  #octets: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#messages = rate.messages.burst;
    this.#octets = rate.octets.burst;
    this.#at = now;
  }

  /** Takes tokens, if there are enough of both kinds. */
  take(now: number, messages: number, octets: number): boolean {
    this.#fill(now);
    if (this.#messages < messages || this.#octets < octets) return false;
    this.#messages -= messages;
    this.#octets -= octets;
    return true;
  }

  /**
   * Takes tokens that there may not be, and returns in how many ms the buckets are out of debt, 0 if they are not in debt.
   */
  owe(now: number, messages: number, octets: number): number {
    this.#fill(now);
    this.#messages -= messages;
    this.#octets -= octets;
    const perMessage = -this.#messages / this.#rate.messages.perSecond;
    const perOctet = -this.#octets / this.#rate.octets.perSecond;
    return Math.max(0, perMessage * 1000, perOctet * 1000);
  }

  #fill(now: number): void {
    const seconds = (now - this.#at) / 1000;
    const { messages, octets } = this.#rate;
    this.#at = now;
    this.#messages = Math.min(messages.burst, this.#messages + seconds * messages.perSecond);
    this.#octets = Math.min(octets.burst, this.#octets + seconds * octets.perSecond);
  }
}
