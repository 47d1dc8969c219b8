import { DEFAULT_LIMITS, MESSAGE_OCTETS } from "../protocol/limits.js";
import type { Limits } from "../protocol/limits.js";
import { invalidArgument } from "../errors.js";

/** What a full backlog does to the next message: closes the connection, drops the message, or makes `send` throw. */
export type BacklogPolicy = "close" | "drop" | "error";

/** The limits of one connection, those of the protocol and those of sending. All octets unless the name says ms. */
export interface ConnectionLimits extends Limits {
  /**
   * `send` returns false above it, and `drain` follows when the backlog is below it again. Default 64 KiB
   * (uWebSockets), and never more than `backlogOctets`: who waits for room must find some.
   */
  readonly highWaterOctets: number;
  /**
   * Octets that may wait for a peer that does not read. One message is always taken when nothing waits. Default
   * 16 MiB, as Bun has it.
   */
  readonly backlogOctets: number;
  /**
   * Octets that may wait to be sent over all connections of the process, this one's among them. Beyond it the largest
   * backlogs are closed until a quarter is free; with another policy those are stopped whose backlog is larger than what is
   * left. A message that many connections refer to counts once. Default 256 MiB, as much as may be retained.
   */
  readonly totalBacklogOctets: number;
  /** What happens above `backlogOctets`. Default "close": 1008, because a peer so far behind is not coming back. */
  readonly onBacklog: BacklogPolicy;
}

/** The limits of a server as a whole. */
export interface ServerLimits extends ConnectionLimits {
  /** Open connections and opening handshakes together. Default 100,000. Beyond it: 503. */
  readonly connections: number;
  /** The same from one address. Default 1,000: whole offices share one. Beyond it: 429. */
  readonly perAddress: number;
  /** Octets of the request line and the headers. Default 16 KiB, Node's own. Beyond it: 431. */
  readonly handshakeOctets: number;
  /** From the first octet of a request to the answer, the upgrade hook included. Default 10,000 ms, as uWebSockets. */
  readonly handshakeMs: number;
  /** Octets that all connections together may retain for unfinished messages. Default 256 MiB. Beyond it: 1013. */
  readonly totalRetainedOctets: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  ...DEFAULT_LIMITS,
  highWaterOctets: 64 * 1024,
  backlogOctets: 16 * MESSAGE_OCTETS,
  totalBacklogOctets: 256 * MESSAGE_OCTETS,
  onBacklog: "close",
};

export const DEFAULT_SERVER_LIMITS: ServerLimits = {
  ...DEFAULT_CONNECTION_LIMITS,
  connections: 100_000,
  perAddress: 1_000,
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
