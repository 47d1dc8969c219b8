import { hostname } from "node:os";

import { connect } from "@wireproof/websocket";
import type { CloseInfo } from "@wireproof/websocket";

import { CLIENT_OPTIONS } from "./dialling.js";

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
  let gone: (info: CloseInfo) => void = () => undefined;
  const closed = new Promise<CloseInfo>((resolve) => {
    gone = resolve;
  });
  signal.throwIfAborted();
  const ws = await connect(url, {
    ...CLIENT_OPTIONS,
    message: (_ws, data) => onMessage(typeof data === "string" ? data : `(${data.length} octets)`),
    close: (_ws, code, reason, wasClean) => gone({ code, reason, wasClean }),
  });
  const greet = (): void => void ws.send(`hello from ${hostname()}[${process.pid}]`);
  const leave = (): void => ws.close(1001);
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  greet();
  const timer = setInterval(greet, greetMs);
  const info = await closed;
  clearInterval(timer);
  signal.removeEventListener("abort", leave);
  return info;
}
