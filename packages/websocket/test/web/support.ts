import type { CloseEvent, WebSocket, WebSocketEventMap } from "../../src/web/index.js";

/** The name of what is thrown; "" when nothing is. */
export function thrown(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).name;
  }
  return "";
}

/** The event `open`; rejects when the connection ends first. */
export function opened(ws: WebSocket): Promise<Event> {
  return before(ws, "open");
}

export function closed(ws: WebSocket): Promise<CloseEvent> {
  return new Promise((resolve) => ws.addEventListener("close", resolve, { once: true }));
}

/** What the event `error` says. */
export function failure(ws: WebSocket): Promise<string> {
  return new Promise((resolve) =>
    ws.addEventListener("error", ({ message }) => resolve(message), { once: true }),
  );
}

/** The data of the next message; rejects when the connection ends first. */
export async function nextMessage(ws: WebSocket): Promise<unknown> {
  return (await before(ws, "message")).data;
}

function before<K extends "open" | "message">(ws: WebSocket, type: K): Promise<WebSocketEventMap[K]> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error(`The connection ended before the event ${type}.`));
    ws.addEventListener("close", gone, { once: true });
    ws.addEventListener(
      type,
      (event) => {
        ws.removeEventListener("close", gone);
        resolve(event);
      },
      { once: true },
    );
  });
}

/** The types of the events of a socket in their order, with the state that it has meanwhile. */
export function watch(ws: WebSocket): string[] {
  const seen: string[] = [];
  for (const type of ["open", "message", "error", "close"])
    ws.addEventListener(type, () => seen.push(`${type} ${ws.readyState}`));
  return seen;
}
