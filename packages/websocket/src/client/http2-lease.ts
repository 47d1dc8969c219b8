import type { ClientHttp2Session } from "node:http2";
import type { Socket } from "node:net";

import { HANDSHAKE_PROBLEMS } from "../handshake/index.js";
import { takesWebSocket } from "./http2-session.js";
import { invalidResponse } from "./read-head.js";

/** Room for one stream on a session of HTTP/2. */
export interface Lease {
  readonly session: ClientHttp2Session;
  /** Has to be called when the stream is gone, or was never made. */
  release(): void;
  /** No other connection gets a place on this session. The streams that it has go on. */
  retire(): void;
}

/** The server has to be asked over HTTP/1.1, over this socket if there is one. */
export interface Http1 {
  readonly socket: Socket | undefined;
}

/** A place on a session of the application, which is never closed here. Rejects with InvalidResponse if it is of no use. */
export async function borrowSession(session: ClientHttp2Session, signal: AbortSignal): Promise<Lease> {
  if (await takesWebSocket(session, signal)) return { session, release() {}, retire() {} };
  throw invalidResponse(HANDSHAKE_PROBLEMS["connect-not-announced"]);
}
