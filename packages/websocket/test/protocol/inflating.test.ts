import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { compress, TestInflater } from "../support/codecs.js";
import { fromHex, octetsOf } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { server } from "../support/harness.js";
import type { Harness, HarnessOptions } from "../support/harness.js";

const { Continuation, Text, Binary, Ping, Close } = Opcode;
const RSV1 = 4;

function inflating(options: HarnessOptions = {}): [Harness, TestInflater] {
  const inflater = new TestInflater();
  const connection = { ...options.connection, inflater };
  return [server({ ...options, connection }), inflater];
}

function compressed(opcode: number, data: string | Uint8Array): FrameShape {
  return { opcode, rsv: RSV1, payload: compress(octetsOf(data)) };
}

/** The compressed message in fragments of `size` octets. */
function fragments(opcode: number, data: string | Uint8Array, size: number): FrameShape[] {
  const payload = compress(octetsOf(data));
  const shapes: FrameShape[] = [];
  for (let at = 0; at < payload.length; at += size) {
    const fin = at + size >= payload.length;
    const first = at === 0 ? { opcode, rsv: RSV1 } : { opcode: Continuation };
    shapes.push({ ...first, fin, payload: payload.subarray(at, at + size) });
  }
  return shapes;
}

const NOISE = Uint8Array.from({ length: 200_000 }, (_, at) => (at * at * 31) >> (at % 11));

describe("compressed messages (RFC 7692)", () => {
  test("beside plain ones", () => {
    const [peer, inflater] = inflating();
    peer.receiveFrames(compressed(Text, "abc"), { opcode: Text, payload: "d" });
    peer.receiveFrames(compressed(Binary, "e"), { opcode: Binary, payload: "f" });
    assert.deepEqual(peer.take(), ['text "abc"', 'text "d"', 'binary "e"', 'binary "f"']);
    assert.equal(inflater.calls.length, 2);
    assert.equal(inflater.calls[0]!.limit, 1024 * 1024);
  });

  test("are handed over as memory of their own", () => {
    const [peer] = inflating();
    peer.receiveFrames(compressed(Binary, "e"));
    assert.equal(peer.isLastOwned, true);
  });

  test("small fragments are inflated together", () => {
    const [peer, inflater] = inflating();
    peer.receiveFrames(...fragments(Text, "hello hello", 2));
    assert.deepEqual(peer.take(), ['text "hello hello"']);
    assert.equal(inflater.calls.length, 1);
    assert.equal(peer.connection.retainedOctets, 0);
  });

  test("a long message is inflated while it comes", () => {
    const [peer, inflater] = inflating();
    peer.receiveFrames(...fragments(Binary, NOISE, 30_000));
    assert.deepEqual(peer.take(), ["binary [200000 octets]"]);
    assert.deepEqual(Buffer.compare(peer.lastOctets, NOISE), 0);
    assert.ok(inflater.calls.length >= 2);
    assert.ok(inflater.calls[1]!.limit < 1024 * 1024);
    assert.equal(peer.connection.retainedOctets, 0);
  });

  test("a long piece goes to the inflater as it is", () => {
    const [peer, inflater] = inflating();
    peer.receiveFrames(...fragments(Binary, NOISE, 70_000));
    assert.deepEqual(Buffer.compare(peer.lastOctets, NOISE), 0);
    assert.equal(inflater.calls[0]!.octets, 70_000);
  });

  test("text is validated when it is inflated", () => {
    const [whole] = inflating();
    whole.receiveFrames(compressed(Text, fromHex("61 ff")));
    assert.ok(whole.take().includes("violation invalid-utf8"));
    const [parts] = inflating();
    const text = Buffer.concat([NOISE.map((octet) => octet & 0x7f), fromHex("ff")]);
    parts.receiveFrames(...fragments(Text, text, 70_000));
    assert.ok(parts.take().includes("violation invalid-utf8"));
  });

  test("data that is no deflate stream", () => {
    const [peer] = inflating();
    peer.receiveFrames({ opcode: Text, rsv: RSV1, payload: fromHex("ff ff ff") });
    assert.match(peer.trace[0]!, /^> CLOSE 1007/);
    assert.ok(peer.trace.includes("violation invalid-deflate-data"));
  });

  test("more than a message may have, inflated", () => {
    const [peer] = inflating({ limits: { messageOctets: 1000 } });
    peer.receiveFrames(compressed(Text, "x".repeat(1000)));
    assert.deepEqual(peer.take(), ["text " + JSON.stringify("x".repeat(1000))]);
    peer.receiveFrames(compressed(Text, "x".repeat(1001)));
    assert.match(peer.trace[0]!, /^> CLOSE 1009/);
    assert.ok(peer.trace.includes("violation message-too-big"));
  });

  test("compressed octets that wait are retained", () => {
    const [peer] = inflating({ limits: { retainedOctets: 300 } });
    peer.receiveFrames({ opcode: Binary, rsv: RSV1, payload: NOISE.subarray(0, 400), fin: false });
    assert.ok(peer.take().includes("violation too-much-retained"));
  });

  test("RSV1 on a continuation or a control frame", () => {
    for (const [opcode, id] of [
      [Continuation, "compressed-continuation"],
      [Ping, "compressed-control-frame"],
    ] as const) {
      const [peer] = inflating();
      peer.receiveFrames({ ...compressed(Text, "a"), fin: false });
      peer.receiveFrames({ opcode, rsv: RSV1 });
      assert.ok(peer.take().includes(`violation ${id}`));
    }
  });

  test("RSV2 and RSV3 stay without a meaning", () => {
    const [peer] = inflating();
    peer.receiveFrames({ opcode: Text, rsv: 6 });
    assert.ok(peer.take().includes("violation rsv-not-negotiated"));
  });
});

describe("compressed messages in parts", () => {
  test("a fragment at a time", () => {
    const [peer, inflater] = inflating();
    peer.connection.streamNext();
    peer.receiveFrames(...fragments(Text, "hello hello", 4));
    assert.equal(peer.trace[0], "start text");
    const parts = peer.trace.slice(1).map((line) => JSON.parse(line.split("part ")[1]!) as string);
    assert.equal(parts.join(""), "hello hello");
    assert.ok(inflater.calls.length > 1);
    assert.equal(peer.isLastOwned, true);
  });

  test("what one part inflates to fits what may be retained", () => {
    const [peer, inflater] = inflating({ limits: { retainedOctets: 104_000 } });
    peer.connection.streamNext();
    peer.receiveFrames(compressed(Binary, new Uint8Array(1_000_000)));
    assert.match(peer.trace.at(-1)!, /^last part/);
    assert.ok(inflater.calls.every((call) => call.octets <= 100 && call.limit === 104_000));
  });
});

describe("an inflater that takes its time", () => {
  test("pauses the connection, message by message", () => {
    const [peer, inflater] = inflating();
    inflater.isSlow = true;
    peer.receiveFrames(compressed(Text, "1"), { opcode: Ping }, compressed(Text, "2"));
    assert.deepEqual(peer.take(), ["paused"]);
    assert.equal(peer.connection.hasWaitingInput, true);
    peer.receiveFrames({ opcode: Text, payload: "3" });
    inflater.finish();
    assert.deepEqual(peer.take(), ['text "1"', '> PONG ""', 'ping ""']);
    inflater.finish();
    assert.deepEqual(peer.take(), ['text "2"', 'text "3"', "resumed"]);
    assert.equal(peer.connection.hasWaitingInput, false);
  });

  test("in the middle of a message", () => {
    const [peer, inflater] = inflating();
    inflater.isSlow = true;
    peer.receiveFrames(...fragments(Binary, NOISE, 70_000));
    while (peer.connection.retainedOctets > 0 || inflater.calls.length < 2) inflater.finish();
    assert.deepEqual(peer.take(), ["paused", "binary [200000 octets]", "resumed"]);
    assert.deepEqual(Buffer.compare(peer.lastOctets, NOISE), 0);
  });

  test("paused by its owner as well", () => {
    const [peer, inflater] = inflating();
    inflater.isSlow = true;
    peer.receiveFrames(compressed(Text, "1"), { opcode: Text, payload: "2" });
    peer.connection.pause();
    inflater.finish();
    assert.deepEqual(peer.take(), ["paused", 'text "1"']);
    peer.connection.resume();
    assert.deepEqual(peer.take(), ['text "2"', "resumed"]);
  });

  test("resumed by its owner meanwhile", () => {
    const [peer, inflater] = inflating();
    inflater.isSlow = true;
    peer.connection.pause();
    peer.receiveFrames(compressed(Text, "1"), { opcode: Text, payload: "2" });
    peer.connection.resume();
    peer.connection.pause();
    peer.connection.resume();
    assert.deepEqual(peer.take(), ["paused"]);
    inflater.finish();
    assert.deepEqual(peer.take(), ['text "1"', 'text "2"', "resumed"]);
  });

  test("what it makes may be wrong", () => {
    const [peer, inflater] = inflating();
    inflater.isSlow = true;
    peer.receiveFrames({ opcode: Text, rsv: RSV1, payload: fromHex("ff ff ff") });
    inflater.finish();
    const lines = peer.take();
    assert.ok(lines.includes("violation invalid-deflate-data"));
    assert.equal(lines.at(-1), "resumed");
    assert.ok(inflater.isClosed);
  });

  test("an answer after the end is ignored", () => {
    const [peer, inflater] = inflating();
    inflater.isSlow = true;
    peer.receiveFrames(compressed(Text, "1"));
    peer.connection.transportClosed();
    assert.ok(inflater.isClosed);
    peer.take();
    inflater.finish();
    assert.deepEqual(peer.take(), []);
  });

  test("a resume by the message it made reads on afterwards, not inside", () => {
    const [peer, inflater] = inflating();
    inflater.isSlow = true;
    const depths: number[] = [];
    let depth = 0;
    peer.onLine = (line) => {
      if (!line.startsWith("text")) return;
      depth += 1;
      depths.push(depth);
      peer.connection.pause();
      peer.connection.resume();
      depth -= 1;
    };
    peer.receiveFrames(compressed(Text, "1"), { opcode: Text, payload: "2" });
    inflater.finish();
    assert.deepEqual(depths, [1, 1]);
    assert.deepEqual(peer.take(), ["paused", 'text "1"', 'text "2"', "resumed"]);
  });

  test("the peer's Close frame behind it is read when it is done", () => {
    const [peer, inflater] = inflating();
    inflater.isSlow = true;
    peer.receiveFrames(compressed(Text, "1"), { opcode: Close });
    peer.connection.receiveEnd();
    inflater.finish();
    const lines = ["paused", 'text "1"', '> CLOSE ""', "> END", "closing", "resumed"];
    assert.deepEqual(peer.take(), lines);
  });
});
