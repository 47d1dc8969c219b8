import { ErrorCode, WebSocketError } from "../errors.js";
import { delayBefore } from "./backoff.js";
import type { Backoff } from "./backoff.js";
import { failure } from "./verdict.js";
import type { ConnectionEnd } from "./verdict.js";

/**
 * The state of a reconnecting client, at the moment when it changed.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type StateChange } from "@wireproof/websocket/reconnecting";
 *
 * const states: string[] = [];
 * const state = (_ws: unknown, change: StateChange) => states.push(change.state);
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * {
 *   await using ws = reconnecting(`ws://127.0.0.1:${port}`, { state });
 *   await ws.whenOpen();
 * }
 * console.assert(states.join() === "connecting,open,closed");
 * ```
 */
export interface StateChange {
  /**
   * "connecting" until the opening handshake and the `resume` hook are done; "open" while messages go out; "waiting" for
   * the next attempt; "closed" for good.
   */
  readonly state: "connecting" | "open" | "waiting" | "closed";
  /** 0 for the first attempt to connect, 1 for the first to reconnect; 0 again after a connection that lasted `stableMs`. */
  readonly attempt: number;
  /** In the state "waiting" the milliseconds until the next attempt; undefined while the browser is offline. */
  readonly nextDelayMs: number | undefined;
  /**
   * How the last attempt failed, or the last connection ended. In the state "closed" the reason for giving up; undefined
   * after `close()`.
   */
  readonly cause: ConnectionEnd | undefined;
}

/**
 * What `shouldReconnect` decides about.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type ReconnectQuestion } from "@wireproof/websocket/reconnecting";
 *
 * // A server that closes with 1000 every night.
 * const shouldReconnect = ({ end, wouldReconnect }: ReconnectQuestion) => wouldReconnect || end.code === 1000;
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`, { shouldReconnect });
 * await ws.whenOpen();
 * ```
 */
export interface ReconnectQuestion {
  /** How the attempt failed, or the connection ended. */
  readonly end: ConnectionEnd;
  /** The number of the next attempt, from 1. */
  readonly attempt: number;
  /** What happens by default. */
  readonly wouldReconnect: boolean;
}

export interface MachineOptions {
  readonly backoff: Backoff;
  readonly maxAttempts: number;
  readonly stableMs: number;
  readonly handshakeMs: number;
  readonly ping: { readonly intervalMs: number; readonly timeoutMs: number } | undefined;
}

/** What the machine has done for it. */
export interface Effects {
  /** Milliseconds since any moment; never goes back. */
  now(): number;
  /** A number from 0 to 1, without 1. */
  random(): number;
  /** Begins an attempt; `opened` or `ended` says later what became of it. Calls neither at once. */
  open(): void;
  /** Gives up the attempt or the connection; nothing more is said of it. */
  drop(): void;
  /** Sends something that the server answers. */
  ping(): void;
  /** `timer` is to be called after this time, in place of the one asked for before; undefined: not at all. */
  setTimer(delayMs: number | undefined): void;
  /** Whether another attempt makes sense. */
  mayRetry(end: ConnectionEnd): boolean;
  /** The application decides; may call back. */
  shouldReconnect(question: ReconnectQuestion): boolean;
  /** The state has changed. May call back. */
  changed(change: StateChange): void;
}

type WebSocketErrorParts = ConstructorParameters<typeof WebSocketError>;

const TOO_SLOW: WebSocketErrorParts = [ErrorCode.HandshakeTimeout, "The connection was not ready in time."];
const NO_ANSWER: WebSocketErrorParts = [
  ErrorCode.Violation,
  "Nothing came in answer to a ping in time.",
  { problem: "heartbeat-timeout", closeCode: 1011 },
];

/** When a browser is online again, all pages of it are, and all browsers behind the same router. */
const ONLINE_JITTER_MS = 1_000;

/**
 * When to connect, to wait and to give up. What it decides depends only on its calls, the clock and the random numbers.
 *
 * | state      | opened | ended             | timer           | online, offline   | retry      | close  |
 * | ---------- | ------ | ----------------- | --------------- | ----------------- | ---------- | ------ |
 * | connecting | open   | waiting or closed | as ended        | –                 | –          | closed |
 * | open       | –      | waiting or closed | ping, or ended  | –                 | –          | closed |
 * | waiting    | –      | –                 | connecting      | waits less, or on | connecting | closed |
 * | closed     | –      | –                 | –               | –                 | –          | –      |
 */
export class Machine {
  readonly #options: MachineOptions;
  readonly #effects: Effects;
  #state: StateChange["state"] = "connecting";
  #attempt = 0;
  #cause: ConnectionEnd | undefined = undefined;
  #openedAt = 0;
  #heardAt = 0;
  /** Whether a ping has no answer yet. */
  #isPinging = false;
  #isOnline = true;
  /** The server wants nobody before this time. */
  #floorAt = 0;

  constructor(options: MachineOptions, effects: Effects) {
    this.#options = options;
    this.#effects = effects;
  }

  get state(): StateChange["state"] {
    return this.#state;
  }

  get attempt(): number {
    return this.#attempt;
  }

  /** Begins the first attempt, or in the state "waiting" the next one. */
  connect(): void {
    this.#state = "connecting";
    this.#effects.setTimer(this.#options.handshakeMs);
    this.#effects.open();
    this.#tell(undefined);
  }

  /** Does not wait any longer. */
  retry(): void {
    if (this.#state === "waiting") this.connect();
  }

  /** The connection can be used. */
  opened(): void {
    this.#state = "open";
    this.#openedAt = this.#heardAt = this.#effects.now();
    this.#isPinging = false;
    this.#effects.setTimer(this.#options.ping?.intervalMs);
    this.#tell(undefined);
  }

  /** A message came, which shows that the server is there. */
  heard(): void {
    this.#heardAt = this.#effects.now();
    if (!this.#isPinging) return;
    this.#isPinging = false;
    this.#effects.setTimer(this.#options.ping?.intervalMs);
  }

  /** The attempt has failed, or the connection has ended. */
  ended(end: ConnectionEnd): void {
    const { maxAttempts, stableMs, backoff } = this.#options;
    const now = this.#effects.now();
    // A server that accepts and closes at once is not to be hammered: such a connection counts as an attempt.
    if (this.#state === "open" && now - this.#openedAt >= stableMs) this.#attempt = 0;
    const attempt = this.#attempt + 1;
    const question = { end, attempt, wouldReconnect: this.#effects.mayRetry(end) };
    if (attempt > maxAttempts || !this.#effects.shouldReconnect(question)) {
      // The question may have been answered by closing.
      if (this.#state !== "closed") this.close(end);
      return;
    }
    if (this.#state === "closed") return;
    const { floorMs, delayMs } = delayBefore(attempt, end, backoff, this.#effects.random());
    this.#state = "waiting";
    this.#attempt = attempt;
    this.#cause = end;
    this.#floorAt = now + floorMs;
    this.#wait(delayMs);
  }

  /** The time that was asked for is over. */
  timer(): void {
    if (this.#state === "waiting") this.connect();
    else if (this.#state === "connecting") this.#giveUp(TOO_SLOW);
    else if (this.#state === "open") this.#checkLife();
  }

  /** The network may be there again. */
  online(): void {
    if (this.#isOnline) return;
    this.#isOnline = true;
    if (this.#state !== "waiting") return;
    const { maxMs } = this.#options.backoff;
    const jitterMs = this.#effects.random() * Math.min(ONLINE_JITTER_MS, maxMs);
    this.#wait(Math.max(jitterMs, this.#floorAt - this.#effects.now()));
  }

  /** There is no network. A connection is left alone: it may outlive this. */
  offline(): void {
    if (!this.#isOnline) return;
    this.#isOnline = false;
    if (this.#state === "waiting") this.#wait(undefined);
  }

  /** Ends for good. */
  close(cause?: ConnectionEnd): void {
    this.#state = "closed";
    this.#cause = cause;
    this.#effects.setTimer(undefined);
    this.#tell(undefined);
  }

  #wait(delayMs: number | undefined): void {
    const nextDelayMs = this.#isOnline ? delayMs : undefined;
    this.#effects.setTimer(nextDelayMs);
    this.#tell(nextDelayMs);
  }

  /** Only silence is answered with a ping: messages show life, too. */
  #checkLife(): void {
    const { ping } = this.#options;
    if (ping === undefined) return;
    if (this.#isPinging) {
      this.#giveUp(NO_ANSWER);
      return;
    }
    const restMs = ping.intervalMs - (this.#effects.now() - this.#heardAt);
    this.#isPinging = restMs <= 0;
    this.#effects.setTimer(this.#isPinging ? ping.timeoutMs : restMs);
    if (this.#isPinging) this.#effects.ping();
  }

  #giveUp(parts: WebSocketErrorParts): void {
    this.#effects.drop();
    this.ended(failure(new WebSocketError(...parts), this.#state === "open"));
  }

  #tell(nextDelayMs: number | undefined): void {
    this.#effects.changed({
      state: this.#state,
      attempt: this.#attempt,
      nextDelayMs,
      cause: this.#cause,
    });
  }
}
