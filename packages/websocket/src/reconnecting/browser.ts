/**
 * A WebSocket client that connects again by itself: what bundlers for browsers find. It stands on the platform's WebSocket,
 * and nothing of Node is in it. docs/reconnecting.md is the guide.
 *
 * @packageDocumentation
 */
import { ErrorCode, WebSocketError, invalidArgument } from "../errors.js";
import { ReconnectingClient } from "./client.js";
import type { CommonReconnectingOptions, ReconnectingUrl } from "./options.js";
import type { OpenRequest, Platform, Transport, TransportEvents } from "./platform.js";
import type { ReconnectingWebSocket } from "./surface.js";
import { mayRetry } from "./verdict.js";

export * from "./exports.js";

/** The options of {@link reconnecting}. */
export interface ReconnectingOptions extends CommonReconnectingOptions {
  /** For Node. It has no effect in browsers, which let nobody choose header fields, TLS or proxies. */
  readonly connect?: unknown;
}

/**
 * Connects, and connects again when the connection is lost, with the platform's WebSocket.
 *
 * @param url - Address of the server, absolute or relative to the page; or a function that gives it for each attempt.
 * @param options - Default: none.
 * @returns The client, in the state "connecting".
 * @throws {@link WebSocketError} (InvalidArgument) for an address or options that cannot be used.
 */
export function reconnecting(url: ReconnectingUrl, options: ReconnectingOptions = {}): ReconnectingWebSocket {
  return new ReconnectingClient(PLATFORM, url, options);
}

const PLATFORM: Platform<ReconnectingOptions> = {
  // Of the codes below 3000 a page may only send 1000, which would be untrue.
  faultClose: [],
  checkUrl: parseUrl,
  open,
  mayRetry,
  whenAborted: (signal, act) => {
    signal.addEventListener("abort", act, { once: true });
    return () => signal.removeEventListener("abort", act);
  },
  report: (error) => reportError(error),
  watchNetwork,
};

/** Absolute, and with ws: or wss:, as newer browsers read it by themselves. Throws. */
function parseUrl(url: string | URL): URL {
  let parsed: URL | undefined;
  try {
    parsed = new URL(url, globalThis.location?.href);
    parsed.protocol = parsed.protocol.replace("http", "ws");
  } catch {
    // Told below.
  }
  if (parsed === undefined || !/^wss?:$/.test(parsed.protocol))
    throw invalidArgument(`This is not the URL of a WebSocket: ${String(url)}`);
  return parsed;
}

function open(
  { url, protocols, about: { signal } }: OpenRequest<ReconnectingOptions>,
  events: TransportEvents,
): void {
  const socket = newSocket(parseUrl(url), protocols);
  socket.binaryType = "arraybuffer";
  let wasOpen = false;
  socket.addEventListener("open", () => {
    wasOpen = true;
    // What is sent is in no memory that threads share: see data.ts.
    events.opened(socket as Transport);
  });
  socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) =>
    events.message(typeof data === "string" ? data : new Uint8Array(data)),
  );
  socket.addEventListener("close", ({ code, reason, wasClean }) => {
    // A page is not told why; only the console of the browser shows it.
    const error = wasOpen
      ? undefined
      : new WebSocketError(ErrorCode.Unreachable, "The connection could not be opened.");
    events.ended({ wasOpen, code, reason, wasClean, error });
  });
  signal.addEventListener("abort", () => socket.close());
}

function newSocket(url: URL, protocols: readonly string[]): WebSocket {
  try {
    return new WebSocket(url, [...protocols]);
  } catch (error) {
    throw invalidArgument((error as Error).message);
  }
}

/** Pages and workers have these events. */
function watchNetwork(tell: (isOnline: boolean) => void): () => void {
  const look = (): void => tell(navigator.onLine);
  addEventListener("online", look);
  addEventListener("offline", look);
  look();
  return () => {
    removeEventListener("online", look);
    removeEventListener("offline", look);
  };
}
