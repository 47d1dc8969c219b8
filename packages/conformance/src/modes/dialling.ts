import type { ConnectOptions } from "@wireproof/websocket";

import { PEER_LIMITS } from "./limits.js";

/** What the clients of the modes have in common: no certificate is looked at, and silence is nobody's fault. */
export const CLIENT_OPTIONS: Pick<ConnectOptions, "tls" | "limits" | "heartbeat"> = {
  tls: { rejectUnauthorized: false },
  limits: PEER_LIMITS,
  heartbeat: false,
};

/** Why there is no connection, in a sentence without a full stop. */
export function problemOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\.$/, "");
}
