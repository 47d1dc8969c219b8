/** Servers of Redis and NATS, and engines over them with the clients that people use. */
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { freePort } from "@wireproof/peers";

import type { CarrierEngine } from "../../src/engines/engine.js";
import { nats } from "../../src/engines/nats.js";
import type { NatsConnection } from "../../src/engines/nats.js";
import type { EngineOptions } from "../../src/engines/options.js";
import { redis } from "../../src/engines/redis.js";
import type { RedisClient } from "../../src/engines/redis-link.js";
import type { Server } from "../../src/server/server.js";

// Seen from dist/test/engines.
const INTEROP = fileURLToPath(new URL("../../../../../interop/", import.meta.url));
const run = promisify(execFile);
const requireThere = createRequire(`${INTEROP}package.json`);

/** Debian has servers where only root looks for programs. */
const ENVIRONMENT = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin` };

/** A client package, and the server that it needs. */
export interface Client {
  readonly name: string;
  readonly package: string;
  readonly server: "redis-server" | "nats-server";
  readonly sharded?: true;
}

export const CLIENTS: readonly Client[] = [
  { name: "ioredis", package: "ioredis", server: "redis-server" },
  { name: "ioredis, sharded", package: "ioredis", server: "redis-server", sharded: true },
  { name: "node-redis", package: "redis", server: "redis-server" },
  { name: "node-redis, sharded", package: "redis", server: "redis-server", sharded: true },
  { name: "nats 2", package: "nats", server: "nats-server" },
  { name: "nats.js 3", package: "@nats-io/transport-node", server: "nats-server" },
];

/** Why tests with this client are skipped; false: they are not. */
export function skipWithout(client: Client): string | false {
  if (!existsSync(`${INTEROP}node_modules/${client.package}`))
    return `${client.package} is not installed: npm ci --ignore-scripts --prefix interop`;
  const isThere = spawnSync(client.server, ["--version"], { env: ENVIRONMENT }).error === undefined;
  return isThere ? false : `${client.server} is not installed: apt-get install ${client.server}`;
}

/** A broker in a process of its own, on a port that stays the same when it is started again. */
export class Broker {
  readonly port: number;
  readonly #server: Client["server"];
  readonly #options: readonly string[];
  #process: ChildProcess | undefined = undefined;

  private constructor(server: Client["server"], port: number, options: readonly string[]) {
    this.#server = server;
    this.#options = options;
    this.port = port;
  }

  static async start(
    context: TestContext,
    server: Client["server"],
    options = async (): Promise<readonly string[]> => [],
  ): Promise<Broker> {
    for (let attempt = 1; ; attempt++) {
      const broker = new Broker(server, await freePort(), await options());
      context.after(() => broker.kill());
      try {
        await broker.start();
        return broker;
      } catch (error) {
        // Somebody else may have taken the port.
        if (attempt === 5) throw error;
      }
    }
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const port = String(this.port);
    const isRedis = this.#server === "redis-server";
    const args = isRedis
      ? ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
      : ["--port", port, "--addr", "127.0.0.1"];
    const child = spawn(this.#server, [...args, ...this.#options], {
      stdio: ["ignore", "pipe", "pipe"],
      env: ENVIRONMENT,
    });
    this.#process = child;
    let said = "";
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        said = (said + chunk.toString()).slice(-4096);
        if (said.includes(isRedis ? "Ready to accept connections" : "Server is ready")) resolve();
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`${this.#server} has ended: ${said}`)));
    });
  }

  /** How many connections subscribe to a channel of Redis. */
  async processesOn(channel: string, isSharded: boolean): Promise<number> {
    const question = isSharded ? "SHARDNUMSUB" : "NUMSUB";
    const { stdout } = await run("redis-cli", ["-p", String(this.port), "PUBSUB", question, channel]);
    return Number(stdout.trim().split("\n").at(-1));
  }

  /** Resolves when it is gone, without a farewell to anybody. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}

/** A Redis Cluster of three nodes; resolves with their ports when all slots are served. */
export async function startRedisCluster(context: TestContext): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), "wireproof-redis-cluster-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const nodes = await Promise.all(
    [0, 1, 2].map((at) => {
      const cluster = ["--cluster-enabled", "yes", "--cluster-config-file", join(folder, `${at}.conf`)];
      return Broker.start(context, "redis-server", async () => [
        ...cluster,
        "--cluster-port",
        String(await freePort()),
      ]);
    }),
  );
  const ports = nodes.map(({ port }) => port);
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  await run("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"]);
  for (const port of ports) {
    const isReady = async (): Promise<boolean> =>
      (await run("redis-cli", ["-p", String(port), "CLUSTER", "INFO"])).stdout.includes("cluster_state:ok");
    while (!(await isReady()));
  }
  return ports;
}

/** A client of a Redis Cluster, which need not be connected. */
export function clusterClient(name: "ioredis" | "redis", ports: readonly number[]): RedisClient {
  if (name === "ioredis") {
    const { Cluster } = requireThere("ioredis") as {
      Cluster: new (nodes: readonly object[], options: object) => RedisClient;
    };
    return new Cluster(
      ports.map((port) => ({ host: "127.0.0.1", port })),
      { lazyConnect: true },
    );
  }
  const { createCluster } = requireThere("redis") as { createCluster: (options: object) => RedisClient };
  return createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) });
}

interface Closable {
  close(): Promise<void>;
}

/** An engine over a client of its own, and what closes the client. */
export async function engineOver(
  client: Client,
  port: number,
  options: EngineOptions = {},
): Promise<{ engine: CarrierEngine; application: Closable }> {
  if (client.server === "nats-server") {
    const { connect } = requireThere(client.package) as {
      connect: (options: object) => Promise<NatsConnection & Closable>;
    };
    const servers = `127.0.0.1:${port}`;
    const connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    return { engine: nats({ ...options, connection }), application: connection };
  }
  const sharded = client.sharded ?? false;
  if (client.package === "ioredis") {
    const { Redis } = requireThere("ioredis") as {
      Redis: new (port: number) => RedisClient & { on(...args: unknown[]): void; disconnect(): void };
    };
    const own = new Redis(port);
    own.on("error", () => {});
    const application = { close: async () => own.disconnect() };
    return { engine: redis({ ...options, client: own, sharded }), application };
  }
  const { createClient } = requireThere("redis") as {
    createClient: (options: object) => RedisClient & { readonly isOpen: boolean };
  };
  // It was never connected, and need not be.
  const own = createClient({ url: `redis://127.0.0.1:${port}` });
  const application = { close: async () => assert.equal(own.isOpen, false) };
  return { engine: redis({ ...options, client: own, sharded }), application };
}

/**
 * Subscribers of a topic everywhere, when the engine knows so many other processes: on a busy machine that can take until they
 * say again that they are there. `signal` ends the waiting.
 */
export async function countEverywhere(
  { server, engine }: { readonly server: Pick<Server, "subscribers">; readonly engine: CarrierEngine },
  topic: string,
  others = 1,
  signal?: AbortSignal,
): Promise<number> {
  const hasToWait = (): boolean => engine.counters.processes < others && signal?.aborted !== true;
  while (hasToWait()) await new Promise(setImmediate);
  return server.subscribers(topic, { everywhere: true, timeoutMs: 60_000 });
}
