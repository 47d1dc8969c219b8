/**
 * Upgrade hooks behind the routing, hooks and plugins of a Fastify application.
 *
 * @packageDocumentation
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { UpgradeResult } from "@wireproof/websocket";

import { CapturedResponse, requestOf } from "./captured-response.js";
import type { Opening, UpgradeHook } from "./upgrade-hook.js";

export type { Opening, UpgradeContext, UpgradeHook } from "./upgrade-hook.js";

/**
 * What is needed of an application of Fastify 5.
 *
 * @example
 * ```ts
 * import type { FastifyApplication } from "@wireproof/adapters/fastify";
 *
 * const isReady = async (app: FastifyApplication): Promise<boolean> => (await app.ready(), true);
 * console.assert(typeof isReady === "function");
 * ```
 */
export interface FastifyApplication {
  route(options: never): unknown;
  ready(): PromiseLike<unknown>;
  routing(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * The route of the WebSockets: the options of `app.route`, without `method` and `handler`.
 *
 * @example
 * ```ts
 * import type { FastifyRoute } from "@wireproof/adapters/fastify";
 *
 * const route: FastifyRoute = { url: "/chat/:room", onRequest: async () => {} };
 * console.assert(route.url === "/chat/:room");
 * ```
 */
export interface FastifyRoute {
  /** The path of the route, with the parameters that Fastify knows. */
  readonly url: string;
  /** Hooks of the route, `schema`, `config`, and all other options. */
  readonly [option: string]: unknown;
}

/**
 * Adds a route to a Fastify application, and makes an upgrade hook that runs it: all hooks and plugins of the
 * application, and those of the route, come before the decision. The reply is not connected to the socket. Header fields
 * and cookies that plugins set are sent with the answer. A hook that replies refuses the client. Paths without a route
 * get what Fastify answers, 404. A GET of the route that is no opening handshake gets 426.
 *
 * Call it before the application is ready, as `app.route`. Fastify answers with 101 in its log when a client is accepted.
 *
 * @typeParam Data - Type of `ws.data`.
 * @typeParam Request - Type of the request, such as `FastifyRequest`.
 * @param app - The application, or the instance that a plugin gets.
 * @param route - The route.
 * @param decide - Accepts or refuses the client, as an upgrade hook does.
 * @returns The hook.
 *
 * @example
 * ```ts
 * import type { FastifyApplication } from "@wireproof/adapters/fastify";
 * import { behindFastify } from "@wireproof/adapters/fastify";
 * import { createServer } from "@wireproof/websocket";
 *
 * interface Request {
 *   session: { user?: string };
 * }
 * // In an application: `const app = Fastify();`
 * const app: FastifyApplication = { route() {}, ready: async () => {}, routing() {} };
 * const upgrade = behindFastify(app, { url: "/chat" }, ({ session: { user } }: Request) =>
 *   user === undefined ? { status: 401 } : { data: { user } },
 * );
 * const server = createServer<{ user: string }>({ upgrade });
 * console.assert(server.connections.size === 0);
 * ```
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the application says what its plugins make of it
export function behindFastify<Data, Request>(
  app: FastifyApplication,
  route: FastifyRoute,
  decide: (request: Request, opening: Opening) => UpgradeResult<Data> | Promise<UpgradeResult<Data>>,
): UpgradeHook<Data> {
  const openings = new WeakMap<IncomingMessage, (request: Request) => Promise<UpgradeResult<Data>>>();
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const opening = openings.get(request.raw);
    if (opening === undefined)
      return reply
        .code(426)
        .headers({ connection: "Upgrade", upgrade: "websocket" })
        .send("This is a WebSocket.\n");
    const result = await opening(request as never);
    // The hooks of the application for the end of the reply run, too: they save sessions and set cookies.
    return reply.code(statusOf(result)).send();
  };
  app.route({ ...route, method: "GET", handler } as never);

  return async (request, { signal }) => {
    await app.ready();
    const raw = requestOf(request);
    const captured = new CapturedResponse(raw);
    let result: UpgradeResult<Data> | undefined;
    openings.set(raw, async (seen) => (result = await decide(seen, { request, signal })));
    app.routing(raw, captured.response);
    await captured.ended(signal);
    // Something after the decision may have failed, and Fastify has answered with that.
    const stands = result !== undefined && captured.response.statusCode === statusOf(result);
    return stands ? captured.conclude(result!) : captured.refusal();
  };
}

/** 101 stands for a client that is accepted. */
function statusOf(result: UpgradeResult<unknown>): number {
  return "status" in result ? result.status : 101;
}

interface FastifyRequest {
  readonly raw: IncomingMessage;
}

interface FastifyReply {
  code(status: number): this;
  headers(fields: Readonly<Record<string, string>>): this;
  send(body?: string): this;
}
