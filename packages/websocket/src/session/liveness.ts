import { randomInt } from "node:crypto";

import { invalidArgument } from "../errors.js";

/**
 * When a silent peer is sent a ping, and when it is given up. Milliseconds above 0; Infinity switches one off.
 *
 * @example
 * ```ts
 * import { createServer, type Liveness } from "@wireproof/websocket";
 *
 * const heartbeat: Partial<Liveness> = { intervalMs: 30_000, timeoutMs: 10_000 };
 * const server = createServer({ heartbeat });
 * console.assert(server.counters.heartbeatTimeouts === 0);
 * ```
 */
export interface Liveness {
  /**
   * A peer that has sent nothing for so long is sent a ping (RFC 6455 §5.5.2). Nothing runs when octets arrive, so a
   * connection may be silent for up to twice this time. Default 20,000 ms.
   */
  readonly intervalMs: number;
  /**
   * A peer that has sent nothing for so long after that ping is gone: the connection is failed with 1011. Default
   * 20,000 ms.
   */
  readonly timeoutMs: number;
  /**
   * A peer that has sent nothing for so long, pongs included, is closed with 1001 without another ping. Default 120,000 ms.
   */
  readonly idleMs: number;
}

/** 20 s and 20 s as in Python's `websockets`; 120 s as in uWebSockets and Bun. */
export const DEFAULT_LIVENESS: Liveness = { intervalMs: 20_000, timeoutMs: 20_000, idleMs: 120_000 };

/** What has to be done now. */
export const LifeSign = { None: 0, Ping: 1, Dead: 2, Idle: 3 } as const;
export type LifeSign = (typeof LifeSign)[keyof typeof LifeSign];

/**
 * Any octet received counts as life, not only pongs: a long transfer must not die because its pong waits behind it. So
 * does a write of which the system takes more: the ping waits behind it. Nothing runs when octets arrive. The counts
 * are compared at the deadline.
 */
export class Heartbeat {
  readonly #liveness: Liveness;
  #octets = 0;
  #unsentOctets = 0;
  /** Whole numbers: any other would cost an idle connection 16 octets. */
  #lastLifeAt: number;
  #pingedAt = -1;
  /** When the ping was sent whose pong is waited for, and how long the last one took, both in ticks; -1: none. */
  #askedAt = -1;
  #roundTrip = -1;
  /** When `check` has to be called again, in ms of the caller's clock. */
  deadline: number;

  constructor(liveness: Liveness, now: number) {
    this.#liveness = liveness;
    this.#lastLifeAt = Math.ceil(now);
    this.deadline = this.#lastLifeAt + Math.min(liveness.intervalMs, liveness.idleMs);
  }

  /**
   * `octets`: all that have been received so far. `unsentOctets`: what the system has not taken of the one write in
   * progress. If it changes, the peer reads.
   */
  check(now: number, octets: number, unsentOctets: number): LifeSign {
    const isTaking = this.#unsentOctets > 0 && unsentOctets !== this.#unsentOctets;
    this.#unsentOctets = unsentOctets;
    if (octets !== this.#octets || isTaking) this.#noteLife(now, octets);
    const { intervalMs, timeoutMs, idleMs } = this.#liveness;
    if (now - this.#lastLifeAt >= idleMs) return LifeSign.Idle;
    if (this.#pingedAt >= 0) {
      const deadAt = this.#pingedAt + timeoutMs;
      this.deadline = Math.min(deadAt, this.#lastLifeAt + idleMs);
      return now >= deadAt ? LifeSign.Dead : LifeSign.None;
    }
    const pingAt = this.#lastLifeAt + intervalMs;
    if (now < pingAt) {
      this.deadline = Math.min(pingAt, this.#lastLifeAt + idleMs);
      return LifeSign.None;
    }
    this.#pingedAt = Math.ceil(now);
    // However long the peer may take to answer: one that has answered gets the next ping in time.
    this.deadline = Math.min(this.#pingedAt + Math.min(timeoutMs, intervalMs), this.#lastLifeAt + idleMs);
    return LifeSign.Ping;
  }

  /** How long the peer took to answer the last ping that it has answered, in ms. */
  get roundTripMs(): number | undefined {
    return this.#roundTrip < 0 ? undefined : this.#roundTrip / TICKS_PER_MS;
  }

  /**
   * A ping is sent now: its payload, which no pong has by chance. With `payload` it is one of the application. Only the
   * latest ping is waited for, since a peer may leave out the others (RFC 6455 §5.5.3).
   */
  ask(now: number, payload?: Uint8Array): Uint8Array {
    this.#askedAt = ticksOf(now);
    if (payload === undefined) {
      ownPayloads.delete(this);
      return payloadOf(this.#askedAt);
    }
    ownPayloads.set(this, Uint8Array.from(payload));
    return payload;
  }

  /** A pong has come. Whether it answers the latest ping, so that `roundTripMs` has changed. */
  answer(now: number, payload: Uint8Array): boolean {
    if (this.#askedAt < 0) return false;
    const asked = ownPayloads.get(this) ?? payloadOf(this.#askedAt);
    if (Buffer.compare(asked, payload) !== 0) return false;
    this.#roundTrip = ((ticksOf(now) - this.#askedAt + TICKS) % TICKS) | 0;
    this.#forgetPing();
    return true;
  }

  /** Starts to wait again: nothing can come, because this side does not read. */
  excuse(now: number): void {
    this.#noteLife(now, this.#octets);
    // Its pong may have waited here, which is not the time of the peer.
    this.#forgetPing();
    const { intervalMs, idleMs } = this.#liveness;
    this.deadline = this.#lastLifeAt + Math.min(intervalMs, idleMs);
  }

  #forgetPing(): void {
    this.#askedAt = -1;
    ownPayloads.delete(this);
  }

  /** When the octets came is not known. They count as new, in favour of the peer. */
  #noteLife(now: number, octets: number): void {
    this.#octets = octets;
    this.#lastLifeAt = Math.ceil(now);
    this.#pingedAt = -1;
  }
}

/** 10 µs. They begin again after three hours, so that they stay small integers, which take no memory of their own. */
const TICKS_PER_MS = 100;
const TICKS = 2 ** 30;

function ticksOf(now: number): number {
  return (Math.round(now * TICKS_PER_MS) % TICKS) | 0;
}

/** The payloads of pings of the application that wait for their pong. Few applications send any. */
const ownPayloads = new WeakMap<Heartbeat, Uint8Array>();

/** Peers are not told what the clock of this process says. */
const SECRET = randomInt(TICKS);

/** The payload of the heartbeat's pings tells one from another, and costs an idle connection no memory. */
function payloadOf(askedAt: number): Uint8Array {
  const payload = Buffer.allocUnsafe(4);
  payload.writeInt32BE(askedAt ^ SECRET);
  return payload;
}

/** The defaults with what was given put over them; false switches all of it off. */
export function resolveLiveness(given: Partial<Liveness> | false | undefined): Liveness {
  if (given === false) return { intervalMs: Infinity, timeoutMs: Infinity, idleMs: Infinity };
  const liveness = { ...DEFAULT_LIVENESS, ...given };
  for (const [name, value] of Object.entries(liveness)) {
    if (!(typeof value === "number" && value > 0))
      throw invalidArgument(`heartbeat.${name} must be a number of ms above 0.`);
  }
  return liveness;
}
