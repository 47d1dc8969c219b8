import { Conversation, type Offence } from "./conversation.js";
import type { Side } from "./direction.js";
import type { Segment } from "./segment.js";
import { TcpStream, type Place, type StreamSink } from "./tcp-stream.js";

/** A TCP connection of the capture. */
export interface Connection {
  /** From 1, in the order of their first packets. */
  readonly number: number;
  /** Both ends, as in a segment. */
  client: string;
  server: string;
  readonly first: Place;
  readonly conversation: Conversation;
  /** What was already found on it. */
  readonly shown: Set<string>;
}

/** Connections that are followed at the same time: with permessage-deflate each can need half a megabyte. */
export const MAX_CONNECTIONS = 1000;

/** Connections that both ends have closed and that are still followed, since packets may be captured late. */
const LINGERING = 64;

interface Tracked extends Connection {
  readonly streams: Map<string, TcpStream>;
  readonly ended: Set<string>;
}

export interface ConnectionEvents {
  offence(offence: Offence, connection: Connection, place: Place): void;
  /** It is over, or the capture is. */
  over(connection: Connection): void;
}

/** Sorts segments into connections and hands the octets of each to its conversation, in order. */
export class Connections {
  readonly #events: ConnectionEvents;
  readonly #open = new Map<string, Tracked>();
  /** Keys of those that both ends have closed. */
  readonly #closing = new Set<string>();
  #count = 0;
  /** Connections that were not followed, because there were too many at the same time. */
  ignored = 0;

  constructor(events: ConnectionEvents) {
    this.#events = events;
  }

  /** Connections that began in the capture, or were seen in it. */
  get count(): number {
    return this.#count;
  }

  add(segment: Segment, place: Place): void {
    const key = segment.from < segment.to ? segment.from + segment.to : segment.to + segment.from;
    let connection = this.#open.get(key);
    const { syn, ack, seq, from } = segment;
    // The same ports are used again.
    if (connection !== undefined && syn && !ack && connection.streams.get(from)?.isOther(seq) === true) {
      this.#close(key, connection);
      connection = undefined;
    }
    connection ??= this.#begin(key, segment, place);
    if (connection === undefined) return;
    connection.streams.get(from)?.add(segment, place);
    if (segment.fin || segment.rst) connection.ended.add(from);
    if (segment.rst) this.#close(key, connection);
    else if (connection.ended.size === 2) this.#linger(key);
  }

  /** The capture is over. */
  end(): void {
    for (const [key, connection] of this.#open) this.#close(key, connection);
  }

  #begin(key: string, { from, to, syn, ack, rst, payload }: Segment, first: Place): Tracked | undefined {
    // The end of a connection that is over is none of its own.
    if (rst || (!syn && payload.length === 0)) return undefined;
    if (this.#open.size >= MAX_CONNECTIONS) this.#forget();
    if (this.#open.size >= MAX_CONNECTIONS) {
      if (syn && !ack) this.ignored++;
      return undefined;
    }
    // Who opens it is the client; without its SYN, who is heard first.
    const isServer = syn && ack;
    const conversation = new Conversation((offence, place) => this.#events.offence(offence, tracked, place));
    const tracked: Tracked = {
      number: ++this.#count,
      client: isServer ? to : from,
      server: isServer ? from : to,
      first,
      conversation,
      streams: new Map(),
      ended: new Set(),
      shown: new Set(),
    };
    for (const [end, side] of [
      [tracked.client, "client"],
      [tracked.server, "server"],
    ] as const)
      tracked.streams.set(end, new TcpStream(sinkOf(conversation, side)));
    this.#open.set(key, tracked);
    return tracked;
  }

  #linger(key: string): void {
    this.#closing.add(key);
    if (this.#closing.size > LINGERING) this.#forget();
  }

  /** Forgets the connection that both ends have closed first, if there is one. */
  #forget(): void {
    for (const key of this.#closing) {
      const connection = this.#open.get(key);
      if (connection !== undefined) this.#close(key, connection);
      return;
    }
  }

  #close(key: string, connection: Tracked): void {
    this.#open.delete(key);
    this.#closing.delete(key);
    for (const stream of connection.streams.values()) stream.end();
    connection.conversation.end();
    this.#events.over(connection);
  }
}

function sinkOf(conversation: Conversation, side: Side): StreamSink {
  return {
    octets: (octets, place) => conversation.octets(side, octets, place),
    gap: (missing, place) => conversation.gap(side, missing, place),
  };
}
