import assert from "node:assert/strict";

import { connect, ErrorCode, WebSocketError } from "@wireproof/websocket";
import type { ClientConnection, ConnectOptions } from "@wireproof/websocket";

/** Sends one message and returns the answer. */
export async function ask(ws: ClientConnection, message: string | Uint8Array): Promise<unknown> {
  ws.send(message);
  return read(ws);
}

/** The next message. */
export async function read(ws: ClientConnection): Promise<unknown> {
  const { value, done } = await ws[Symbol.asyncIterator]().next();
  assert.ok(done !== true, `closed with ${ws.closed?.code}`);
  return value;
}

/** The error of an opening handshake that has to be refused with this status. */
export async function refused(
  url: string,
  status: number,
  options: ConnectOptions = {},
): Promise<WebSocketError> {
  const error: unknown = await connect(url, options).catch((reason: unknown) => reason);
  assert.ok(error instanceof WebSocketError, `${url} was not refused: ${String(error)}`);
  assert.equal(error.code, ErrorCode.UnexpectedResponse, error.message);
  assert.equal(error.status, status);
  return error;
}

/** Resolves with the close code when the connection is gone; no message may come before. */
export async function closedWith(ws: ClientConnection): Promise<number | undefined> {
  const { done, value } = await ws[Symbol.asyncIterator]()
    .next()
    .catch(() => ({ done: true, value: undefined }));
  assert.ok(done, `a message instead of the end: ${String(value)}`);
  return ws.closed?.code;
}
