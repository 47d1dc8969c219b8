import assert from "node:assert/strict";
import { test } from "node:test";

import { connect, createServer } from "@wireproof/websocket";

import { evented } from "../src/evented-connection.js";
import type { EventedConnection } from "../src/evented-connection.js";
import { trpcHandlers } from "../src/trpc.js";
import { ask, closedWith, read } from "./support/client.js";
import { beside } from "./support/servers.js";

test("a connection has the events, states and methods of ws", async (context) => {
  const seen: unknown[] = [];
  let socket: EventedConnection<undefined> | undefined;
  let left: () => void = () => {};
  const closed = new Promise<void>((resolve) => (left = resolve));
  const server = createServer({
    protocols: ["chat"],
    ...evented<undefined>((given) => {
      socket = given;
      given.on("message", (data: Buffer, isBinary: boolean) => {
        seen.push(["message", Buffer.isBuffer(data), isBinary]);
        given.send(isBinary ? data : data.toString(), { compress: false });
      });
      for (const event of ["ping", "pong", "close"])
        given.on(event, (...args: unknown[]) => seen.push([event, ...args.map(String)]));
      given.on("close", left);
    }),
  });
  const port = await beside(context, server);
  const ws = await connect(`ws://127.0.0.1:${port}`, { protocols: ["chat"] });
  assert.equal(await ask(ws, "text"), "text");
  assert.deepEqual(await ask(ws, Buffer.from([1])), Buffer.from([1]));
  ws.ping("one");
  assert.deepEqual(
    [socket?.readyState, socket?.OPEN, socket?.protocol, socket?.bufferedAmount],
    [1, 1, "chat", 0],
  );
  socket?.ping(Buffer.from("two"));
  assert.equal(await ask(ws, "after both"), "after both");
  socket?.close(4000, "bye");
  assert.equal(socket?.readyState, 2);
  assert.equal(await closedWith(ws), 4000);
  await closed;
  assert.equal(socket?.readyState, 3);
  assert.deepEqual(seen, [
    ["message", true, false],
    ["message", true, true],
    ["ping", "one"],
    ["message", true, false],
    ["pong", "two"],
    // The client's Close frame has no reason.
    ["close", "4000", ""],
  ]);
});

test("an error without a listener throws nowhere, and one with a listener is heard", async (context) => {
  const errors: unknown[] = [];
  const server = createServer({
    limits: { messageOctets: 10 },
    ...evented<undefined>((socket, { handshake }) => {
      if (handshake.target === "/listening") socket.on("error", (error: Error) => errors.push(error.name));
    }),
  });
  const port = await beside(context, server);
  for (const path of ["/", "/listening"]) {
    const ws = await connect(`ws://127.0.0.1:${port}${path}`);
    ws.send("more than ten octets");
    assert.equal(await closedWith(ws), 1009);
  }
  assert.deepEqual(errors, ["WebSocketError"]);
});

test("the handler of tRPC is made for each connection, with its data and its URL", async (context) => {
  const server = createServer<{ user: string }>({
    ...trpcHandlers<{ user: string }>((ws) => (client: EventedConnection<unknown>, request) => {
      client.send(`${ws.data.user} ${request.method} ${request.url}`);
    }),
    upgrade: () => ({ data: { user: "ada" } }),
  });
  const port = await beside(context, server);
  const ws = await connect(`ws://127.0.0.1:${port}/trpc?connectionParams=1`);
  assert.equal(await read(ws), "ada GET /trpc?connectionParams=1");
});
