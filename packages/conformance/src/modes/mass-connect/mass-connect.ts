import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

import { connect } from "@wireproof/websocket";
import type { WebSocketConnection } from "@wireproof/websocket";

import { CLIENT_OPTIONS, problemOf } from "../dialling.js";
import { connectFrom, sourceAddress } from "./source-address.js";

export interface MassConnectOptions {
  readonly url: string;
  readonly connections: number;
  /** Connections that are opened at the same time. */
  readonly batchSize: number;
  /** Pause after a batch, in ms. */
  readonly batchDelayMs: number;
  /** Pause after a failure, in ms. */
  readonly retryDelayMs: number;
  /** Called after each batch. */
  readonly onProgress?: (open: number, failures: number) => void;
  readonly signal: AbortSignal;
}

export interface MassConnectResult {
  /** Connections that were open at the same time at the end. */
  readonly open: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** Attempts that followed a failure. */
  readonly retries: number;
  readonly durationMs: number;
  /** Why the last failed attempt failed, in a sentence without a full stop; null if none failed. */
  readonly problem: string | null;
}

/** Attempts for one connection. The original never gives up. */
const ATTEMPTS = 10;
/** After this many batches in a row in which no connection opened, it gives up. */
const LOST_BATCHES = 5;
/** How long one opening handshake may take while the server answers many. */
const HANDSHAKE_MS = 10_000;
/** How long closing may take. After that, the remaining connections are dropped. */
const CLOSE_MS = 5_000;

interface Waiting {
  readonly number: number;
  readonly attempt: number;
}

/** Opens many connections, keeps them until all are open, and closes them. */
export async function massConnect(options: MassConnectOptions): Promise<MassConnectResult> {
  // Every connection listens to it.
  setMaxListeners(0, options.signal);
  const connections = new ManyConnections(options);
  const began = performance.now();
  await connections.openAll();
  const durationMs = performance.now() - began;
  const { open, failures, retries, problem } = connections;
  await connections.closeAll();
  return { open, failures, retries, durationMs, problem };
}

class ManyConnections {
  readonly #options: MassConnectOptions;
  readonly #url: URL;
  readonly #open = new Set<WebSocketConnection>();
  #waiting: Waiting[];
  #whenEmpty: () => void = () => undefined;
  failures = 0;
  retries = 0;
  problem: string | null = null;

  constructor(options: MassConnectOptions) {
    this.#options = options;
    this.#url = new URL(options.url);
    this.#waiting = Array.from({ length: options.connections }, (_, number) => ({ number, attempt: 1 }));
  }

  get open(): number {
    return this.#open.size;
  }

  async openAll(): Promise<void> {
    const { batchSize, batchDelayMs, retryDelayMs, onProgress, signal } = this.#options;
    let lost = 0;
    while (this.#waiting.length > 0 && lost < LOST_BATCHES && !signal.aborted) {
      const batch = this.#waiting.splice(0, batchSize);
      const failed = await this.#openBatch(batch);
      lost = failed.length === batch.length ? lost + 1 : 0;
      onProgress?.(this.open, this.failures);
      const again = failed.filter(({ attempt }) => attempt < ATTEMPTS);
      this.#waiting.push(...again.map(({ number, attempt }) => ({ number, attempt: attempt + 1 })));
      const delayMs = failed.length > 0 ? Math.max(batchDelayMs, retryDelayMs) : batchDelayMs;
      if (this.#waiting.length > 0) await pause(delayMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Closes everything and resolves when it is gone. */
  async closeAll(): Promise<void> {
    if (this.#open.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    for (const ws of this.#open) ws.close(1000);
    const timer = setTimeout(() => {
      for (const ws of this.#open) ws.terminate();
    }, CLOSE_MS);
    await empty;
    clearTimeout(timer);
  }

  async #openBatch(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    const failed: Waiting[] = [];
    await Promise.all(
      batch.map(async (one) => {
        if (one.attempt > 1) this.retries++;
        try {
          const ws = await this.#connect(one.number);
          if (ws.closed === undefined) this.#open.add(ws);
        } catch (error) {
          this.failures++;
          this.problem = problemOf(error);
          failed.push(one);
        }
      }),
    );
    return failed;
  }

  #connect(number: number): Promise<WebSocketConnection> {
    const { signal } = this.#options;
    const source = sourceAddress(this.#url, number);
    return connect(this.#url, {
      ...CLIENT_OPTIONS,
      compression: false,
      handshakeMs: HANDSHAKE_MS,
      signal,
      ...(source === undefined ? {} : { createTransport: (url: URL) => connectFrom(source, url, signal) }),
      message: () => undefined,
      close: (ws) => {
        this.#open.delete(ws);
        if (this.#open.size === 0) this.#whenEmpty();
      },
    });
  }
}
