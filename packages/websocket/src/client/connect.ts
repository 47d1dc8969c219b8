import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

import type { WebSocketConnection } from "../session/connection.js";
import { joiner } from "../session/join.js";
import { readingOf } from "../session/options.js";
import type { Session } from "../session/session.js";
import { Deadline } from "./deadline.js";
import { environmentOf } from "./environment.js";
import type { ClientEnvironment } from "./environment.js";
import { openHandshake } from "./open-handshake.js";
import type { Opened } from "./open-handshake.js";
import type { ConnectOptions } from "./options.js";

/**
 * Opens a connection to a ws: or wss: URL (RFC 6455 §3, §4.1). Rejects with a `WebSocketError` when the arguments
 * cannot be used, the address cannot be reached, the server refuses, or its answer breaks the protocol; with
 * `signal.reason` when it was aborted.
 */
export async function connect<Data = undefined>(
  url: string | URL,
  options: ConnectOptions<Data> = {},
): Promise<WebSocketConnection<Data>> {
  const environment = environmentOf(options);
  const deadline = new Deadline(options.handshakeMs, options.signal);
  try {
    const opened = await openHandshake(url, options, environment.compression, deadline.signal);
    if (deadline.signal.aborted) opened.socket.destroy();
    deadline.signal.throwIfAborted();
    return start(opened, options, environment);
  } finally {
    deadline.clear();
  }
}

function start<Data>(
  opened: Opened,
  options: ConnectOptions<Data>,
  environment: ClientEnvironment<Data>,
): WebSocketConnection<Data> {
  const { socket, agreement } = opened;
  const reading = readingOf(options, undefined);
  const session = joiner(environment, reading)(
    socket,
    handshakeInfo(opened),
    agreement,
    options.data as Data,
  );
  const { signal } = options;
  if (signal !== undefined) dropWhenAborted(session, signal, environment);
  session.start(opened.rest);
  return session.ws;
}

function handshakeInfo({ socket, url, protocol, extensions }: Opened): WebSocketConnection["handshake"] {
  return {
    protocol,
    extensions,
    target: `${url.pathname}${url.search}`,
    remoteAddress: (socket as Duplex & Partial<Socket>).remoteAddress ?? "",
    isSecure: socket instanceof TLSSocket,
  };
}

/** The listener goes with the connection, so that a signal that outlives many connections holds none of them. */
function dropWhenAborted<Data>(
  session: Session<Data>,
  signal: AbortSignal,
  environment: ClientEnvironment<Data>,
): void {
  const drop = (): void => session.drop(signal.reason);
  signal.addEventListener("abort", drop, { once: true });
  environment.onGone = () => signal.removeEventListener("abort", drop);
}
