/**
 * Peers at their worst against applications that listen to nothing: an error that is thrown, or a promise that is
 * rejected and that nobody has asked for, would fail these tests as uncaught.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { connect } from "../../src/index.js";
import { WebSocket, WebSocketServer } from "../../src/ws/index.js";
import { goodAnswer, startRawServer } from "../client/raw-server.js";
import { frame, fromClient } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { Happenings, startServer } from "../support/live-server.js";
import { RawClient, requestText } from "../support/raw-client.js";

/** One for each way to break the protocol, and some packets that have brought down servers built on top of others. */
const FRAMES: readonly FrameShape[] = [
  { opcode: 3 },
  { opcode: 15 },
  { opcode: 1, rsv: 7, payload: "x" },
  { opcode: 0, payload: "x" },
  { opcode: 9, fin: false },
  { opcode: 9, payload: "x".repeat(126) },
  { opcode: 8, payload: "x" },
  { opcode: 8, payload: Uint8Array.of(3, 237) },
  { opcode: 8, payload: Uint8Array.of(3, 232, 0xff) },
  { opcode: 1, payload: Uint8Array.of(0xff) },
  { opcode: 2, length: 2n ** 63n },
  { opcode: 2, length: 2n ** 62n },
  { opcode: 1, payload: "x", lengthOctets: 8 },
  { opcode: 9, payload: "__proto__" },
  { opcode: 10, payload: "__proto__" },
  { opcode: 1, payload: '51-["__proto__",{"_placeholder":true,"num":1e9}]' },
];

/** Requests that are none, or that other servers have not survived. */
const REQUESTS: readonly string[] = [
  "\r\n\r\n",
  "\0".repeat(100),
  "GET / HTTP/1.1\r\n\r\n",
  requestText({ target: "/%" }),
  requestText({ target: "//" }),
  requestText({ target: "/?EIO=__proto__&transport=constructor" }),
  requestText({ headers: { Host: "[" } }),
  requestText({ headers: { Origin: "http://[" } }),
  requestText({ headers: { "Sec-WebSocket-Key": "=" } }),
  requestText({ headers: { "Sec-WebSocket-Extensions": '=;,"' } }),
  requestText({ headers: { "Sec-WebSocket-Protocol": "," } }),
  requestText({ headers: { Expect: "100-continue" } }),
  requestText({ method: "CONNECT", target: "x:1" }),
  requestText({ version: "HTTP/9.9" }),
];

const SERVERS: Readonly<Record<string, (context: TestContext) => Promise<{ readonly port: number }>>> = {
  server: (context) => startServer(context),
  "server of the drop-in": async (context) => {
    const wss = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: true });
    // Of a WebSocket, an error without a listener is thrown, as it is in ws and in all that emits errors.
    wss.on("connection", (there: WebSocket) => there.on("error", () => {}));
    await once(wss as EventEmitter, "listening");
    context.after(() => {
      for (const there of wss.clients) there.terminate();
      wss.close();
    });
    return wss.address() as AddressInfo;
  },
};

for (const [name, start] of Object.entries(SERVERS)) {
  test(`requests that are none, and peers that go in the middle: ${name}`, async (t) => {
    const live = await start(t);
    for (const request of REQUESTS) {
      const client = await RawClient.connect(t, live);
      client.write(Buffer.from(request, "latin1"));
      client.socket.end();
      await client.end();
      const going = await RawClient.connect(t, live);
      going.write(Buffer.from(request, "latin1"));
      going.reset();
    }
    assert.equal((await (await RawClient.connect(t, live)).ask()).status, 101);
  });

  test(`frames of every wrong kind, from peers that stay, end or reset: ${name}`, async (t) => {
    const live = await start(t);
    const headers = { "Sec-WebSocket-Extensions": "permessage-deflate" };
    for (const shape of [...FRAMES, { opcode: 2, rsv: 4, payload: Uint8Array.of(0xff, 0xff) }]) {
      for (const go of ["stay", "end", "reset"] as const) {
        const client = await RawClient.open(t, live, { headers });
        client.write(Buffer.concat([fromClient(shape), Buffer.alloc(1000, 0xff)]));
        if (go === "reset") client.reset();
        else if (go === "end") client.socket.end();
        if (go !== "reset") await client.end();
      }
    }
    assert.equal((await (await RawClient.connect(t, live)).ask()).status, 101);
  });
}

test("a peer that resets while verifyClient thinks: server of the drop-in", async (t) => {
  const asked = new Happenings<readonly [socket: Socket, answer: (isAllowed: boolean) => void]>();
  const wss = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    verifyClient: ({ req }: { req: IncomingMessage }, answer: (isAllowed: boolean) => void) =>
      asked.add([req.socket, answer]),
  });
  wss.on("connection", (there: WebSocket) => there.on("error", () => {}));
  t.after(() => wss.close());
  await once(wss as EventEmitter, "listening");
  for (const isAllowed of [true, false]) {
    const client = await RawClient.connect(t, wss.address() as AddressInfo);
    client.write(requestText());
    const [socket, answer] = await asked.next();
    const gone = new Promise((resolve) => socket.once("close", resolve));
    client.reset();
    await client.end();
    // The socket hears of the reset now, or when it is written to.
    socket.resume();
    await new Promise(setImmediate);
    answer(isAllowed);
    await gone;
  }
});

for (const [name, dial] of Object.entries({
  client: async (context: TestContext, url: string) => {
    const ws = await connect(url);
    context.after(() => ws.terminate());
  },
  "client of the drop-in": async (context: TestContext, url: string) => {
    const ws = new WebSocket(url);
    ws.on("error", () => {});
    context.after(() => ws.terminate());
    await once(ws as EventEmitter, "open");
  },
})) {
  test(`frames of every wrong kind, from servers that end or reset: ${name}`, async (t) => {
    for (const shape of FRAMES) {
      for (const go of ["end", "resetAndDestroy"] as const) {
        const gone: Promise<unknown>[] = [];
        const server = await startRawServer(t, (socket, head) => {
          gone.push(new Promise((resolve) => socket.once("close", resolve)));
          socket.write(goodAnswer(head));
          // The client has to see the answer before a reset destroys it.
          setImmediate(() => {
            socket.write(frame(shape));
            socket.resume();
            setImmediate(() => socket[go]());
          });
        });
        await dial(t, server.url).catch(() => {});
        await Promise.all(gone);
      }
    }
  });
}
