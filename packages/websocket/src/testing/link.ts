import { invalidArgument } from "../errors.js";
import { flushNow } from "../transport/wake.js";
import { presentTime } from "../transport/time.js";
import type { Time } from "../transport/time.js";
import { SteppedTime, quiet } from "./fake-time.js";
import { MemorySocket, Way } from "./memory-socket.js";

/**
 * A direction of a {@link Link}.
 *
 * @example
 * ```ts
 * import { pair, type Direction } from "@wireproof/websocket/testing";
 *
 * const direction: Direction = "to-client";
 * await using both = await pair();
 * both.link.stall(direction);
 * both.server.send("on its way");
 * console.assert(both.client.counters.octetsReceived === 0);
 * ```
 */
export type Direction = "to-client" | "to-server";

/**
 * The network between the two ends of a {@link pair}, in memory. What is sent arrives in a later turn of the event loop, in
 * order. Up to 64 KiB are on their way in each direction; then the sender has to wait (`bufferedAmount`).
 *
 * @example
 * A connection that is half open: neither side is told, and the heartbeat finds out.
 *
 * ```ts
 * import { fakeTime, pair, type Link } from "@wireproof/websocket/testing";
 *
 * const time = fakeTime();
 * await using both = await pair({ time, server: { heartbeat: { intervalMs: 20_000, timeoutMs: 20_000 } } });
 * const link: Link = both.link;
 * link.stall();
 * await time.advance(40_000);
 * console.assert(both.server.closed?.code === 1006);
 * ```
 */
export interface Link {
  /** Milliseconds that everything sent from now on takes, one way; 0 or more. Default 0. */
  latencyMs: number;
  /**
   * Nothing arrives any more, and neither side is told. In both directions this is a half-open connection, as after a cable
   * was pulled; in one direction, a peer that does not read. What is sent waits, as TCP keeps it to send it again.
   *
   * @param direction - Default: both.
   */
  stall(direction?: Direction): void;
  /**
   * Undoes `stall`: what waited arrives.
   *
   * @param direction - Default: both.
   */
  flow(direction?: Direction): void;
  /**
   * Waits until nothing moves any more: until no octets have arrived for some turns of the event loop. So a test can be
   * sure that nothing else was sent. What is stalled, or has to wait for its time, is not waited for.
   *
   * @returns A promise that resolves then.
   */
  settled(): Promise<void>;
  /** Breaks the connection: both sides get ECONNRESET, and what was on its way is lost. */
  sever(): void;
}

/** The link, with its two ends. */
export class MemoryLink implements Link {
  readonly client: MemorySocket;
  readonly server: MemorySocket;
  readonly #toClient: Way;
  readonly #toServer: Way;
  #moves = 0;

  constructor(latencyMs: number, clientAddress: string, time: Time = presentTime()) {
    checkLatency(latencyMs);
    this.client = new MemorySocket(SERVER_ADDRESS);
    this.server = new MemorySocket(clientAddress);
    const onMove = (): void => {
      this.#moves++;
      if (time instanceof SteppedTime) time.stir();
    };
    this.#toClient = new Way(this.client, latencyMs, time, onMove);
    this.#toServer = new Way(this.server, latencyMs, time, onMove);
    this.client.in = this.server.out = this.#toClient;
    this.client.out = this.server.in = this.#toServer;
  }

  get latencyMs(): number {
    return this.#toClient.latencyMs;
  }

  set latencyMs(latencyMs: number) {
    checkLatency(latencyMs);
    // What was sent before in the same turn of the event loop is not written yet.
    flushNow();
    this.#toClient.latencyMs = this.#toServer.latencyMs = latencyMs;
  }

  stall(direction?: Direction): void {
    for (const way of this.#ways(direction)) way.isStalled = true;
  }

  flow(direction?: Direction): void {
    for (const way of this.#ways(direction)) way.flow();
  }

  settled(): Promise<void> {
    return quiet(() => this.#moves);
  }

  sever(): void {
    for (const way of this.#ways()) way.discard();
    for (const socket of [this.client, this.server]) socket.destroy(reset());
  }

  #ways(direction?: Direction): Way[] {
    if (direction === undefined) return [this.#toClient, this.#toServer];
    if (direction !== "to-client" && direction !== "to-server")
      throw invalidArgument('A direction is "to-client" or "to-server".');
    return [direction === "to-client" ? this.#toClient : this.#toServer];
  }
}

const SERVER_ADDRESS = "127.0.0.1";

function checkLatency(latencyMs: number): void {
  if (!(latencyMs >= 0 && Number.isFinite(latencyMs)))
    throw invalidArgument("latencyMs is a number of ms that is 0 or more.");
}

/** The error of a socket whose connection the other side has reset. */
function reset(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" });
}
