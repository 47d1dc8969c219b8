import type { Server as HttpServer } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

import type { Client } from "../forwarded/client-behind.js";
import { isHttp2Stream } from "../transport/http2-stream.js";
import type { TrustedProxies } from "./trusted-proxies.js";

/**
 * Who sends a request: the peer of the connection, or the client of a proxy that is believed.
 *
 * @param stream - The socket of the request, or its stream of HTTP/2, which shares the peer with all others of its
 * connection.
 */
export function clientOf(
  stream: Duplex,
  rawHeaders: readonly string[],
  proxies: TrustedProxies | undefined,
): Client {
  const socket = socketOf(stream);
  const isSecure = isHttp2Stream(stream)
    ? (stream as ServerHttp2Stream).session?.encrypted === true
    : stream instanceof TLSSocket;
  if (proxies === undefined || socket === undefined)
    return { remoteAddress: socket?.remoteAddress ?? "", isSecure };
  return proxies.clientOf(socket, isSecure, areComplete(socket, rawHeaders) ? rawHeaders : NONE);
}

/** The address of the client as far as its connection shows it; "" when it is gone. */
export function addressOf(stream: Duplex, proxies: TrustedProxies | undefined): string {
  const socket = socketOf(stream);
  if (socket === undefined) return "";
  return proxies?.addressOf(socket) ?? socket.remoteAddress ?? "";
}

function socketOf(stream: Duplex): Socket | undefined {
  return isHttp2Stream(stream) ? stream.session?.socket : (stream as Socket);
}

/**
 * Whether node:http has kept all header fields. Behind so many of a client, those that a proxy has added could be among the
 * ones that it drops, and the client's own would be believed.
 */
function areComplete(socket: Socket, rawHeaders: readonly string[]): boolean {
  const { maxHeadersCount } = (socket as Socket & { readonly server?: HttpServer }).server ?? {};
  const kept = maxHeadersCount === 0 ? Infinity : 2 * (maxHeadersCount ?? MOST_FIELDS);
  return rawHeaders.length < kept;
}

const NONE: readonly string[] = [];
/** Of node:http where the server says nothing. It counts names and values. */
const MOST_FIELDS = 1000;
