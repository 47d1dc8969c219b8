import type { WebSocketError } from "../errors.js";

/**
 * Whether messages reach other processes: "connecting" until the first connection, "up", "down" while the connection is
 * lost, and "closed" with the server.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { workerThreads, type EngineState } from "@wireproof/websocket/engines";
 *
 * const states: EngineState[] = [];
 * const engine = workerThreads({ onState: (state) => states.push(state) });
 * const server = createServer({ engine });
 * await engine.ready();
 * await server.close();
 * console.assert(states.join() === "up,closed");
 * ```
 */
export type EngineState = "connecting" | "up" | "down" | "closed";

/**
 * Options that all engines have.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { workerThreads, type EngineOptions } from "@wireproof/websocket/engines";
 *
 * const options: EngineOptions = {
 *   prefix: "chat-",
 *   onState: (state, error) => console.log(state, error?.message ?? ""),
 *   onError: (error) => console.error(error.message),
 * };
 * await using server = createServer({ engine: workerThreads(options) });
 * console.assert(server.publish("news", "hello") === 0);
 * ```
 */
export interface EngineOptions {
  /**
   * What the names of all channels begin with. Servers with the same prefix share their topics; take another one for each
   * application. Default "wireproof-", for `redis` "wireproof:", for `nats` "wireproof.".
   */
  readonly prefix?: string;
  /**
   * Octets of published messages that may wait for the engine, above 0: beyond it, messages reach the subscribers in this
   * process only, and `counters.dropped` counts them. Default 16 MiB.
   */
  readonly backlogOctets?: number;
  /**
   * Called when the state has changed: "up", "down" with the error, "closed". Without it, "down" emits a process warning.
   */
  readonly onState?: (state: EngineState, error: WebSocketError | undefined) => void;
  /**
   * Called when something did not work and the engine goes on: a message that is larger than the engine takes, a channel that
   * may not be subscribed to. Without it, the first one emits a process warning.
   */
  readonly onError?: (error: WebSocketError) => void;
}

/**
 * What an engine has done so far.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { workerThreads, type EngineCounters } from "@wireproof/websocket/engines";
 *
 * const engine = workerThreads();
 * await using server = createServer({ engine });
 * const { published, dropped, processes }: EngineCounters = engine.counters;
 * console.assert(published + dropped + processes === 0);
 * ```
 */
export interface EngineCounters {
  /** Messages that were handed to the engine. */
  readonly published: number;
  /** Messages of other processes that were delivered in this one. */
  readonly received: number;
  /** Messages that did not go to other processes: the connection was lost, or too many octets waited for one of them. */
  readonly dropped: number;
  /** What came on the channels and was no message of this version, or no UTF-8 in a text message. */
  readonly rejected: number;
  /** What did not work, each with a call of `onError`. */
  readonly failed: number;
  /** Octets that wait for the engine now. */
  readonly waitingOctets: number;
  /** Other processes that are there now. */
  readonly processes: number;
}
