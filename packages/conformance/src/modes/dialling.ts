import { connect } from "@wireproof/websocket";
import type { CloseInfo, ConnectOptions, WebSocketConnection } from "@wireproof/websocket";

import { PEER_LIMITS } from "./limits.js";

/** Options that all clients of the modes share: any certificate is accepted, and a silent server is not an error. */
export const CLIENT_OPTIONS: Pick<ConnectOptions, "tls" | "limits" | "heartbeat"> = {
  tls: { rejectUnauthorized: false },
  limits: PEER_LIMITS,
  heartbeat: false,
};

/** An open connection, and a promise of how it ends. */
export interface OpenConnection {
  readonly ws: WebSocketConnection;
  readonly closed: Promise<CloseInfo>;
}

/**
 * Opens the URL with these options. When the signal is aborted, the connection is closed with 1001. Rejects if it does
 * not open, with a `WebSocketError` or the reason of the signal.
 */
export async function openConnection(
  url: string,
  options: Omit<ConnectOptions, "close" | "signal">,
  signal: AbortSignal,
): Promise<OpenConnection> {
  let gone: (info: CloseInfo) => void = () => undefined;
  const closed = new Promise<CloseInfo>((resolve) => {
    gone = resolve;
  });
  signal.throwIfAborted();
  const leave = (): void => ws.close(1001);
  const ws = await connect(url, {
    ...CLIENT_OPTIONS,
    ...options,
    close: (_ws, code, reason, wasClean) => {
      signal.removeEventListener("abort", leave);
      gone({ code, reason, wasClean });
    },
  });
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  return { ws, closed };
}

/** Why there is no connection, in a sentence without a full stop. */
export function problemOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\.$/, "");
}
