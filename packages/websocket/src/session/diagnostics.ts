import { channel } from "node:diagnostics_channel";
import type { Channel } from "node:diagnostics_channel";
import type { IncomingHttpHeaders } from "node:http";

/**
 * Events for tools that watch a process from outside (`node:diagnostics_channel`). Without a listener, publishing costs
 * one comparison. Each message is an object with `role` and the fields named here.
 */
export interface DiagnosticChannels {
  /** `handshake`: an opening handshake begins, see {@link WatchedHandshake}. A server does not publish one that is no HTTP. */
  readonly handshake: Channel;
  /**
   * `connection`, `handshake`: the opening handshake is complete. Here and below, `handshake` is undefined if nobody listened
   * when it began.
   */
  readonly open: Channel;
  /** `status`, `problem`, `remoteAddress`, `handshake`: a server has refused an opening handshake. */
  readonly refused: Channel;
  /** `error`, `handshake`: `connect` rejects with the error. Only if somebody listened when it began. */
  readonly failed: Channel;
  /** `connection`, `code`, `reason`, `wasClean`. */
  readonly close: Channel;
  /** `connection`, `error`: what the `error` handler gets. */
  readonly error: Channel;
  /** `connection`, `payload`. */
  readonly ping: Channel;
  /** `connection`, `payload`, `rtt`: milliseconds since the ping that it answers; undefined if it answers none. */
  readonly pong: Channel;
}

/** `wireproof:websocket:open` and so on, alike for servers and clients. */
export const CHANNELS: DiagnosticChannels = {
  handshake: channel("wireproof:websocket:handshake"),
  open: channel("wireproof:websocket:open"),
  refused: channel("wireproof:websocket:refused"),
  failed: channel("wireproof:websocket:failed"),
  close: channel("wireproof:websocket:close"),
  error: channel("wireproof:websocket:error"),
  ping: channel("wireproof:websocket:ping"),
  pong: channel("wireproof:websocket:pong"),
};

/** One opening handshake as listeners see it: the same object in all messages about it. */
export interface WatchedHandshake {
  readonly role: "server" | "client";
  /** The method of the request. Clients: "GET", although over HTTP/2 it is "CONNECT". */
  readonly method: string;
  /** Servers: the request target as it came. Clients: that of the first request, before redirects. */
  readonly target: string;
  /** Servers: of the request. Clients: "", since it is not known yet. */
  readonly httpVersion: string;
  readonly isSecure: boolean;
  /** Servers: the header fields of the request. Clients: none. */
  readonly headers: IncomingHttpHeaders;
  /** Servers: the address of the client, "" if the transport has none. Clients: "". */
  readonly remoteAddress: string;
  /** Clients: the address that the application has named. */
  readonly url?: URL;
  /** Clients: adds a field to the request, unless the application has set that field itself. */
  addHeader?(name: string, value: string): void;
  /** A listener may set it, to have the handshake go on inside a function of its own, such as `run` of an AsyncLocalStorage. */
  run?: <T>(work: () => T) => T;
}

/** By the socket of the handshake, and then by the connection. Empty while nobody listens. */
const handshakes = new WeakMap<object, WatchedHandshake>();

/** Publishes that `handshake` begins, and does `work`, which is the rest of it. `key` finds it again. */
export function beginWatched<T>(key: object, handshake: WatchedHandshake, work: () => T): T {
  handshakes.set(key, handshake);
  CHANNELS.handshake.publish({ role: handshake.role, handshake });
  return handshake.run === undefined ? work() : handshake.run(work);
}

export function watchedBy(key: object): WatchedHandshake | undefined {
  return handshakes.get(key);
}

/** From now on `connection` finds it as well. */
export function passWatched(key: object, connection: object): void {
  const handshake = handshakes.get(key);
  if (handshake !== undefined) handshakes.set(connection, handshake);
}
