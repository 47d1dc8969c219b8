import assert from "node:assert/strict";
import { once } from "node:events";
import { suite, test } from "node:test";
import type { TestContext } from "node:test";

import { connect, createServer } from "@wireproof/websocket";
import type { ClientConnection } from "@wireproof/websocket";

import { graphqlHandlers } from "../src/graphql-ws.js";
import type { GraphqlExtra, GraphqlServer, GraphqlSocket } from "../src/graphql-ws.js";
import { ask, closedWith } from "./support/client.js";
import { beside } from "./support/servers.js";

interface Session {
  readonly user: string;
}
type Opened = (socket: GraphqlSocket, extra: GraphqlExtra<Session>) => void;

/** A server with a double of graphql-ws; the real one is tried in frameworks.long.test. */
async function open(
  context: TestContext,
  opened: Opened,
): Promise<{ ws: ClientConnection; closed: Promise<unknown[]> }> {
  let left: (how: unknown[]) => void = () => {};
  const closed = new Promise<unknown[]>((resolve) => (left = resolve));
  const graphql: GraphqlServer<GraphqlExtra<Session>> = {
    opened(socket, extra) {
      opened(socket, extra);
      return async (...how) => left(how);
    },
  };
  const server = createServer<Session>({
    ...graphqlHandlers(graphql),
    upgrade: () => ({ data: { user: "ada" } }),
  });
  const port = await beside(context, server);
  return { ws: await connect(`ws://127.0.0.1:${port}`, { protocols: ["graphql-transport-ws"] }), closed };
}

suite("the handlers for graphql-ws", () => {
  test("hand over messages, the connection, the subprotocol and the end", async (context) => {
    const { ws, closed } = await open(context, (socket, extra) => {
      socket.onMessage(async (data) => socket.send(`${socket.protocol} ${extra.ws.data.user} ${data}`));
    });
    assert.equal(await ask(ws, "hello"), "graphql-transport-ws ada hello");
    ws.close(4444, "bye");
    assert.deepEqual(await closed, [4444, "bye"]);
  });

  test("close with the code of graphql-ws", async (context) => {
    const { ws } = await open(context, (socket) => {
      socket.onMessage(async () => socket.close(4400, "wrong"));
    });
    ws.send("hello");
    assert.equal(await closedWith(ws), 4400);
    assert.equal(ws.closed?.reason, "wrong");
  });

  test("close with 4500 when something here fails, and emit a process warning", async (context) => {
    const { ws } = await open(context, (socket) => {
      socket.onMessage(() => Promise.reject(new Error("broken")));
    });
    const warned = once(process, "warning");
    ws.send("hello");
    assert.equal(await closedWith(ws), 4500);
    assert.match(String(((await warned) as Error[])[0]?.message), /broken/);
  });

  test("make a sender wait while the client does not read", async (context) => {
    let waited: (value: unknown) => void = () => {};
    const sending = new Promise((resolve) => (waited = resolve));
    const { ws } = await open(context, (socket) => {
      socket.onMessage(async () => {
        for (;;) {
          const sent = socket.send("x".repeat(100_000));
          if (sent === undefined) continue;
          waited(sent);
          return sent;
        }
      });
    });
    ws.pause();
    ws.send("hello");
    await sending;
    ws.terminate();
  });
});
