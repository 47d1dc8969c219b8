import assert from "node:assert/strict";
import { test } from "node:test";

import { createServer } from "@wireproof/websocket";
import { Hono } from "hono";

import { graphqlHandlers } from "../src/graphql-ws.js";
import { honoWebSocket } from "../src/hono.js";
import { behindKoa } from "../src/koa.js";
import { behind } from "../src/middleware.js";
import { WireproofAdapter } from "../src/nestjs.js";
import { trpcHandlers } from "../src/trpc.js";

// That it compiles is the test: a decision has to give the data that the server's connections have.

interface Session {
  readonly user: string;
}

test("what a decision gives is the type of ws.data", () => {
  const graphql = graphqlHandlers<Session>({
    opened:
      (_socket, { ws }) =>
      async () =>
        void ws.data.user,
  });
  const servers = [
    createServer<Session>({
      upgrade: behind([], () => ({ data: { user: "ada" } })),
      open(ws) {
        const user: string = ws.data.user;
        // @ts-expect-error -- there is no such field
        ws.data.nobody = user;
      },
    }),
    createServer<Session>({
      // @ts-expect-error -- a user is a string
      upgrade: behind([], () => ({ data: { user: 1 } })),
    }),
    createServer<Session>({
      // @ts-expect-error -- a decision accepts or refuses
      upgrade: behindKoa({ middleware: [], createContext: () => ({}) }, () => undefined),
    }),
    createServer<Session>({
      ...trpcHandlers<Session>((ws) => {
        // @ts-expect-error -- there is no such field
        void ws.data.nobody;
        return () => ws.data.user;
      }),
      upgrade: () => ({ data: { user: "ada" } }),
    }),
    // @ts-expect-error -- a server with data needs a hook
    createServer<Session>(graphql),
  ];
  for (const { connections } of servers) assert.equal(connections.size, 0);

  const { upgradeWebSocket } = honoWebSocket<Session>(new Hono());
  // @ts-expect-error -- the data is missing
  void upgradeWebSocket(() => ({ onOpen: () => {} }));
  upgradeWebSocket(() => ({
    data: { user: "ada" },
    onOpen: (_event, { raw }) => void raw?.data.user.length,
  }));
  honoWebSocket(new Hono()).upgradeWebSocket(() => ({}));

  const app = { getHttpServer: () => undefined };
  // @ts-expect-error -- a user is a string
  assert.ok(new WireproofAdapter<Session>(app, { upgrade: () => ({ data: { user: 1 } }) }));
});
