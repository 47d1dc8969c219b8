import assert from "node:assert/strict";
import { test } from "node:test";

import { connect } from "../../src/index.js";
import { startServer } from "../support/live-server.js";
import { goodAnswer, startRawServer } from "./raw-server.js";

test("the header fields of the answer, several cookies among them", async (context) => {
  const server = await startRawServer(context, (socket, head) =>
    socket.write(
      goodAnswer(head, ["Set-Cookie: a=1; Path=/", "set-cookie: b=2", "X-Latin: \u00e9", "X-Empty:"]),
      "latin1",
    ),
  );
  const ws = await connect(server.url, {
    open: (opened) => assert.equal(opened.handshake.headers?.get("x-latin"), "é"),
  });
  const { headers } = ws.handshake;
  assert.deepEqual(headers.getSetCookie(), ["a=1; Path=/", "b=2"]);
  assert.equal(headers.get("X-Latin"), "é");
  assert.equal(headers.get("x-empty"), "");
  assert.equal(headers.get("upgrade"), "websocket");
  assert.equal(headers.get("x-none"), null);
  assert.equal(ws.handshake.headers, headers);
  ws.terminate();
});

test("a server's connection has none: the upgrade hook was shown the request's", async (context) => {
  const live = await startServer(context, {
    upgrade: ({ headers }) => ({ data: headers["x-a"], headers: { "X-B": "2" } }),
  });
  const ws = await connect(live.url, { headers: { "X-A": "1" } });
  assert.equal(ws.handshake.headers.get("x-b"), "2");
  const [peer] = live.server.connections;
  assert.equal(peer?.data, "1");
  assert.equal(peer?.handshake.headers, undefined);
});
