import { hostname } from "node:os";

import type { CloseInfo } from "@wireproof/websocket";

import { openConnection } from "./dialling.js";

export interface BroadcastClientOptions {
  readonly url: string;
  /** Interval between two hello messages, in ms. */
  readonly helloMs: number;
  /** Called with the text of a message, or with the length of a binary one. */
  readonly onMessage: (text: string) => void;
  /** Aborted: the connection is closed with 1001. */
  readonly signal: AbortSignal;
}

/** Sends hello messages and passes on what it receives, until the connection is gone. Rejects if it does not open. */
export async function joinBroadcast(options: BroadcastClientOptions): Promise<CloseInfo> {
  const { url, helloMs, onMessage, signal } = options;
  const { ws, closed } = await openConnection(
    url,
    { message: (_ws, data) => onMessage(typeof data === "string" ? data : `(${data.length} octets)`) },
    signal,
  );
  const sayHello = (): void => void ws.send(`hello from ${hostname()}[${process.pid}]`);
  sayHello();
  const timer = setInterval(sayHello, helloMs);
  const info = await closed;
  clearInterval(timer);
  return info;
}
