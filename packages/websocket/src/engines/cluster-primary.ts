import nodeCluster from "node:cluster";

import { invalidArgument } from "../errors.js";
import { message, partsOf } from "./cluster-messages.js";
import type { Carried } from "./cluster-messages.js";

/**
 * Options of {@link setupPrimary}.
 *
 * @example
 * ```ts
 * import { setupPrimary, type PrimaryOptions } from "@wireproof/websocket/engines";
 *
 * const options: PrimaryOptions = { backlogOctets: 1024 * 1024 };
 * const primary = setupPrimary(options);
 * primary.close();
 * ```
 */
export interface PrimaryOptions {
  /**
   * Octets of messages that may wait for one worker, above 0: beyond it they are dropped for this worker, and the others
   * get them. Default 16 MiB.
   */
  readonly backlogOctets?: number;
}

/**
 * The part of the primary process in the engine `cluster`: it forwards messages to the workers that subscribe.
 *
 * @example
 * ```ts
 * import { setupPrimary, type ClusterPrimary } from "@wireproof/websocket/engines";
 *
 * const primary: ClusterPrimary = setupPrimary();
 * console.assert(primary.counters.forwarded === 0 && primary.counters.dropped === 0);
 * primary.close();
 * ```
 */
export interface ClusterPrimary {
  /** Messages that were forwarded, once for each worker, and those that a worker was too slow for. */
  readonly counters: { readonly forwarded: number; readonly dropped: number };
  /** Forwards no more. */
  close(): void;
}

/** What the hub needs of a worker of node:cluster. */
export interface HubWorker {
  send(message: unknown, callback: (error: Error | null) => void): boolean;
  isConnected(): boolean;
}

/** An engine in a worker. */
interface Link {
  readonly worker: HubWorker;
  readonly engine: number;
  readonly channels: Set<string>;
}

/** Forwards what engines in workers send to those that subscribe, and lets no slow one grow. */
export class Hub {
  readonly counters: { forwarded: number; dropped: number } = { forwarded: 0, dropped: 0 };
  readonly #backlogOctets: number;
  readonly #links = new Map<HubWorker, Map<number, Link>>();
  readonly #subscribers = new Map<string, Set<Link>>();
  /** Octets that wait for each worker. */
  readonly #waiting = new Map<HubWorker, number>();

  constructor(backlogOctets: number) {
    this.#backlogOctets = backlogOctets;
  }

  receive(worker: HubWorker, it: unknown): void {
    const parts = partsOf(it);
    if (parts === undefined) return;
    const { engine, operation } = parts;
    const [first, second] = parts.rest;
    const link = this.#links.get(worker)?.get(engine);
    if (operation === "open") this.#open(worker, engine);
    else if (link === undefined) return;
    else if (operation === "send" && typeof first === "string") this.#forward(link, first, second as Carried);
    else if (operation === "close") this.#close(link);
    else if (Array.isArray(second)) {
      for (const channel of second as readonly string[])
        if (operation === "subscribe") this.#subscribe(link, channel);
        else this.#unsubscribe(link, channel);
      tell(link, "done", first as number);
    }
  }

  gone(worker: HubWorker): void {
    for (const link of this.#links.get(worker)?.values() ?? []) this.#close(link);
    this.#links.delete(worker);
    this.#waiting.delete(worker);
  }

  #open(worker: HubWorker, engine: number): void {
    let links = this.#links.get(worker);
    if (links === undefined) this.#links.set(worker, (links = new Map<number, Link>()));
    if (!links.has(engine)) links.set(engine, { worker, engine, channels: new Set() });
    tell({ worker, engine }, "opened", Buffer.of(1));
  }

  #close(link: Link): void {
    for (const channel of link.channels) this.#unsubscribe(link, channel);
    this.#links.get(link.worker)?.delete(link.engine);
  }

  #subscribe(link: Link, channel: string): void {
    link.channels.add(channel);
    const links = this.#subscribers.get(channel);
    if (links === undefined) this.#subscribers.set(channel, new Set([link]));
    else links.add(link);
  }

  #unsubscribe(link: Link, channel: string): void {
    link.channels.delete(channel);
    const links = this.#subscribers.get(channel);
    links?.delete(link);
    if (links?.size === 0) this.#subscribers.delete(channel);
  }

  #forward(from: Link, channel: string, data: Carried): void {
    if (typeof data !== "string" && !(data instanceof Uint8Array)) return;
    for (const link of this.#subscribers.get(channel) ?? []) {
      if (link === from) continue;
      const { worker } = link;
      const waiting = this.#waiting.get(worker) ?? 0;
      if (waiting > 0 && waiting + data.length > this.#backlogOctets) {
        this.counters.dropped++;
        continue;
      }
      this.counters.forwarded++;
      this.#waiting.set(worker, waiting + data.length);
      tell(link, "message", channel, data, () => {
        const now = this.#waiting.get(worker);
        if (now !== undefined) this.#waiting.set(worker, now - data.length);
      });
    }
  }
}

let current: ClusterPrimary | undefined;

/**
 * Lets the primary process of `node:cluster` forward the messages of the engine `cluster`. Call it once, before or after
 * `fork`.
 *
 * @param options - The limit. Default: those of {@link PrimaryOptions}.
 * @returns Its counters, and what ends it.
 * @throws {@link WebSocketError} (InvalidArgument) in a worker, when it was called before, and for a limit that cannot be used.
 *
 * @example
 * ```ts
 * import { setupPrimary } from "@wireproof/websocket/engines";
 *
 * const primary = setupPrimary();
 * // for (let count = 0; count < availableParallelism(); count++) cluster.fork();
 * primary.close();
 * ```
 */
export function setupPrimary(options: PrimaryOptions = {}): ClusterPrimary {
  const { backlogOctets = 16_777_216 } = options;
  if (!(backlogOctets > 0)) throw invalidArgument("The option backlogOctets is a number above 0.");
  if (!nodeCluster.isPrimary)
    throw invalidArgument("setupPrimary() is for the primary process; workers use cluster().");
  if (current !== undefined) throw invalidArgument("setupPrimary() was called before.");
  const hub = new Hub(backlogOctets);
  const receive = (worker: HubWorker, it: unknown): void => hub.receive(worker, it);
  const gone = (worker: HubWorker): void => hub.gone(worker);
  nodeCluster.on("message", receive);
  nodeCluster.on("disconnect", gone);
  current = {
    counters: hub.counters,
    close() {
      nodeCluster.off("message", receive);
      nodeCluster.off("disconnect", gone);
      current = undefined;
    },
  };
  return current;
}

/** What goes wrong here is the end of the worker, of which `gone` tells. */
function tell(
  { worker, engine }: Pick<Link, "worker" | "engine">,
  operation: string,
  ...rest: readonly (Carried | (() => void))[]
): void {
  const done = rest.at(-1);
  const carried = rest.filter((it): it is Carried => typeof it !== "function");
  if (!worker.isConnected()) return;
  worker.send(message(engine, operation, ...carried), () => {
    if (typeof done === "function") done();
  });
}
