import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";

import { scanDeflate } from "./deflate-scan.js";
import {
  INVALID,
  LATER,
  OPTIONS,
  clientInflater,
  deflate,
  inflateTo,
  json,
  random,
  serverDeflater,
  suiteInBothModes,
} from "./support.js";

const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

suiteInBothModes("The agreed window is kept", () => {
  for (const hasTakeover of [false, true]) {
    for (const level of [1, 6, 9]) {
      for (let windowBits = 8; windowBits <= 15; windowBits++) {
        const how = hasTakeover ? "with" : "without";
        test(`${windowBits} bits, level ${level}, ${how} context takeover`, async () => {
          const deflater = serverDeflater(windowBits, hasTakeover, { ...OPTIONS, level });
          let isTempted = false;
          for (const message of temptations(2 ** windowBits)) {
            const payload = Buffer.concat([await deflate(deflater, message), TAIL]);
            const { octets, farthest, beforeStart } = scanDeflate(payload);
            assert.equal(octets, message.length);
            assert.ok(farthest <= 2 ** windowBits, `refers back by ${farthest} octets`);
            if (!hasTakeover) assert.ok(beforeStart <= 0, "refers to an earlier message");
            isTempted ||= farthest > 2 ** (windowBits - 1) - 8;
          }
          assert.ok(isTempted, "no message made use of the window");
          deflater.close();
        });
      }
    }
  }

  test("references to before the first message are refused", async () => {
    // A literal, then three octets from a distance of two.
    for (const options of [OPTIONS, LATER]) {
      for (const hasTakeover of [false, true]) {
        const inflater = clientInflater(15, hasTakeover, options);
        assert.equal(await inflateTo(inflater, fixedBlock(0x61, 2)), INVALID);
      }
    }
  });

  test("references to an earlier message are followed only with context takeover", async () => {
    const [first, second] = pair(json(300));
    const taking = clientInflater(15, true);
    assert.ok(json(300).equals((await inflateTo(taking, first)) as Buffer));
    assert.ok(json(300).equals((await inflateTo(taking, second)) as Buffer));
    const forgetting = clientInflater(15, false);
    assert.ok(json(300).equals((await inflateTo(forgetting, first)) as Buffer));
    assert.equal(await inflateTo(forgetting, second), INVALID);
    taking.close();
  });

  test("32,768 octets back, the farthest there is", async () => {
    const inflater = clientInflater(15, true);
    const window = random(32_768);
    const flushed = deflateRawSync(window, { level: 0, finishFlush: constants.Z_SYNC_FLUSH });
    assert.ok(window.equals((await inflateTo(inflater, flushed.subarray(0, -4))) as Buffer));
    const back = await inflateTo(inflater, farthestReference());
    assert.ok(window.subarray(0, 3).equals(back as Buffer));
    inflater.close();
  });
});

suite("The scanner of these tests", () => {
  test("sees distances as they are", () => {
    const flushed = (message: Buffer): Buffer =>
      deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH });
    const block = random(1000);
    assert.deepEqual(scanDeflate(flushed(Buffer.concat([block, block]))).farthest, 1000);
    assert.equal(scanDeflate(flushed(Buffer.alloc(100, "a"))).farthest, 1);
    assert.equal(scanDeflate(flushed(random(300))).farthest, 0);
    assert.equal(scanDeflate(Buffer.concat([farthestReference(), TAIL])).beforeStart, 32_768);
  });
});

/** Messages with repetitions at every distance around the limit, and ordinary ones. */
function temptations(window: number): Buffer[] {
  const around = [-300, -263, -262, -261, -7, -1, 0, 1, 7, 262]
    .map((more) => window + more)
    .filter((distance) => distance > 0 && distance <= 40_000)
    .map((distance) => {
      const block = random(Math.max(1, Math.min(distance, 100)));
      const gap = random(distance - block.length);
      return Buffer.concat([block, gap, block, gap.subarray(0, 50)]);
    });
  const half = random(window / 2 - 4);
  return [
    ...around,
    Buffer.concat([half, half]),
    json(5000),
    json(300),
    json(300),
    Buffer.alloc(70_000, "x"),
  ];
}

/** The same message twice through one context of node:zlib. */
function pair(message: Buffer): [Buffer, Buffer] {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  const first = deflateRawSync(message, options);
  const second = deflateRawSync(message, { ...options, dictionary: message });
  return [first.subarray(0, -4), second.subarray(0, -4)];
}

/** A block of fixed codes with one literal below 90 (hex) and three octets from `distance` 1–4, then a flush. */
function fixedBlock(literal: number, distance: number): Buffer {
  return bitsToOctets(["010", code(0x30 + literal, 8), code(1, 7), code(distance - 1, 5), "0000000", "000"]);
}

/** Three octets from a distance of 32,768: code 29 with all its 13 extra bits set. */
function farthestReference(): Buffer {
  return bitsToOctets(["010", code(1, 7), code(29, 5), "1".repeat(13), "0000000", "000"]);
}

/** Huffman codes go out with their highest bit first (RFC 1951 §3.1.1); the header above is reversed by hand. */
function code(value: number, bits: number): string {
  return value.toString(2).padStart(bits, "0");
}

function bitsToOctets(groups: readonly string[]): Buffer {
  const bits = groups.join("");
  const octets = Buffer.alloc(Math.ceil(bits.length / 8));
  for (let at = 0; at < bits.length; at++) octets[at >> 3]! |= Number(bits[at]) << (at & 7);
  return octets;
}
