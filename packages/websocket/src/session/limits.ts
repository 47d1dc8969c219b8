import { DEFAULT_LIMITS, MESSAGE_OCTETS } from "../protocol/limits.js";
import type { Limits } from "../protocol/limits.js";
import { invalidArgument } from "../errors.js";

/**
 * What a full backlog does to the next message: closes the connection, drops the message, or makes `send` throw.
 *
 * @example
 * ```ts
 * import { createServer, type BacklogPolicy } from "@wireproof/websocket";
 *
 * const onBacklog: BacklogPolicy = "drop";
 * const server = createServer({ limits: { onBacklog } });
 * console.assert(server.limits.onBacklog === "drop");
 * ```
 */
export type BacklogPolicy = "close" | "drop" | "error";

/**
 * The limits of one connection, those of the protocol and those of sending. All are octets unless the name says ms, and
 * above 0; Infinity switches one off.
 *
 * @example
 * ```ts
 * import { connect, createServer, type ConnectionLimits } from "@wireproof/websocket";
 *
 * const limits: Partial<ConnectionLimits> = { messageOctets: 16 * 1024, closeMs: 1_000 };
 * await using server = createServer({ limits });
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`ws://127.0.0.1:${port}`, { limits });
 * console.assert(ws.state === "open" && server.limits.closeMs === 1_000);
 * ```
 */
export interface ConnectionLimits extends Limits {
  /**
   * `send` returns false above it, and `drain` follows when the backlog is below it again. Octets; default 64 KiB
   * (uWebSockets), and never more than `backlogOctets`: a sender that waits has to get its turn.
   */
  readonly highWaterOctets: number;
  /**
   * Octets that may wait for a peer that does not read. One message is always taken when nothing waits. Default
   * 16 MiB, as Bun has it.
   */
  readonly backlogOctets: number;
  /**
   * Octets that may wait to be sent over all connections of the process, including this one. Above it the connections with
   * the largest backlogs are closed until a quarter is free; with another policy, a connection stops taking messages whose
   * backlog is larger than what is left. A message that many connections send counts once. Default 256 MiB.
   */
  readonly totalBacklogOctets: number;
  /** What happens above `backlogOctets`. Default "close", with 1008: a peer so far behind does not catch up. */
  readonly onBacklog: BacklogPolicy;
}

/**
 * The limits of a server as a whole, and those of each of its connections. Above 0; Infinity switches one off.
 *
 * @example
 * ```ts
 * import { createServer, type ServerLimits } from "@wireproof/websocket";
 *
 * const limits: Partial<ServerLimits> = { connections: 5_000, perAddress: 50, handshakeMs: 3_000 };
 * const server = createServer({ limits });
 * console.assert(server.limits.perAddress === 50);
 * ```
 */
export interface ServerLimits extends ConnectionLimits {
  /** Open connections and opening handshakes together. Default 100,000. Above it: 503. */
  readonly connections: number;
  /**
   * Open connections and opening handshakes from one address. Default 1,000: whole offices share one. Above it: 429.
   */
  readonly perAddress: number;
  /**
   * Open connections and opening handshakes over one HTTP/2 connection. Default 100, which RFC 9113 §6.5.2 gives as the
   * least. Above it: 429.
   */
  readonly http2Streams: number;
  /**
   * Connections that a peer may reset over one HTTP/2 connection, or open above `http2Streams`; a tenth of them is given
   * back each second. Default 200. Above it the HTTP/2 connection is ended with ENHANCE_YOUR_CALM.
   */
  readonly http2Resets: number;
  /**
   * Octets of the request line and the header fields; over HTTP/2 as RFC 9113 §6.5.2 counts them. Default 16 KiB, as in
   * Node. Above it: 431.
   */
  readonly handshakeOctets: number;
  /**
   * Milliseconds from the first octet of a request to the answer, including the upgrade hook. Default 10,000, as in
   * uWebSockets.
   */
  readonly handshakeMs: number;
  /** Octets that all connections together may retain for unfinished messages. Default 256 MiB. Above it: 1013. */
  readonly totalRetainedOctets: number;
}

/**
 * The limits of a connection where the application sets none.
 *
 * @example
 * ```ts
 * import { DEFAULT_CONNECTION_LIMITS } from "@wireproof/websocket";
 *
 * console.assert(DEFAULT_CONNECTION_LIMITS.messageOctets === 1024 * 1024);
 * console.assert(DEFAULT_CONNECTION_LIMITS.closeMs === 5_000);
 * ```
 */
export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  ...DEFAULT_LIMITS,
  highWaterOctets: 64 * 1024,
  backlogOctets: 16 * MESSAGE_OCTETS,
  totalBacklogOctets: 256 * MESSAGE_OCTETS,
  onBacklog: "close",
};

/**
 * The limits of a server where the application sets none.
 *
 * @example
 * ```ts
 * import { createServer, DEFAULT_SERVER_LIMITS } from "@wireproof/websocket";
 *
 * const { connections } = DEFAULT_SERVER_LIMITS;
 * console.assert(createServer().limits.connections === connections);
 * ```
 */
export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  ...DEFAULT_CONNECTION_LIMITS,
  connections: 100_000,
  perAddress: 1_000,
  http2Streams: 100,
  http2Resets: 200,
  handshakeOctets: 16 * 1024,
  handshakeMs: 10_000,
  totalRetainedOctets: 256 * MESSAGE_OCTETS,
};

/**
 * The defaults with what was given put over them. A larger message limit takes the limits that depend on it along
 * unless they were given themselves. Throws for anything that is not a positive number or Infinity.
 */
export function resolveLimits<L extends ConnectionLimits>(defaults: L, given: Partial<L> = {}): L {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in defaults)) throw invalidArgument(`There is no limit named "${name}".`);
    if (name === "onBacklog") checkPolicy(value);
    else if (value !== undefined && !isAmount(value))
      throw invalidArgument(`The limit ${name} must be a number above 0.`);
  }
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { messageOctets, retainedOctets, highWaterOctets, backlogOctets } = { ...defaults, ...known };
  const needed = messageOctets + 16 * MESSAGE_OCTETS;
  const following = {
    frameOctets: messageOctets,
    retainedOctets: given.retainedOctets ?? Math.max(retainedOctets, needed),
  };
  return {
    ...defaults,
    ...following,
    ...known,
    highWaterOctets: Math.min(highWaterOctets, backlogOctets),
  };
}

function checkPolicy(value: unknown): void {
  if (value === undefined || value === "close" || value === "drop" || value === "error") return;
  throw invalidArgument('onBacklog must be "close", "drop" or "error".');
}

function isAmount(value: unknown): boolean {
  return typeof value === "number" && value > 0;
}
