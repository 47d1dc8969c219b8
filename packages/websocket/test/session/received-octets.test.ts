import assert from "node:assert/strict";
import { test } from "node:test";

import { connect, createServer } from "../../src/index.js";

test("received octets are Buffers, whatever way they came", async () => {
  const kinds: [number, boolean][] = [];
  const server = createServer({
    compression: { threshold: 0 },
    message(ws, data) {
      assert.ok(typeof data !== "string");
      kinds.push([data.length, Buffer.isBuffer(data)]);
      if (kinds.length === 5) ws.close(1000);
    },
  });
  const { port } = await server.listen(0, "127.0.0.1");
  const ws = await connect(`ws://127.0.0.1:${port}/`);
  ws.send(new Uint8Array(3), { compress: false });
  ws.send(new Uint8Array(0), { compress: true });
  ws.send(new Uint8Array(100), { compress: true });
  ws.send(new Uint8Array(200_000), { compress: true });
  await ws.sendStream([new Uint8Array(10), new Uint8Array(20)], { compress: false });
  for await (const _message of ws) assert.fail("nothing is sent back");
  assert.deepEqual(
    kinds,
    [3, 0, 100, 200_000, 30].map((length) => [length, true]),
  );
  await server.close();
});
