import { randomBytes } from "node:crypto";
import { channel } from "node:diagnostics_channel";

import { ErrorCode, WebSocketError, invalidArgument } from "../errors.js";
import { isThenable, messageOf, warn } from "../session/calls.js";
import type { Engine, EngineHost } from "../session/engine.js";
import type { Carrier } from "./carrier.js";
import { channelName } from "./channels.js";
import { Kind, ORIGIN_OCTETS, seal, unseal } from "./envelope.js";
import type { EngineCounters, EngineOptions, EngineState } from "./options.js";
import { BEAT_MS, Presence } from "./presence.js";
import { Subscriptions } from "./subscriptions.js";

const EVENTS = channel("wireproof:websocket:engine");
/** A connection on which so many beats in a row have not come back is dead, although nobody has said so. */
const MAX_UNHEARD_BEATS = 3;
/** So long `close` waits for what was published before it. */
const CLOSE_MS = 1_000;

/**
 * An engine for the option `engine` of `createServer`, over what carries its messages. {@link createEngine}, `redis`, `nats`,
 * `cluster` and `workerThreads` make them.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { workerThreads, type CarrierEngine } from "@wireproof/websocket/engines";
 *
 * const engine: CarrierEngine = workerThreads();
 * await using server = createServer({ engine });
 * await engine.ready();
 * server.publish("news", "hello");
 * console.assert(engine.state === "up" && engine.counters.published === 1);
 * ```
 */
export class CarrierEngine implements Engine {
  readonly #carrier: Carrier;
  readonly #options: EngineOptions;
  readonly #prefix: string;
  readonly #backlogOctets: number;
  readonly #origin = randomBytes(ORIGIN_OCTETS);
  readonly #id = this.#origin.toString("hex");
  readonly #subscriptions: Subscriptions;
  readonly #presence: Presence;
  /** The topics with subscribers in this process, by their channels. */
  readonly #topics = new Map<string, string>();
  readonly #counters = { published: 0, received: 0, dropped: 0, rejected: 0, failed: 0, waitingOctets: 0 };
  #host: EngineHost | undefined = undefined;
  #state: EngineState = "connecting";
  #isLinked = false;
  #beat: NodeJS.Timeout | undefined = undefined;
  #closing: Promise<void> | undefined = undefined;
  #hasWarned = false;
  /** Beats since one came back; undefined on a connection on which none ever did, as not every carrier sends them back. */
  #unheardBeats: number | undefined = undefined;
  /** Callers that wait for the state "up", and what wakes those who wait for all messages to be sent. */
  #waiting: (() => void)[] = [];
  #whenSent: (() => void) | undefined = undefined;

  /** @internal */
  constructor(carrier: Carrier, options: EngineOptions, defaultPrefix: string) {
    this.#carrier = carrier;
    this.#options = options;
    this.#prefix = options.prefix ?? defaultPrefix;
    this.#backlogOctets = options.backlogOctets ?? 16_777_216;
    this.#subscriptions = new Subscriptions(carrier, (channels, cause) => {
      const [first = ""] = channels;
      this.#failed(`could not subscribe to ${channels.length} channels, such as ${first}`, cause);
    });
    this.#presence = new Presence({
      send: (kind, to, body) => void this.#send(to === undefined ? this.#all : this.#inbox(to), kind, body),
      count: (topic) => this.#host?.count(topic) ?? 0,
    });
  }

  /** "connecting" at first, "up" when messages go through, "down" while the connection is lost, and "closed". */
  get state(): EngineState {
    return this.#state;
  }

  /** What has happened so far, as it stands now. */
  get counters(): Readonly<EngineCounters> {
    return { ...this.#counters, processes: this.#presence.members };
  }

  /**
   * Waits until what is published in other processes arrives here: the engine is connected, and every topic that has a
   * subscriber now is subscribed to. Messages that are published earlier may be missed.
   *
   * @returns A promise that resolves then.
   * @throws {@link WebSocketError} (Engine) when the engine is closed first, or no server has it.
   */
  async ready(): Promise<void> {
    if (this.#host === undefined) throw this.#error("belongs to no server yet");
    while (this.#state !== "up") {
      if (this.#state === "closed") throw this.#error("is closed");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    await this.#subscriptions.settled();
    if (this.#state !== "up") await this.ready();
  }

  // Of the interface Engine, for servers.

  /** @internal */
  start(host: EngineHost): void {
    if (this.#host !== undefined)
      throw invalidArgument("An engine belongs to one server: make one for each.");
    this.#host = host;
    for (const name of [this.#all, this.#inbox(this.#id)]) this.#subscriptions.want(name);
    this.#carrier.open({
      up: () => void this.#up(),
      down: (error) => this.#down(error),
      message: (name, octets) => this.#receive(name, octets),
      dropped: () => void this.#counters.dropped++,
      failed: (what, cause) => this.#failed(what, cause),
    });
    this.#beat = setInterval(() => this.#onBeat(), BEAT_MS).unref();
  }

  /** @internal */
  subscribe(topic: string): void {
    const name = this.#channel(topic);
    this.#topics.set(name, topic);
    this.#subscriptions.want(name);
  }

  /** @internal */
  unsubscribe(topic: string): void {
    const name = this.#channel(topic);
    this.#topics.delete(name);
    this.#subscriptions.unwant(name);
  }

  /** @internal */
  publish(topic: string, octets: Uint8Array, isText: boolean): void {
    const { waitingOctets } = this.#counters;
    const isFull = waitingOctets > 0 && waitingOctets + octets.length > this.#backlogOctets;
    if (
      !this.#isLinked ||
      isFull ||
      !this.#send(this.#channel(topic), isText ? Kind.Text : Kind.Binary, octets)
    )
      this.#counters.dropped++;
    else this.#counters.published++;
  }

  /** @internal */
  async count(topic: string, timeoutMs: number): Promise<number> {
    if (this.#state !== "up") throw this.#error(`is not connected (${this.#state})`);
    return this.#presence.count(topic, timeoutMs, Date.now());
  }

  /** @internal */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    clearInterval(this.#beat);
    if (this.#isLinked) this.#presence.bye();
    this.#isLinked = false;
    if (this.#counters.waitingOctets > 0) {
      const timer = setTimeout(() => this.#whenSent?.(), CLOSE_MS);
      await new Promise<void>((resolve) => (this.#whenSent = resolve));
      clearTimeout(timer);
    }
    this.#subscriptions.stop();
    this.#setState("closed");
    await this.#carrier.close();
  }

  // What the carrier reports.

  async #up(): Promise<void> {
    if (this.#closing !== undefined) return;
    this.#isLinked = true;
    await this.#subscriptions.up();
    if (!this.#isLinked || this.#state === "up") return;
    this.#setState("up");
    this.#presence.up(Date.now());
  }

  #onBeat(): void {
    if (!this.#isLinked) return;
    if (this.#unheardBeats === undefined || this.#unheardBeats++ < MAX_UNHEARD_BEATS) {
      this.#presence.beat(Date.now());
      return;
    }
    this.#down(new Error(`Nothing has come back for ${(MAX_UNHEARD_BEATS * BEAT_MS) / 1000} s.`));
    this.#carrier.reopen?.();
  }

  #down(error: unknown): void {
    if (this.#closing !== undefined) return;
    this.#isLinked = false;
    this.#unheardBeats = undefined;
    this.#subscriptions.down();
    if (this.#state === "down") return;
    const wasUp = this.#state === "up";
    this.#setState("down", this.#error(wasUp ? "has lost its connection" : "cannot connect", error));
  }

  #receive(name: string, octets: Uint8Array): void {
    const envelope = unseal(octets);
    if (envelope === undefined) {
      this.#counters.rejected++;
      return;
    }
    const { kind, origin, payload } = envelope;
    // What this process has sent was delivered here before it was sent.
    if (origin === this.#id) {
      this.#unheardBeats = 0;
      return;
    }
    if (this.#closing !== undefined) return;
    if (kind !== Kind.Binary && kind !== Kind.Text) {
      if (!this.#presence.heard(kind, origin, payload, Date.now())) this.#counters.rejected++;
      return;
    }
    const topic = this.#topics.get(name);
    // Its last subscriber has just gone.
    if (topic === undefined) return;
    if (this.#host?.deliver(topic, payload, kind === Kind.Text) === true) this.#counters.received++;
    else this.#counters.rejected++;
  }

  // What goes to the carrier.

  /** False when it could not be sent. Never throws. */
  #send(name: string, kind: Kind, payload: Uint8Array): boolean {
    const { maxOctets } = this.#carrier;
    const octets = seal(kind, this.#origin, payload);
    if (maxOctets !== undefined && octets.length > maxOctets) {
      this.#failed(`takes no message of ${octets.length} octets: at most ${maxOctets}`);
      return false;
    }
    try {
      const sending = this.#carrier.send(name, octets);
      if (sending !== undefined) this.#wait(sending, octets.length, kind);
      return true;
    } catch (error) {
      this.#failed("could not send", error);
      return false;
    }
  }

  #wait(sending: Promise<unknown>, octets: number, kind: Kind): void {
    const counters = this.#counters;
    counters.waitingOctets += octets;
    const sent = (): void => {
      counters.waitingOctets -= octets;
      if (counters.waitingOctets === 0) this.#whenSent?.();
    };
    sending.then(sent, (error: unknown) => {
      // Each message that was on its way when the connection ended would be an event of its own.
      if (this.#isLinked) this.#failed("could not send", error);
      else if (kind === Kind.Binary || kind === Kind.Text) counters.dropped++;
      sent();
    });
  }

  get #all(): string {
    return `${this.#prefix}all`;
  }

  #inbox(id: string): string {
    return `${this.#prefix}to-${id}`;
  }

  #channel(topic: string): string {
    return `${this.#prefix}topic-${channelName(topic, this.#carrier.channels ?? "token")}`;
  }

  // What the application hears.

  #setState(state: EngineState, error?: WebSocketError): void {
    this.#state = state;
    for (const wake of this.#waiting.splice(0)) wake();
    if (EVENTS.hasSubscribers) EVENTS.publish({ engine: this, state, error });
    const { onState } = this.#options;
    if (onState !== undefined) attempt(() => onState(state, error));
    else if (error !== undefined) warn(error);
  }

  #failed(what: string, cause?: unknown): void {
    if (this.#closing !== undefined) return;
    this.#counters.failed++;
    const error = this.#error(what, cause);
    if (EVENTS.hasSubscribers) EVENTS.publish({ engine: this, state: this.#state, error });
    const { onError } = this.#options;
    if (onError !== undefined) attempt(() => onError(error));
    else if (!this.#hasWarned) {
      // Once: the counter tells the rest.
      this.#hasWarned = true;
      warn(error);
    }
  }

  #error(what: string, cause?: unknown): WebSocketError {
    const why = cause === undefined ? "." : `: ${messageOf(cause)}`;
    return new WebSocketError(ErrorCode.Engine, `The engine ${this.#carrier.name} ${what}${why}`, { cause });
  }
}

/** A handler that throws, or whose promise is rejected, ends nothing. */
function attempt(call: () => unknown): void {
  try {
    const answer = call();
    if (isThenable(answer)) Promise.resolve(answer).catch(warn);
  } catch (error) {
    warn(error);
  }
}
