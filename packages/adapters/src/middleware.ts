/**
 * Upgrade hooks behind the middleware of Express, Connect and everything else that takes `(request, response, next)`.
 *
 * @packageDocumentation
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { UpgradeResult } from "@wireproof/websocket";

import { CapturedResponse, requestOf } from "./captured-response.js";
import type { Opening, UpgradeHook } from "./upgrade-hook.js";

export type { Opening, UpgradeContext, UpgradeHook } from "./upgrade-hook.js";

/**
 * Middleware as Express and Connect take it: `(request, response, next)`, or `(error, request, response, next)` for
 * errors. An application of Express is middleware, too. Those of Fastify and Koa are not.
 *
 * @example
 * ```ts
 * import type { IncomingMessage } from "node:http";
 * import type { Middleware } from "@wireproof/adapters/middleware";
 *
 * const log: Middleware = (request: IncomingMessage, _response: unknown, next: () => void) => {
 *   console.log(request.url);
 *   next();
 * };
 * console.assert(typeof log === "function");
 * ```
 */
// Parameters of the type `never` take functions that want any type of request and response.
export type Middleware =
  | ((request: never, response: never, next: (error?: unknown) => void) => unknown)
  | ((error: never, request: never, response: never, next: (error?: unknown) => void) => unknown);

/**
 * Makes an upgrade hook that runs middleware first: the session and the user are there when it decides. The middleware
 * gets the request of node:http, and a response that is not connected to the socket. What it does to that response
 * becomes part of the answer:
 *
 * - Header fields and cookies that it sets are sent with the answer, whether the client is accepted or refused.
 * - If it ends the response instead of calling `next`, the client is refused with that status and body.
 * - `next(error)`, or an exception: the client is refused with the status of the error if that is 400–499, and with 500
 *   otherwise.
 *
 * Over HTTP/2, `method` is GET for the middleware, as in HTTP/1.1.
 *
 * @typeParam Data - Type of `ws.data`.
 * @typeParam Raw - The request as the middleware has completed it, such as `Request` of Express. Default
 * `IncomingMessage`.
 * @param middleware - One, or several, which run in this order.
 * @param decide - Accepts or refuses the client, as an upgrade hook does. It gets the framework's request first.
 * @returns The hook.
 *
 * @example
 * ```ts
 * import type { IncomingMessage } from "node:http";
 * import { behind } from "@wireproof/adapters/middleware";
 * import { connect, createServer } from "@wireproof/websocket";
 *
 * interface WithUser extends IncomingMessage {
 *   user?: string;
 * }
 * const authenticate = (request: WithUser, _response: unknown, next: () => void): void => {
 *   if (request.headers.authorization === "Bearer secret") request.user = "ada";
 *   next();
 * };
 * const server = createServer<{ user: string }>({
 *   upgrade: behind(authenticate, ({ user }: WithUser) =>
 *     user === undefined ? { status: 401 } : { data: { user } },
 *   ),
 *   open: (ws) => ws.send(`hello ${ws.data.user}`),
 * });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const ws = await connect(`ws://127.0.0.1:${port}`, { headers: { Authorization: "Bearer secret" } });
 * for await (const message of ws) {
 *   console.assert(message === "hello ada");
 *   break;
 * }
 * await server.close();
 * ```
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the application says what its middleware makes of it
export function behind<Data, Raw extends IncomingMessage = IncomingMessage>(
  middleware: Middleware | readonly Middleware[],
  decide: (raw: Raw, opening: Opening) => UpgradeResult<Data> | Promise<UpgradeResult<Data>>,
): UpgradeHook<Data> {
  const stack = [middleware].flat() as readonly Middleware[];
  return (request, { signal }) => {
    const raw = requestOf(request);
    const captured = new CapturedResponse(raw);
    const decided = new Promise<UpgradeResult<Data>>((resolve, reject) => {
      run(stack, raw, captured.response, (error) => {
        if (error !== undefined) return reject(error);
        // Inside the call of the last middleware, whose AsyncLocalStorage may surround it.
        attempt(() => decide(raw as Raw, { request, signal }), resolve, reject);
      });
    });
    return captured.answer(decided, signal);
  };
}

type Done = (error?: unknown) => void;

/** Calls one middleware after the other, each inside the one before it, as Connect does. */
function run(stack: readonly Middleware[], raw: IncomingMessage, response: ServerResponse, done: Done): void {
  const step = (index: number, error: unknown): void => {
    const middleware = stack[index] as ((...args: unknown[]) => unknown) | undefined;
    if (middleware === undefined) return done(error);
    const isForErrors = middleware.length === 4;
    if (isForErrors !== (error !== undefined)) return step(index + 1, error);
    let isCalled = false;
    const next = (reason?: unknown): void => {
      if (isCalled) return;
      isCalled = true;
      step(index + 1, isError(reason) ? reason : undefined);
    };
    const args = isForErrors ? [error, raw, response, next] : [raw, response, next];
    attempt(
      () => middleware(...args),
      () => {},
      next,
    );
  };
  step(0, undefined);
}

/** Express takes these words of `next` as the end of a route or a router. */
function isError(reason: unknown): boolean {
  return reason !== undefined && reason !== null && reason !== "route" && reason !== "router";
}

/** Calls what may throw or return a promise. */
function attempt<T>(
  call: () => T | Promise<T>,
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
): void {
  try {
    void Promise.resolve(call()).then(resolve, reject);
  } catch (error) {
    reject(error);
  }
}
