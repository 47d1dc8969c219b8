import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { headersFor } from "../serve/web-server.js";
import type { EventLog } from "./event-log.js";

/** Limit for pages that follow a run. One more gets status 503. */
const MAX_SUBSCRIBERS = 32;
/** Interval of comments on a stream, so that a connection on which nothing moves is known to have no reader. */
const BEAT_MS = 15_000;

/** Sends the events of a log to pages over Server-Sent Events, from the beginning or from where a page left off. */
export class EventStream {
  readonly #log: EventLog;
  /** A page of an earlier run may send ids of that run. They are ignored. */
  readonly #run = randomUUID();
  readonly #subscribers = new Set<Subscriber>();
  readonly #beat: NodeJS.Timeout;

  constructor(log: EventLog, beatMs: number = BEAT_MS) {
    this.#log = log;
    this.#beat = setInterval(() => {
      for (const subscriber of this.#subscribers) subscriber.beat();
    }, beatMs).unref();
  }

  /** Call this when the log has new events. */
  wake(): void {
    for (const subscriber of this.#subscribers) subscriber.sendNew();
  }

  /** Answers a request with the stream. */
  subscribe(request: IncomingMessage, response: ServerResponse): void {
    if (this.#subscribers.size >= MAX_SUBSCRIBERS) {
      response.writeHead(503, headersFor("text/plain; charset=utf-8"));
      response.end("Too many pages follow this run.\n");
      return;
    }
    response.writeHead(200, { ...headersFor("text/event-stream"), "X-Accel-Buffering": "no" });
    response.flushHeaders();
    const last = String(request.headers["last-event-id"] ?? "");
    const from = last.startsWith(`${this.#run}:`) ? Number(last.slice(this.#run.length + 1)) : 0;
    const subscriber = new Subscriber(this.#log, response, this.#run, Number.isSafeInteger(from) ? from : 0);
    this.#subscribers.add(subscriber);
    response.on("close", () => this.#subscribers.delete(subscriber));
    subscriber.sendNew();
  }

  close(): void {
    clearInterval(this.#beat);
    for (const subscriber of this.#subscribers) subscriber.end();
  }
}

/** One page. It reads at its own speed: events that it has not taken yet stay in the log and are not copied. */
class Subscriber {
  readonly #log: EventLog;
  readonly #response: ServerResponse;
  readonly #run: string;
  #next: number;
  #isFull = false;

  constructor(log: EventLog, response: ServerResponse, run: string, next: number) {
    this.#log = log;
    this.#response = response;
    this.#run = run;
    this.#next = next;
    response.on("drain", () => {
      this.#isFull = false;
      this.sendNew();
    });
  }

  sendNew(): void {
    while (!this.#isFull && this.#next < this.#log.length) {
      const text = this.#log.at(this.#next++);
      // JSON text contains no line breaks, so one line of data is enough.
      if (text !== null)
        this.#isFull = !this.#response.write(`id: ${this.#run}:${this.#next}\ndata: ${text}\n\n`);
    }
  }

  /** Sends a comment, which pages ignore. A page that has not read the earlier data gets none. */
  beat(): void {
    if (!this.#isFull) this.#isFull = !this.#response.write(":\n\n");
  }

  end(): void {
    this.#response.end();
  }
}
