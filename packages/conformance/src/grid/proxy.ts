import { dial } from "../net/dial.js";
import { listen } from "../net/listen.js";
import type { SocketConnection } from "../net/socket-transport.js";
import { target } from "../net/target.js";
import { IGNORE_EVENTS, type Transport } from "../net/transport.js";
import type { Side } from "../lint/direction.js";
import type { Clock } from "../time/clock.js";

/** Is told what passes over one connection, before it is passed on. */
export interface Witness {
  /** Octets of one side, in order; valid during the call and afterwards. */
  octets(side: Side, octets: Buffer): void;
  /** One side has closed its direction, or has reset the connection. Nothing of it follows. */
  ended(side: Side, isReset: boolean): void;
}

/** Stands between a client and a server, and changes nothing. */
export interface PassiveProxy {
  readonly port: number;
  /** Resolves when every connection that was accepted so far is over on both sides. */
  settled(): Promise<void>;
  /** Drops all connections and accepts no more. Nothing is reported afterwards. */
  close(): Promise<void>;
}

export interface PassiveProxyOptions {
  /** Port of the server, at 127.0.0.1. */
  readonly serverPort: number;
  readonly clock: Clock;
  /** A client has connected. */
  readonly onConnection: () => Witness;
}

/** Octets of one direction that wait for the receiver; at this many the sender is read no further. */
const WAITING_OCTETS = 256 * 1024;
const DIAL_MS = 5000;
/** More than this at the same time are closed as soon as they are accepted: no scenario needs two. */
const MAX_CONNECTIONS = 64;

/** Listens at a free port of 127.0.0.1 and passes every connection on to the server. */
export async function passiveProxy(options: PassiveProxyOptions): Promise<PassiveProxy> {
  const { clock, serverPort } = options;
  const server = target(`ws://127.0.0.1:${serverPort}`);
  const relays = new Set<Relay>();
  const over = new Set<Promise<void>>();
  const given = new AbortController();
  const connect = async (client: SocketConnection): Promise<void> => {
    const witness = options.onConnection();
    try {
      const behind = await dial(server, clock, DIAL_MS, given.signal);
      const relay = new Relay(client, behind, witness);
      relays.add(relay);
      await relay.over;
      relays.delete(relay);
    } catch {
      // The server has not accepted it, so the client sees none either.
      if (!given.signal.aborted) witness.ended("server", true);
      client.attach(IGNORE_EVENTS);
      client.transport.reset();
    }
  };
  const listener = await listen({
    host: "127.0.0.1",
    port: 0,
    maxConnections: MAX_CONNECTIONS,
    onConnection: (client) => {
      const passed = connect(client).finally(() => over.delete(passed));
      over.add(passed);
    },
  });
  return {
    port: listener.port,
    settled: async () => {
      await Promise.all(over);
    },
    close: async () => {
      given.abort();
      for (const relay of relays) relay.drop();
      await listener.close(0);
    },
  };
}

/** One connection. What one side does, the other side sees: octets, a closed direction, a reset. */
export class Relay {
  readonly over: Promise<void>;
  readonly #ends: Readonly<Record<Side, Transport>>;
  readonly #witness: Witness;
  readonly #waiting: Record<Side, number> = { client: 0, server: 0 };
  readonly #ended: Record<Side, "no" | "closed" | "reset"> = { client: "no", server: "no" };
  #isOver = false;
  #finish: () => void = () => undefined;

  constructor(client: SocketConnection, server: SocketConnection, witness: Witness) {
    this.#ends = { client: client.transport, server: server.transport };
    this.#witness = witness;
    this.over = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#attach(client, "client");
    this.#attach(server, "server");
  }

  /** Ends both connections at once. */
  drop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ends.client.destroy();
    this.#ends.server.destroy();
    this.#finish();
  }

  #attach(connection: SocketConnection, side: Side): void {
    connection.attach({
      received: (chunk) => this.#pass(side, Buffer.from(chunk)),
      ended: (isReset) => this.#end(side, isReset),
    });
  }

  #pass(side: Side, octets: Buffer): void {
    if (this.#isOver) return;
    this.#witness.octets(side, octets);
    this.#waiting[side] += octets.length;
    if (this.#waiting[side] >= WAITING_OCTETS) this.#ends[side].hold(true);
    this.#ends[otherSide(side)].write(octets, () => this.#taken(side, octets.length));
  }

  #taken(side: Side, count: number): void {
    const wasFull = this.#waiting[side] >= WAITING_OCTETS;
    this.#waiting[side] -= count;
    if (this.#isOver) return;
    if (wasFull && this.#waiting[side] < WAITING_OCTETS) this.#ends[side].hold(false);
    this.#passEnd(side);
  }

  #end(side: Side, isReset: boolean): void {
    if (this.#isOver) return;
    this.#ended[side] = isReset ? "reset" : "closed";
    this.#witness.ended(side, isReset);
    if (!isReset) this.#ends[otherSide(side)].finish();
    this.#passEnd(side);
  }

  /** A reset follows what was sent before it: the system drops what it has not yet handed over. */
  #passEnd(side: Side): void {
    if (this.#ended[side] === "reset") {
      if (this.#waiting[side] > 0) return;
      this.#isOver = true;
      this.#ends[otherSide(side)].reset();
      this.#ends[side].destroy();
      return this.#finish();
    }
    const isWhole = (one: Side): boolean => this.#ended[one] !== "no" && this.#waiting[one] === 0;
    if (!isWhole("client") || !isWhole("server")) return;
    this.#isOver = true;
    this.#finish();
  }
}

export function otherSide(side: Side): Side {
  return side === "client" ? "server" : "client";
}
