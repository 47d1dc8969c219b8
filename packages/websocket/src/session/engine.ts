/**
 * What an engine is told about the server of this process, and what it hands to it.
 *
 * @example
 * ```ts
 * import { createServer, type EngineHost } from "@wireproof/websocket";
 *
 * let host: EngineHost | undefined;
 * const engine = {
 *   start: (it: EngineHost) => (host = it),
 *   subscribe: () => {},
 *   unsubscribe: () => {},
 *   publish: () => {},
 *   count: () => Promise.resolve(0),
 *   close: () => Promise.resolve(),
 * };
 * await using server = createServer({ engine });
 * console.assert(host?.count("news") === 0 && server.subscribers("news") === 0);
 * ```
 */
export interface EngineHost {
  /**
   * Sends a message of another process to the subscribers in this process.
   *
   * @param topic - Name of the topic.
   * @param octets - The payload data. They must not be changed afterwards.
   * @param isText - Whether it is a text message.
   * @returns False for text that is not UTF-8 (RFC 6455 §8.1): it was not sent.
   */
  deliver(topic: string, octets: Uint8Array, isText: boolean): boolean;
  /**
   * The number of subscribers in this process.
   *
   * @param topic - Name of the topic.
   * @returns 0 or more.
   */
  count(topic: string): number;
}

/**
 * What joins the topics of servers in several processes: the option `engine` of {@link createServer}.
 * `@wireproof/websocket/engines` has some, and `createEngine` there makes one of anything that carries octets; few need to
 * write this interface themselves. None of the methods may throw or wait.
 *
 * @example
 * ```ts
 * import { createServer, type Engine, type EngineHost } from "@wireproof/websocket";
 *
 * // Two servers of one process.
 * const hosts = new Set<EngineHost>();
 * function together(): Engine {
 *   let own: EngineHost;
 *   return {
 *     start: (host) => void hosts.add((own = host)),
 *     subscribe: () => {},
 *     unsubscribe: () => {},
 *     publish(topic, octets, isText) {
 *       for (const host of hosts) if (host !== own) host.deliver(topic, octets.slice(), isText);
 *     },
 *     count: (topic) => Promise.resolve([...hosts].reduce((sum, it) => sum + it.count(topic), -own.count(topic))),
 *     close: () => Promise.resolve(void hosts.delete(own)),
 *   };
 * }
 * await using one = createServer({ engine: together() });
 * await using other = createServer({ engine: together() });
 * one.publish("news", "reaches the subscribers of the other");
 * console.assert((await other.subscribers("news", { everywhere: true })) === 0);
 * ```
 */
export interface Engine {
  /**
   * A server was made with this engine. It is called once.
   *
   * @param host - The server of this process.
   */
  start(host: EngineHost): void;
  /**
   * A topic has got its first subscriber in this process: messages of other processes are wanted from now on.
   *
   * @param topic - Name of the topic.
   */
  subscribe(topic: string): void;
  /**
   * A topic has lost its last subscriber in this process.
   *
   * @param topic - Name of the topic.
   */
  unsubscribe(topic: string): void;
  /**
   * A message was published in this process, and its subscribers here have it. It has to reach the other processes, and
   * must not come back.
   *
   * @param topic - Name of the topic.
   * @param octets - The payload data, which may change after the call.
   * @param isText - Whether it is a text message.
   */
  publish(topic: string, octets: Uint8Array, isText: boolean): void;
  /**
   * Counts the subscribers in all other processes.
   *
   * @param topic - Name of the topic.
   * @param timeoutMs - Milliseconds after which it stops waiting for those who do not answer.
   * @returns A promise of their number; it rejects when the engine is not connected.
   */
  count(topic: string, timeoutMs: number): Promise<number>;
  /**
   * The server has closed, and its connections are gone.
   *
   * @returns A promise that resolves when everything that the engine opened is closed.
   */
  close(): Promise<void>;
}
