import type { Socket } from "node:net";

import { ErrorCode, WebSocketError } from "../errors.js";
import { readHead } from "./read-head.js";
import type { HeadAndRest } from "./read-head.js";
import { basicCredentials } from "./target.js";

/**
 * Asks an HTTP proxy for a tunnel to `authority` (RFC 9110 §9.3.6); `socket` is the tunnel then. Rejects with
 * ProxyRefused, or with the signal's reason.
 */
export async function tunnel(
  socket: Socket,
  proxy: URL,
  authority: string,
  options: { readonly headOctets: number; readonly signal: AbortSignal },
): Promise<void> {
  // For the proxy alone: the server behind it does not see this request.
  const credentials = basicCredentials(proxy);
  const authorization = credentials === undefined ? "" : `Proxy-Authorization: ${credentials}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
  const { head, rest } = await readAnswer(socket, proxy, options);
  if (head.status < 200 || head.status > 299) {
    throw new WebSocketError(
      ErrorCode.ProxyRefused,
      `The proxy ${proxy.host} answered ${head.status} instead of connecting to ${authority}.`,
      { status: head.status },
    );
  }
  if (rest.length > 0) socket.unshift(rest);
}

async function readAnswer(
  socket: Socket,
  proxy: URL,
  { headOctets, signal }: { readonly headOctets: number; readonly signal: AbortSignal },
): Promise<HeadAndRest> {
  try {
    return await readHead(socket, headOctets, signal);
  } catch (cause) {
    if (signal.aborted || !(cause instanceof WebSocketError)) throw cause;
    const { problem, section } = cause;
    const message = `The proxy ${proxy.host} gave no proper answer. ${cause.message}`;
    throw new WebSocketError(ErrorCode.ProxyRefused, message, { cause, problem, section });
  }
}
