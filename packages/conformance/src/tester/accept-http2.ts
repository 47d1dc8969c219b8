import { Http2Connection, type Http2Problem } from "../http2/connection.js";
import type { ReadHead } from "../http2/head-reader.js";
import type { Http2Stream } from "../http2/stream.js";
import { IGNORE_EVENTS, type Transport, type TransportEvents } from "../net/transport.js";
import { RECORDED_SETTINGS } from "../record/http2-record.js";
import type { Http2FrameView } from "../record/wire-log.js";
import type { Clock, Timer } from "../time/clock.js";
import { checkConnect } from "../wire/check-connect.js";
import { headOverHttp2, parseRequest } from "../wire/http1.js";
import { FrameType, Setting, type Http2Frame } from "../wire/http2/frame.js";
import { frameView } from "./http2-view.js";
import { IncomingHttp2 } from "./incoming-http2.js";
import { HEAD_OCTETS, type IncomingRequest } from "./read-request.js";
import { refuse } from "./refusal.js";

export interface AcceptHttp2Context {
  /** The whole connection. */
  readonly transport: Transport;
  readonly clock: Clock;
  /** How long the connection may be without a stream, in milliseconds. */
  readonly idleMs: number;
  /** Whether the settings say that extended CONNECT is taken (RFC 8441 §3). Default true. */
  readonly takesConnect?: boolean;
  /** One more stream is to be opened. False if there is no room for it; `left` is called when it is over. */
  readonly entered: () => boolean;
  readonly left: () => void;
  /** Takes a stream over. */
  readonly onRequest: (incoming: IncomingRequest, transport: Transport) => TransportEvents;
  /** Aborted: the connection ends. */
  readonly signal: AbortSignal;
}

/** Streams of one connection at the same time; a client is told so. */
const STREAMS = 100;

/** Requests of one connection that the client takes back before they are answered. More are an attack. */
const TAKEN_BACK = 100;

const HEAD_TOO_LONG = {
  status: 431,
  sentence: `the head of the request is longer than ${HEAD_OCTETS} octets`,
};

/** Frames of a head in the log; an attacker sends more. */
const LOGGED_HEAD_FRAMES = 20;

/** Streams that are over and whose case may still look at what follows. */
const WATCHED_STREAMS = 2 * STREAMS;

/**
 * Accepts a connection of HTTP/2 whose client has begun with the preface (RFC 9113 §3.4). Each request is a connection of
 * its own for the tester: its stream is the transport. Returns what takes the octets, the preface first.
 */
export function acceptHttp2(context: AcceptHttp2Context): TransportEvents {
  return new Acceptor(context).begin();
}

class Acceptor {
  readonly #context: AcceptHttp2Context;
  readonly #connection: Http2Connection;
  /** By number: those that are open, and the last ones that were. */
  readonly #watched = new Map<number, IncomingHttp2>();
  readonly #open = new Set<number>();
  /** Those whose case provokes an error, over or not: what it brings about may come later. */
  readonly #provokers = new Set<IncomingHttp2>();
  /** Frames of a head whose stream is not known yet. */
  #head: Http2FrameView[] = [];
  readonly #settings: (readonly (readonly [id: number, value: number])[])[] = [];
  #takenBack = 0;
  #idle: Timer | null = null;

  constructor(context: AcceptHttp2Context) {
    this.#context = context;
    const { takesConnect = true } = context;
    this.#connection = new Http2Connection(
      context.transport,
      {
        role: "server",
        settings: [
          [Setting.maxConcurrentStreams, STREAMS],
          [Setting.maxHeaderListSize, HEAD_OCTETS],
          ...(takesConnect ? [[Setting.enableConnectProtocol, 1] as const] : []),
        ],
        updatesWindows: true,
        isShared: true,
      },
      {
        frame: (dir, frame, head) => this.#saw(dir, frame, head),
        settings: (settings) => {
          if (this.#settings.length < RECORDED_SETTINGS)
            this.#settings.push(settings.slice(0, RECORDED_SETTINGS));
        },
        request: (stream, head) => this.#take(stream, head),
        released: (id) => this.#release(id),
        ended: (_, problem) => this.#end(problem),
      },
    );
  }

  begin(): TransportEvents {
    this.#context.signal.addEventListener("abort", this.#stop);
    this.#connection.start();
    this.#wait();
    return this.#connection;
  }

  readonly #stop = (): void => this.#connection.end();

  /** Frames of the whole connection are in the log of a stream that has it for itself. */
  #saw(dir: ">" | "<", frame: Http2Frame, head: ReadHead | undefined): void {
    const { stream: id, type } = frame;
    if (id === 0) {
      for (const open of this.#open) this.#watched.get(open)?.saw(dir, frame, head, this.#open.size === 1);
      // What is over waits for nothing but the PING behind its reset.
      if (type !== FrameType.ping) return;
      for (const [over, watched] of this.#watched)
        if (!this.#open.has(over)) watched.saw(dir, frame, head, this.#open.size === 0);
      return;
    }
    const watched = this.#watched.get(id);
    if (watched !== undefined) return watched.saw(dir, frame, head, true);
    const isOfHead = type === FrameType.headers || type === FrameType.continuation;
    if (dir === "<" && isOfHead && this.#head.length < LOGGED_HEAD_FRAMES)
      this.#head.push(frameView(frame, head));
  }

  #take(stream: Http2Stream, head: ReadHead): void {
    const frames = this.#head;
    this.#head = [];
    if (this.#open.size >= STREAMS || !this.#context.entered()) return stream.sendReset("REFUSED_STREAM");
    this.#idle?.cancel();
    const http2 = new IncomingHttp2(stream, this.#connection, frames, this.#settings, this.#provokers);
    this.#open.add(stream.id);
    this.#watch(stream.id, http2);
    this.#answerSoon(stream, incomingOf(head, http2));
  }

  #watch(id: number, http2: IncomingHttp2): void {
    this.#watched.set(id, http2);
    for (const old of this.#watched.keys()) {
      if (this.#watched.size <= WATCHED_STREAMS) return;
      if (!this.#open.has(old)) this.#watched.delete(old);
    }
  }

  /** A request that is taken back in the same read was none. */
  #answerSoon(stream: Http2Stream, incoming: Omit<IncomingRequest, "reads" | "rest">): void {
    const early: Uint8Array[] = [];
    let next: TransportEvents | null = null;
    stream.attach({
      head: () => undefined,
      received: (chunk) => {
        if (next === null) early.push(Uint8Array.from(chunk));
        else next.received(chunk);
      },
      ended: (reset) => next?.ended(reset),
    });
    queueMicrotask(() => {
      const { ending } = stream;
      if (ending !== null && ending.by !== "end-stream") return this.#takeBack();
      const rest = Buffer.concat(early);
      next = IGNORE_EVENTS;
      if (incoming.text.length > HEAD_OCTETS) return void refuse(stream, HEAD_TOO_LONG);
      next = this.#context.onRequest({ ...incoming, reads: rest.length > 0 ? [rest] : [], rest }, stream);
      if (stream.ending !== null) next.ended(false);
    });
  }

  #takeBack(): void {
    this.#takenBack++;
    if (this.#takenBack <= TAKEN_BACK) return;
    this.#connection.giveUp(`it took back ${this.#takenBack} requests`, "ENHANCE_YOUR_CALM");
  }

  #release(id: number): void {
    if (!this.#open.delete(id)) return;
    this.#context.left();
    if (this.#open.size === 0) this.#wait();
  }

  #wait(): void {
    if (this.#connection.isOver) return;
    this.#idle?.cancel();
    this.#idle = this.#context.clock.after(this.#context.idleMs, this.#stop);
  }

  #end(problem: Http2Problem | undefined): void {
    this.#context.signal.removeEventListener("abort", this.#stop);
    this.#idle?.cancel();
    const isAlone = this.#open.size === 1;
    for (const id of this.#open) {
      if (problem !== undefined) this.#watched.get(id)?.broke(problem, isAlone);
      this.#release(id);
    }
    this.#watched.clear();
    this.#context.transport.end();
  }
}

function incomingOf(head: ReadHead, http2: IncomingHttp2): Omit<IncomingRequest, "reads" | "rest"> {
  const text = headOverHttp2(head.fields);
  const request = parseRequest(text);
  return { head: request, text, checked: checkConnect(request), http2 };
}
