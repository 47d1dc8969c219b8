import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { before, test } from "node:test";
import type { TestContext } from "node:test";
import { KINDS, WAYS, scribbleLentMemory, settled } from "./modes.js";
import type { Way } from "./modes.js";
import { readAll, socketPair } from "./pairs.js";
import { Random } from "./random.js";
import { Talker } from "./talker.js";

before(scribbleLentMemory);
before(settled);

const NOTHING = Buffer.alloc(0);

/** A talker on one end, a plain socket on the other; nothing is started. */
async function setUp(
  context: TestContext,
  way: Way,
): Promise<{ talker: Talker; ours: Socket; peer: Socket }> {
  const [ours, peer] = await socketPair(context, way.kind, way.end);
  return { talker: new Talker(ours, way.mode === "static"), ours, peer };
}

/** Echoes on another connection, as a clock that needs no time: what should have come by now, has. */
async function turnsOfTheLoop(context: TestContext, way: Way, turns: number): Promise<void> {
  const { talker, peer } = await setUp(context, way);
  talker.onReceive = (octets) => talker.send(octets);
  talker.transport.start(NOTHING);
  for (let turn = 0; turn < turns; turn++) {
    peer.write("tick");
    await once(peer, "data");
  }
}

for (const way of WAYS) {
  test(`the peer's end is noticed behind its last octets, ours stays open (${way.name})`, async (context) => {
    const { talker, peer } = await setUp(context, way);
    const received: Buffer[] = [];
    talker.onReceive = (octets) => received.push(octets);
    talker.transport.start(NOTHING);
    peer.end("last words");
    const answer = readAll(peer);
    await talker.until("end");
    assert.equal(Buffer.concat(received).toString(), "last words");
    talker.send(Buffer.from("still here"));
    await new Promise((resolve) => setImmediate(resolve));
    talker.endOutput();
    assert.equal((await answer).toString(), "still here");
    await talker.until("closed");
    assert.deepEqual(talker.events, ["end", "closed"]);
  });

  test(`a last frame reaches a peer that has sent octets that were not read (${way.name})`, async (context) => {
    const { talker, peer } = await setUp(context, way);
    talker.transport.setPaused(true);
    talker.transport.start(NOTHING);
    peer.pause();
    const problems: Error[] = [];
    peer.on("error", (error) => problems.push(error));
    peer.write(Buffer.alloc(1024 * 1024, "x"));
    await turnsOfTheLoop(context, way, 5);
    talker.send(Buffer.from("farewell"));
    talker.endOutput();
    const answer = await readAll(peer);
    assert.equal(answer.toString(), "farewell");
    assert.deepEqual(talker.events, [], "it is read on until the peer ends as well");
    peer.end();
    await talker.until("closed");
    assert.equal(talker.receivedOctets, 1024 * 1024);
    assert.deepEqual(problems, []);
    assert.deepEqual(talker.events, ["end", "closed"]);
  });

  test(`a pause reaches the peer (${way.name})`, async (context) => {
    const { talker, ours, peer } = await setUp(context, way);
    talker.transport.start(NOTHING);
    const total = 24 * 1024 * 1024;
    let pausedAt = 0;
    talker.onReceive = () => {
      if (pausedAt > 0) return;
      pausedAt = talker.receivedOctets;
      talker.transport.setPaused(true);
    };
    peer.write(Buffer.alloc(total, "x"));
    await talker.untilReceived(1);
    await turnsOfTheLoop(context, way, 50);
    // What the system or TLS had read already may still come.
    assert.ok(talker.receivedOctets - pausedAt <= 128 * 1024, `${talker.receivedOctets - pausedAt} octets`);
    assert.ok(peer.writableLength > 0, "the peer feels it");
    assert.ok(ours.readableLength <= 256 * 1024);
    // A change of mind within a turn is a pause as well; one read may slip through.
    talker.transport.setPaused(false);
    talker.transport.setPaused(true);
    const before = talker.receivedOctets;
    await turnsOfTheLoop(context, way, 50);
    assert.ok(talker.receivedOctets - before <= 512 * 1024, `${talker.receivedOctets - before} octets`);
    talker.transport.setPaused(false);
    await talker.untilReceived(total);
    assert.equal(talker.receivedOctets, total);
  });

  test(`what is buffered before the start comes first, behind the head (${way.name})`, async (context) => {
    const { talker, ours, peer } = await setUp(context, way);
    peer.write("second ");
    ours.pause();
    ours.once("readable", () => {});
    await once(ours, "readable");
    // As another chunk, which Node 26 does not read together with the one before.
    ours.push(Buffer.from("third "));
    let received = "";
    talker.onReceive = (octets) => (received += octets.toString());
    talker.transport.start(Buffer.from("first "));
    assert.equal(received, "first second third ");
    peer.end("fourth");
    await talker.until("end");
    assert.equal(received, "first second third fourth");
  });

  test(`an abort in the middle of a read ends the connection once (${way.name})`, async (context) => {
    const { talker, ours, peer } = await setUp(context, way);
    peer.on("error", () => {});
    talker.onReceive = () => {
      talker.send(Buffer.from("too late"));
      talker.transport.abort();
    };
    talker.transport.start(NOTHING);
    peer.write(Buffer.alloc(200_000));
    await talker.until("closed");
    assert.ok(ours.destroyed);
    talker.send(Buffer.from("far too late"));
    talker.transport.setPaused(true);
    talker.transport.setPaused(false);
    await turnsOfTheLoop(context, way, 2);
    assert.deepEqual(
      talker.events.filter((event) => !event.startsWith("error")),
      ["closed"],
    );
  });
}

for (const way of KINDS) {
  test(`a peer that never reads blocks, and what waits comes when it reads (${way.name})`, async (context) => {
    const { talker, peer } = await setUp(context, way);
    talker.transport.start(NOTHING);
    peer.pause();
    const random = new Random(5);
    const sent: Buffer[] = [];
    const send = (): void => {
      sent.push(random.octets(60_000));
      talker.send(sent.at(-1)!);
    };
    while (!talker.events.includes("blocked")) {
      send();
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(talker.transport.bufferedOctets > 0);
    const waiting = talker.output.octets;
    send();
    await turnsOfTheLoop(context, way, 3);
    assert.equal(talker.output.octets, waiting + 60_000, "what comes later waits in the output");
    const drained = talker.drained;
    const reading = readAll(peer);
    await talker.untilDrained(drained + 1);
    talker.endOutput();
    const received = await reading;
    assert.ok(received.equals(Buffer.concat(sent)));
    assert.ok(talker.events.lastIndexOf("unblocked") > talker.events.lastIndexOf("blocked"));
    assert.equal(talker.transport.bufferedOctets, 0);
  });

  test(`a peer that breaks the transport is an error of this connection only (${way.name})`, async (context) => {
    const [ours, peer, tcp] = await socketPair(context, way.kind);
    const talker = new Talker(ours, way.mode === "static");
    talker.transport.start(NOTHING);
    peer.on("error", () => {});
    if (way.kind === "tcp") tcp.resetAndDestroy();
    else tcp.write("this is no TLS record");
    await talker.until("closed");
    assert.match(talker.events[0]!, way.kind === "tcp" ? /^error ECONNRESET$/ : /^error (ERR_SSL|EPROTO)/);
    assert.deepEqual(talker.events.slice(1), ["closed"]);
    talker.send(Buffer.from("nobody there"));
    await turnsOfTheLoop(context, way, 1);
  });

  test(`what was written past the transport stays in front (${way.name})`, async (context) => {
    const { talker, ours, peer } = await setUp(context, way);
    ours.write("HTTP/1.1 101\r\n\r\n");
    talker.transport.start(NOTHING);
    talker.send(Buffer.from("frame"));
    talker.endOutput();
    assert.equal((await readAll(peer)).toString(), "HTTP/1.1 101\r\n\r\nframe");
  });

  test(`a stream that is gone before the start is closed (${way.name})`, async (context) => {
    const { talker, ours } = await setUp(context, way);
    const early = new Talker(ours, way.mode === "static");
    ours.destroy();
    await early.until("closed");
    early.transport.start(NOTHING);
    assert.deepEqual(early.events, ["closed"]);
    talker.transport.start(NOTHING);
    assert.deepEqual(talker.events, ["closed"]);
  });

  test(`the peer's end before the start is noticed (${way.name})`, async (context) => {
    const { talker, ours, peer } = await setUp(context, way);
    peer.end();
    await readAll(ours);
    talker.transport.start(NOTHING);
    assert.deepEqual(talker.events, ["end"]);
    talker.endOutput();
    await talker.until("closed");
    assert.deepEqual(talker.events, ["end", "closed"]);
  });
}
