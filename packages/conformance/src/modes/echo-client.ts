import { connect } from "@wireproof/websocket";
import type { CloseInfo } from "@wireproof/websocket";

import { CLIENT_OPTIONS } from "./dialling.js";

export interface EchoClientOptions {
  /** Whether to offer permessage-deflate. */
  readonly compression: boolean;
  /** The User-Agent header; none if absent. */
  readonly name?: string;
  /** Aborted: the connection is closed with 1001. */
  readonly signal: AbortSignal;
}

/**
 * Opens the URL and sends every message back as it came, until the connection is gone. Rejects where it does not open,
 * with a `WebSocketError` or the reason of the signal.
 */
export async function echoUntilClosed(url: string, options: EchoClientOptions): Promise<CloseInfo> {
  const { compression, name, signal } = options;
  let gone: (info: CloseInfo) => void = () => undefined;
  const closed = new Promise<CloseInfo>((resolve) => {
    gone = resolve;
  });
  signal.throwIfAborted();
  const ws = await connect(url, {
    ...CLIENT_OPTIONS,
    compression: compression ? { threshold: 0 } : false,
    text: "octets",
    ...(name === undefined ? {} : { headers: { "User-Agent": name } }),
    message(from, data, isText) {
      if (typeof data === "string" || !isText) from.send(data);
      else from.sendText(data);
    },
    close: (_ws, code, reason, wasClean) => gone({ code, reason, wasClean }),
  });
  const leave = (): void => ws.close(1001);
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  const info = await closed;
  signal.removeEventListener("abort", leave);
  return info;
}
