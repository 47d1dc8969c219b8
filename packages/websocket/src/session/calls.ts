import { inspect, types } from "node:util";

import { ErrorCode, WebSocketError } from "../errors.js";
import type { WebSocketConnection } from "./connection.js";
import { CHANNELS } from "./diagnostics.js";
import type { Handlers } from "./handlers.js";

/** A session whose handlers are called. */
export interface HandlerSession<Data> {
  readonly environment: { readonly role: "server" | "client"; readonly handlers: Handlers<Data> };
  readonly ws: WebSocketConnection<Data>;
  /** A handler has thrown, or its promise was rejected. */
  handlerFailed(cause: unknown): void;
}

/** Calls a handler. If it throws, or returns a promise that is rejected, its connection ends and nothing else. */
export function call<Data>(session: HandlerSession<Data>, handler: () => unknown): void {
  try {
    watch(session, handler());
  } catch (error) {
    session.handlerFailed(error);
  }
}

/** Waits for what a handler has returned, if it is a promise. */
export function watch<Data>(session: HandlerSession<Data>, answer: unknown): void {
  if (isThenable(answer)) Promise.resolve(answer).catch((error: unknown) => session.handlerFailed(error));
}

/**
 * Reports an error to the diagnostics channel and to the `error` handler. Without a handler, faults of the application
 * emit a process warning, and those of a peer do not.
 */
export function report<Data>(session: HandlerSession<Data>, error: WebSocketError): void {
  const { handlers, role } = session.environment;
  const { ws } = session;
  if (CHANNELS.error.hasSubscribers) CHANNELS.error.publish({ role, connection: ws, error });
  if (handlers.error !== undefined) {
    // An error handler that fails emits one process warning, and nothing else happens.
    try {
      const answer = handlers.error(ws, error);
      if (isThenable(answer)) Promise.resolve(answer).catch(warn);
    } catch (cause) {
      warn(cause);
    }
  } else if (error.code === ErrorCode.Handler && !isCausedByPeer(error.cause)) {
    process.emitWarning(error);
  }
}

/** A handler that was waiting when the peer went away has not failed by itself. */
function isCausedByPeer(cause: unknown): boolean {
  if (!(cause instanceof WebSocketError)) return false;
  return cause.code !== ErrorCode.InvalidArgument && cause.code !== ErrorCode.Backlog;
}

/** Reports a fault of the application that no handler can be called for. */
export function warn(cause: unknown): void {
  process.emitWarning(cause instanceof Error ? cause : new Error(messageOf(cause), { cause }));
}

/** Anything can be thrown, even an error of another realm. */
export function messageOf(cause: unknown): string {
  return types.isNativeError(cause) ? cause.message : inspect(cause);
}

/** A promise of any realm or library. Throws what a getter of `then` throws. */
export function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  const mayBe = (typeof answer === "object" && answer !== null) || typeof answer === "function";
  return mayBe && typeof (answer as { readonly then?: unknown }).then === "function";
}
