import assert from "node:assert/strict";
import { once } from "node:events";
import { constants } from "node:http2";
import { before, test } from "node:test";

import { http2Pair } from "../support/http2.js";
import { scribbleLentMemory } from "./modes.js";
import { Random } from "./random.js";
import { Talker } from "./talker.js";

const NOTHING = Buffer.alloc(0);
const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

before(scribbleLentMemory);

test("octets of any size go both ways through a small window, and their memory is released", async (context) => {
  const [ours, peer] = await http2Pair(context, { initialWindowSize: 1000 });
  const talker = new Talker(ours, true);
  talker.onReceive = (octets) => talker.send(octets);
  talker.transport.start(NOTHING);
  assert.equal(talker.transport.readMode, "data");
  const random = new Random(8);
  const sent = Array.from({ length: 40 }, (_, at) => random.octets(at % 10 === 0 ? 100_000 : 300));
  const received: Buffer[] = [];
  peer.on("data", (chunk: Buffer) => received.push(chunk));
  for (const octets of sent) peer.write(octets);
  await talker.untilReceived(Buffer.concat(sent).length);
  talker.endOutput();
  await once(peer, "end");
  assert.deepEqual(Buffer.concat(received), Buffer.concat(sent));
});

test("the end of the output is END_STREAM, and the stream is gone when both directions have ended", async (context) => {
  const [ours, peer] = await http2Pair(context);
  const talker = new Talker(ours, true);
  talker.transport.start(NOTHING);
  talker.send(Buffer.from("bye"));
  talker.endOutput();
  peer.resume();
  await once(peer, "end");
  assert.deepEqual(talker.events, []);
  peer.end();
  await talker.until("closed");
  assert.deepEqual(talker.events, ["end", "closed"]);
  assert.equal(peer.rstCode, NGHTTP2_NO_ERROR);
});

test("to abort is RST_STREAM with CANCEL, whatever waits for a window", async (context) => {
  const [ours, peer] = await http2Pair(context);
  const talker = new Talker(ours, true);
  talker.transport.start(NOTHING);
  talker.send(Buffer.alloc(1_000_000));
  talker.transport.flush();
  talker.transport.abort();
  peer.resume();
  await Promise.all([once(peer, "close"), talker.until("closed")]);
  assert.equal(peer.rstCode, NGHTTP2_CANCEL);
});

for (const [code, name] of [
  [NGHTTP2_CANCEL, "ECONNRESET"],
  [NGHTTP2_INTERNAL_ERROR, "ERR_HTTP2_STREAM_ERROR"],
] as const) {
  test(`a stream that is reset with ${code} has failed, after what came before`, async (context) => {
    const [ours, peer] = await http2Pair(context);
    const talker = new Talker(ours, true);
    talker.isBroken = true;
    talker.transport.start(NOTHING);
    peer.write("last words");
    await talker.untilReceived(10);
    peer.on("error", () => {}).close(code);
    await talker.until("closed");
    assert.deepEqual(talker.events, ["end", `error ${name}`, "closed"]);
  });
}

test("when the HTTP/2 connection is lost, the stream is gone", async (context) => {
  const [ours, peer] = await http2Pair(context);
  const talker = new Talker(ours, true);
  talker.isBroken = true;
  talker.transport.start(NOTHING);
  peer.session?.destroy();
  await talker.until("closed");
  assert.ok(!talker.events.some((event) => event.startsWith("error")));
});

test("while the transport is paused, the peer can send no more than the window", async (context) => {
  const [ours, peer] = await http2Pair(context);
  const talker = new Talker(ours, true);
  talker.transport.start(NOTHING);
  talker.transport.setPaused(true);
  const octets = 2_000_000;
  let isTaken = false;
  peer.write(Buffer.alloc(octets), () => (isTaken = true));
  // What the session can send has come when it answers a ping that it got behind it.
  await new Promise((resolve) => peer.session!.ping(resolve));
  assert.equal(isTaken, false);
  assert.ok(talker.receivedOctets < 100_000);
  talker.transport.setPaused(false);
  await talker.untilReceived(octets);
});

test("the system takes nothing from a peer that holds its window at zero", async (context) => {
  const [ours] = await http2Pair(context, { initialWindowSize: 0 });
  const talker = new Talker(ours, true);
  talker.transport.start(NOTHING);
  talker.send(Buffer.from("hello"));
  talker.transport.flush();
  assert.equal(talker.transport.bufferedOctets, 5);
  assert.equal(talker.transport.unsentOctets, 5);
  talker.send(Buffer.from("there"));
  talker.transport.flush();
  assert.ok(talker.events.includes("blocked"));
});

test("a large write shows that the peer reads, and ends only when all of it is taken", async (context) => {
  const [ours, peer] = await http2Pair(context, { initialWindowSize: 100_000 });
  const talker = new Talker(ours, true);
  talker.transport.start(NOTHING);
  const octets = 500_000;
  talker.send(Buffer.alloc(octets - 3, "x"));
  talker.send(Buffer.from("end"));
  talker.endOutput();
  talker.transport.flush();
  assert.equal(talker.transport.unsentOctets, octets);
  let received = "";
  const seen = new Set<number>();
  peer.setEncoding("latin1").on("data", (text: string) => {
    received += text;
    seen.add(talker.transport.unsentOctets);
  });
  await once(peer, "end");
  assert.equal(received.length, octets);
  assert.ok(received.endsWith("xend"));
  assert.ok(seen.size > 3, [...seen].join());
});
