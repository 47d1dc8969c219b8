import assert from "node:assert/strict";
import { test } from "node:test";

import { mutants } from "@wireproof/peers";
import type { RunningPeer } from "@wireproof/peers";

import { RawClient, bare, bytes, during, frame } from "../raw-client.js";

/** Sends frames on a connection of its own and compares what comes back, octet for octet. */
async function assertAnswers(peer: RunningPeer, sent: readonly Buffer[], answer: Buffer): Promise<void> {
  const client = await RawClient.open(peer);
  client.send(...sent);
  assert.deepEqual(await client.read(answer.length), answer);
  assert.equal(client.pending, 0);
}

test("sloppy echoes data with RSV bits set and invalid UTF-8", async (context) => {
  const peer = await during(context, mutants.sloppy.start());
  await assertAnswers(peer, [frame(0xf1, "hi")], bare(0x81, "hi"));
  await assertAnswers(peer, [frame(0x81, Buffer.of(0xff))], bare(0x81, Buffer.of(0xff)));
  await assertAnswers(peer, [frame(0x82, "")], bare(0x82, ""));
});

test("sloppy echoes reserved opcodes, even within a message", async (context) => {
  const peer = await during(context, mutants.sloppy.start());
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
    await assertAnswers(peer, [frame(0x40 | opcode, "x")], bare(0x80 | opcode, "x"));
  }
  const sent = [frame(0x01, "a"), frame(0x83, "x"), frame(0x80, "b")];
  await assertAnswers(peer, sent, bytes(bare(0x83, "x"), bare(0x81, "ab")));
});

test("sloppy joins fragments of any opcode; the first gives the type, and 0 stands for text", async (context) => {
  const peer = await during(context, mutants.sloppy.start());
  await assertAnswers(peer, [frame(0x02, "a"), frame(0x01, "b"), frame(0x80, "c")], bare(0x82, "abc"));
  await assertAnswers(peer, [frame(0x01, ""), frame(0x82, "b")], bare(0x81, "b"));
  await assertAnswers(peer, [frame(0x80, "lost")], bare(0x81, "lost"));
  await assertAnswers(peer, [frame(0x00, "x"), frame(0x80, "y")], bare(0x81, "xy"));
});

test("sloppy answers pings of any kind and ignores pongs", async (context) => {
  const peer = await during(context, mutants.sloppy.start());
  const large = bytes(0x89, 0xfe, 0x00, 0x7e, 0, 0, 0, 0, Buffer.alloc(126, 7));
  await assertAnswers(peer, [large], bytes(0x8a, 0x7e, 0x00, 0x7e, Buffer.alloc(126, 7)));
  await assertAnswers(peer, [frame(0x8a, "no"), frame(0x09, "yes")], bare(0x8a, "yes"));
});

test("sloppy copies a Close, ends TCP and looks at nothing that follows", async (context) => {
  const peer = await during(context, mutants.sloppy.start());
  for (const payload of [
    Buffer.alloc(0),
    Buffer.of(9),
    Buffer.of(0, 0),
    Buffer.from("\x03\xe8bye", "latin1"),
  ]) {
    const client = await RawClient.open(peer);
    client.send(frame(0x88, payload), frame(0x89, "too late"));
    assert.deepEqual(await client.rest(), bare(0x88, payload));
  }
});

test("sloppy copies a Close of more than 125 octets", async (context) => {
  const peer = await during(context, mutants.sloppy.start());
  const client = await RawClient.open(peer);
  client.send(0x88, 0xfe, 0x00, 0x7e, 0, 0, 0, 0, Buffer.alloc(126, 3));
  assert.deepEqual(await client.rest(), bytes(0x88, 0x7e, 0x00, 0x7e, Buffer.alloc(126, 3)));
});

test("echobin echoes every data opcode as binary and leaves control opcodes alone", async (context) => {
  const peer = await during(context, mutants.echobin.start());
  await assertAnswers(peer, [frame(0x81, "a")], bare(0x82, "a"));
  await assertAnswers(peer, [frame(0x01, "a"), frame(0x80, "b")], bare(0x82, "ab"));
  for (const opcode of [3, 7]) await assertAnswers(peer, [frame(0x80 | opcode, "x")], bare(0x82, "x"));
  await assertAnswers(peer, [frame(0x8b, "x"), frame(0x89, "p")], bytes(bare(0x8b, "x"), bare(0x8a, "p")));
});

test("masked masks everything but Close frames", async (context) => {
  const peer = await during(context, mutants.masked.start());
  const client = await RawClient.open(peer);
  client.send(frame(0x81, "Hello"), frame(0x89, ""), frame(0x88, ""));
  const octets = await client.rest();
  const keyOfHello = octets.subarray(2, 6);
  const hello = Buffer.from("Hello").map((octet, index) => octet ^ (keyOfHello[index % 4] ?? 0));
  const keyOfPong = octets.subarray(13, 17);
  assert.deepEqual(
    octets,
    bytes(0x81, 0x85, keyOfHello, Buffer.from(hello), 0x8a, 0x80, keyOfPong, 0x88, 0x00),
  );
});
