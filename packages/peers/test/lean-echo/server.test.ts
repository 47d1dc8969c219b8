import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { mintCertificate, startLeanEchoServer } from "@wireproof/peers";
import { WebSocket } from "ws";

import { noise } from "../../src/mutants/noise.js";
import { assertEchoes } from "../echo.js";
import { RawClient, bare, bytes, during, frame } from "../raw-client.js";

test("the lean server echoes and names itself, over TLS as well", async (context) => {
  const tls = await mintCertificate();
  const plain = await during(context, startLeanEchoServer());
  const secure = await during(context, startLeanEchoServer({ tls }));
  assert.match(await assertEchoes(plain), /^wireproof-lean-echo\/\d+\.\d+\.\d+$/);
  await assertEchoes(secure, tls);
});

test("what ws compresses comes back compressed, on all terms and in fragments", async (context) => {
  const peer = await during(context, startLeanEchoServer());
  const terms = [
    {},
    { serverNoContextTakeover: true, serverMaxWindowBits: 9 },
    { clientNoContextTakeover: true, clientMaxWindowBits: 10 },
  ];
  for (const perMessageDeflate of terms) {
    const client = new WebSocket(peer.url, { perMessageDeflate: { threshold: 0, ...perMessageDeflate } });
    await once(client, "open");
    assert.match(client.extensions, /^permessage-deflate/);
    for (const message of [Buffer.alloc(0), Buffer.alloc(300_000, "abc"), noise(300_000), Buffer.alloc(0)]) {
      const arrived = once(client, "message");
      client.send(message.subarray(0, 100_000), { fin: false });
      client.send(message.subarray(100_000));
      const [echo, isBinary] = (await arrived) as [Buffer, boolean];
      assert.ok(isBinary && echo.equals(message), `${message.length} octets`);
    }
    client.close(1000);
    await once(client, "close");
  }
});

test("an echo of compressed text is compressed text", async (context) => {
  const peer = await during(context, startLeanEchoServer());
  const client = await openDeflated(peer);
  // The example of RFC 7692 §7.2.3.1.
  const hello = bytes(0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00);
  client.send(frame(0x41, hello.subarray(0, 3)), frame(0x89, "ping"), frame(0x80, hello.subarray(3)));
  assert.deepEqual(await client.read(6), bare(0x8a, "ping"));
  assert.deepEqual(await client.read(9), bare(0xc1, hello));
  client.send(frame(0x81, "plain"));
  assert.deepEqual(await client.read(7), bare(0x81, "plain"));
});

test("a Close frame is answered with the same one, then TCP ends", async (context) => {
  const peer = await during(context, startLeanEchoServer());
  const client = await RawClient.open(peer);
  client.send(frame(0x88, bytes(0x03, 0xe8, Buffer.from("bye"))), frame(0x81, "too late"));
  assert.deepEqual(await client.rest(), bare(0x88, bytes(0x03, 0xe8, Buffer.from("bye"))));
});

test("broken frames end the connection with 1002, nonsense with 1007, what is too long with 1009", async (context) => {
  const peer = await during(context, startLeanEchoServer());
  const tooLong = bytes(0x82, 0xff, 0, 0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 0);
  const bomb = deflateRawSync(Buffer.alloc(65 * 1024 * 1024));
  const bombFrame = bytes(
    0xc2,
    0xff,
    0,
    0,
    0,
    0,
    0,
    bomb.length >> 16,
    (bomb.length >> 8) & 255,
    bomb.length & 255,
  );
  const rows: readonly (readonly [octets: Buffer, code: number])[] = [
    [bare(0x81, "not masked"), 1002],
    [frame(0x83, "reserved opcode"), 1002],
    [frame(0x8b, "reserved control opcode"), 1002],
    [frame(0xa1, "RSV2"), 1002],
    [frame(0xc9, "RSV1 on a Ping"), 1002],
    [frame(0x09, "a Ping in fragments"), 1002],
    [bytes(0x89, 0xfe, 0, 126, 0, 0, 0, 0), 1002],
    [frame(0x80, "continues nothing"), 1002],
    [bytes(frame(0x01, "begins"), frame(0x81, "begins again")), 1002],
    [bytes(frame(0x01, "begins"), frame(0xc0, "RSV1 again")), 1002],
    [frame(0x88, bytes(3)), 1002],
    [frame(0xc1, bytes(0xff, 0xff)), 1007],
    [tooLong, 1009],
    [bytes(0x82, 0xff, Buffer.alloc(8, 0xff), 0, 0, 0, 0), 1009],
    [bytes(bombFrame, 0, 0, 0, 0, bomb), 1009],
  ];
  for (const [octets, code] of rows) {
    const client = await openDeflated(peer);
    client.send(octets);
    assert.deepEqual(
      await client.rest(),
      bare(0x88, bytes(code >> 8, code & 255)),
      octets.toString("hex", 0, 16),
    );
    client.destroy();
  }
  const plain = await RawClient.open(peer);
  plain.send(frame(0xc1, "compressed without being asked"));
  assert.deepEqual(await plain.rest(), bare(0x88, bytes(0x03, 0xea)));
});

/** If the server never reads on, nothing else would end this test. */
const ENOUGH = { timeout: 600_000 };

test(
  "a client that reads late gets everything, and what it sent meanwhile is not read from TCP",
  ENOUGH,
  async (context) => {
    const peer = await during(context, startLeanEchoServer());
    const client = await RawClient.open(peer);
    const payload = noise(65_000);
    const message = bytes(0x82, 0xfe, payload.length >> 8, payload.length & 255, 0, 0, 0, 0, payload);
    client.socket.pause();
    // More than the system buffers.
    const count = 1000;
    let taken = 0;
    for (let index = 0; index < count; index += 1) client.socket.write(message, () => (taken += 1));
    // Answered on another connection after a good many turns of the server's event loop.
    for (let round = 0; round < 20; round += 1) await assertEchoes(peer);
    assert.ok(taken < count, `the server took all ${taken} messages though nobody read its echoes`);
    client.socket.resume();
    const echo = bytes(0x82, 0x7e, payload.length >> 8, payload.length & 255, payload);
    for (let index = 0; index < count; index += 1) assert.ok((await client.read(echo.length)).equals(echo));
  },
);

async function openDeflated(peer: { port: number; url: string; close(): Promise<void> }): Promise<RawClient> {
  const client = await RawClient.connect(peer);
  const lines = [
    "GET / HTTP/1.1",
    "Host: a",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Extensions: permessage-deflate",
  ];
  client.socket.write([...lines, "", ""].join("\r\n"));
  assert.match(await client.head(), /\r\nSec-WebSocket-Extensions: permessage-deflate\r\n/);
  return client;
}
