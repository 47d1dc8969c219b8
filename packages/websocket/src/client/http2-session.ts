import type { ClientHttp2Session, SecureClientSessionOptions } from "node:http2";
import type { Socket } from "node:net";

import { ErrorCode, WebSocketError } from "../errors.js";
import { http2Module } from "../transport/http2-module.js";

/**
 * Begins HTTP/2 on a connected socket. A peer can make the session hold as much as its limits say: a window of octets
 * for each stream that is not read, one header list, no pushed streams, a thousand answers that it does not read.
 */
export function beginHttp2(socket: Socket, url: URL): ClientHttp2Session {
  // A session that the server has ended is of no use.
  socket.allowHalfOpen = false;
  const options: SecureClientSessionOptions = {
    createConnection: () => socket,
    maxReservedRemoteStreams: 0,
    maxHeaderListPairs: HEADER_FIELDS,
    settings: {
      enablePush: false,
      initialWindowSize: STREAM_WINDOW_OCTETS,
      maxHeaderListSize: HEADER_LIST_OCTETS,
    },
  };
  const session = http2Module().connect(
    `${url.protocol === "wss:" ? "https" : "http"}://${url.host}`,
    options,
  );
  // A session may fail at any time. Its streams fail with it, and they have their listeners.
  session.on("error", () => {});
  session.once("connect", () => session.setLocalWindowSize(SESSION_WINDOW_OCTETS));
  limitOrigins(session);
  return session;
}

/**
 * Waits for what the server says of itself, which comes before the first request (RFC 8441 §3): whether it takes
 * WebSocket over HTTP/2. Rejects with Unreachable when the session ends, or with the signal's reason.
 */
export function takesWebSocket(session: ClientHttp2Session, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    const isAnnounced = (): boolean => session.remoteSettings.enableConnectProtocol === true;
    const settle = (): void => {
      session.off("remoteSettings", onSettings).off("localSettings", onKnown);
      session.off("error", onError).off("close", onClose);
      signal.removeEventListener("abort", onAbort);
    };
    const finish = (isTaken: boolean): void => {
      settle();
      resolve(isTaken);
    };
    // A server may announce it in a second frame, right behind its first one.
    const onSettings = (): void => {
      if (isAnnounced()) finish(true);
      else if (isAcknowledged()) finish(false);
    };
    // The server has read our settings; what it says of itself by itself has come before this.
    const onKnown = (): void => finish(isAnnounced());
    const isAcknowledged = (): boolean => !session.connecting && !session.pendingSettingsAck;
    const onError = (error: Error): void => {
      failure = error;
    };
    const onClose = (): void => {
      settle();
      reject(sessionBroken(failure));
    };
    const onAbort = (): void => {
      settle();
      reject(signal.reason);
    };
    if (signal.aborted) return reject(signal.reason);
    if (session.destroyed || session.closed) return reject(sessionBroken(undefined));
    if (!session.connecting && isAnnounced()) return resolve(true);
    if (isAcknowledged()) return resolve(isAnnounced());
    signal.addEventListener("abort", onAbort, { once: true });
    session.on("remoteSettings", onSettings).once("localSettings", onKnown);
    session.once("error", onError).once("close", onClose);
  });
}

/** @internal */
export function sessionBroken(cause: Error | undefined): WebSocketError {
  const why = cause?.message ?? "it was closed";
  return new WebSocketError(ErrorCode.Unreachable, `The HTTP/2 connection broke: ${why}`, { cause });
}

/**
 * Destroys a session, in the next turn of the event loop: callbacks of node:http2 may run while it is still reading, and
 * Node 20 aborts the process when it has more to read for a session that is gone (nodejs/node#64850).
 */
export function endHttp2(session: ClientHttp2Session, error?: Error, code?: number): void {
  setImmediate(() => session.destroy(error, code));
}

/** Node keeps every origin that a server names (RFC 8336), without end. */
function limitOrigins(session: ClientHttp2Session): void {
  let left = ORIGINS;
  session.on("origin", (origins) => {
    left -= origins.length;
    const reason = "The server names more origins than the limit allows.";
    if (left < 0) endHttp2(session, new Error(reason), ENHANCE_YOUR_CALM);
  });
}

/** What a server may send on one stream before the application reads. */
const STREAM_WINDOW_OCTETS = 256 * 1024;
/** What may be on its way on all streams together. Node gives it back at once, so no stream waits for another. */
const SESSION_WINDOW_OCTETS = 1024 * 1024;
/** As RFC 9113 §6.5.2 counts them: 32 more for each field. */
const HEADER_LIST_OCTETS = 64 * 1024;
const HEADER_FIELDS = 128;
const ORIGINS = 128;
/** RFC 9113 §7. */
const ENHANCE_YOUR_CALM = 0xb;
