import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { headersFor } from "../serve/web-server.js";
import type { EventLog } from "./event-log.js";

/** A page that asks for more is told to come back. */
const MAX_SUBSCRIBERS = 32;
/** A stream is not silent for longer, so that a connection on which nothing moves is known to have no reader. */
const BEAT_MS = 15_000;

/** Tells the events of a log to pages over Server-Sent Events, each from its beginning or from where it was. */
export class EventStream {
  readonly #log: EventLog;
  /** Ids of another run, as a page that outlived it sends them, mean nothing here. */
  readonly #run = randomUUID();
  readonly #subscribers = new Set<Subscriber>();
  readonly #beat: NodeJS.Timeout;

  constructor(log: EventLog, beatMs: number = BEAT_MS) {
    this.#log = log;
    this.#beat = setInterval(() => {
      for (const subscriber of this.#subscribers) subscriber.beat();
    }, beatMs).unref();
  }

  /** There is something new in the log. */
  wake(): void {
    for (const subscriber of this.#subscribers) subscriber.tell();
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
    subscriber.tell();
  }

  close(): void {
    clearInterval(this.#beat);
    for (const subscriber of this.#subscribers) subscriber.end();
  }
}

/** One page. It reads at its own pace: what it has not taken yet stays in the log and nowhere else. */
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
      this.tell();
    });
  }

  tell(): void {
    while (!this.#isFull && this.#next < this.#log.length) {
      const text = this.#log.at(this.#next++);
      // JSON has no line ends of its own, so one line of data is enough.
      if (text !== null)
        this.#isFull = !this.#response.write(`id: ${this.#run}:${this.#next}\ndata: ${text}\n\n`);
    }
  }

  /** A comment, which pages pass over. Nothing is sent to who has not taken what came before. */
  beat(): void {
    if (!this.#isFull) this.#isFull = !this.#response.write(":\n\n");
  }

  end(): void {
    this.#response.end();
  }
}
