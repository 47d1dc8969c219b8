import type { EventEmitter } from "node:events";

import type * as Types from "./websocket-events.js";

/** The events of the browser's API, as its attributes and `addEventListener` hand them over. */
export class Event implements Types.Event<Target> {
  readonly #type: string;
  readonly #target: unknown;

  constructor(type: string, target: unknown = null) {
    this.#type = type;
    this.#target = target;
  }

  get type(): string {
    return this.#type;
  }

  get target(): Target {
    return this.#target as Target;
  }
}

export class CloseEvent extends Event implements Types.CloseEvent<Target> {
  readonly #code: number;
  readonly #reason: string;
  readonly #wasClean: boolean;

  constructor(target: unknown, code: number, reason: string, wasClean: boolean) {
    super("close", target);
    this.#code = code;
    this.#reason = reason;
    this.#wasClean = wasClean;
  }

  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }

  get wasClean(): boolean {
    return this.#wasClean;
  }
}

export class ErrorEvent extends Event implements Types.ErrorEvent<Target> {
  readonly #error: unknown;
  readonly #message: string;

  constructor(target: unknown, error: unknown, message: string) {
    super("error", target);
    this.#error = error;
    this.#message = message;
  }

  get error(): unknown {
    return this.#error;
  }

  get message(): string {
    return this.#message;
  }
}

export class MessageEvent extends Event implements Types.MessageEvent<Target> {
  readonly #data: unknown;

  constructor(target: unknown, data: unknown) {
    super("message", target);
    this.#data = data;
  }

  get data(): Types.MessageEvent<Target>["data"] {
    return this.#data as Types.MessageEvent<Target>["data"];
  }
}

for (const [{ prototype }, names] of [
  [Event, ["type", "target"]],
  [CloseEvent, ["code", "reason", "wasClean"]],
  [ErrorEvent, ["error", "message"]],
  [MessageEvent, ["data"]],
] as const) {
  for (const name of names) Object.defineProperty(prototype, name, { enumerable: true });
}

/** Where listeners of the browser's kind are registered. */
export interface Target extends EventEmitter {
  addEventListener(type: string, handler: unknown, options: ListenerOptions): void;
  /** Whether Close frames went both ways. */
  readonly wasClean: boolean;
}

/** A listener of the browser's kind: a function, or an object with a `handleEvent`. */
export type Listener = ((event: never) => void) | { handleEvent(event: never): void };

/** The listener of the emitter, which makes an event and hands it on. */
interface Wrapper {
  (...args: unknown[]): void;
  [HANDLER]?: unknown;
  /** It was set through an attribute such as `onopen`. */
  [IS_ATTRIBUTE]?: boolean;
}

const HANDLER: unique symbol = Symbol("handler");
const IS_ATTRIBUTE: unique symbol = Symbol("is attribute");

/** Makes each event from the arguments of the emitter. Other types have no listeners of this kind. */
const MAKERS: ReadonlyMap<string, (target: Target, first: unknown, second: unknown) => Event> = new Map<
  string,
  (target: Target, first: unknown, second: unknown) => Event
>([
  ["open", (target) => new Event("open", target)],
  ["message", (target, data, isBinary) => new MessageEvent(target, isBinary === true ? data : String(data))],
  [
    "close",
    (target, code, reason) => new CloseEvent(target, code as number, String(reason), target.wasClean),
  ],
  ["error", (target, error) => new ErrorEvent(target, error, (error as Error).message)],
]);

/** How a listener of the browser's kind is added. */
export interface ListenerOptions {
  readonly once?: boolean | undefined;
  /** It is set through an attribute such as `onopen`. */
  readonly [IS_ATTRIBUTE]?: boolean;
}

/** Adds a listener, once only; other types than open, message, close and error are ignored. */
export function addListener(target: Target, type: string, handler: unknown, options: ListenerOptions): void {
  const isAttribute = options[IS_ATTRIBUTE] === true;
  const isThere = wrappers(target, type).some((it) => it[HANDLER] === handler && it[IS_ATTRIBUTE] !== true);
  if (isAttribute || !isThere) add(target, type, handler, Boolean(options.once), isAttribute);
}

export function removeListener(target: Target, type: string, handler: unknown): void {
  const found = wrappers(target, type).find((it) => it[HANDLER] === handler && it[IS_ATTRIBUTE] !== true);
  if (found !== undefined) target.removeListener(type, found);
}

/** The listener that was set through an attribute such as `onopen`, or null. */
export function attribute(target: Target, type: string): unknown {
  return wrappers(target, type).find((it) => it[IS_ATTRIBUTE])?.[HANDLER] ?? null;
}

export function setAttribute(target: Target, type: string, handler: unknown): void {
  const before = wrappers(target, type).find((it) => it[IS_ATTRIBUTE]);
  if (before !== undefined) target.removeListener(type, before);
  // Through the method, which the application may have overridden.
  if (typeof handler === "function") target.addEventListener(type, handler, { [IS_ATTRIBUTE]: true });
}

function add(target: Target, type: string, handler: unknown, isOnce: boolean, isAttribute: boolean): void {
  const make = MAKERS.get(type);
  if (make === undefined) return;
  const wrapper: Wrapper = (first, second) => call(target, handler, make(target, first, second));
  wrapper[HANDLER] = handler;
  wrapper[IS_ATTRIBUTE] = isAttribute;
  if (isOnce) target.once(type, wrapper);
  else target.on(type, wrapper);
}

function wrappers(target: Target, type: string): Wrapper[] {
  return target.listeners(type) as Wrapper[];
}

function call(target: Target, handler: unknown, event: Event): void {
  if (typeof handler === "function") handler.call(target, event);
  else (handler as { handleEvent(event: Event): void }).handleEvent(event);
}
