import type { ConnectionEnd } from "./verdict.js";

/**
 * How long to wait before the next attempt: exponential backoff with full jitter (RFC 6455 §7.2.3). The delay is drawn
 * uniformly between 0 and a cap, which grows with each attempt.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type Backoff } from "@wireproof/websocket/reconnecting";
 *
 * const backoff: Backoff = { initialMs: 1_000, factor: 2, maxMs: 30_000 };
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`, { backoff });
 * await ws.whenOpen();
 * ```
 */
export interface Backoff {
  /** The cap of the first delay, in milliseconds. 1 to a day; default 5,000, as in RFC 6455 §7.2.3. */
  readonly initialMs: number;
  /** By what the cap grows with each attempt. At least 1; default 1.618, as in Python's websockets. */
  readonly factor: number;
  /** The largest cap, in milliseconds. 1 to a day; default 90,000, as in Python's websockets. */
  readonly maxMs: number;
}

/**
 * As in Python's websockets 17: a random delay of up to 5 s, then growth by 1.618 up to 90 s. There only the first delay is
 * random.
 *
 * @example
 * ```ts
 * import { DEFAULT_BACKOFF } from "@wireproof/websocket/reconnecting";
 *
 * console.assert(DEFAULT_BACKOFF.initialMs === 5_000 && DEFAULT_BACKOFF.maxMs === 90_000);
 * ```
 */
export const DEFAULT_BACKOFF: Backoff = { initialMs: 5_000, factor: 1.618, maxMs: 90_000 };

/** After 1012, clients come back at random within 5 to 30 s (IANA's registry of close codes); here after 1013, too. */
const RESTART_FROM_MS = 5_000;
const RESTART_TO_MS = 30_000;
const RESTART_CODES: ReadonlySet<number> = new Set([1012, 1013]);

/** A delay, and the part of it that the server has asked for. */
export interface Delay {
  readonly floorMs: number;
  readonly delayMs: number;
}

/**
 * The delay before the attempt of this number, counted from 1. What a server asks for is a floor under it, so that its
 * clients do not come back all at the same time.
 */
export function delayBefore(attempt: number, end: ConnectionEnd, backoff: Backoff, random: number): Delay {
  const { initialMs, factor, maxMs } = backoff;
  const capMs = Math.min(maxMs, initialMs * factor ** (attempt - 1));
  const isRestart = RESTART_CODES.has(end.code);
  const floorMs = end.retryAfterMs ?? (isRestart ? Math.min(maxMs, RESTART_FROM_MS) : 0);
  const spanMs = isRestart ? Math.min(maxMs, Math.max(capMs, RESTART_TO_MS)) - floorMs : capMs;
  return { floorMs, delayMs: Math.round(floorMs + random * spanMs) };
}
