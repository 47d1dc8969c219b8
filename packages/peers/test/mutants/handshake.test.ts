import assert from "node:assert/strict";
import { test } from "node:test";

import { mutants } from "@wireproof/peers";

import { acceptKey } from "../../src/mutants/handshake.js";
import { ACCEPT, RawClient, bare, bytes, during, frame } from "../raw-client.js";

test("the accept key is that of the example in RFC 6455 §1.3", () => {
  assert.equal(acceptKey("dGhlIHNhbXBsZSBub25jZQ=="), ACCEPT);
});

test("a head in pieces is put together, and frames in the same write are read", async (context) => {
  const peer = await during(context, mutants.sloppy.start());
  const client = await RawClient.connect(peer);
  client.socket.write("GET / HTTP/1.1\r\nhost: x\r\nsec-websocket-KEY:  dGhlIHNhbXBsZSBub25jZQ== \r\n\r");
  client.send(0x0a, frame(0x81, "early"));
  assert.equal(
    await client.head(),
    "HTTP/1.1 101 Switching Protocols\r\nServer: sloppy\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${ACCEPT}\r\n\r\n`,
  );
  assert.deepEqual(await client.read(7), bare(0x81, "early"));
});

test("a request without a key is refused", async (context) => {
  const peer = await during(context, mutants.sloppy.start());
  const client = await RawClient.connect(peer);
  client.socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  assert.match((await client.rest()).toString("latin1"), /^HTTP\/1\.1 400 Bad Request\r\n[^]*\r\n\r\n$/);
});

test("a head without end is cut off", async (context) => {
  const peer = await during(context, mutants.sloppy.start());
  const client = await RawClient.connect(peer);
  client.send(bytes(Buffer.alloc(65 * 1024, "a")));
  assert.equal((await client.rest()).length, 0);
});
