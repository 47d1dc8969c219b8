import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { before, test } from "node:test";
import type { TestContext } from "node:test";
import { KINDS, WAYS, scribbleLentMemory, settled } from "./modes.js";
import type { Way } from "./modes.js";
import { socketPair } from "./pairs.js";
import { Random } from "./random.js";
import { Talker } from "./talker.js";

before(scribbleLentMemory);
before(settled);

const CONNECTIONS = 12;
const BURSTS = 4;

for (const way of WAYS)
  test(`random messages in random bursts come back as they were, on many connections at once (${way.name})`, async (context) => {
    const runs = Array.from({ length: CONNECTIONS }, (_, index) =>
      echoStorm(context, way, new Random(index + 7)),
    );
    const octets = await Promise.all(runs);
    assert.ok(octets.every((count) => count > 10_000));
  });

/** Sends bursts, reads in fits and starts, and compares what comes back. Returns the number of octets echoed. */
async function echoStorm(context: TestContext, way: Way, random: Random): Promise<number> {
  const [ours, theirs] = await socketPair(context, way.kind, way.end);
  const talker = new Talker(ours, way.mode === "static");
  talker.onReceive = (octets) => sendInPieces(talker, octets);
  talker.transport.start(Buffer.alloc(0));
  assert.equal(talker.transport.readMode, way.mode);

  const sent = createHash("sha256");
  const received = createHash("sha256");
  let awaited = 0;
  theirs.on("data", (chunk: Buffer) => {
    received.update(chunk);
    awaited -= chunk.length;
    if (random.below(4) === 0) pauseForATurn(theirs);
    if (awaited === 0) theirs.emit("all here");
  });
  let octets = 0;
  for (let burst = 0; burst < BURSTS; burst++) {
    const allHere = once(theirs, "all here");
    for (let message = random.below(30) + 1; message > 0; message--) {
      const payload = random.octets(
        random.below(8) === 0 ? random.below(300_000) + 1 : random.below(2000) + 1,
      );
      awaited += payload.length;
      octets += payload.length;
      sent.update(payload);
      theirs.write(payload);
    }
    await allHere;
  }
  assert.equal(received.digest("hex"), sent.digest("hex"));
  return octets;
}

/** Some pieces go through the shared memory, others as they are. */
function sendInPieces(talker: Talker, octets: Buffer): void {
  for (let at = 0, size = 700; at < octets.length; at += size, size = (size * 3) % 9001)
    talker.send(octets.subarray(at, at + size));
}

function pauseForATurn(socket: Socket): void {
  socket.pause();
  setImmediate(() => socket.resume());
}

for (const way of KINDS)
  test(`what a slow reader has not taken is never overwritten (${way.name})`, async (context) => {
    const [slow, peer] = await socketPair(context, way.kind);
    const [quick, other] = await socketPair(context, way.kind);
    const talkers = [slow, quick].map((socket) => new Talker(socket, way.mode === "static"));
    for (const talker of talkers) talker.transport.start(Buffer.alloc(0));
    peer.pause();
    const random = new Random(99);
    const hashes = [createHash("sha256"), createHash("sha256")];
    const counts = [0, 0];
    // Both write through the same memory; one peer reads nothing until the end.
    other.on("data", (chunk: Buffer) => (counts[1]! -= chunk.length));
    for (let round = 0; round < 400; round++) {
      for (const [index, talker] of talkers.entries()) {
        const octets = random.octets(random.below(4096) + 1 + (round % 50 === 0 ? 200_000 : 0));
        hashes[index]!.update(octets);
        counts[index]! += octets.length;
        talker.send(octets);
      }
      if (round % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(
      talkers[0]!.transport.bufferedOctets + talkers[0]!.output.octets > 0,
      "the system has not taken all",
    );
    const received = createHash("sha256");
    let awaited = counts[0]!;
    const allHere = new Promise<void>((resolve) => {
      peer.on("data", (chunk: Buffer) => {
        received.update(chunk);
        awaited -= chunk.length;
        if (random.below(3) === 0) pauseForATurn(peer);
        if (awaited === 0) resolve();
      });
    });
    peer.resume();
    await allHere;
    assert.equal(received.digest("hex"), hashes[0]!.digest("hex"));
  });
