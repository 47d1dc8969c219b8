import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { SLAB_OCTETS } from "../../src/protocol/slab.js";
import { VIOLATIONS } from "../../src/protocol/violation.js";
import { decompress, TestDeflater } from "../support/codecs.js";
import { closeOctets, concat, fromHex, octetsOf, readFrames } from "../support/frames.js";
import { client, server } from "../support/harness.js";
import type { Harness, HarnessOptions } from "../support/harness.js";
import { plainKernels } from "../support/kernels.js";

const { Text, Close, Ping } = Opcode;
const RSV1 = 4;

function deflating(options: HarnessOptions = {}, make: typeof server = server): [Harness, TestDeflater] {
  const deflater = new TestDeflater();
  const connection = { compressionThreshold: 10, ...options.connection, deflater };
  return [make({ keepsOutput: true, ...options, connection }), deflater];
}

/** The messages in the output: opcode, whether compressed, and text. */
function sent(peer: Harness): string[] {
  return readFrames(peer.takeOutput()).map(({ opcode, rsv, fin, payload }) => {
    const data = rsv === RSV1 && fin ? decompress(payload) : Buffer.from(payload);
    const text = opcode === Close ? String(data.readUInt16BE(0)) : data.toString();
    return `${opcode}${rsv === RSV1 ? "*" : ""}${fin ? "" : "+"} ${text}`;
  });
}

describe("compression (RFC 7692)", () => {
  test("from the threshold on, unless asked otherwise", () => {
    const [{ connection }, deflater] = deflating();
    const peer = deflating()[0];
    connection.sendText("too short");
    connection.sendText("long enough");
    connection.sendText("ééééé");
    connection.sendText("éééé+");
    connection.sendText("€€€");
    connection.sendOctets(octetsOf("ten octets"), false);
    connection.sendOctets(octetsOf("nine only"), false);
    connection.sendOctets(octetsOf("not if told so"), false, false);
    connection.sendText("not if told so", false);
    connection.sendText("", true);
    connection.sendOctets(octetsOf("x"), true, true);
    assert.equal(deflater.calls, 5);
    peer.connection.sendText("long enough");
    assert.deepEqual(sent(peer), ["1* long enough"]);
  });

  test("text of every length", () => {
    for (const make of [server, client]) {
      for (const length of [10, 4096, 4097, 70_000]) {
        const [peer] = deflating({}, make);
        const text = "é".repeat(length);
        peer.connection.sendText(text);
        assert.deepEqual(sent(peer), [`1* ${text}`]);
      }
    }
  });

  test("without a deflater there is none, whatever is asked for", () => {
    const peer = server({ keepsOutput: true });
    peer.connection.sendText("a", true);
    peer.connection.sendOctets(octetsOf("b"), false, true);
    peer.connection.startMessage(Text, true);
    peer.connection.sendPart(octetsOf("c"), true);
    assert.deepEqual(sent(peer), ["1 a", "2 b", "1 c"]);
  });

  test("of lent octets, which may change afterwards", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    const lent = Buffer.from("0123456789");
    peer.connection.sendOctets(lent, false, undefined, true);
    lent.fill(0);
    deflater.finish();
    assert.deepEqual(sent(peer), ["2* 0123456789"]);
  });

  test("of a message in parts: RSV1 on the first frame only", () => {
    const [peer] = deflating();
    peer.connection.startMessage(Text);
    peer.connection.sendPart(octetsOf("ab"), false);
    peer.connection.sendPart(octetsOf("cd"), true);
    const frames = readFrames(peer.takeOutput());
    assert.deepEqual(
      frames.map((frame) => [frame.opcode, frame.rsv, frame.fin]),
      [
        [1, RSV1, false],
        [0, 0, true],
      ],
    );
    assert.equal(decompress(concat(...frames.map((frame) => frame.payload))).toString(), "abcd");
    peer.connection.startMessage(Text, false);
    peer.connection.sendPart(octetsOf("plain"), true);
    assert.deepEqual(sent(peer), ["1 plain"]);
  });
});

describe("a deflater that takes its time", () => {
  test("keeps everything in order but control frames", () => {
    const [peer, deflater] = deflating();
    const { connection } = peer;
    deflater.isSlow = true;
    connection.sendText("compressed 1");
    connection.sendText("plain");
    connection.sendOctets(octetsOf("compressed 2"), false);
    connection.sendEncoded(fromHex("81 01 65"), 1);
    connection.ping();
    connection.startMessage(Text, false);
    connection.sendPart(octetsOf("part"), true);
    assert.deepEqual(sent(peer), ["9 "]);
    assert.equal(connection.queuedOctets, 12 + 5 + 12 + 3 + 4);
    deflater.finish();
    assert.deepEqual(sent(peer), ["1* compressed 1", "1 plain"]);
    deflater.finish();
    assert.deepEqual(sent(peer), ["2* compressed 2", "1 e", "1 part"]);
    assert.equal(connection.queuedOctets, 0);
    assert.equal(connection.counters.messagesSent, 5);
    connection.sendText("at once");
    assert.deepEqual(sent(peer), ["1 at once"]);
  });

  test("has the memory of a text to itself until it is done", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    peer.connection.sendText("x".repeat(1000));
    const other = server();
    peer.connection.ping(new Uint8Array(125));
    peer.takeOutput();
    peer.connection.ping(new Uint8Array(125));
    peer.takeOutput();
    other.connection.transportClosed();
    deflater.finish();
    assert.deepEqual(sent(peer), [`1* ${"x".repeat(1000)}`]);
  });

  test("what is sent from within the sink goes behind what waits", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    let isFirst = true;
    peer.onLine = (line) => {
      if (line !== "output" || !isFirst) return;
      isFirst = false;
      peer.connection.sendText("last");
    };
    peer.connection.sendText("compressed 1");
    peer.connection.sendText("plain");
    deflater.finish();
    assert.deepEqual(sent(peer), ["1* compressed 1", "1 plain", "1 last"]);
  });

  test("what is sent while the last but one goes out is the last", () => {
    const [peer, deflater] = deflating({ keepsOutput: false });
    deflater.isSlow = true;
    peer.onLine = (line) => {
      if (line === '> TEXT "plain 1"') peer.connection.sendText("last");
    };
    peer.connection.sendText("compressed 1");
    for (const text of ["plain 1", "plain 2"]) peer.connection.sendText(text, false);
    deflater.finish();
    assert.deepEqual(peer.take().slice(1), ['> TEXT "plain 1"', '> TEXT "plain 2"', '> TEXT "last"']);
  });

  test("gives the memory of a text back when it is done", () => {
    let slabs = 0;
    const plain = plainKernels();
    const allocate = (octets: number): Uint8Array => {
      if (octets === SLAB_OCTETS) slabs += 1;
      return plain.allocate(octets);
    };
    const [peer, deflater] = deflating({ kernels: { ...plain, allocate } });
    deflater.isSlow = true;
    for (let round = 0; round < 100; round += 1) {
      peer.connection.sendText("x".repeat(4000));
      deflater.finish();
      peer.takeOutput();
    }
    assert.equal(slabs, 1);
  });

  test("a long queue is drained", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    const texts = Array.from({ length: 300 }, (_, at) => `compressed ${at}`);
    for (const text of texts) peer.connection.sendText(text);
    for (const _ of texts) deflater.finish();
    assert.deepEqual(
      sent(peer),
      texts.map((text) => `1* ${text}`),
    );
  });

  test("a Close frame waits behind messages, and the end behind it", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    peer.connection.sendText("compressed 1");
    peer.connection.close(1000);
    peer.connection.sendText("too late");
    peer.receiveFrames({ opcode: Ping }, { opcode: Close, payload: closeOctets(3000) });
    assert.deepEqual(peer.take(), ["closing", "output", 'ping ""']);
    assert.deepEqual(sent(peer), ["10 "]);
    assert.equal(peer.connection.output.isEnded, false);
    deflater.finish();
    assert.deepEqual(sent(peer), ["1* compressed 1", "8 1000"]);
    assert.ok(peer.connection.output.isEnded);
    assert.ok(deflater.isClosed);
    peer.connection.transportClosed();
    assert.equal(peer.take().at(-1), 'closed 3000 "" clean');
  });

  test("the answer to a Close frame waits likewise; without it the closing is not clean", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    peer.connection.sendText("compressed 1");
    peer.receiveFrames({ opcode: Close, payload: closeOctets(1000) });
    peer.connection.receiveEnd();
    assert.equal(peer.connection.output.isEnded, false);
    peer.connection.transportClosed();
    assert.deepEqual(peer.take(), ["closing", 'closed 1000 "" unclean']);
    deflater.finish();
    assert.deepEqual(sent(peer), []);
  });

  test("failing the connection does not wait", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    peer.connection.sendText("compressed 1");
    peer.connection.sendText("plain");
    peer.connection.close(1000);
    peer.connection.fail(VIOLATIONS["heartbeat-timeout"]);
    assert.deepEqual(sent(peer), ["8 1011"]);
    assert.ok(peer.connection.output.isEnded);
    assert.equal(peer.connection.queuedOctets, 0);
    deflater.finish();
    assert.deepEqual(sent(peer), []);
  });

  test("failing from within the sink, while what waited goes out", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    peer.onLine = (line) => {
      if (line === "output") peer.connection.fail(VIOLATIONS["internal-error"]);
    };
    peer.connection.sendText("compressed 1");
    peer.connection.sendText("plain");
    deflater.finish();
    assert.deepEqual(sent(peer), ["1* compressed 1", "8 1011"]);
  });

  test("who ends the stream without a Close frame still gets what waits, and then the end", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    peer.connection.sendOctets(octetsOf("compressed 1"), false);
    peer.connection.sendText("plain");
    peer.connection.receiveEnd();
    assert.equal(peer.connection.output.isEnded, false);
    assert.deepEqual(peer.take(), ["closing"]);
    peer.connection.sendText("too late");
    deflater.finish();
    assert.deepEqual(sent(peer), ["2* compressed 1", "1 plain"]);
    assert.ok(peer.connection.output.isEnded);
    assert.equal(peer.connection.queuedOctets, 0);
  });

  test("so does who ends it before our Close frame has gone", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    peer.connection.sendText("compressed 1");
    peer.connection.close(1000);
    peer.connection.receiveEnd();
    assert.equal(peer.connection.output.isEnded, false);
    deflater.finish();
    assert.deepEqual(sent(peer), ["1* compressed 1", "8 1000"]);
    assert.ok(peer.connection.output.isEnded);
  });

  test("but not for longer than the closing may take", () => {
    const [peer, deflater] = deflating();
    deflater.isSlow = true;
    peer.connection.sendText("compressed 1");
    peer.connection.receiveEnd();
    peer.connection.tick(peer.connection.deadline);
    peer.connection.transportClosed();
    assert.ok(deflater.isClosed);
    deflater.finish();
    assert.deepEqual(sent(peer), []);
    assert.equal(peer.connection.counters.messagesSent, 0);
  });
});
