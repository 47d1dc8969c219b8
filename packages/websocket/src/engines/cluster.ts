import nodeCluster from "node:cluster";

import { invalidArgument } from "../errors.js";
import type { Carrier, CarrierHost } from "./carrier.js";
import { OPEN_AGAIN_MS, message, partsOf } from "./cluster-messages.js";
import type { Carried } from "./cluster-messages.js";
import { makeEngine } from "./create-engine.js";
import type { CarrierEngine } from "./engine.js";
import type { EngineOptions } from "./options.js";

/** So often a worker asks for the hub of the primary process before it says that there is none. */
const ATTEMPTS = 5;

/**
 * An engine for the workers of `node:cluster` on one machine, without a broker. The primary process forwards: call
 * {@link setupPrimary} there. With `cluster.setupPrimary({ serialization: "advanced" })`, the octets of messages go as they
 * are; with Node's default "json" they become base64.
 *
 * @param options - What all engines have.
 * @returns The engine, for the option `engine` of one server.
 * @throws {@link WebSocketError} (InvalidArgument) in a process that is no worker, and for options that cannot be used.
 *
 * @example
 * ```ts
 * import nodeCluster from "node:cluster";
 * import { createServer } from "@wireproof/websocket";
 * import { cluster, setupPrimary } from "@wireproof/websocket/engines";
 *
 * if (nodeCluster.isPrimary) {
 *   const primary = setupPrimary();
 *   // nodeCluster.fork(), once for each core
 *   primary.close();
 * } else {
 *   const server = createServer({
 *     engine: cluster(),
 *     open: (ws) => void ws.subscribe("news"),
 *     message: (ws, data) => void ws.publish("news", data),
 *   });
 *   await server.listen(8080);
 * }
 * ```
 */
export function cluster(options: EngineOptions = {}): CarrierEngine {
  if (!nodeCluster.isWorker || process.send === undefined)
    throw invalidArgument(
      "cluster() is for workers of node:cluster; the primary process calls setupPrimary().",
    );
  return makeEngine(new ClusterCarrier(), options, "wireproof-");
}

/** The engines of this process. */
let engines = 0;

class ClusterCarrier implements Carrier {
  readonly name = "cluster";
  readonly channels = "any";
  readonly #id = ++engines;
  /** Calls that the primary process has not answered. */
  readonly #calls = new Map<number, () => void>();
  #nextCall = 0;
  #host: CarrierHost | undefined = undefined;
  #opening: NodeJS.Timeout | undefined = undefined;
  #isBinary = false;

  open(host: CarrierHost): void {
    this.#host = host;
    process.on("message", this.#onMessage);
    process.once("disconnect", this.#onDisconnect);
    let attempts = 0;
    const ask = (): void => {
      void this.#tell("open");
      if (++attempts === ATTEMPTS)
        host.failed("gets no answer: the primary process has to call setupPrimary()");
    };
    this.#opening = setInterval(ask, OPEN_AGAIN_MS).unref();
    ask();
  }

  subscribe(channels: readonly string[]): Promise<void> {
    return this.#call("subscribe", channels);
  }

  unsubscribe(channels: readonly string[]): Promise<void> {
    return this.#call("unsubscribe", channels);
  }

  send(channel: string, octets: Uint8Array): Promise<void> {
    return this.#tell("send", channel, this.#isBinary ? octets : Buffer.from(octets).toString("base64"));
  }

  async close(): Promise<void> {
    clearInterval(this.#opening);
    process.off("message", this.#onMessage);
    process.off("disconnect", this.#onDisconnect);
    if (process.connected) await this.#tell("close").catch(() => {});
  }

  async #call(operation: "subscribe" | "unsubscribe", channels: readonly string[]): Promise<void> {
    const call = this.#nextCall++;
    const answered = new Promise<void>((resolve) => this.#calls.set(call, resolve));
    await this.#tell(operation, call, channels);
    await answered;
  }

  /** Resolves when the system has taken the message. */
  #tell(operation: string, ...rest: readonly Carried[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | null): void => (error === null ? resolve() : reject(error));
      process.send?.(message(this.#id, operation, ...rest), undefined, undefined, done);
    });
  }

  readonly #onMessage = (it: unknown): void => {
    const parts = partsOf(it);
    if (parts === undefined || parts.engine !== this.#id) return;
    const [first, second] = parts.rest;
    if (parts.operation === "opened") {
      // As JSON, an array of octets arrives as something else.
      this.#isBinary = first instanceof Uint8Array;
      clearInterval(this.#opening);
      this.#host?.up();
    } else if (parts.operation === "done" && typeof first === "number") {
      this.#calls.get(first)?.();
      this.#calls.delete(first);
    } else if (parts.operation === "message" && typeof first === "string") {
      if (typeof second === "string") this.#host?.message(first, Buffer.from(second, "base64"));
      else if (second instanceof Uint8Array) this.#host?.message(first, second);
    }
  };

  readonly #onDisconnect = (): void => {
    this.#host?.down(new Error("The primary process is gone."));
    for (const done of this.#calls.values()) done();
    this.#calls.clear();
  };
}
