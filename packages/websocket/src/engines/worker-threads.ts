import { randomBytes } from "node:crypto";
import { BroadcastChannel } from "node:worker_threads";

import type { Carrier, CarrierHost } from "./carrier.js";
import { makeEngine } from "./create-engine.js";
import type { CarrierEngine } from "./engine.js";
import type { EngineOptions } from "./options.js";

/** So long a new thread waits for the others to open their side. */
const SETTLE_MS = 100;
/** A thread that has taken nothing for so long, and has too much to take, is gone. */
const GONE_MS = 30_000;
/** What a message takes beside its octets. */
const MESSAGE_OCTETS = 256;

/**
 * An engine for the threads of one process (`node:worker_threads`), without a broker, over BroadcastChannel. A thread that is
 * busy for long misses what exceeds `backlogOctets`, and keeps no other thread from its messages.
 *
 * @param options - What all engines have, with the same `backlogOctets` in all threads.
 * @returns The engine, for the option `engine` of one server.
 * @throws {@link WebSocketError} (InvalidArgument) for options that cannot be used.
 *
 * @example
 * ```ts
 * import { connect, createServer } from "@wireproof/websocket";
 * import { workerThreads } from "@wireproof/websocket/engines";
 *
 * // Two servers; they may as well be in two threads.
 * const engines = [workerThreads(), workerThreads()];
 * const [one, other] = engines.map((engine) => createServer({ engine, open: (ws) => void ws.subscribe("news") }));
 * const { port } = await other!.listen(0, "127.0.0.1");
 * const ws = await connect(`ws://127.0.0.1:${port}`);
 * await Promise.all(engines.map((engine) => engine.ready()));
 *
 * one!.publish("news", "hello");
 * for await (const message of ws) {
 *   console.assert(message === "hello");
 *   break;
 * }
 * await Promise.all([one!.close(), other!.close()]);
 * ```
 */
export function workerThreads(options: EngineOptions = {}): CarrierEngine {
  const { prefix = "wireproof-", backlogOctets = 16_777_216 } = options;
  return makeEngine(new ThreadsCarrier(prefix, backlogOctets), options, prefix);
}

/** What goes over a channel that two threads share. */
type Said =
  | readonly ["open" | "bye"]
  | readonly ["data", channel: string, octets: Uint8Array]
  | readonly ["taken", octets: number];

/**
 * Each two threads have a channel of their own: what waits in one that all share would wait for the slowest. Who has taken
 * octets says so, since a BroadcastChannel tells the sender nothing.
 */
class ThreadsCarrier implements Carrier {
  readonly name = "worker threads";
  readonly channels = "any";
  readonly #id = randomBytes(12).toString("hex");
  readonly #name: string;
  readonly #backlogOctets: number;
  readonly #channels = new Set<string>();
  readonly #pairs = new Map<string, Pair>();
  #meeting: BroadcastChannel | undefined = undefined;
  #host: CarrierHost | undefined = undefined;

  constructor(prefix: string, backlogOctets: number) {
    this.#name = `wireproof:engine:1:${prefix}`;
    this.#backlogOctets = backlogOctets;
  }

  open(host: CarrierHost): void {
    this.#host = host;
    this.#meeting = opened(this.#name, (said) => this.#met(said));
    this.#meeting.postMessage([this.#id]);
    setTimeout(() => host.up(), SETTLE_MS);
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#channels.add(channel);
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#channels.delete(channel);
  }

  send(channel: string, octets: Uint8Array): void {
    const now = Date.now();
    for (const [id, pair] of this.#pairs) {
      if (pair.send(channel, octets)) continue;
      this.#host?.dropped();
      if (now - pair.heardAt > GONE_MS) this.#part(id);
    }
  }

  async close(): Promise<void> {
    for (const [id, pair] of this.#pairs) {
      pair.bye();
      this.#part(id);
    }
    this.#meeting?.close();
  }

  /** A thread that comes names itself; those that are there answer it. */
  #met(said: unknown): void {
    const [from, to] = Array.isArray(said) ? (said as readonly unknown[]) : [];
    if (typeof from !== "string" || from === this.#id || (to !== undefined && to !== this.#id)) return;
    // Two that come at the same time answer each other.
    const pair = this.#pairs.get(from) ?? this.#join(from);
    if (to === undefined) this.#meeting?.postMessage([this.#id, from]);
    else pair.greet();
  }

  #join(from: string): Pair {
    const name = `${this.#name}:${[from, this.#id].sort().join(":")}`;
    const pair = new Pair(name, this.#backlogOctets, {
      message: (channel, octets) => {
        if (this.#channels.has(channel)) this.#host?.message(channel, octets);
      },
      left: () => this.#part(from),
    });
    this.#pairs.set(from, pair);
    return pair;
  }

  #part(id: string): void {
    this.#pairs.get(id)?.close();
    this.#pairs.delete(id);
  }
}

interface PairHost {
  message(channel: string, octets: Uint8Array): void;
  left(): void;
}

/** The way to one other thread, and back. */
class Pair {
  heardAt: number = Date.now();
  readonly #port: BroadcastChannel;
  readonly #backlogOctets: number;
  readonly #host: PairHost;
  /** What waits until the other side is open. */
  #early: Said[] | undefined = [];
  /** Octets that the other side has not taken, and that this side has taken and not said so. */
  #waiting = 0;
  #taken = 0;

  constructor(name: string, backlogOctets: number, host: PairHost) {
    this.#backlogOctets = backlogOctets;
    this.#host = host;
    this.#port = opened(name, (said) => this.#hear(said));
  }

  /** The other side has opened before this one. */
  greet(): void {
    this.#opened();
    this.#port.postMessage(["open"]);
  }

  /** False when too much waits for the other thread. */
  send(channel: string, octets: Uint8Array): boolean {
    const cost = octets.length + MESSAGE_OCTETS;
    if (this.#waiting > 0 && this.#waiting + cost > this.#backlogOctets) return false;
    this.#waiting += cost;
    this.#say(["data", channel, octets]);
    return true;
  }

  bye(): void {
    this.#say(["bye"]);
  }

  close(): void {
    this.#port.close();
  }

  #say(said: Said): void {
    if (this.#early === undefined) this.#port.postMessage(said);
    else this.#early.push(said);
  }

  #opened(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const said of early) this.#port.postMessage(said);
  }

  #hear(said: unknown): void {
    if (!Array.isArray(said)) return;
    this.heardAt = Date.now();
    const [kind, first, second] = said as readonly unknown[];
    if (kind === "open") this.#opened();
    else if (kind === "bye") this.#host.left();
    else if (kind === "taken" && typeof first === "number") this.#waiting -= first;
    else if (kind === "data" && typeof first === "string" && second instanceof Uint8Array)
      this.#take(first, second);
  }

  #take(channel: string, octets: Uint8Array): void {
    this.#taken += octets.length + MESSAGE_OCTETS;
    this.#host.message(channel, octets);
    if (this.#taken * 8 < this.#backlogOctets) return;
    this.#say(["taken", this.#taken]);
    this.#taken = 0;
  }
}

/** A channel that keeps no thread alive. */
function opened(name: string, hear: (said: unknown) => void): BroadcastChannel {
  const port = new BroadcastChannel(name);
  port.onmessage = (event: unknown) => hear((event as { readonly data: unknown }).data);
  port.unref();
  return port;
}
