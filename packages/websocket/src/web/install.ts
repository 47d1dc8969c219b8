import { CloseEvent } from "./events.js";
import { WebSocket } from "./websocket.js";
import { WebSocketError } from "./websocket-error.js";
import { WebSocketStream } from "./websocket-stream.js";

const CLASSES = { WebSocket, WebSocketStream, WebSocketError, CloseEvent };

/**
 * Puts the classes where browsers have them: `globalThis.WebSocket`, `WebSocketStream`, `WebSocketError`, and `CloseEvent` where
 * the platform has none. Libraries that look for `globalThis.WebSocket` then use this client.
 *
 * @returns A function that puts back what was there before, except what others have changed meanwhile.
 *
 * @example
 * ```ts
 * import { WebSocket, installGlobals } from "@wireproof/websocket/web";
 *
 * const restore = installGlobals();
 * console.assert((globalThis as { WebSocket?: unknown }).WebSocket === WebSocket);
 * restore();
 * console.assert((globalThis as { WebSocket?: unknown }).WebSocket !== WebSocket);
 * ```
 */
export function installGlobals(): () => void {
  const before = Object.keys(CLASSES).map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  for (const [name, value] of Object.entries(CLASSES))
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  return () => {
    for (const [name, descriptor] of before) {
      if ((globalThis as Record<string, unknown>)[name] !== CLASSES[name as keyof typeof CLASSES]) continue;
      if (descriptor === undefined) delete (globalThis as Record<string, unknown>)[name];
      else Object.defineProperty(globalThis, name, descriptor);
    }
  };
}
