/**
 * Upgrade hooks behind the middleware of a Koa application.
 *
 * @packageDocumentation
 */
import { STATUS_CODES } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { UpgradeRefusal, UpgradeResult } from "@wireproof/websocket";

import { CapturedResponse, requestOf } from "./captured-response.js";
import type { Opening, UpgradeHook } from "./upgrade-hook.js";

export type { Opening, UpgradeContext, UpgradeHook } from "./upgrade-hook.js";

/**
 * What is needed of an application of Koa 2 or 3.
 *
 * @typeParam Context - Its context, `ctx`.
 *
 * @example
 * ```ts
 * import type { KoaApplication } from "@wireproof/adapters/koa";
 *
 * const count = (app: KoaApplication<unknown>): number => app.middleware.length;
 * console.assert(count({ middleware: [], createContext: () => ({}) }) === 0);
 * ```
 */
export interface KoaApplication<Context> {
  /** What `app.use` was called with. */
  readonly middleware: readonly ((ctx: never, next: () => Promise<unknown>) => unknown)[];
  createContext(request: IncomingMessage, response: ServerResponse): Context;
}

/**
 * Makes an upgrade hook that runs the middleware of a Koa application first: the session and the user are there when it
 * decides. The context has a response that is not connected to the socket. Header fields and cookies that the
 * middleware sets are sent with the answer. Middleware that does not call `next` refuses the client, with `ctx.status`
 * and `ctx.body`; so does `ctx.throw(401)`. Other errors refuse it with 500.
 *
 * @typeParam Data - Type of `ws.data`.
 * @typeParam Context - Type of `ctx`.
 * @param app - The application, or one of its own with the middleware that WebSockets need. Its middleware is read again
 * for each client.
 * @param decide - Accepts or refuses the client, as an upgrade hook does.
 * @returns The hook.
 *
 * @example
 * ```ts
 * import type { KoaApplication } from "@wireproof/adapters/koa";
 * import { behindKoa } from "@wireproof/adapters/koa";
 * import { createServer } from "@wireproof/websocket";
 *
 * interface Context {
 *   state: { user?: string };
 * }
 * // In an application: `const app = new Koa().use(session).use(authenticate);`
 * const app: KoaApplication<Context> = { middleware: [], createContext: () => ({ state: {} }) };
 * const server = createServer<{ user: string }>({
 *   upgrade: behindKoa(app, ({ state: { user } }) => (user === undefined ? { status: 401 } : { data: { user } })),
 * });
 * console.assert(server.connections.size === 0);
 * ```
 */
export function behindKoa<Data, Context>(
  app: KoaApplication<Context>,
  decide: (ctx: Context, opening: Opening) => UpgradeResult<Data> | Promise<UpgradeResult<Data>>,
): UpgradeHook<Data> {
  return (request, { signal }) => {
    const raw = requestOf(request);
    const captured = new CapturedResponse(raw);
    // As Koa does it: nobody has answered yet.
    captured.response.statusCode = 404;
    const ctx = app.createContext(raw, captured.response);
    const run = async (): Promise<UpgradeResult<Data>> => {
      let result: UpgradeResult<Data> | undefined;
      await compose(app.middleware, ctx, async () => {
        result = await decide(ctx, { request, signal });
      });
      return result ?? refusalIn(ctx, captured.response.statusCode);
    };
    return captured.answer(run(), signal);
  };
}

type Next = () => Promise<unknown>;

/** Calls one middleware around the other, with `last` inside them all. */
async function compose(
  middleware: KoaApplication<unknown>["middleware"],
  ctx: unknown,
  last: Next,
): Promise<void> {
  const step = async (index: number): Promise<unknown> => {
    const each = middleware[index];
    return each === undefined ? last() : each(ctx as never, () => step(index + 1));
  };
  await step(0);
}

/** What a middleware that has not called `next` has left in the context. */
function refusalIn(ctx: unknown, status: number): UpgradeRefusal {
  const { body } = ctx as { readonly body?: unknown };
  if (body === undefined || body === null) return { status, body: STATUS_CODES[status] ?? "" };
  if (typeof body === "string") return { status, body };
  return { status, body: body instanceof Uint8Array ? Buffer.from(body).toString() : JSON.stringify(body) };
}
