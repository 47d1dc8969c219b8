import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import { suite, test } from "node:test";
import { WebSocket as UndiciWebSocket } from "undici";
import { WebSocket as Ws } from "ws";
import { ErrorCode } from "../../src/index.js";
import { scriptedServer } from "../../src/testing/index.js";
import type { ScriptedPeer } from "../../src/testing/index.js";
import { PATIENT, serve, open } from "./scripted.js";

suite("a scripted server", () => {
  test("numbers its connections, and says when each has come", async (context) => {
    const server = await serve(context, (peer: ScriptedPeer) => peer.send(`number ${peer.number}`));
    const second = server.connected(2);
    const first = await open(context, server);
    await server.connected();
    assert.equal(server.connections.length, 1);
    await open(context, server);
    assert.equal((await second).number, 2);
    assert.equal((await first[Symbol.asyncIterator]().next()).value, "number 1");
  });

  test("listens where it is told to", async (context) => {
    const free = createTcpServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as { port: number };
    await assert.rejects(
      scriptedServer(() => {}, { port }),
      { code: "EADDRINUSE" },
    );
    free.close();
    await once(free, "close");
    const server = await serve(context, () => {}, { port, ...PATIENT });
    assert.deepEqual([server.port, server.url], [port, `ws://127.0.0.1:${port}`]);
    await assert.rejects(
      scriptedServer(() => {}, { timeoutMs: 0 }),
      { code: ErrorCode.InvalidArgument },
    );
  });

  test("plays with ws and undici as well", async (context) => {
    const server = await serve(context, [
      async (peer) => {
        await peer.receive("hello");
        peer.violate("reserved-opcode");
        await peer.receiveClose(1002);
        await peer.gone();
      },
      async (peer) => {
        await peer.receive("hello");
        peer.close(1012, "restarting");
        await peer.gone();
      },
    ]);
    const ws = new Ws(server.url);
    context.after(() => ws.terminate());
    ws.on("open", () => ws.send("hello"));
    const [error] = (await once(ws, "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "WS_ERR_INVALID_OPCODE");
    const client = new UndiciWebSocket(server.url);
    client.addEventListener("open", () => client.send("hello"));
    const closed = await new Promise<{ code: number; reason: string }>((resolve) =>
      client.addEventListener("close", resolve as never),
    );
    assert.deepEqual([closed.code, closed.reason], [1012, "restarting"]);
    await server.done();
  });
});
