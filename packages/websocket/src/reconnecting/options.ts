import { invalidArgument } from "../errors.js";
import { DEFAULT_BACKOFF } from "./backoff.js";
import type { Backoff } from "./backoff.js";
import { DEFAULT_BUFFER } from "./buffer.js";
import type { BufferLimits } from "./buffer.js";
import type { MachineOptions, ReconnectQuestion, StateChange } from "./machine.js";
import type { ReconnectingWebSocket, Sendable } from "./surface.js";

/**
 * What is known when an attempt begins.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type Attempt } from "@wireproof/websocket/reconnecting";
 *
 * const targets: string[] = [];
 * await using server = createServer({ open: (ws) => targets.push(ws.handshake.target) });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const url = ({ lastId }: Attempt) => `ws://127.0.0.1:${port}/?since=${lastId}`;
 * await using ws = reconnecting(url, { lastId: 7 });
 * await ws.whenOpen();
 * console.assert(targets[0] === "/?since=7");
 * ```
 */
export interface Attempt {
  /** 0 for the first attempt to connect, 1 for the first to reconnect; 0 again after a connection that lasted `stableMs`. */
  readonly attempt: number;
  /** What the application has set as `ws.lastId`. */
  readonly lastId: string | number | undefined;
  /** Aborted when the attempt is given up, or the connection has ended. */
  readonly signal: AbortSignal;
}

/**
 * Where to connect, and which subprotocols to offer there instead of those of the options.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ReconnectingTarget } from "@wireproof/websocket/reconnecting";
 *
 * await using server = createServer({ protocols: ["chat"] });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const target: ReconnectingTarget = { url: `ws://127.0.0.1:${port}`, protocols: ["chat", "token-abc"] };
 * await using ws = reconnecting(() => target);
 * await ws.whenOpen();
 * console.assert(ws.protocol === "chat");
 * ```
 */
export interface ReconnectingTarget {
  readonly url: string | URL;
  readonly protocols?: readonly string[];
}

/**
 * An address, or a function that gives one for each attempt, such as one with a fresh token.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ReconnectingUrl } from "@wireproof/websocket/reconnecting";
 *
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const freshToken = async (): Promise<string> => "abc";
 * const url: ReconnectingUrl = async () => `ws://127.0.0.1:${port}/?token=${await freshToken()}`;
 * await using ws = reconnecting(url);
 * await ws.whenOpen();
 * ```
 */
export type ReconnectingUrl =
  | string
  | URL
  | ((about: Attempt) => string | URL | ReconnectingTarget | Promise<string | URL | ReconnectingTarget>);

/**
 * The connection as the `resume` hook sees it.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ResumingConnection } from "@wireproof/websocket/reconnecting";
 *
 * async function resume(ws: ResumingConnection): Promise<void> {
 *   ws.send("token abc");
 *   if ((await ws.receive()) !== "welcome") throw new Error("not welcome");
 * }
 * await using server = createServer({ message: (ws, data) => ws.send(data === "token abc" ? "welcome" : "no") });
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`, { resume });
 * await ws.whenOpen();
 * ```
 */
export interface ResumingConnection {
  /** The agreed subprotocol, or "". */
  readonly protocol: string;
  /**
   * Sends before everything that waits in the buffer.
   *
   * @param data - The message.
   * @throws {@link WebSocketError} (InvalidArgument) for anything that is no data.
   */
  send(data: Sendable): void;
  /**
   * Takes the next message, which is then not delivered. What the hook does not take is delivered when it is done.
   *
   * @returns A promise of the message.
   * @throws {@link WebSocketError} (NotOpen) when the connection ends first.
   */
  receive(): Promise<string | Uint8Array>;
}

/**
 * A ping of the application, for what no browser can do: a message that the server answers. Every message that comes is a
 * sign of life.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ApplicationPing } from "@wireproof/websocket/reconnecting";
 *
 * const ping: ApplicationPing = { message: () => "ping", intervalMs: 30_000, timeoutMs: 10_000 };
 * await using server = createServer({ message: (ws, data) => data === "ping" && ws.send("pong") });
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`, { ping });
 * await ws.whenOpen();
 * ```
 */
export interface ApplicationPing {
  /** Makes the message that is sent. */
  readonly message: () => Sendable;
  /** Milliseconds without a message after which it is sent. 1 to a day; default 20,000. */
  readonly intervalMs?: number;
  /** Milliseconds after it without a message until the connection is dropped. 1 to a day; default 20,000. */
  readonly timeoutMs?: number;
}

/**
 * What an application does on events. Handlers are called synchronously. When one throws, or returns a promise that is
 * rejected, the client ends for good and the error is reported: as a process warning in Node, with `reportError` in
 * browsers.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ReconnectingHandlers } from "@wireproof/websocket/reconnecting";
 *
 * await using server = createServer({ open: (ws) => ws.send("bye") });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const seen: string[] = [];
 * await new Promise<void>((resolve) => {
 *   const handlers: ReconnectingHandlers = {
 *     message: (ws, data) => data === "bye" && ws.close(),
 *     state: (_ws, { state }) => (seen.push(state), state === "closed" && resolve()),
 *   };
 *   reconnecting(`ws://127.0.0.1:${port}`, handlers);
 * });
 * console.assert(seen.join() === "connecting,open,closed");
 * ```
 */
export interface ReconnectingHandlers {
  /**
   * Called when the state has changed, and when a delay has become another. The first call comes in the microtask after
   * `reconnecting`.
   *
   * @param ws - The client.
   * @param change - The state, and why.
   */
  state?(ws: ReconnectingWebSocket, change: StateChange): unknown;
  /**
   * Called with each message. Without this handler messages wait for `for await`.
   *
   * @param ws - The client.
   * @param data - Text as a string, everything else as a Uint8Array.
   * @param isText - Whether it is a text message.
   */
  message?(ws: ReconnectingWebSocket, data: string | Uint8Array, isText: boolean): unknown;
  /**
   * Called with each message that will not be sent.
   *
   * @param ws - The client.
   * @param data - The message; octets are a copy.
   * @param reason - "full": there was no room. "closed": the client has ended.
   */
  dropped?(ws: ReconnectingWebSocket, data: string | Uint8Array, reason: "full" | "closed"): unknown;
}

/**
 * Options that are the same in Node and in browsers. The handlers are options too.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type CommonReconnectingOptions } from "@wireproof/websocket/reconnecting";
 *
 * const options: CommonReconnectingOptions = { maxAttempts: 10, stableMs: 10_000, buffer: { messages: 100 } };
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`, options);
 * await ws.whenOpen();
 * ```
 */
export interface CommonReconnectingOptions extends ReconnectingHandlers {
  /** Subprotocols to offer, in the order of preference (RFC 6455 §1.9). Default: none. */
  readonly protocols?: readonly string[];
  /** How long to wait before an attempt. Default: see {@link Backoff}. */
  readonly backoff?: Partial<Backoff>;
  /** How many attempts to reconnect may fail in a row before the client gives up. At least 0; default Infinity. */
  readonly maxAttempts?: number;
  /**
   * How long a connection has to last, in milliseconds, until attempts are counted from 0 again. 0 to a day; default 5,000.
   */
  readonly stableMs?: number;
  /**
   * Milliseconds from the beginning of an attempt to the state "open": `url` as a function, the opening handshake and
   * `resume` together. 1 to a day; default 10,000.
   */
  readonly handshakeMs?: number;
  /** What happens to messages while there is no connection. Default: see {@link BufferLimits}. */
  readonly buffer?: Partial<BufferLimits>;
  /** A ping of the application. Default: none. */
  readonly ping?: ApplicationPing;
  /** The first value of `ws.lastId`, such as one that was stored. Default: undefined. */
  readonly lastId?: string | number;
  /**
   * Whether browsers that are offline wait until they are online. False for servers on the same machine. Node does not
   * know whether it is online. Default true.
   */
  readonly waitForOnline?: boolean;
  /** Ends the client for good, without a closing handshake. Default: none. */
  readonly signal?: AbortSignal;
  /**
   * Decides whether to go on.
   *
   * @param question - How it ended, and what happens by default.
   * @returns True: waits, and connects again. False: gives up. Undefined: what happens by default.
   */
  shouldReconnect?(question: ReconnectQuestion): boolean | undefined;
  /**
   * Called with each connection, the first one too, before messages of the buffer go out: to log in, and to ask for what
   * was missed. Until its promise resolves the state is "connecting". When it fails, so has the attempt.
   *
   * @param ws - The connection.
   * @param about - The number of the attempt, and the id of the last message.
   */
  resume?(ws: ResumingConnection, about: Attempt): unknown;
}

/** Precedents: `open_timeout` and `ping_interval` of Python's websockets, `minUptime` of partysocket. */
const HANDSHAKE_MS = 10_000;
const PING_MS = 20_000;
const STABLE_MS = 5_000;

/** Options with their defaults. Throws for those that cannot be used. */
export function resolveOptions(
  options: CommonReconnectingOptions,
): MachineOptions & { readonly buffer: BufferLimits } {
  const { maxAttempts = Infinity, stableMs = STABLE_MS, handshakeMs = HANDSHAKE_MS } = options;
  const backoff = { ...DEFAULT_BACKOFF, ...options.backoff };
  const buffer = { ...DEFAULT_BUFFER, ...options.buffer };
  const { intervalMs = PING_MS, timeoutMs = PING_MS } = options.ping ?? {};
  checkRanges(1, { ...backoff, handshakeMs, intervalMs, timeoutMs });
  checkRanges(0, { maxAttempts, stableMs, octets: buffer.octets, messages: buffer.messages });
  if (!["drop-oldest", "drop-newest", "error"].includes(buffer.onFull))
    throw invalidArgument(`onFull is "drop-oldest", "drop-newest" or "error", not ${buffer.onFull}.`);
  const ping = options.ping && { intervalMs, timeoutMs };
  return { backoff, buffer, maxAttempts, stableMs, handshakeMs, ping };
}

/** Timers take 31 bits: what is longer runs out at once. */
const DAY_MS = 86_400_000;

function checkRanges(from: number, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    const to = name.endsWith("Ms") ? DAY_MS : Infinity;
    if (typeof value !== "number" || !(value >= from && value <= to))
      throw invalidArgument(`${name} is a number from ${from} to ${to}, not ${value}.`);
  }
}
