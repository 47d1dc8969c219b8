import assert from "node:assert/strict";
import { test } from "node:test";

import { mintCertificate, startEchoServer } from "@wireproof/peers";

import { assertEchoes } from "./echo.js";
import { RawClient, bytes, during, frame } from "./raw-client.js";

test("the echo server echoes over TCP and names itself", async (context) => {
  const peer = await during(context, startEchoServer());
  assert.equal(peer.url, `ws://127.0.0.1:${peer.port}`);
  assert.match(await assertEchoes(peer), /^wireproof-echo\/\d+\.\d+\.\d+$/);
});

test("the echo server echoes over TLS", async (context) => {
  const tls = await mintCertificate();
  const peer = await during(context, startEchoServer({ tls }));
  assert.equal(peer.url, `wss://127.0.0.1:${peer.port}`);
  await assertEchoes(peer, tls);
});

test("the echo server survives a peer that breaks the protocol and one that resets", async (context) => {
  const peer = await during(context, startEchoServer());
  const broken = await RawClient.open(peer);
  broken.send(frame(0xf1, "RSV1-3 set"));
  assert.deepEqual(await broken.read(4), bytes(0x88, 0x02, 0x03, 0xea));
  broken.destroy();
  const reset = await RawClient.open(peer);
  reset.send(frame(0x81, "echo this into nothing"));
  reset.socket.resetAndDestroy();
  await assertEchoes(peer);
});

test("the echo server says 426 to a request that is not an opening handshake", async (context) => {
  const peer = await during(context, startEchoServer());
  const response = await fetch(peer.url.replace("ws:", "http:"));
  assert.equal(response.status, 426);
  assert.match(await response.text(), /WebSocket/);
});

test("closing the echo server drops open connections", async (context) => {
  const tls = await mintCertificate();
  for (const options of [{}, { tls }]) {
    const peer = await during(context, startEchoServer(options));
    const client = await RawClient.open(peer, "tls" in options ? tls : undefined);
    await peer.close();
    await client.ended;
  }
});
