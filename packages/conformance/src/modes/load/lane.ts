import { connect } from "@wireproof/websocket";
import type { WebSocketConnection } from "@wireproof/websocket";

import { CLIENT_OPTIONS } from "../dialling.js";
import type { LoadMessage } from "./messages.js";
import type { LoadOptions } from "./options.js";

/** Messages on their way, by one connection; what is due beyond them waits, and its waiting is counted. */
const IN_FLIGHT = 10_000;

/** A message whose echo is waited for. Times in ms, as `performance.now()` has them. */
export interface InFlight {
  readonly dueAt: number;
  readonly sentAt: number;
  readonly sent: LoadMessage;
}

export interface LaneEvents {
  /** The echo of the oldest message that has none, and whether it is of the same type and length. */
  readonly echoed: (flight: InFlight, isSame: boolean) => void;
  readonly gone: () => void;
}

/** One connection of a load run: sends, and matches echoes with what was sent, which come in the same order. */
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

  /** Rejects where the connection does not open. */
  static async open(options: LoadOptions, events: LaneEvents): Promise<Lane> {
    const { url, compression, tls, patienceMs } = options;
    let lane: Lane | undefined;
    const opening = new Opening(options.signal);
    const ws = await connect(url, {
      ...CLIENT_OPTIONS,
      tls,
      compression: compression ? { threshold: 0 } : false,
      text: "octets",
      zeroCopy: true,
      handshakeMs: patienceMs,
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

  /** Sends a message now that should have gone out at `dueAt`. False where there is no room for it yet. */
  send(sent: LoadMessage, dueAt: number, sentAt: number): boolean {
    if (!this.isOpen || this.#inFlight.size >= IN_FLIGHT || this.#ws.bufferedAmount > BUFFERED_OCTETS)
      return false;
    this.#inFlight.push({ dueAt, sentAt, sent });
    this.#ws.send(sent.message, { compress: this.#compress });
    return true;
  }

  receive(octets: number, isText: boolean): void {
    const flight = this.#inFlight.shift();
    // What nobody asked for is no echo.
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

/** Octets that may wait for the system to take them before nothing more is sent. */
const BUFFERED_OCTETS = 1024 * 1024;

/** The signal of the run while a connection is being opened: later it would drop the connection. */
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

/** First in, first out, without moving what stays. */
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
