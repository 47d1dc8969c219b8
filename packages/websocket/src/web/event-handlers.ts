/**
 * What an attribute such as `onopen` holds.
 *
 * @typeParam E - Type of the event.
 *
 * @example
 * ```ts
 * import { WebSocket, type Handler, type WebSocketErrorEvent } from "@wireproof/websocket/web";
 *
 * const onError: Handler<WebSocketErrorEvent> = ({ message }) => console.assert(message !== "");
 * const ws = new WebSocket("ws://127.0.0.1:1/");
 * ws.onerror = onError;
 * console.assert(ws.onerror === onError && ws.onopen === null);
 * ```
 */
export type Handler<E extends Event> = ((this: unknown, event: E) => unknown) | null;

interface Entry {
  handler: object;
  readonly listener: (event: Event) => void;
}

/**
 * The attributes `onopen` and so on, by the rules of the HTML standard for event handlers: what is no object becomes null, a
 * handler has the place among the listeners at which it was first set, and one that replaces it takes that place.
 */
export class EventHandlers {
  readonly #target: EventTarget;
  readonly #entries: Map<string, Entry> = new Map();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get(type: string): never {
    return (this.#entries.get(type)?.handler ?? null) as never;
  }

  set(type: string, value: unknown): void {
    const entry = this.#entries.get(type);
    const isHandler = typeof value === "function" || (typeof value === "object" && value !== null);
    if (isHandler && entry !== undefined) entry.handler = value;
    else if (isHandler) this.#add(type, value);
    else if (entry !== undefined) {
      this.#entries.delete(type);
      this.#target.removeEventListener(type, entry.listener);
    }
  }

  #add(type: string, handler: object): void {
    const target = this.#target;
    const entry: Entry = {
      handler,
      listener(event) {
        // An object that cannot be called is kept, and does nothing.
        if (typeof entry.handler === "function") entry.handler.call(target, event);
      },
    };
    this.#entries.set(type, entry);
    target.addEventListener(type, entry.listener);
  }
}
