import { hostname } from "node:os";

import type { CloseInfo } from "@wireproof/websocket";

import { visit } from "./dialling.js";

export interface BroadcastClientOptions {
  readonly url: string;
  /** From one greeting to the next, in ms. */
  readonly greetMs: number;
  /** A message as text; of a binary one, how long it is. */
  readonly onMessage: (text: string) => void;
  /** Aborted: the connection is closed with 1001. */
  readonly signal: AbortSignal;
}

/** Greets again and again and hands on what it receives, until the connection is gone. Rejects where it does not open. */
export async function joinBroadcast(options: BroadcastClientOptions): Promise<CloseInfo> {
  const { url, greetMs, onMessage, signal } = options;
  const { ws, closed } = await visit(
    url,
    { message: (_ws, data) => onMessage(typeof data === "string" ? data : `(${data.length} octets)`) },
    signal,
  );
  const greet = (): void => void ws.send(`hello from ${hostname()}[${process.pid}]`);
  greet();
  const timer = setInterval(greet, greetMs);
  const info = await closed;
  clearInterval(timer);
  return info;
}
