import { invalidArgument } from "../errors.js";
import type { Carrier, CarrierHost } from "./carrier.js";
import { makeEngine } from "./create-engine.js";
import type { CarrierEngine } from "./engine.js";
import type { EngineOptions } from "./options.js";

/**
 * A connection of `@nats-io/transport-node` (or another transport of nats.js 3), or of the package `nats` 2: what the engine
 * uses of it.
 *
 * @example
 * ```ts
 * import type { NatsConnection } from "@wireproof/websocket/engines";
 *
 * const largest = (connection: NatsConnection): number | undefined => connection.info?.max_payload;
 * console.assert(largest.length === 1);
 * ```
 */
export interface NatsConnection {
  /** What the server said of itself. */
  readonly info?: { readonly max_payload: number } | undefined;
  /** Sends one message. */
  publish(subject: string, payload: Uint8Array): void;
  /** Receives the messages of a subject. */
  subscribe(
    subject: string,
    options: {
      callback(error: Error | null, message: { readonly subject: string; readonly data: Uint8Array }): void;
    },
  ): { unsubscribe(): void; isClosed(): boolean };
  /** Resolves when the server has answered a PING behind everything that was sent. */
  flush(): Promise<void>;
  /** What happens to the connection. */
  status(): AsyncIterable<{ readonly type: string }>;
  /** Resolves when it is closed for good. */
  closed(): Promise<unknown>;
}

/**
 * Options of the engine over NATS.
 *
 * @example
 * ```ts
 * import type { NatsOptions } from "@wireproof/websocket/engines";
 *
 * // const connection = await connect({ servers: "localhost:4222", maxReconnectAttempts: -1 });
 * const options = (connection: NatsOptions["connection"]): NatsOptions => ({ connection, prefix: "chat." });
 * console.assert(options.length === 1);
 * ```
 */
export interface NatsOptions extends EngineOptions {
  /**
   * The connection, which stays the application's: closing the server leaves it open. Connect with `maxReconnectAttempts:
   * -1`: by default nats.js gives up after ten attempts, and the engine is down for good.
   */
  readonly connection: NatsConnection;
}

/**
 * An engine over NATS core subjects, which deliver at most once. The server takes messages of `max_payload` octets, by default
 * 1 MiB: a larger one reaches the subscribers in this process only, and `onError` hears of it.
 *
 * @param options - The connection, and what all engines have. The prefix is the beginning of a subject, such as "chat.".
 * @returns The engine, for the option `engine` of one server.
 * @throws {@link WebSocketError} (InvalidArgument) for options that cannot be used.
 *
 * @example
 * ```ts
 * import { createServer, type Server } from "@wireproof/websocket";
 * import { nats, type NatsOptions } from "@wireproof/websocket/engines";
 *
 * // import { connect } from "@nats-io/transport-node"; serve(await connect({ maxReconnectAttempts: -1 }));
 * function serve(connection: NatsOptions["connection"]): Server {
 *   return createServer({
 *     engine: nats({ connection, onState: (state, error) => console.log(state, error?.message ?? "") }),
 *     open: (ws) => void ws.subscribe("news"),
 *     message: (ws, data) => void ws.publish("news", data),
 *   });
 * }
 * console.assert(typeof serve === "function");
 * ```
 */
export function nats(options: NatsOptions): CarrierEngine {
  const { connection, prefix = "wireproof." } = options;
  const isConnection = METHODS.every(
    (name) => typeof (connection as Partial<NatsConnection> | undefined)?.[name] === "function",
  );
  if (!isConnection) throw invalidArgument("The option connection is a connection of nats.js.");
  const isSubject = typeof prefix === "string" && /^(?:[^\s.*>]+\.)*[^\s.*>]*$/.test(prefix);
  if (!isSubject) throw invalidArgument('The option prefix is the beginning of a subject, such as "chat.".');
  return makeEngine(new NatsCarrier(connection), options, prefix);
}

const METHODS = ["publish", "subscribe", "flush", "status", "closed"] as const;

class NatsCarrier implements Carrier {
  readonly name = "NATS";
  readonly channels = "token";
  readonly #connection: NatsConnection;
  readonly #subscriptions = new Map<string, ReturnType<NatsConnection["subscribe"]>>();
  #host: CarrierHost | undefined = undefined;
  /** The answer of the server that says that everything sent so far has left this process, and the next one. */
  #flushing: Promise<void> | undefined = undefined;
  #nextFlush: Promise<void> | undefined = undefined;
  #isClosed = false;

  constructor(connection: NatsConnection) {
    this.#connection = connection;
  }

  get maxOctets(): number | undefined {
    return this.#connection.info?.max_payload;
  }

  open(host: CarrierHost): void {
    this.#host = host;
    void this.#watch(host);
    this.#connection.closed().then(
      (error) => host.down(error ?? new Error("The connection was closed.")),
      (error: unknown) => host.down(error),
    );
    // It may be connecting again just now.
    this.#connection.flush().then(
      () => host.up(),
      (error: unknown) => host.down(error),
    );
  }

  /** The iterator ends with the connection. */
  async #watch(host: CarrierHost): Promise<void> {
    try {
      for await (const { type } of this.#connection.status()) {
        if (this.#isClosed) return;
        if (type === "disconnect") host.down();
        else if (type === "reconnect") host.up();
      }
    } catch (error) {
      host.down(error);
    }
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    for (const channel of channels) {
      // The client subscribes anew by itself when it has connected again.
      if (this.#subscriptions.get(channel)?.isClosed() === false) continue;
      const subscription = this.#connection.subscribe(channel, {
        callback: (error, message) => {
          if (error === null) this.#host?.message(message.subject, message.data);
          else this.#host?.failed(`could not subscribe to ${channel}`, error);
        },
      });
      this.#subscriptions.set(channel, subscription);
    }
    await this.#connection.flush();
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    for (const channel of channels) {
      this.#subscriptions.get(channel)?.unsubscribe();
      this.#subscriptions.delete(channel);
    }
  }

  send(channel: string, octets: Uint8Array): Promise<void> {
    this.#connection.publish(channel, octets);
    return this.#flush();
  }

  /** The client queues without limit. Only the answer to a PING tells what has left; one at a time is enough. */
  #flush(): Promise<void> {
    if (this.#flushing === undefined) {
      this.#flushing = this.#connection.flush().finally(() => (this.#flushing = undefined));
      return this.#flushing;
    }
    this.#nextFlush ??= this.#flushing.then(
      () => this.#flushAgain(),
      () => this.#flushAgain(),
    );
    return this.#nextFlush;
  }

  #flushAgain(): Promise<void> {
    this.#nextFlush = undefined;
    return this.#flush();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const subscription of this.#subscriptions.values()) subscription.unsubscribe();
    this.#subscriptions.clear();
  }
}
