import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

import { isSameToken } from "../handshake/fields.js";
import type { HandshakeInfo, WebSocketConnection } from "../session/connection.js";
import { CHANNELS, beginWatched, passWatched } from "../session/diagnostics.js";
import type { WatchedHandshake } from "../session/diagnostics.js";
import { joiner } from "../session/join.js";
import { readingOf } from "../session/options.js";
import type { Session } from "../session/session.js";
import { dropStream, isHttp2Stream } from "../transport/http2-stream.js";
import { whenAborted } from "./abort.js";
import { Deadline } from "./deadline.js";
import { environmentOf } from "./environment.js";
import type { ClientEnvironment } from "./environment.js";
import { openHandshake } from "./open-handshake.js";
import type { Opened } from "./open-handshake.js";
import type { ConnectOptions } from "./options.js";
import { Hops } from "./redirects.js";
import { parseTarget } from "./target.js";

/**
 * What {@link connect} opens: a connection whose handshake has the header fields of the server's answer.
 *
 * @typeParam Data - Type of `ws.data`. Default `undefined`.
 *
 * @example
 * ```ts
 * import { connect, createServer, type ClientConnection } from "@wireproof/websocket";
 *
 * await using server = createServer({
 *   upgrade: () => ({ data: undefined, headers: { "Set-Cookie": "seen=1" } }),
 * });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const ws: ClientConnection = await connect(`ws://127.0.0.1:${port}`);
 * console.assert(ws.handshake.headers.getSetCookie()[0] === "seen=1");
 * ```
 */
export type ClientConnection<Data = undefined> = WebSocketConnection<Data> & {
  readonly handshake: HandshakeInfo & { readonly headers: Headers };
};

/**
 * Opens a connection to a ws: or wss: URL (RFC 6455 §3, §4.1), or to a ws+unix: one, which names a socket in the file
 * system: `ws+unix:/path/to.sock:/target`.
 *
 * @typeParam Data - Type of `ws.data`. Default `undefined`.
 * @param url - Address of the server, without a fragment.
 * @param options - What is sent, how it is limited, and handlers. Default: none.
 * @returns The connection, when the opening handshake is complete.
 * @throws {@link WebSocketError} when the arguments cannot be used (InvalidArgument), the address cannot be reached
 * (Unreachable, ProxyRefused), the server refuses (UnexpectedResponse, RedirectRefused), its answer breaks the protocol
 * (InvalidResponse) or takes longer than `handshakeMs` (HandshakeTimeout); `signal.reason` when the signal was aborted.
 *
 * @example
 * ```ts
 * import { connect, createServer } from "@wireproof/websocket";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * await using ws = await connect(`ws://127.0.0.1:${port}`, { signal: AbortSignal.timeout(5_000) });
 * ws.send("hello");
 * for await (const message of ws) {
 *   console.assert(message === "hello");
 *   break;
 * }
 * ```
 *
 * @example
 * Two connections that are streams of one HTTP/2 connection:
 *
 * ```ts
 * import { connect, createServer } from "@wireproof/websocket";
 *
 * await using server = createServer();
 * const { port } = await server.listen({ port: 0, host: "127.0.0.1", http2: true });
 *
 * await using one = await connect(`ws://127.0.0.1:${port}/one`, { http2: true });
 * await using other = await connect(`ws://127.0.0.1:${port}/other`, { http2: true });
 * console.assert(one.handshake.httpVersion === "2.0" && other.handshake.httpVersion === "2.0");
 * ```
 */
export async function connect<Data = undefined>(
  url: string | URL,
  options: ConnectOptions<Data> = {},
): Promise<ClientConnection<Data>> {
  const environment = environmentOf(options);
  return CHANNELS.handshake.hasSubscribers
    ? openWatched(url, options, environment)
    : open(url, options, environment);
}

/** `watched`: what others know the opening handshake by. */
async function open<Data>(
  url: string | URL,
  options: ConnectOptions<Data>,
  environment: ClientEnvironment<Data>,
  watched?: object,
): Promise<ClientConnection<Data>> {
  const deadline = new Deadline(options.handshakeMs, options.signal);
  try {
    const opened = await openHandshake(url, options, environment.compression, deadline.signal);
    if (deadline.signal.aborted) dropStream(opened.socket);
    deadline.signal.throwIfAborted();
    return start(opened, options, environment, watched);
  } finally {
    deadline.clear();
  }
}

function start<Data>(
  opened: Opened,
  options: ConnectOptions<Data>,
  environment: ClientEnvironment<Data>,
  watched: object | undefined,
): ClientConnection<Data> {
  const { socket, agreement } = opened;
  const reading = readingOf(options, undefined);
  const session = joiner(environment, reading)(
    socket,
    new ClientHandshake(opened),
    agreement,
    options.data as Data,
  );
  if (watched !== undefined) passWatched(watched, session.ws);
  const { signal } = options;
  if (signal !== undefined) dropWhenAborted(session, signal, environment);
  session.start(opened.rest);
  return session.ws as ClientConnection<Data>;
}

/** The same, while somebody listens to opening handshakes. */
async function openWatched<Data>(
  url: string | URL,
  options: ConnectOptions<Data>,
  environment: ClientEnvironment<Data>,
): Promise<ClientConnection<Data>> {
  const target = parseTarget(url);
  const given = new Hops(target, options).headers;
  const headers = [...given];
  const handshake: WatchedHandshake = {
    role: "client",
    method: "GET",
    target: `${target.url.pathname}${target.url.search}`,
    httpVersion: "",
    isSecure: target.url.protocol === "wss:",
    headers: {},
    remoteAddress: "",
    url: target.url,
    addHeader: (name, value) => {
      if (!given.some(([other]) => isSameToken(other, name.toLowerCase()))) headers.push([name, value]);
    },
  };
  const watched = {};
  try {
    return await beginWatched(watched, handshake, () =>
      // Not a spread: options may be inherited.
      open(url, Object.assign(Object.create(options), { headers }) as typeof options, environment, watched),
    );
  } catch (error) {
    CHANNELS.failed.publish({ role: "client", error, handshake });
    throw error;
  }
}

/** A class with a getter, since most applications never read the header fields. */
class ClientHandshake implements HandshakeInfo {
  readonly protocol: string;
  readonly extensions: string;
  readonly target: string;
  readonly remoteAddress: string;
  readonly isSecure: boolean;
  readonly httpVersion: "1.1" | "2.0";
  readonly #rawHeaders: readonly string[];
  #headers: Headers | undefined = undefined;

  constructor({ socket, url, protocol, extensions, rawHeaders }: Opened) {
    this.protocol = protocol;
    this.extensions = extensions;
    this.target = `${url.pathname}${url.search}`;
    const session = isHttp2Stream(socket) ? socket.session : undefined;
    const transport = (session?.socket ?? socket) as Duplex & Partial<Socket>;
    this.remoteAddress = transport.remoteAddress ?? "";
    this.isSecure = socket instanceof TLSSocket || session?.encrypted === true;
    this.httpVersion = session === undefined ? "1.1" : "2.0";
    this.#rawHeaders = rawHeaders;
  }

  get headers(): Headers {
    this.#headers ??= new Headers(pairsOf(this.#rawHeaders));
    return this.#headers;
  }
}

function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) pairs.push([rawHeaders[at]!, rawHeaders[at + 1]!]);
  return pairs;
}

/** The listener goes with the connection, so that a signal that lives longer keeps no connection in memory. */
function dropWhenAborted<Data>(
  session: Session<Data>,
  signal: AbortSignal,
  environment: ClientEnvironment<Data>,
): void {
  environment.onGone = whenAborted(signal, () => session.drop(signal.reason));
}
