import assert from "node:assert/strict";
import { test } from "node:test";

import { mintCertificate, mutants, startDies, startHugeFrame } from "@wireproof/peers";

import { assertEchoes } from "../echo.js";
import { RawClient, assertPortIsFree, bare, bytes, during, frame } from "../raw-client.js";

test("oneAtATime leaves a second connection alone until the first has ended", async (context) => {
  const peer = await during(context, mutants.oneAtATime.start());
  const first = await RawClient.open(peer);
  const second = await RawClient.connect(peer);
  second.request();
  for (let round = 0; round < 3; round += 1) {
    first.send(frame(0x81, "mine"));
    assert.deepEqual(await first.read(6), bare(0x81, "mine"));
  }
  assert.equal(second.pending, 0);
  first.destroy();
  assert.match(await second.head(), /^HTTP\/1\.1 101 [^]*\r\nServer: oneAtATime\r\n/);
  second.send(frame(0x81, "now"));
  assert.deepEqual(await second.read(5), bare(0x81, "now"));
  const third = await RawClient.connect(peer);
  await peer.close();
  await Promise.all([second.ended, third.ended]);
});

test("oneAtATime is a correct echo server, over TLS as well", async (context) => {
  const tls = await mintCertificate();
  const plain = await during(context, mutants.oneAtATime.start());
  const secure = await during(context, mutants.oneAtATime.start({ tls }));
  const both = [
    assertEchoes(plain),
    assertEchoes(plain),
    assertEchoes(secure, tls),
    assertEchoes(secure, tls),
  ];
  assert.deepEqual(new Set(await Promise.all(both)), new Set(["oneAtATime"]));
  const waiting = await RawClient.open(secure, tls);
  await Promise.all([plain.close(), secure.close()]);
  await waiting.ended;
});

test("dies serves as many connections as its option says, then is gone with all others", async (context) => {
  const peer = await during(context, startDies({ handledConnections: 2 }));
  const bystander = await RawClient.open(peer);
  assert.equal(await assertEchoes(peer), "dies");
  assert.equal(await assertEchoes(peer), "dies");
  await bystander.ended;
  bystander.destroy();
  await peer.close();
  await assertPortIsFree(peer);
});

test("flood sends binary frames without end, unasked", async (context) => {
  const peer = await during(context, mutants.flood.start());
  const client = await RawClient.open(peer);
  const one = bytes(0x82, 0x7e, 0x40, 0x00, Buffer.alloc(16_384));
  for (let count = 0; count < 100; count += 1) assert.ok((await client.read(one.length)).equals(one));
});

test("hugeFrame announces 2^62 octets and lets a few follow", async (context) => {
  const peer = await during(context, startHugeFrame({ intervalMs: 1 }));
  const client = await RawClient.open(peer);
  assert.deepEqual(await client.read(10), bytes(0x82, 0x7f, 0x40, 0, 0, 0, 0, 0, 0, 0));
  assert.deepEqual(await client.read(32), Buffer.alloc(32));
});
