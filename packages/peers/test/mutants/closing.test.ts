import assert from "node:assert/strict";
import { test } from "node:test";

import { mintCertificate, mutants } from "@wireproof/peers";
import type { RunningPeer } from "@wireproof/peers";

import { RawClient, bare, bytes, during, frame } from "../raw-client.js";

const NORMAL_CLOSURE = bytes(0x03, 0xe8);

/** Ends our direction, gives the peer the time of a whole other connection, and finds its direction open. */
async function assertStaysOpen(peer: RunningPeer, client: RawClient): Promise<void> {
  client.socket.end();
  for (let round = 0; round < 3; round += 1) (await RawClient.open(peer)).destroy();
  assert.equal(client.hasEnded, false);
}

test("noclose echoes on after a Close and never ends TCP", async (context) => {
  const peer = await during(context, mutants.noclose.start());
  const client = await RawClient.open(peer);
  client.send(frame(0x88, NORMAL_CLOSURE), frame(0x81, "on"));
  assert.deepEqual(await client.read(4), bare(0x81, "on"));
  await assertStaysOpen(peer, client);
  await peer.close();
  assert.equal((await client.rest()).length, 0);
});

test("nodrop answers a Close and never ends TCP", async (context) => {
  const peer = await during(context, mutants.nodrop.start());
  const client = await RawClient.open(peer);
  client.send(frame(0x88, NORMAL_CLOSURE), frame(0x89, "late"));
  assert.deepEqual(await client.read(4), bare(0x88, NORMAL_CLOSURE));
  await assertStaysOpen(peer, client);
  await peer.close();
  assert.equal((await client.rest()).length, 0);
});

test("mute opens, sends nothing more and never ends TCP", async (context) => {
  const peer = await during(context, mutants.mute.start());
  const client = await RawClient.open(peer);
  client.send(frame(0x89, "anyone?"), frame(0x88, NORMAL_CLOSURE));
  await assertStaysOpen(peer, client);
  await peer.close();
  assert.equal((await client.rest()).length, 0);
});

test("closefirst answers the first frame with one Close 1000 and never ends TCP", async (context) => {
  const peer = await during(context, mutants.closefirst.start());
  const client = await RawClient.open(peer);
  client.send(frame(0x89, "ping"), frame(0x81, "text"), frame(0x88, NORMAL_CLOSURE));
  assert.deepEqual(await client.read(4), bare(0x88, NORMAL_CLOSURE));
  await assertStaysOpen(peer, client);
  await peer.close();
  assert.equal((await client.rest()).length, 0);
});

const FAILED = bytes(0x03, 0xea);

/** A frame with a reserved bit: the server fails the connection, and its Close frame has been read. */
async function failing(peer: RunningPeer, ...behind: readonly Uint8Array[]): Promise<RawClient> {
  const client = await RawClient.open(peer);
  client.send(frame(0xc1, "x"), ...behind);
  assert.deepEqual(await client.read(4), bare(0x88, FAILED));
  return client;
}

test("closesAgain answers the Close frame that answers its own, and no other twice", async (context) => {
  const peer = await during(context, mutants.closesAgain.start());
  const client = await failing(peer);
  client.send(frame(0x88, NORMAL_CLOSURE));
  assert.deepEqual(await client.rest(), bare(0x88, NORMAL_CLOSURE));
  const closing = await RawClient.open(peer);
  closing.send(frame(0x88, NORMAL_CLOSURE));
  assert.deepEqual(await closing.rest(), bare(0x88, NORMAL_CLOSURE));
});

test("talksAfterClose sends a message behind its Close frame", async (context) => {
  const peer = await during(context, mutants.talksAfterClose.start());
  const client = await failing(peer);
  assert.deepEqual(await client.read(10), bare(0x81, "too late"));
  client.send(frame(0x88, NORMAL_CLOSURE));
  assert.equal((await client.rest()).length, 0);
});

test("pongsAfterClose answers pings behind its Close frame, those before it once", async (context) => {
  const peer = await during(context, mutants.pongsAfterClose.start());
  const client = await failing(peer, frame(0x89, "a"));
  assert.deepEqual(await client.read(3), bare(0x8a, "a"));
  client.send(frame(0x89, "b"), frame(0x88, NORMAL_CLOSURE));
  assert.deepEqual(await client.rest(), bare(0x8a, "b"));
  const lively = await RawClient.open(peer);
  lively.send(frame(0x89, "c"), frame(0x88, NORMAL_CLOSURE));
  assert.deepEqual(await lively.rest(), bytes(bare(0x8a, "c"), bare(0x88, NORMAL_CLOSURE)));
});

test("the ones that never end TCP keep to it under TLS", async (context) => {
  const tls = await mintCertificate();
  const peer = await during(context, mutants.nodrop.start({ tls }));
  const client = await RawClient.open(peer, tls);
  client.send(frame(0x88, ""));
  assert.deepEqual(await client.read(2), bare(0x88, ""));
  client.socket.end();
  for (let round = 0; round < 3; round += 1) (await RawClient.open(peer, tls)).destroy();
  assert.equal(client.hasEnded, false);
  await peer.close();
  await client.ended;
});

test("instantdrop sends its 101 and drops TCP, over TCP and TLS", async (context) => {
  const tls = await mintCertificate();
  for (const certificate of [undefined, tls]) {
    const peer = await during(context, mutants.instantdrop.start(certificate === undefined ? {} : { tls }));
    for (let round = 0; round < 20; round += 1) {
      const client = await RawClient.connect(peer, certificate);
      client.request();
      assert.match((await client.rest()).toString("latin1"), /^HTTP\/1\.1 101 [^]*\r\n\r\n$/);
      client.destroy();
    }
  }
});
