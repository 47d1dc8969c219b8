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

/** Calls a handler. It may throw, and may answer with a promise that is rejected: both only end its connection. */
export function call<Data>(session: HandlerSession<Data>, handler: () => unknown): void {
  try {
    watch(session, handler());
  } catch (error) {
    session.handlerFailed(error);
  }
}

/** Waits for what a handler has answered, if it is a promise. */
export function watch<Data>(session: HandlerSession<Data>, answer: unknown): void {
  if (isThenable(answer)) Promise.resolve(answer).catch((error: unknown) => session.handlerFailed(error));
}

/** Tells an error to whom it concerns. What a peer does is no reason to print anything; the application's faults are. */
export function report<Data>(session: HandlerSession<Data>, error: WebSocketError): void {
  const { handlers, role } = session.environment;
  const { ws } = session;
  if (CHANNELS.error.hasSubscribers) CHANNELS.error.publish({ role, connection: ws, error });
  if (handlers.error !== undefined) {
    // An error handler that fails itself is told once, and nothing else happens.
    try {
      const answer = handlers.error(ws, error);
      if (isThenable(answer)) Promise.resolve(answer).catch(warn);
    } catch (cause) {
      warn(cause);
    }
  } else if (error.code === ErrorCode.Handler && !isPeersDoing(error.cause)) {
    process.emitWarning(error);
  }
}

/** A handler that was waiting when the peer went away has not failed by itself. */
function isPeersDoing(cause: unknown): boolean {
  if (!(cause instanceof WebSocketError)) return false;
  return cause.code !== ErrorCode.InvalidArgument && cause.code !== ErrorCode.Backlog;
}

/** Tells a fault of the application where nothing else of it could be told. */
export function warn(cause: unknown): void {
  process.emitWarning(cause instanceof Error ? cause : new Error(messageOf(cause), { cause }));
}

/** What was thrown may be anything, also an error of another realm. */
export function messageOf(cause: unknown): string {
  return types.isNativeError(cause) ? cause.message : inspect(cause);
}

/** Of whatever realm or library. Throws what a getter of `then` throws. */
export function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  const mayBe = (typeof answer === "object" && answer !== null) || typeof answer === "function";
  return mayBe && typeof (answer as { readonly then?: unknown }).then === "function";
}
