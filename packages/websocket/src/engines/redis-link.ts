/**
 * The two clients of Redis, each as far as an engine needs it. Only their documented methods are used. Neither may queue
 * commands while there is no connection, or send them again on the next one: a message is sent at most once.
 */

/**
 * A client of ioredis or of redis (node-redis): what both have.
 *
 * @example
 * ```ts
 * import type { RedisClient } from "@wireproof/websocket/engines";
 *
 * const isClient = (it: object): it is RedisClient => "duplicate" in it && "publish" in it && "on" in it;
 * console.assert(!isClient({}));
 * ```
 */
export interface RedisClient {
  /** Makes another client with the same settings. */
  duplicate(...args: never[]): unknown;
  /** PUBLISH. */
  publish(...args: never[]): unknown;
  /** Adds a listener. */
  on(...args: never[]): unknown;
}

export interface LinkHost {
  /** A connection has come or gone, perhaps for this reason. */
  changed(error?: unknown): void;
  message(channel: string, octets: Uint8Array): void;
}

export interface RedisLink {
  /** Whether both connections are there. */
  readonly isReady: boolean;
  open(host: LinkHost): void;
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channels: readonly string[]): Promise<void>;
  publish(channel: string, octets: Buffer): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Undefined for what is neither. Without `isSharded`, a cluster is: PUBLISH would go through any of its nodes, each message
 * through another one.
 */
export function asLink(client: unknown, isSharded: boolean | undefined): RedisLink | undefined {
  const it = client as (Partial<IoRedis> & Partial<NodeRedis>) | undefined | null;
  if (typeof it?.duplicate !== "function") return undefined;
  if (typeof it.status === "string")
    return new IoRedisLink(it as IoRedis, isSharded ?? it.isCluster === true);
  if (typeof it.isOpen !== "boolean") return undefined;
  return new NodeRedisLink(it as NodeRedis, isSharded ?? Array.isArray(it.masters));
}

interface Emitter {
  on(event: string, listener: (...args: never[]) => void): unknown;
  removeAllListeners(): unknown;
}

interface IoRedis extends Emitter {
  readonly status: string;
  readonly isCluster?: boolean;
  readonly options?: { readonly shardedSubscribers?: boolean };
  nodes?(role: "master"): readonly { ping(): Promise<unknown> }[];
  duplicate(...args: unknown[]): IoRedis;
  disconnect(): void;
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
  publish(channel: string, octets: Buffer): Promise<unknown>;
  ssubscribe(...channels: string[]): Promise<unknown>;
  sunsubscribe(...channels: string[]): Promise<unknown>;
  spublish(channel: string, octets: Buffer): Promise<unknown>;
}

const IOREDIS_OPTIONS = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  // Commands that a lost connection has not answered are rejected at once.
  maxRetriesPerRequest: 0,
  // The engine subscribes anew by itself, and knows when that is done.
  autoResubscribe: false,
  // It would apply to SPUBLISH, and to nothing else here.
  keyPrefix: "",
  lazyConnect: false,
};

class IoRedisLink implements RedisLink {
  readonly #client: IoRedis;
  readonly #isSharded: boolean;
  #subscriber: IoRedis | undefined = undefined;
  #publisher: IoRedis | undefined = undefined;
  /** Whether it is connected to the nodes of a cluster; true for one server. */
  #hasNodes = false;

  constructor(client: IoRedis, isSharded: boolean) {
    this.#client = client;
    this.#isSharded = isSharded;
  }

  get isReady(): boolean {
    return this.#subscriber?.status === "ready" && this.#publisher?.status === "ready" && this.#hasNodes;
  }

  open(host: LinkHost): void {
    this.#subscriber = this.#another();
    this.#publisher = this.#another();
    this.#hasNodes = this.#client.isCluster !== true;
    if (!this.#hasNodes) this.#connectNodes(this.#publisher, host);
    for (const client of [this.#subscriber, this.#publisher])
      watch(client, ["ready", "close", "reconnecting", "end"], host);
    this.#subscriber.on(
      this.#isSharded ? "smessageBuffer" : "messageBuffer",
      (channel: Buffer, octets: Buffer) => host.message(channel.toString(), octets),
    );
  }

  /**
   * A cluster connects to a node when it has something to send to it, and what waits for that comes out of order: half of
   * the first 2,000 messages did, with ioredis 6.0. So it connects to all of them first.
   */
  #connectNodes(cluster: IoRedis, host: LinkHost): void {
    cluster.on("close", () => (this.#hasNodes = false));
    cluster.on("ready", () => {
      // One of them may be away; its slots move to another one, which the client learns by itself.
      void Promise.allSettled(cluster.nodes?.("master").map((node) => node.ping()) ?? []).then(() => {
        this.#hasNodes = true;
        host.changed();
      });
    });
  }

  #another(): IoRedis {
    const client = this.#client;
    if (client.isCluster !== true) return client.duplicate(IOREDIS_OPTIONS);
    const { enableOfflineQueue, lazyConnect, ...redisOptions } = IOREDIS_OPTIONS;
    // A cluster subscribes anew on the node to which it changes, which the engine does not see.
    return client.duplicate([], {
      enableOfflineQueue,
      lazyConnect,
      keyPrefix: "",
      shardedSubscribers: this.#isSharded,
      redisOptions: { ...redisOptions, autoResubscribe: true },
    });
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    const client = this.#subscriber;
    if (client === undefined) return;
    // Channels of one command have to be in one slot, so each has a command of its own.
    if (this.#isSharded) await Promise.all(channels.map((channel) => client.ssubscribe(channel)));
    else await client.subscribe(...channels);
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    const client = this.#subscriber;
    if (client === undefined) return;
    if (this.#isSharded) await Promise.all(channels.map((channel) => client.sunsubscribe(channel)));
    else await client.unsubscribe(...channels);
  }

  publish(channel: string, octets: Buffer): Promise<unknown> {
    const client = this.#publisher!;
    return this.#isSharded ? client.spublish(channel, octets) : client.publish(channel, octets);
  }

  async close(): Promise<void> {
    for (const client of [this.#subscriber, this.#publisher]) {
      client?.removeAllListeners();
      client?.on("error", () => {});
      client?.disconnect();
    }
  }
}

type Listener = (octets: Buffer, channel: Buffer) => void;

interface NodeRedis extends Emitter {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  /** Of a cluster. */
  readonly masters?: unknown;
  duplicate(options: object): NodeRedis;
  connect(): Promise<unknown>;
  /** Since version 5; `disconnect` before. */
  destroy?(): unknown;
  disconnect(): unknown;
  subscribe(channels: string | string[], listener: Listener, isBuffer: true): Promise<unknown>;
  unsubscribe(channels: string | string[], listener: Listener, isBuffer: true): Promise<unknown>;
  publish(channel: string, octets: Buffer): Promise<unknown>;
  sSubscribe(channels: string | string[], listener: Listener, isBuffer: true): Promise<unknown>;
  sUnsubscribe(channels: string | string[], listener: Listener, isBuffer: true): Promise<unknown>;
  sPublish(channel: string, octets: Buffer): Promise<unknown>;
}

class NodeRedisLink implements RedisLink {
  readonly #client: NodeRedis;
  readonly #isSharded: boolean;
  #subscriber: NodeRedis | undefined = undefined;
  #publisher: NodeRedis | undefined = undefined;
  #listener: Listener = () => {};

  constructor(client: NodeRedis, isSharded: boolean) {
    this.#client = client;
    this.#isSharded = isSharded;
  }

  get isReady(): boolean {
    return this.#subscriber?.isReady === true && this.#publisher?.isReady === true;
  }

  open(host: LinkHost): void {
    this.#listener = (octets, channel) => host.message(channel.toString(), octets);
    this.#subscriber = this.#client.duplicate({ disableOfflineQueue: true });
    this.#publisher = this.#client.duplicate({ disableOfflineQueue: true });
    for (const client of [this.#subscriber, this.#publisher]) {
      watch(client, ["ready", "reconnecting", "end"], host);
      client.connect().then(
        () => host.changed(),
        (error: unknown) => host.changed(error),
      );
    }
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    const client = this.#subscriber;
    if (client === undefined) return;
    const listener = this.#listener;
    if (!this.#isSharded) await client.subscribe([...channels], listener, true);
    else await Promise.all(channels.map((channel) => client.sSubscribe(channel, listener, true)));
  }

  async unsubscribe(channels: readonly string[]): Promise<void> {
    const client = this.#subscriber;
    if (client === undefined) return;
    const listener = this.#listener;
    if (!this.#isSharded) await client.unsubscribe([...channels], listener, true);
    else await Promise.all(channels.map((channel) => client.sUnsubscribe(channel, listener, true)));
  }

  publish(channel: string, octets: Buffer): Promise<unknown> {
    const client = this.#publisher!;
    return this.#isSharded ? client.sPublish(channel, octets) : client.publish(channel, octets);
  }

  async close(): Promise<void> {
    for (const client of [this.#subscriber, this.#publisher]) {
      client?.removeAllListeners();
      client?.on("error", () => {});
      try {
        if (client?.destroy === undefined) await client?.disconnect();
        else client.destroy();
      } catch {
        // It was closed already.
      }
    }
  }
}

function watch(client: Emitter, events: readonly string[], host: LinkHost): void {
  for (const event of events) client.on(event, () => host.changed());
  client.on("error", (error: unknown) => host.changed(error));
}
