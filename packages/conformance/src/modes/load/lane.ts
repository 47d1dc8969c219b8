import { connect } from "@wireproof/websocket";
import type { WebSocketConnection } from "@wireproof/websocket";

import { CLIENT_OPTIONS } from "../dialling.js";
import type { LoadMessage } from "./messages.js";
import type { LoadOptions } from "./options.js";

/** Most messages in flight on one connection. Messages that are due then have to wait, and this time is counted. */
const IN_FLIGHT = 10_000;

/** A message without an echo so far. Times in ms, on the clock of `performance.now()`. */
export interface InFlight {
  readonly dueAt: number;
  readonly sentAt: number;
  readonly sent: LoadMessage;
}

export interface LaneEvents {
  /** The oldest message in flight was echoed. `isSame`: with the same type and length. */
  readonly echoed: (flight: InFlight, isSame: boolean) => void;
  readonly gone: () => void;
}

/** One connection of a load run. It sends messages and matches the echoes, which come in the same order. */
export class Lane {
  readonly #ws: WebSocketConnection;
  readonly #inFlight = new Queue();
  readonly #events: LaneEvents;
  readonly #compress: boolean;

  private constructor(ws: WebSocketConnection, events: LaneEvents, compress: boolean) {
    this.#ws = ws;
    this.#events = events;
    this.#compress = compress;
  }

  /** Rejects if the connection does not open. */
  static async open(options: LoadOptions, events: LaneEvents): Promise<Lane> {
    const { url, compression, tls, timeoutMs } = options;
    let lane: Lane | undefined;
    const opening = new Opening(options.signal);
    const ws = await connect(url, {
      ...CLIENT_OPTIONS,
      tls,
      compression: compression ? { threshold: 0 } : false,
      text: "octets",
      zeroCopy: true,
      handshakeMs: timeoutMs,
      signal: opening.signal,
      message: (_ws, data, isText) => lane?.receive(data.length, isText),
      close: () => events.gone(),
    }).finally(() => opening.over());
    lane = new Lane(ws, events, compression);
    return lane;
  }

  get extensions(): string {
    return this.#ws.handshake.extensions;
  }

  get isOpen(): boolean {
    return this.#ws.state === "open";
  }

  /** Messages without an echo so far, the oldest first. */
  get waiting(): Iterable<InFlight> {
    return this.#inFlight;
  }

  get idle(): boolean {
    return this.#inFlight.size === 0;
  }

  /** Sends a message that was due at `dueAt`. False if too many messages or octets are waiting. */
  send(sent: LoadMessage, dueAt: number, sentAt: number): boolean {
    if (!this.isOpen || this.#inFlight.size >= IN_FLIGHT || this.#ws.bufferedAmount > BUFFERED_OCTETS)
      return false;
    this.#inFlight.push({ dueAt, sentAt, sent });
    this.#ws.send(sent.message, { compress: this.#compress });
    return true;
  }

  receive(octets: number, isText: boolean): void {
    const flight = this.#inFlight.shift();
    // Without a message in flight, this is not an echo.
    if (flight === undefined) return;
    this.#events.echoed(flight, flight.sent.octets === octets && flight.sent.isText === isText);
  }

  close(): void {
    this.#ws.close(1000);
  }

  terminate(): void {
    this.#ws.terminate();
  }
}

/** How many octets may wait for the system. If there are more, nothing is sent. */
const BUFFERED_OCTETS = 1024 * 1024;

/** The signal of the run, but only while a connection is being opened. Later it would drop the connection. */
class Opening {
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #forward = (): void => this.#controller.abort(this.#outer.reason);

  constructor(outer: AbortSignal) {
    this.#outer = outer;
    if (outer.aborted) this.#forward();
    outer.addEventListener("abort", this.#forward, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  over(): void {
    this.#outer.removeEventListener("abort", this.#forward);
  }
}

/** First in, first out, without moving the other items. */
class Queue {
  #items: InFlight[] = [];
  #first = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }

  push(item: InFlight): void {
    this.#items.push(item);
  }

  shift(): InFlight | undefined {
    const item = this.#items[this.#first];
    if (item === undefined) return undefined;
    this.#first++;
    if (this.#first >= 1024 && this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  *[Symbol.iterator](): Iterator<InFlight> {
    for (let at = this.#first; at < this.#items.length; at++) yield this.#items[at] as InFlight;
  }
}
