import { connect } from "@wireproof/websocket";
import type { CloseInfo, ConnectOptions, WebSocketConnection } from "@wireproof/websocket";

import { PEER_LIMITS } from "./limits.js";

/** What the clients of the modes have in common: no certificate is looked at, and silence is nobody's fault. */
export const CLIENT_OPTIONS: Pick<ConnectOptions, "tls" | "limits" | "heartbeat"> = {
  tls: { rejectUnauthorized: false },
  limits: PEER_LIMITS,
  heartbeat: false,
};

/** A connection that is open, and how it will end. */
export interface Visit {
  readonly ws: WebSocketConnection;
  readonly closed: Promise<CloseInfo>;
}

/**
 * Opens the URL as the modes do; when the signal is aborted, the connection is closed with 1001. Rejects where it does
 * not open, with a `WebSocketError` or the reason of the signal.
 */
export async function visit(
  url: string,
  options: Omit<ConnectOptions, "close" | "signal">,
  signal: AbortSignal,
): Promise<Visit> {
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
