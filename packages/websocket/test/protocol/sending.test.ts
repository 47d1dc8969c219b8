import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Opcode } from "../../src/protocol/opcode.js";
import { prepareFrame, prepareText } from "../../src/protocol/prepared.js";
import { fromHex, hex, readFrames } from "../support/frames.js";
import { client, server } from "../support/harness.js";
import { plainKernels } from "../support/kernels.js";

const { Text, Binary } = Opcode;
const quiet = { keepsOutput: true } as const;

describe("a server sends", () => {
  test("text, octets, pings and pongs, unmasked", () => {
    const { connection, trace } = server();
    connection.sendText("é");
    connection.sendOctets(Uint8Array.of(1), false);
    connection.sendOctets(Uint8Array.of(0x61), true);
    connection.ping();
    connection.ping(Uint8Array.of(0x62));
    connection.pong();
    connection.pong(Uint8Array.of(0x63));
    assert.deepEqual(trace, [
      "> TEXT <c3 a9>",
      "> BINARY <01>",
      '> TEXT "a"',
      '> PING ""',
      '> PING "b"',
      '> PONG ""',
      '> PONG "c"',
    ]);
    const { counters } = connection;
    assert.equal(counters.messagesSent, 3);
    assert.equal(counters.framesSent, 7);
    assert.equal(counters.pingsSent, 2);
    assert.equal(counters.pongsSent, 2);
    assert.equal(counters.octetsSent, 4 + 3 + 3 + 2 + 3 + 2 + 3);
  });

  test("frames of one turn in one piece, and reports the first only", () => {
    const peer = server(quiet);
    peer.connection.sendText("a");
    peer.connection.sendOctets(new Uint8Array(1000), false);
    peer.connection.ping();
    assert.deepEqual(peer.take(), ["output"]);
    assert.equal(peer.connection.queuedOctets, 3 + 1004 + 2);
    const pieces = peer.connection.output.take();
    assert.equal(pieces.length, 1);
    assert.equal(peer.connection.queuedOctets, 0);
    peer.connection.sendText("b");
    assert.deepEqual(peer.take(), ["output"]);
  });

  test("large payload data without a copy, unless it is lent", () => {
    const peer = server(quiet);
    const large = new Uint8Array(16_385).fill(1);
    peer.connection.sendOctets(large, false);
    peer.connection.sendOctets(large, false, undefined, true);
    const pieces = peer.connection.output.take();
    assert.deepEqual(
      pieces.map((piece) => piece.to - piece.from),
      [4, 16_385, 4 + 16_385],
    );
    assert.equal(pieces[1]!.memory, large);
    assert.notEqual(pieces[2]!.memory, large);
    assert.equal(peer.connection.counters.octetsSent, 2 * (4 + 16_385));
  });

  test("lent payload data that no slab holds", () => {
    const peer = server(quiet);
    const large = Uint8Array.from({ length: 70_000 }, (_, at) => at);
    peer.connection.sendOctets(large, false, undefined, true);
    const [seen] = readFrames(peer.takeOutput());
    assert.deepEqual(Buffer.compare(seen!.payload, large), 0);
  });
});

describe("a client sends", () => {
  test("every frame masked", () => {
    const peer = client({ ...quiet, kernels: plainKernels(0x3d21fa37) });
    peer.connection.sendText("Hello");
    // RFC 6455 §5.7 has this very frame.
    assert.equal(hex(peer.takeOutput()), "81 85 37 fa 21 3d 7f 9f 4d 51 58");
    peer.connection.sendOctets(new TextEncoder().encode("Hello"), false);
    peer.connection.ping(new TextEncoder().encode("Hello"));
    const seen = readFrames(peer.takeOutput());
    assert.ok(
      seen.every((frame) => frame.isMasked && Buffer.from(frame.payload).equals(Buffer.from("Hello"))),
    );
  });

  test("large payload data without changing it", () => {
    for (const length of [65_000, 65_536, 70_000]) {
      const peer = client(quiet);
      const large = new Uint8Array(length).fill(9);
      peer.connection.sendOctets(large, false);
      const [seen] = readFrames(peer.takeOutput());
      assert.ok(seen!.isMasked);
      assert.deepEqual(Buffer.compare(seen!.payload, large), 0);
      assert.ok(large.every((octet) => octet === 9));
    }
  });

  test("no prepared frames", () => {
    assert.throws(() => client().connection.sendEncoded(prepareFrame(new Uint8Array(1), false), 1));
  });
});

for (const make of [server, client]) {
  describe(`text from a ${make.name}`, () => {
    // Lengths around each form of the header, and around what fits a slab, in characters of one and three octets.
    const lengths = [0, 1, 41, 42, 43, 125, 126, 127, 4096, 4097, 21_845, 21_846, 65_535, 65_536, 70_000];
    for (const character of ["x", "é", "€", "😀"]) {
      test(`of ${character}`, () => {
        for (const length of lengths) {
          const peer = make(quiet);
          const text = character.repeat(length);
          peer.connection.sendText(text);
          const octets = peer.takeOutput();
          const [seen] = readFrames(octets);
          assert.equal(Buffer.from(seen!.payload).toString(), text);
          assert.equal(seen!.opcode, Text);
          assert.equal(peer.connection.counters.octetsSent, octets.length);
        }
      });
    }

    test("with lone surrogates", () => {
      const peer = make(quiet);
      peer.connection.sendText("a\ud800b");
      const [seen] = readFrames(peer.takeOutput());
      assert.equal(hex(seen!.payload), "61 ef bf bd 62");
    });
  });
}

describe("messages in parts", () => {
  test("with control frames between them", () => {
    const { connection, trace } = server();
    connection.startMessage(Text);
    connection.sendPart(fromHex("61 e2"), false);
    connection.ping();
    connection.sendPart(fromHex("82"), false);
    connection.sendPart(fromHex("ac"), true);
    connection.startMessage(Binary);
    connection.sendPart(fromHex("ff"), true);
    assert.deepEqual(trace, [
      "> TEXT+ <61 e2>",
      '> PING ""',
      "> CONTINUATION+ <82>",
      "> CONTINUATION <ac>",
      "> BINARY <ff>",
    ]);
    assert.equal(connection.counters.messagesSent, 2);
  });

  test("admit no other message until they have ended", () => {
    const { connection } = server();
    connection.startMessage(Binary);
    assert.throws(() => connection.sendText("a"), /not ended/);
    assert.throws(() => connection.sendOctets(fromHex("00"), false), /not ended/);
    assert.throws(() => connection.startMessage(Text), /not ended/);
    assert.throws(() => connection.sendEncoded(fromHex("81 00"), 1), /not ended/);
    connection.sendPart(fromHex(""), true);
    assert.throws(() => connection.sendPart(fromHex(""), true), /started/);
    connection.sendText("a");
  });
});

describe("what an application may not send", () => {
  test("text that is not UTF-8", () => {
    const { connection, trace } = server();
    assert.throws(() => connection.sendOctets(fromHex("ff"), true), TypeError);
    connection.startMessage(Text);
    assert.throws(() => connection.sendPart(fromHex("ff"), false), TypeError);
    const other = server().connection;
    other.startMessage(Text);
    other.sendPart(fromHex("e2"), false);
    assert.throws(() => other.sendPart(fromHex("82"), true), TypeError);
    assert.deepEqual(trace, []);
  });

  test("unless validation is off", () => {
    const { connection, trace } = server({ leniency: { skipUtf8Validation: true } });
    connection.sendOctets(fromHex("ff"), true);
    connection.startMessage(Text);
    connection.sendPart(fromHex("ff"), true);
    assert.deepEqual(trace, ["> TEXT <ff>", "> TEXT <ff>"]);
  });

  test("control frames with more than 125 octets", () => {
    const { connection, trace } = server();
    connection.ping(new Uint8Array(125));
    assert.throws(() => connection.ping(new Uint8Array(126)), RangeError);
    assert.throws(() => connection.pong(new Uint8Array(126)), RangeError);
    assert.equal(trace.length, 1);
  });
});

describe("prepared frames", () => {
  const kernels = plainKernels();

  test("are whole frames", () => {
    assert.equal(hex(prepareText(kernels, "é")), "81 02 c3 a9");
    assert.equal(hex(prepareFrame(fromHex("61"), true)), "81 01 61");
    assert.equal(hex(prepareFrame(fromHex("00"), false)), "82 01 00");
    assert.equal(hex(prepareFrame(fromHex("00"), true, true)), "c1 01 00");
    assert.equal(prepareText(kernels, "x".repeat(70_000)).length, 70_010);
  });

  test("are copied when small and referred to when large", () => {
    const peer = server(quiet);
    const large = prepareFrame(new Uint8Array(20_000), false);
    peer.connection.sendEncoded(prepareText(kernels, "a"), 1);
    peer.connection.sendEncoded(large, 1);
    const pieces = peer.connection.output.take();
    assert.equal(pieces[1]!.memory, large);
    const { counters } = peer.connection;
    assert.equal(counters.messagesSent, 2);
    assert.equal(counters.framesSent, 2);
    assert.equal(counters.octetsSent, 3 + large.length);
  });
});
