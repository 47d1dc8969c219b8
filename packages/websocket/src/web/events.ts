import { toDictionary, toText, wrappedShort } from "./convert.js";
import { describe } from "./describe.js";

/**
 * What a close event is made of.
 *
 * @example
 * ```ts
 * import { CloseEvent, type CloseEventInit } from "@wireproof/websocket/web";
 *
 * const init: CloseEventInit = { code: 1000 };
 * const { code, reason, wasClean } = new CloseEvent("close", init);
 * console.assert(code === 1000 && reason === "" && !wasClean);
 * ```
 */
export interface CloseEventInit {
  /** Default false. */
  readonly bubbles?: boolean;
  /** Default false. */
  readonly cancelable?: boolean;
  /** Default false. */
  readonly composed?: boolean;
  /** Whether both Close frames went over the wire (RFC 6455 §7.1.4). Default false. */
  readonly wasClean?: boolean;
  /** The close code, modulo 65536. Default 0. */
  readonly code?: number;
  /** The close reason. Default "". */
  readonly reason?: string;
}

class OwnCloseEvent extends Event {
  readonly #wasClean: boolean;
  readonly #code: number;
  readonly #reason: string;

  constructor(type: string, init?: CloseEventInit) {
    const { wasClean, code = 0, reason = "" } = toDictionary(init, "The second argument");
    super(type, init);
    this.#wasClean = Boolean(wasClean);
    this.#code = wrappedShort(code);
    this.#reason = toText(reason);
  }

  /** Whether both Close frames went over the wire (RFC 6455 §7.1.4). */
  get wasClean(): boolean {
    return this.#wasClean;
  }

  /** The close code (RFC 6455 §7.1.5). */
  get code(): number {
    return this.#code;
  }

  /** The close reason, or "" (RFC 6455 §7.1.6). */
  get reason(): string {
    return this.#reason;
  }
}

/**
 * The event `error` of a WebSocket: an Event, as the standard has it, that also says what went wrong.
 *
 * @example
 * ```ts
 * import { WebSocket, type WebSocketErrorEvent } from "@wireproof/websocket/web";
 *
 * const ws = new WebSocket("ws://127.0.0.1:1/");
 * const event = await new Promise<WebSocketErrorEvent>((resolve) => ws.addEventListener("error", resolve));
 * console.assert(event.message.startsWith("Port 1 is never connected to"));
 * ```
 */
export interface WebSocketErrorEvent extends Event {
  /** What went wrong, in a sentence. */
  readonly message: string;
  /** What went wrong: a WebSocketError of `@wireproof/websocket`, or what else was thrown. */
  readonly error: unknown;
}

/** The two properties are the event's own. A class of its own would not be what the standard lets listeners see. */
export function errorEvent(error: unknown): WebSocketErrorEvent {
  const message = error instanceof Error ? error.message : toText(error);
  return Object.assign(new Event("error"), { message, error });
}

describe(OwnCloseEvent, "CloseEvent", ["wasClean", "code", "reason"], { constructor: 1 });

/**
 * The last event of a WebSocket: how its connection ended.
 *
 * @example
 * ```ts
 * import { WebSocket, type CloseEvent } from "@wireproof/websocket/web";
 *
 * const ws = new WebSocket("ws://127.0.0.1:1/");
 * const { code, wasClean } = await new Promise<CloseEvent>((resolve) => ws.addEventListener("close", resolve));
 * console.assert(code === 1006 && !wasClean);
 * ```
 */
export type CloseEvent = OwnCloseEvent;

/**
 * The last event of a WebSocket: how its connection ended. It is the platform's class where there is one, from Node 23 on,
 * and else one of this package.
 *
 * @example
 * ```ts
 * import { CloseEvent } from "@wireproof/websocket/web";
 *
 * const event = new CloseEvent("close", { wasClean: true, code: 1000, reason: "done" });
 * console.assert(event instanceof Event && event.code === 1000 && event.reason === "done");
 * ```
 */
export const CloseEvent: typeof OwnCloseEvent = ofPlatform() ?? OwnCloseEvent;

/** The platform's class, unless it has another parent than `Event`: such an event could not be dispatched. */
function ofPlatform(): typeof OwnCloseEvent | undefined {
  const { CloseEvent: found } = globalThis as { readonly CloseEvent?: unknown };
  const isEvent = typeof found === "function" && found.prototype instanceof Event;
  return isEvent ? (found as typeof OwnCloseEvent) : undefined;
}

type MessageClass = new (type: string, init: { readonly data: unknown; readonly origin: string }) => Event;

/** The platform's class, which says "[object Event]" of itself in Node 20. */
const Message = tagged(MessageEvent);

function tagged(Class: MessageClass): MessageClass {
  if (Object.hasOwn(Class.prototype as object, Symbol.toStringTag)) return Class;
  const Tagged = class extends Class {};
  describe(Tagged, "MessageEvent", []);
  return Tagged;
}

export function messageEvent(data: unknown, origin: string): Event {
  return new Message("message", { data, origin });
}
