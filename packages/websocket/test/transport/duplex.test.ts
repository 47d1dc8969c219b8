import assert from "node:assert/strict";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { before, test } from "node:test";
import { scribbleLentMemory } from "./modes.js";
import { Twin } from "./pairs.js";
import { Random } from "./random.js";
import { Talker } from "./talker.js";

const NOTHING = Buffer.alloc(0);

before(scribbleLentMemory);

test("everything that one read brings about is one write", async () => {
  const [ours, peer] = Twin.pair();
  const talker = new Talker(ours, true);
  talker.onReceive = () => {
    for (let answer = 0; answer < 10; answer++) talker.send(Buffer.from(`${answer}`));
    talker.send(Buffer.alloc(5000, "x"));
    assert.equal(ours.writes, 0, "not before the end of the read");
  };
  talker.transport.start(NOTHING);
  const answer = once(peer, "data");
  peer.write("go");
  await answer;
  assert.equal(ours.writes, 1);
});

test("everything that one turn brings about is one write, and no timer is needed", async () => {
  const [ours, peer] = Twin.pair();
  const talker = new Talker(ours, true);
  talker.transport.start(NOTHING);
  let received = "";
  peer.on("data", (chunk: Buffer) => (received += chunk.toString()));
  for (let piece = 0; piece < 10; piece++) talker.send(Buffer.from(`${piece}`));
  assert.equal(ours.writes, 0);
  await Promise.resolve();
  assert.equal(ours.writes, 1);
  talker.send(Buffer.from("!"));
  talker.endOutput();
  await once(peer, "end");
  assert.equal(received, "0123456789!");
  assert.equal(ours.writes, 2);
});

test("a stream that is no socket is read and written, and no foreign memory is changed", async () => {
  const [ours, peer] = Twin.pair();
  const talker = new Talker(ours, true);
  talker.onReceive = (octets) => talker.send(octets);
  talker.transport.start(NOTHING);
  assert.equal(talker.transport.readMode, "data");
  const random = new Random(3);
  const sent: Buffer[] = [];
  const received: Buffer[] = [];
  peer.on("data", (chunk: Buffer) => received.push(chunk));
  for (let message = 0; message < 200; message++) {
    const octets = random.octets(random.below(message % 20 === 0 ? 100_000 : 500) + 1);
    sent.push(octets);
    peer.write(octets);
    if (message % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  peer.end();
  await talker.until("end");
  talker.endOutput();
  await talker.until("closed");
  assert.ok(Buffer.concat(received).equals(Buffer.concat(sent)));
  const again = new Random(3);
  for (const [message, octets] of sent.entries())
    assert.ok(octets.equals(again.octets(again.below(message % 20 === 0 ? 100_000 : 500) + 1)));
});

test("a stream that does not destroy itself is destroyed when both directions have ended", async () => {
  const ours = new Duplex({
    autoDestroy: false,
    read() {},
    write: (_chunk, _encoding, done) => done(),
  });
  const talker = new Talker(ours, true);
  talker.transport.start(NOTHING);
  ours.push(null);
  await talker.until("end");
  assert.equal(ours.destroyed, false);
  talker.endOutput();
  await talker.until("closed");
  assert.deepEqual(talker.events, ["end", "closed"]);
});

test("a stream that fails is closed, with its error", async () => {
  const [ours] = Twin.pair();
  const talker = new Talker(ours, true);
  talker.transport.start(NOTHING);
  ours.destroy(Object.assign(new Error("on purpose"), { code: "EPURPOSE" }));
  await talker.until("closed");
  assert.deepEqual(talker.events, ["error EPURPOSE", "closed"]);
});

test("who goes on at every drain does not keep the event loop from others", async () => {
  const [ours, peer] = Twin.pair();
  const talker = new Talker(ours, true);
  talker.transport.start(NOTHING);
  // Takes everything at once, as a peer on another processor may.
  peer.resume();
  const octets = Buffer.alloc(1000);
  let isOver = false;
  talker.onEvent = () => {
    if (!isOver) talker.send(octets);
  };
  talker.send(octets);
  // Comes only if the loop goes on.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  isOver = true;
  assert.ok(talker.drained > 64);
});
