import type { CloseInfo } from "@wireproof/websocket";

import { openConnection } from "./dialling.js";

export interface EchoClientOptions {
  /** Whether to offer permessage-deflate. */
  readonly compression: boolean;
  /** The User-Agent header; none if absent. */
  readonly name?: string;
  /** Aborted: the connection is closed with 1001. */
  readonly signal: AbortSignal;
}

/**
 * Opens the URL and sends every message back unchanged, until the connection is gone. Rejects if it does not open, with
 * a `WebSocketError` or the reason of the signal.
 */
export async function echoUntilClosed(url: string, options: EchoClientOptions): Promise<CloseInfo> {
  const { compression, name, signal } = options;
  const { closed } = await openConnection(
    url,
    {
      compression: compression ? { threshold: 0 } : false,
      text: "octets",
      ...(name === undefined ? {} : { headers: { "User-Agent": name } }),
      message(from, data, isText) {
        if (typeof data === "string" || !isText) from.send(data);
        else from.sendText(data);
      },
    },
    signal,
  );
  return closed;
}
