import { invalidArgument } from "../errors.js";
import type { Carrier, CarrierHost } from "./carrier.js";
import { makeEngine } from "./create-engine.js";
import type { CarrierEngine } from "./engine.js";
import type { EngineOptions } from "./options.js";
import { asLink } from "./redis-link.js";
import type { RedisClient, RedisLink } from "./redis-link.js";

/**
 * Options of the engine over Redis.
 *
 * @example
 * ```ts
 * import type { RedisOptions } from "@wireproof/websocket/engines";
 *
 * // const client = new Redis("redis://localhost") of ioredis, or createClient({ url: "redis://localhost" }) of redis.
 * const withSharding = (client: RedisOptions["client"]): RedisOptions => ({ client, sharded: true, prefix: "chat:" });
 * console.assert(withSharding.length === 1);
 * ```
 */
export interface RedisOptions extends EngineOptions {
  /**
   * A client of ioredis 5 or later, or of redis (node-redis) 4 or later, for one server, Sentinel or a Redis Cluster. The engine
   * opens two connections of its own with the same settings, by `duplicate`, and leaves the client alone: it need not be
   * connected, and stays open.
   */
  readonly client: RedisClient;
  /**
   * Whether to use sharded pub/sub (SSUBSCRIBE and SPUBLISH, Redis 7): in a Redis Cluster a message then goes to the nodes of
   * one shard, and not to all nodes, and the order of messages holds. All processes need the same value. Default: true for
   * the client of a Redis Cluster, otherwise false.
   */
  readonly sharded?: boolean;
}

/**
 * An engine over the pub/sub of Redis. Redis delivers at most once, and drops subscribers that read too slowly
 * (`client-output-buffer-limit pubsub`); the engine then connects again and subscribes anew.
 *
 * @param options - The client, and what all engines have.
 * @returns The engine, for the option `engine` of one server.
 * @throws {@link WebSocketError} (InvalidArgument) for a client of neither kind, and other options that cannot be used.
 *
 * @example
 * ```ts
 * import { createServer, type Server } from "@wireproof/websocket";
 * import { redis, type RedisOptions } from "@wireproof/websocket/engines";
 *
 * // import { Redis } from "ioredis"; serve(new Redis("redis://localhost"));
 * function serve(client: RedisOptions["client"]): Server {
 *   return createServer({
 *     engine: redis({ client, onState: (state, error) => console.log(state, error?.message ?? "") }),
 *     open: (ws) => void ws.subscribe("news"),
 *     message: (ws, data) => void ws.publish("news", data),
 *   });
 * }
 * console.assert(typeof serve === "function");
 * ```
 */
export function redis(options: RedisOptions): CarrierEngine {
  const { client, sharded } = options;
  const isRight = sharded === undefined || typeof sharded === "boolean";
  if (!isRight) throw invalidArgument("The option sharded is true or false.");
  const link = asLink(client, sharded);
  if (link === undefined) throw invalidArgument("The option client is a client of ioredis or of redis.");
  return makeEngine(new RedisCarrier(link), options, "wireproof:");
}

/** One connection that subscribes, and one that publishes: before RESP3 a connection cannot do both. */
class RedisCarrier implements Carrier {
  readonly name = "Redis";
  readonly channels = "any";
  readonly #link: RedisLink;
  #isUp = false;
  #host: CarrierHost | undefined = undefined;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  open(host: CarrierHost): void {
    this.#host = host;
    this.#link.open({
      changed: (error) => {
        const isUp = this.#link.isReady;
        // A failure of one of the two is reported once, and not with each attempt to connect.
        if (isUp === this.#isUp && (isUp || error === undefined)) return;
        this.#isUp = isUp;
        if (isUp) host.up();
        else host.down(error);
      },
      message: (channel, octets) => host.message(channel, octets),
    });
  }

  reopen(): void {
    void this.#link.close();
    this.#isUp = false;
    if (this.#host !== undefined) this.open(this.#host);
  }

  subscribe(channels: readonly string[]): Promise<void> {
    return this.#link.subscribe(channels);
  }

  unsubscribe(channels: readonly string[]): Promise<void> {
    return this.#link.unsubscribe(channels);
  }

  send(channel: string, octets: Uint8Array): Promise<unknown> {
    return this.#link.publish(channel, octets as Buffer);
  }

  close(): Promise<void> {
    return this.#link.close();
  }
}
