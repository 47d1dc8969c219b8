import type { Http2SecureServer, Http2Server, IncomingHttpHeaders, ServerHttp2Session } from "node:http2";
import type { ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";

import { isSameToken } from "../handshake/fields.js";
import { pathOf } from "./attachments.js";
import type { HasHeaders } from "./attachments.js";
import type { StreamRequest } from "./upgrade-request.js";

/** A server of node:http2, with TLS or without. */
export type AnyHttp2Server = Http2Server | Http2SecureServer;

/** Something that receives opening handshakes from an HTTP/2 server. */
export interface StreamAttachment {
  /** Whether it takes requests for this path. */
  takes(path: string): boolean;
  handleStream(asked: StreamRequest): void;
  /** Nothing takes the path and nothing else listens, but the request has to be answered. */
  refuseUnknownPath(stream: Duplex, asked: HasHeaders): void;
}

const attached = new WeakMap<AnyHttp2Server, StreamAttachment[]>();

/** Answers a request that is none for WebSocket. */
export type PlainAnswer = (stream: ServerHttp2Stream) => void;

const plainAnswers = new WeakMap<AnyHttp2Server, PlainAnswer>();

/** Has all other requests of a server answered that belongs to no application. */
export function answerPlainly(server: AnyHttp2Server, answer: PlainAnswer): void {
  plainAnswers.set(server, answer);
}

/**
 * Attaches to a server of node:http2, which may belong to the application, and has it announce that it takes extended
 * CONNECT (RFC 8441 §3). Clients that have connected before were told nothing, and theirs stay as they are. Several servers with different paths may share one; the first that takes a path gets the request.
 * Returns a function that detaches from it.
 */
export function attachHttp2(server: AnyHttp2Server, attachment: StreamAttachment): () => void {
  const others = attached.get(server);
  if (others !== undefined) others.push(attachment);
  else {
    attached.set(server, [attachment]);
    // In the first SETTINGS frame of each connection from now on. The application's settings stay.
    server.updateSettings({ enableConnectProtocol: true });
    (server as Http2Server).on("session", onSession);
  }
  return () => detach(server, attachment);
}

function detach(server: AnyHttp2Server, attachment: StreamAttachment): void {
  const all = attached.get(server) ?? [];
  const left = all.filter((other) => other !== attachment);
  if (left.length > 0) attached.set(server, left);
  else if (attached.delete(server)) server.off("session", onSession);
}

/**
 * Comes before all that listens to the streams of a session. Otherwise the application's handler of pages would answer
 * requests for WebSocket as well, and if it has none, node:http2 would refuse them.
 */
function onSession(this: AnyHttp2Server, session: ServerHttp2Session): void {
  const others = session.rawListeners("stream");
  session.removeAllListeners("stream");
  session.on("stream", (...event: StreamEvent) => {
    if (take(this, session, event)) return;
    for (const other of others) Reflect.apply(other, session, event);
  });
}

type StreamEvent = [
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: string[],
];

/** Whether a request was for one that is attached, or was refused. */
function take(server: AnyHttp2Server, session: ServerHttp2Session, event: StreamEvent): boolean {
  const [stream, headers, , rawHeaders] = event;
  if (headers[":method"] !== "CONNECT") {
    const plainAnswer = plainAnswers.get(server);
    plainAnswer?.(stream);
    return plainAnswer !== undefined;
  }
  const all = attached.get(server) ?? [];
  const asked = { session, stream, headers, rawHeaders };
  const { ":protocol": protocol = "", ":path": path = "" } = headers;
  if (!isSameToken(protocol, "websocket")) {
    // The first one says so: the request is for nothing that is served here.
    if (all.length === 0 || !isAlone(server, protocol !== "")) return false;
    all[0]!.handleStream(asked);
    return true;
  }
  const taker = all.find((attachment) => attachment.takes(pathOf(path)));
  if (taker !== undefined) taker.handleStream(asked);
  else if (all.length > 0 && isAlone(server, true)) all[0]!.refuseUnknownPath(stream, asked);
  else return false;
  return true;
}

/**
 * Whether nothing of the application would answer a CONNECT request. With a handler of requests, node:http2 listens to
 * streams itself: it emits `connect`, or refuses with 405, which says too little of extended CONNECT.
 */
function isAlone(server: AnyHttp2Server, isExtended: boolean): boolean {
  const hasHandler = server.listenerCount("request") > 0;
  if (server.listenerCount("connect") > 0 || (hasHandler && !isExtended)) return false;
  return server.listenerCount("stream") <= (hasHandler ? 1 : 0);
}
